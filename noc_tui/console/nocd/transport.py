"""HTTP on a Unix socket, by the standard library's client.

Everything here blocks: `noc_tui.console.nocd.client` calls it from threads, and imports it in the
first of them. So its mail parser (half a megabyte, some milliseconds) comes after the first frame.
"""

import socket
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path

_TIMEVAL = struct.Struct("ll")
"""Seconds and microseconds, as the kernel takes them."""


class BrokenAnswerError(OSError):
    """What came is no answer of HTTP, or half of one; or what was to be asked is no request."""


class SocketConnection(HTTPConnection):
    """One request to the socket at `path`; no silence in its answer is longer than `timeout`."""

    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("nocd", timeout=timeout)
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._path, self._patience = path, timeout

    def connect(self) -> None:
        """Connect, waiting for one's turn where many do. Raises `OSError`."""
        connect_in_turn(self._line, self._path, self._patience)
        self.sock = self._line

    def ask(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes = b""
    ) -> HTTPResponse:
        """Ask, and wait for the head of the answer. Raises `OSError`."""
        with _broken():
            with suppress(BrokenPipeError):  # shown out unread: the answer says why
                self.request(method, target, body, headers)
            return self.getresponse()

    def hang_up(self) -> None:
        """End a reading that another thread is waiting in."""
        with suppress(OSError):  # it has ended by itself, or not begun
            self._line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Free the socket."""
        super().close()
        self._line.close()


def ask(
    path: Path, method: str, target: str, headers: Mapping[str, str], body: bytes, timeout: float
) -> tuple[int, bytes]:
    """One request on a connection of its own: status and body. Raises `OSError`."""
    connection = SocketConnection(path, timeout)
    try:
        response = connection.ask(method, target, headers, body)
        return response.status, whole(response)
    finally:
        connection.close()


def connect_in_turn(line: socket.socket, path: Path, timeout: float) -> None:
    """Connect, and give up after so many seconds. Raises `OSError`.

    Who has a limit in Python asks without waiting, and is turned away while the queue is full, as
    accounts that connect without end can keep it; who blocks is given the next place in it.
    """
    line.settimeout(None)
    line.setsockopt(
        socket.SOL_SOCKET, socket.SO_SNDTIMEO, _TIMEVAL.pack(int(timeout), int(timeout % 1 * 1e6))
    )
    try:
        line.connect(str(path))
    except BlockingIOError as error:
        raise TimeoutError("timed out") from error
    line.settimeout(timeout)


def whole(response: HTTPResponse) -> bytes:
    """The body of an answer. Raises `OSError` where only a part of it came."""
    with _broken():
        return response.read()


def lines(response: HTTPResponse) -> Iterator[str]:
    """Yield the lines of a body without end, as they come. Raises `OSError`."""
    with _broken():
        while line := response.readline():
            yield line.decode(errors="replace").rstrip("\r\n")


@contextmanager
def _broken() -> Iterator[None]:
    try:
        yield
    except (
        HTTPException,
        ValueError,
    ) as error:  # a header or path that cannot be sent is the latter
        raise BrokenAnswerError(str(error) or type(error).__name__) from error
