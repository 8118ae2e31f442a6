"""What is held after a restore: it was queued or begun in another life of the database, and leaves
only when a lead has read it and resumed.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field

from storage.connection import Readable
from storage.oncall import Alert
from storage.restoration import HeldItems, Hold, hold_of, telling_key


@dataclass(slots=True)
class HoldInForce:
    """The hold in force, if any, as every part that acts on the outside asks it."""

    hold: Hold | None = None
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    async def read(cls, db: Readable) -> "HoldInForce":
        """As the evidence says it."""
        return cls(await hold_of(db))

    @property
    def items(self) -> HeldItems:
        """What is held."""
        return HeldItems() if self.hold is None else self.hold.items

    @property
    def mails(self) -> Collection[str]:
        """Message-IDs."""
        return self.items.mails

    def page(self, identifier: str) -> bool:
        """Whether a page waits."""
        return identifier in self.items.pages

    def alert(self, alert: Alert) -> bool:
        """Whether nobody is told of an alert that was raised before the restore."""
        return telling_key(alert.fingerprint, alert.since) in self.items.alerts

    def order(self, number: int) -> bool:
        """Whether an intent waits."""
        return number in self.items.orders

    def case(self, identifier: str) -> bool:
        """Whether the work on a suspension waits."""
        return identifier in self.items.cases

    def become(self, hold: Hold | None) -> None:
        """The hold is another one now; who waits for it is woken."""
        self.hold = hold
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def moved(self, known: Hold | None) -> Hold | None:
        """Wait until the hold is another than `known`; returns it."""
        while self.hold is known:
            await self._moved.wait()
        return self.hold
