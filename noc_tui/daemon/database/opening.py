"""Opens the database at the start, and waits for it where waiting may help.

A file that another program writes is read all the same, and what is seen is kept in memory: only
one that cannot even be read, or that is to be migrated, is waited for. Those on call are told.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from noc_tui.clock import Clock
from noc_tui.config import Configuration, Secrets
from noc_tui.daemon.core import log
from noc_tui.daemon.core.bus import Bus
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.notify import notify
from noc_tui.daemon.database.alarm import DatabaseAlarm
from noc_tui.i18n import _
from noc_tui.labels import unwritable
from noc_tui.threads import in_thread
from storage import adoption
from storage.connection import Readable
from storage.damage import Examination
from storage.database import Writer
from storage.errors import (
    BusyError,
    CorruptError,
    DiskError,
    DiskFullError,
    StorageError,
    SuspectError,
    UnwritableError,
)
from storage.lock_holders import find_lock_holders

OPEN_AGAIN_SECONDS = 2.0
EXTENSION_USEC = 60_000_000
"""How much longer the service manager is to wait for the start, at each try."""
_MAY_PASS = (BusyError, DiskFullError, DiskError, SuspectError)


@dataclass(slots=True, kw_only=True)
class Opening:
    """One start's attempts. `prepare` is given the database before anything is put on record.
    Without `stop` the first failure is final.
    """

    config: Configuration
    secrets: Secrets
    clock: Clock
    bus: Bus
    prepare: Callable[[Readable], Awaitable[None]]
    stop: "asyncio.Future[None] | None"
    waits: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once an attempt has failed."""
    _since: datetime | None = None
    _reason: str = ""

    async def open(self) -> Writer:
        """The writer, all of whose rows are bound to entries.

        Errors: those of `Writer.open` where waiting does not help or the order to stop came;
        `DamagedError`.
        """
        path = self.config.database.path
        examination = Examination(path)
        alarm = DatabaseAlarm(
            lambda: (self.config, self.secrets), self.clock, log.logger("database")
        )
        try:
            while True:
                try:
                    return await self._once()
                except CorruptError as error:
                    await self._wait(alarm, SuspectError(str(error)), error)
                    await self._examine(examination)
                except _MAY_PASS as error:
                    await self._wait(alarm, error, error)
        finally:
            await alarm.stop()

    async def _once(self) -> Writer:
        writer = await Writer.open(
            self.config.database.path, clock_now=self.clock.now, committed=self.bus.publish
        )
        try:
            await self.prepare(writer)
            unbound = await in_thread(adoption.find_unbound, self.config.database.path)
            if unbound:
                async with writer.change(itself()) as change:
                    await adoption.adopt_rows(change, unbound)
        except BaseException:
            await writer.close()
            raise
        return writer

    async def _examine(self, examination: Examination) -> None:
        try:
            await in_thread(examination.look)
        except UnwritableError as error:
            log.logger("nocd").error("cannot read the database", error=str(error))

    async def _wait(self, alarm: DatabaseAlarm, error: UnwritableError, was: StorageError) -> None:
        """Say why it waits, tell those on call, and pause; raises what it was when told to stop."""
        if self.stop is None:
            raise was
        held_by: list[str] = []
        if isinstance(error, BusyError):
            holders = await in_thread(find_lock_holders, self.config.database.path)
            held_by = [str(holder) for holder in holders]
        log.logger("nocd").error("waits for the database", error=str(error), held_by=held_by)
        self._since = self._since or self.clock.now()
        self.waits.set()
        self._reason = ": ".join(filter(None, (unwritable.reason(error.kind), ", ".join(held_by))))
        alarm.sound(self._since, self._text)
        notify(f"EXTEND_TIMEOUT_USEC={EXTENSION_USEC}")
        await asyncio.wait({self.stop}, timeout=OPEN_AGAIN_SECONDS)
        if self.stop.done():
            raise was

    def _text(self) -> str:
        text = _("nocd waits to start since {time}, and measures nothing: {reason}.")
        since = "" if self._since is None else self._since.isoformat(timespec="seconds")
        return text.format(time=since, reason=self._reason)
