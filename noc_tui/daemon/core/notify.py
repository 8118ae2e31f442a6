"""Tells the service manager how the daemon is (`sd_notify`'s protocol), and that it still polls.

What the manager, or whoever runs in its place, does with it is not the daemon's concern: telling
never fails its caller.
"""

import os
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


def notify(state: str) -> None:
    """Send a state such as `READY=1`; nothing where no manager asked for it, or none listens."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.setblocking(False)
            channel.connect(address)
            channel.sendall(state.encode())
    except (OSError, ValueError):  # ValueError: a path that holds NUL
        return


def watchdog_seconds() -> float | None:
    """How long the manager waits for a sign of life; None where it does not wait for one."""
    text = os.environ.get("WATCHDOG_USEC", "")
    return int(text) / 1e6 if text.isdecimal() and 0 < len(text) < 16 and int(text) else None


@dataclass(slots=True)
class Watchdog:
    """Gives the sign of life while every cluster is polled, and none when one is no longer.

    `seconds` is the manager's patience, `tell` sends the sign, `now` is a clock that never steps.
    """

    seconds: float | None = field(default_factory=watchdog_seconds)
    tell: Callable[[str], None] = notify
    now: Callable[[], float] = time.monotonic
    _polled: dict[str, float] = field(default_factory=dict)

    def expect(self, clusters: Iterable[str]) -> None:
        """These clusters are polled from now on."""
        self._polled = dict.fromkeys(clusters, self.now())

    def polled(self, cluster: str) -> None:
        """A poll of that cluster was made, whatever came of it."""
        self._polled[cluster] = self.now()
        self._sign()

    def idle(self) -> None:
        """The loop goes round; where there is no cluster, that is the sign of life."""
        if not self._polled:
            self._sign()

    def _sign(self) -> None:
        if self.seconds is None:
            return
        oldest = min(self._polled.values(), default=self.now())
        if self.now() - oldest < self.seconds:
            self.tell("WATCHDOG=1")
