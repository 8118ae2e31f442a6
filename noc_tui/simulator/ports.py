"""Which port each part listens on: as asked for, or as in an earlier run in the same directory."""

import socket
from pathlib import Path

import msgspec

from noc_tui.simulator.options import Options

FILE = "ports.json"


class Ports:
    """Hands out listening sockets by name; `--port N` gives N, N+1, … in the order of asking."""

    def __init__(self, options: Options, directory: Path) -> None:
        self._next = options.port
        self._file = directory / FILE
        self._known: dict[str, int] = {}
        if self._file.exists():
            self._known = msgspec.json.decode(self._file.read_bytes(), type=dict[str, int])

    def listener(self, name: str, backlog: int = 100) -> socket.socket:
        """A bound, listening socket on loopback.

        Raises `OSError` when a port that was asked for is taken; a remembered one is given up.
        """
        if self._next:
            self._next += 1
            return self._kept(name, bound(self._next - 1, backlog))
        try:
            return self._kept(name, bound(self._known.get(name, 0), backlog))
        except OSError:
            return self._kept(name, bound(0, backlog))

    def save(self) -> None:
        """Remember them for the next run."""
        self._file.write_bytes(msgspec.json.encode(self._known))

    def _kept(self, name: str, listener: socket.socket) -> socket.socket:
        self._known[name] = listener.getsockname()[1]
        return listener


def bound(port: int, backlog: int = 100) -> socket.socket:
    """A listening socket on that port of loopback, or on a free one for 0."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setblocking(False)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(backlog)
    except OSError:
        listener.close()
        raise
    return listener
