"""Which accounts have a console open, and on which case; consoles that fall silent are removed.

Consoles speak in the machine's seconds, however fast the clock of a demo runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from noc_tui.api import core as api
from noc_tui.clock import SystemClock
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import actor, itself
from noc_tui.daemon.core.server import Call
from storage.authority import AUTHORITY_ORDERS
from storage.oncall import PRESENCE, Presence
from storage.suspension import SUSPENSIONS
from storage.tables import Table

SILENT_SECONDS = 50.0
LOOK_SECONDS = 10.0
Key = tuple[str, str]
_CASES: Mapping[str, Table[Any]] = {"suspension": SUSPENSIONS, "authority": AUTHORITY_ORDERS}
"""What may be secret: it stands in the database only where it is not."""


@dataclass(slots=True)
class Attendance:
    """The consoles that are open; what is stored and published changes only with what they show."""

    context: Context
    pace: SystemClock = field(default_factory=SystemClock)
    _heard: dict[Key, float] = field(default_factory=dict)
    _shown: dict[Key, str] = field(default_factory=dict)

    async def seen(self, call: Call[api.Seen]) -> api.Nothing:
        """Record that a console is open."""
        who, asked = call.who, call.body
        key = (who.name, asked.console)
        subject = await self._public(asked.subject)
        self._heard[key] = self.pace.monotonic()
        if self._shown.get(key) != subject:
            self._shown[key] = subject
            async with self.context.writer.change(actor(who)) as change:
                await change.put(PRESENCE, [Presence(*key, subject, change.at)])
        return api.Nothing()

    async def _public(self, subject: str) -> str:
        """The subject, or "" for a case and an order that are not in the database: the console
        of who may know a secret one tells nobody what it shows.
        """
        kind, _colon, name = subject.partition(":")
        table = _CASES.get(kind)
        if table is None or await table.get(self.context.writer, name) is not None:
            return subject
        return ""

    async def run(self) -> None:
        """Remove consoles that fell silent, beginning with those of an earlier daemon."""
        while True:
            await self.forget()
            await self.pace.sleep(LOOK_SECONDS)

    async def forget(self) -> None:
        """Remove the consoles that were silent for too long."""
        now = self.pace.monotonic()
        silent = [key for key, at in self._heard.items() if now - at > SILENT_SECONDS]
        for key in silent:
            del self._heard[key], self._shown[key]
        stored = {PRESENCE.key_of(row) for row in await PRESENCE.read(self.context.writer)}
        if gone := stored - self._heard.keys():
            async with self.context.writer.change(itself()) as change:
                await change.remove(PRESENCE, gone)
