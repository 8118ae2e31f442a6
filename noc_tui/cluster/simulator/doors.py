"""A TCP port that can fall silent without being closed.

A closed port refuses, and a refusal proves that the network is there. So a silent one keeps its
listening socket and lets its queue run full: the kernel then drops what comes, as a cut line does.
"""

import asyncio
import socket
from dataclasses import dataclass, field

_FILLERS = 2


@dataclass(slots=True)
class Door:
    """Takes connections and closes them at once, while it is open."""

    port: int = 0
    _listener: socket.socket | None = None
    _fillers: list[socket.socket] = field(default_factory=list)

    def open(self) -> None:
        """Listen on a free port of loopback, in the running loop."""
        listener = socket.socket()
        listener.setblocking(False)
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        self._listener = listener
        self.port = listener.getsockname()[1]
        asyncio.get_running_loop().add_reader(listener, self._take)

    @property
    def silent(self) -> bool:
        return bool(self._fillers)

    def turn(self, silent: bool) -> None:
        """Fall silent, or answer again."""
        if self._listener is None or silent == self.silent:
            return
        loop = asyncio.get_running_loop()
        if silent:
            loop.remove_reader(self._listener)
            self._take()
            self._fillers = [self._filler() for _ in range(_FILLERS)]
            return
        for filler in self._fillers:
            filler.close()
        self._fillers = []
        self._take()
        loop.add_reader(self._listener, self._take)

    def close(self) -> None:
        if self._listener is None:
            return
        self.turn(silent=False)
        asyncio.get_running_loop().remove_reader(self._listener)
        self._listener.close()
        self._listener = None

    def _take(self) -> None:
        """Accept whatever waits, and let it go."""
        while self._listener is not None:
            try:
                connection, _ = self._listener.accept()
            except BlockingIOError:
                return
            connection.close()

    def _filler(self) -> socket.socket:
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.1", self.port))
        return filler
