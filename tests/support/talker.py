"""A server that says the same bytes to whoever comes, and hangs up.

It has threads, no loop: a test's loop may end while a connection is half open, and nothing of the
server is left in it.
"""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 60.0
"""Seconds that it waits for a peer that says nothing."""


class _Talk(socketserver.BaseRequestHandler):
    """One conversation: hear `after`, say `words`, and wait until the peer goes."""

    request: socket.socket
    server: "_Talker | _UnixTalker"

    def handle(self) -> None:
        self.request.settimeout(PATIENCE)
        with contextlib.suppress(OSError):  # the peer hangs up as it likes
            heard = b""
            while self.server.after not in heard:
                more = self.request.recv(1 << 16)
                if not more:
                    return
                heard += more
            self.request.sendall(self.server.words)
            self.request.shutdown(socket.SHUT_WR)
            while self.request.recv(1 << 16):
                pass


class _Talking(socketserver.ThreadingMixIn):
    """What both kinds of socket have: the words, and the peers that are there."""

    words: bytes
    after: bytes
    peers: list[socket.socket]

    def verify_request(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> bool:
        assert isinstance(request, socket.socket)
        self.peers.append(request)
        return True

    def hang_up(self) -> None:
        for peer in self.peers:
            with contextlib.suppress(OSError):  # it has gone
                peer.shutdown(socket.SHUT_RDWR)


class _Talker(_Talking, socketserver.TCPServer):
    def __init__(self, words: bytes, after: bytes) -> None:
        self.words, self.after, self.peers = words, after, []
        super().__init__(("127.0.0.1", 0), _Talk)


class _UnixTalker(_Talking, socketserver.UnixStreamServer):
    def __init__(self, path: Path, words: bytes, after: bytes) -> None:
        self.words, self.after, self.peers = words, after, []
        super().__init__(str(path), _Talk)


@contextmanager
def _running(server: _Talker | _UnixTalker) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.hang_up()
        server.server_close()  # waits for the conversations


@contextmanager
def talking(words: bytes, after: bytes = b"") -> Iterator[int]:
    """A port of 127.0.0.1 where this is said, once the peer has said `after`."""
    server = _Talker(words, after)
    with _running(server):
        yield server.server_address[1]


@contextmanager
def talking_at(path: Path, words: bytes, after: bytes = b"") -> Iterator[None]:
    """The same on a Unix socket at `path`."""
    with _running(_UnixTalker(path, words, after)):
        yield
