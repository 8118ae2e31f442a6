"""HTTP on a Unix socket: what a console needs of it, without the 1.4 MB and 18 ms that the standard
library's client (its mail parser above all) would cost each one.

Requests are of HTTP/1.0: an answer ends with its connection, so a stream is lines as they come.
Everything here blocks: `noc_tui.console.client` calls it from threads.
"""

import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from io import BufferedReader
from pathlib import Path

import msgspec


class BrokenAnswerError(OSError):
    """What came is no answer of HTTP, or half of one."""


class Answer(msgspec.Struct, frozen=True):
    """Status and body."""

    status: int
    content: bytes


class Response:
    """An answer whose head was read. Raises `OSError`."""

    def __init__(self, stream: BufferedReader) -> None:
        self._stream = stream
        self.status = _status(stream.readline())
        self._length: int | None = None
        while line := stream.readline().strip():
            name, _colon, value = line.partition(b":")
            if name.lower() == b"content-length" and value.strip().isdigit():
                self._length = int(value)

    def read(self) -> bytes:
        """The whole body."""
        content = self._stream.read()
        if self._length is not None and len(content) != self._length:
            raise BrokenAnswerError(f"{len(content)} bytes of {self._length} came")
        return content

    def lines(self) -> Iterator[str]:
        """The lines of a body without end, as they come."""
        while line := self._stream.readline():
            yield line.decode().rstrip("\r\n")


class Connection:
    """One request to the socket at `path`; no silence in its answer is longer than `timeout`."""

    def __init__(self, path: Path, timeout: float) -> None:
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout)

    def request(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Response:
        """Ask, and wait for the head of the answer. Raises `OSError`."""
        head = [f"{method} {target} HTTP/1.0", "Host: nocd", f"Content-Length: {len(body)}"]
        head += [f"{name}: {value}" for name, value in headers.items()]
        for line in head:
            if not (line.isascii() and line.isprintable()):
                raise BrokenAnswerError(f"cannot be asked: {line!r}")
        self._socket.connect(str(self._path))
        self._socket.sendall("\r\n".join([*head, "", ""]).encode() + body)
        return Response(self._socket.makefile("rb"))

    def hang_up(self) -> None:
        """End a reading that another thread is waiting in."""
        with suppress(OSError):  # it has ended by itself, or not begun
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Free the socket."""
        self._socket.close()


def ask(
    path: Path, method: str, target: str, headers: Mapping[str, str], body: bytes, timeout: float
) -> Answer:
    """One request on a connection of its own. Raises `OSError`."""
    connection = Connection(path, timeout)
    try:
        response = connection.request(method, target, headers, body)
        return Answer(response.status, response.read())
    finally:
        connection.close()


def _status(line: bytes) -> int:
    words = line.split(maxsplit=2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/") or not words[1].isdigit():
        raise BrokenAnswerError(f"no answer of HTTP: {line[:60]!r}")
    return int(words[1])
