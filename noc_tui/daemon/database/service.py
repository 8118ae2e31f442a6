"""Watches whether the database can be written: tries again, tells people from memory, puts it on
record when it works again.

While nothing can be written, no alert and no page can be queued. So those on call are told past the
database. A file that SQLite found damaged is read whole: it may be sound, and its disk failing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from aiohttp import web

from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.failures import Interruption
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.database.alarm import DatabaseAlarm
from noc_tui.i18n import _
from noc_tui.labels import unwritable
from noc_tui.threads import in_thread
from storage.damage import Examination
from storage.database import WriteObstacle, Writer
from storage.errors import (
    BusyError,
    DamagedError,
    MovedError,
    StorageError,
    SuspectError,
    UnwritableError,
)
from storage.lock_holders import LockHolder, find_lock_holders

TRIAL_SECONDS = 2.0
"""How often a change is tried while none succeeds."""
STEADY = timedelta(seconds=20)
"""Writing works again when it has for so long: on a full disk a small change may find room."""
CHANGED = "database.interrupted"


def build(context: Context) -> "DatabaseWatch":
    """The part."""
    return DatabaseWatch(context)


@dataclass(slots=True)
class DatabaseWatch:
    """Knows the interruption that lasts, and tells of it."""

    context: Context
    name: str = "database"
    _holders: tuple[LockHolder, ...] = ()
    _failed_at: datetime | None = None
    _said: str = ""
    _alarm: DatabaseAlarm = field(init=False)
    _examination: Examination = field(init=False)

    def __post_init__(self) -> None:
        context = self.context
        self._examination = Examination(context.config.database.path)
        self._alarm = DatabaseAlarm(
            lambda: (context.config, context.secrets), context.clock, context.logger
        )

    def routes(self) -> Sequence[web.RouteDef]:
        return []

    async def polled(self, result: PollResult) -> None:
        """Nothing: the database is watched at a pace of its own."""

    async def run(self) -> None:
        """Look until cancelled."""
        try:
            while True:
                await self.look()
                await self.context.clock.sleep(TRIAL_SECONDS)
        finally:
            await self._alarm.stop()

    async def look(self) -> None:
        """Try to write where the last change failed, and follow what comes of it.

        Errors: `DamagedError` when the file is damaged for sure.
        """
        self.context.writer.note_moved_files()
        trouble = self.context.writer.trouble
        if trouble is not None:
            await self._begin(trouble)
            if await self._mended(trouble.kind):
                await self._try()
        await self._end()
        if self.context.sealed is not None:
            await self._retake(self.context.sealed)

    async def _mended(self, kind: str) -> bool:
        """Whether it is worth to try a change."""
        if kind == SuspectError.kind:
            return await self._examine()
        return kind != MovedError.kind or await self._retake(self.context.writer)

    async def _retake(self, writer: Writer) -> bool:
        """Whether the files of a database stand at their names, also if they had to be put back."""
        try:
            if await writer.retake():
                self.context.logger.warning("files are in place again", path=str(writer.path))
        except StorageError as error:
            if str(error) != self._said:
                self._said = str(error)
                self.context.logger.error("files are not in place", error=self._said)
            return False
        return True

    async def _examine(self) -> bool:
        """Whether the file that SQLite found damaged is sound, and was opened anew."""
        try:
            if not await in_thread(self._examination.look):
                return False
            await self.context.writer.reopen()
        except DamagedError:
            raise
        except StorageError as error:
            self.context.logger.warning("cannot read the database", error=str(error))
            return False
        self.context.logger.warning("the database is sound: its disk failed to read")
        return True

    async def _try(self) -> None:
        try:
            async with self.context.writer.change(itself(), quiet=True):
                pass
        except UnwritableError:
            return

    async def _begin(self, trouble: WriteObstacle) -> None:
        """Note that nothing can be written, who holds the file, and that people are to be told."""
        now, known = self.context.clock.now(), self.context.failures.interruption
        self._failed_at = now
        going_on = known is not None and known.until is None
        since = known.since if known is not None and going_on else trouble.since
        if trouble.kind == BusyError.kind:
            path = self.context.config.database.path
            self._holders = tuple(await in_thread(find_lock_holders, path)) or self._holders
        text = self._text(trouble.kind)
        if not going_on:
            self.context.logger.error("cannot write", error=trouble.text, reason=text)
        self.context.failures.interruption = Interruption(trouble.kind, text, since, failed_at=now)
        self._alarm.sound(since, self._telling)

    async def _end(self) -> None:
        """Put an interruption on record that is over."""
        known, now = self.context.failures.interruption, self.context.clock.now()
        if known is None or known.until is not None or self._failed_at is None:
            return
        if self.context.writer.trouble is not None or now - self._failed_at < STEADY:
            return
        try:
            async with self.context.writer.change(itself()) as change:
                await change.record(
                    CHANGED,
                    [],
                    {
                        "reason": known.kind,
                        "since": known.since,
                        "until": self._failed_at,
                        "held_by": [str(holder) for holder in self._holders],
                    },
                )
        except UnwritableError:
            return
        self.context.failures.interruption = msgspec.structs.replace(known, until=now)
        self.context.logger.info("writes again", since=known.since)
        self._failed_at, self._holders = None, ()
        await self._alarm.stop()

    def _text(self, kind: str) -> str:
        if not self._holders or kind != BusyError.kind:
            return unwritable.reason(kind)
        held = ", ".join(map(str, self._holders))
        return f"{unwritable.reason(kind)}: {held}"

    def _telling(self) -> str:
        known = self.context.failures.interruption
        text = _("nocd cannot write its database since {time}: {reason}. It measures on in memory.")
        return text.format(
            time="" if known is None else known.since.isoformat(timespec="seconds"),
            reason="" if known is None else known.text,
        )
