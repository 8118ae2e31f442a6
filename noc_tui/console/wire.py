"""HTTP on a Unix socket with the standard library alone: what a console that must start fast needs.

Everything here blocks: `noc_tui.console.client` calls it from threads.
"""

import http.client
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

HOST = "nocd"
BROKEN = (OSError, http.client.HTTPException)
"""What a connection that broke raises."""


class UnixConnection(http.client.HTTPConnection):
    """An HTTP connection to the socket at a path; no silence in it is longer than `timeout`."""

    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__(HOST, timeout=timeout)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket; raises `OSError`."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))

    def hang_up(self) -> None:
        """End a reading that another thread is waiting in."""
        try:
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it has ended by itself


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body."""

    status: int
    content: bytes


def ask(
    path: Path,
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes | None,
    timeout: float,
) -> Answer:
    """One request on a connection of its own. Raises `OSError` or `http.client.HTTPException`."""
    connection = UnixConnection(path, timeout)
    try:
        connection.request(method, target, body, dict(headers))
        response = connection.getresponse()
        return Answer(response.status, response.read())
    finally:
        connection.close()


def lines(response: http.client.HTTPResponse) -> Iterator[str]:
    """The lines of an answer without end, as they come."""
    while line := response.readline():
        yield line.decode().rstrip("\r\n")
