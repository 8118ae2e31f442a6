"""A TCP port that can fall silent without being closed.

A closed port refuses, and a refusal proves that the network is there. So a silent one keeps its
listening socket and lets its queue run full: the kernel then drops what comes, as a cut line does.
"""

import asyncio
import socket

_FILLERS = 2


class SilentPort:
    """A port that drops what comes to it; `listener` has a queue of no more than one."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        port = listener.getsockname()[1]
        self._fillers = [_filler(port) for _ in range(_FILLERS)]

    def close(self) -> None:
        """Give the port back."""
        for filler in self._fillers:
            filler.close()
        self._listener.close()


class Door:
    """Takes connections and closes them at once, while it is not silent.

    `listener` has a queue of no more than one (`listen(0)`). Made in the running loop.
    """

    def __init__(self, listener: socket.socket) -> None:
        self.port: int = listener.getsockname()[1]
        self._listener = listener
        self._fillers: list[socket.socket] = []
        asyncio.get_running_loop().add_reader(listener, self._take)

    @property
    def silent(self) -> bool:
        return bool(self._fillers)

    def turn(self, silent: bool) -> None:
        """Fall silent, or answer again."""
        if silent == self.silent:
            return
        loop = asyncio.get_running_loop()
        if silent:
            loop.remove_reader(self._listener)
            self._take()
            self._fillers = [_filler(self.port) for _ in range(_FILLERS)]
            return
        for filler in self._fillers:
            filler.close()
        self._fillers = []
        self._take()
        loop.add_reader(self._listener, self._take)

    def close(self) -> None:
        self.turn(silent=False)
        asyncio.get_running_loop().remove_reader(self._listener)
        self._listener.close()

    def _take(self) -> None:
        """Accept whatever waits, and let it go."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except BlockingIOError:
                return
            connection.close()


def _filler(port: int) -> socket.socket:
    """A connection that nobody accepts."""
    filler = socket.socket()
    filler.setblocking(False)
    filler.connect_ex(("127.0.0.1", port))
    return filler
