"""Takes connections off the socket's queue, a few at a time.

asyncio takes as many as wait in one go, and makes a transport of each before anybody can ask whose
it is: one account that does nothing but connect would have the loop to itself. Here the caller asks
first, and a pause after each full handful leaves the loop to all others. Who waits in the queue
meanwhile waits a moment longer.
"""

import asyncio
import socket
from collections.abc import Callable

from noc_tui.daemon.core.log import logger

HANDFUL = 32
PAUSE_SECONDS = 0.02
EXHAUSTED_SECONDS = 1.0
"""The pause after a failure: descriptors that ran out come back when others are closed."""


class Acceptor:
    """Gives each connection to `take`, which owns it from then on."""

    def __init__(self, listening: socket.socket, take: Callable[[socket.socket], None]) -> None:
        self._listening = listening
        self._take = take
        self._loop = asyncio.get_running_loop()
        self._resumption: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Take what comes, until `stop`."""
        self._listening.setblocking(False)
        self._resumption = None
        self._loop.add_reader(self._listening, self._accept)

    def stop(self) -> None:
        """Take no more; the listening socket is closed."""
        self._loop.remove_reader(self._listening)
        if self._resumption is not None:
            self._resumption.cancel()
        self._listening.close()

    def _accept(self) -> None:
        for _number in range(HANDFUL):
            try:
                peer, _address = self._listening.accept()
            except BlockingIOError:  # nobody waits
                return
            except OSError as error:
                logger("socket").error("cannot take connections", error=str(error))
                self._pause(EXHAUSTED_SECONDS)
                return
            peer.setblocking(False)
            self._take(peer)
        self._pause(PAUSE_SECONDS)

    def _pause(self, seconds: float) -> None:
        self._loop.remove_reader(self._listening)
        self._resumption = self._loop.call_later(seconds, self.start)
