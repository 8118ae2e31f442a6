"""Records refused requests: an account's first in a minute as an entry, the others as a count.

A script gone wild must leave its trace without filling the log.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field

from noc_tui.clock import Clock
from storage import evidence
from storage.database import Writer
from storage.errors import UnwritableError

WINDOW_SECONDS = 60.0
_UNNUMBERED = re.compile(r"(?<=/)[A-Z2-9]{8}(?=/|$)")
"""What the identifier of a secret case looks like. Whoever typed one that there is, and whoever
typed one that there is not, leaves the same line on the log that all read.
"""


def without_secret_names(path: str) -> str:
    """Return a path for who reads logs and the record, without what may name a secret case."""
    return _UNNUMBERED.sub("…", path)


@dataclass(slots=True)
class _Window:
    opened: float
    account: str
    more: int = 0
    last: str = ""


@dataclass(slots=True)
class Refusals:
    """Writes what was refused to whom."""

    writer: Writer
    clock: Clock
    _open: dict[int, _Window] = field(default_factory=dict)

    async def record(self, uid: int, account: str, request: str, reason: str) -> None:
        """Keep one refusal: at once when it is the account's first in a minute, else counted.

        `request` is its method and path.
        """
        request = without_secret_names(request)
        window = self._open.get(uid)
        now = self.clock.monotonic()
        if window is not None and now - window.opened < WINDOW_SECONDS:
            window.more += 1
            window.last = request
            return
        fresh = self._open[uid] = _Window(now, account)
        if window is not None:
            with suppress(UnwritableError):
                await self._count(uid, window)
        try:
            await self._append(uid, account, {"request": request, "reason": reason})
        except UnwritableError:  # it is refused all the same, and counted when that can be written
            fresh.more += 1
            fresh.last = request

    async def settle(self, everything: bool = False) -> None:
        """Write the counts of the minutes that are over, or of all when the daemon ends."""
        now = self.clock.monotonic()
        for uid, window in list(self._open.items()):
            if everything or now - window.opened >= WINDOW_SECONDS:
                del self._open[uid]
                try:
                    await self._count(uid, window)
                except UnwritableError:
                    self._open.setdefault(uid, window)
                    raise

    async def _count(self, uid: int, window: _Window) -> None:
        if window.more:
            await self._append(uid, window.account, {"more": window.more, "last": window.last})

    async def _append(self, uid: int, account: str, payload: dict[str, object]) -> None:
        async with self.writer.change(evidence.Actor(uid, account)) as change:
            await change.record(
                "access.refused",
                [f"account:{account}"],
                payload,
                actor=evidence.Actor(uid, account),
            )
