"""The nightly run that erases what has run out, by rules of retention and by an entry (R33)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from noc_tui.contract.calendar import PARIS, paris_day
from noc_tui.contract.retention import RetentionRule, load_retention
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.evidence.kept_apart import subjects_kept_apart
from noc_tui.queries.retention import find_due, is_due, read_facts
from storage import erasure, evidence
from storage.evidence import Entry
from storage.times import micros

LOOK_EVERY = 3600.0
NIGHT = 3
"""The hour in Paris from which on a day's run is due."""
REASON = "the period for which such contents are kept is over"


@dataclass(slots=True)
class RetentionRun:
    """Erases once a night, while the clock is believed: what is erased cannot come back."""

    context: Context
    _ran_on: date | None = None
    _log_full: bool = False

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await self.context.clock.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Erase what has run out, unless this night has had its run or the clock is in doubt."""
        now = self.context.clock.now()
        night = (now.astimezone(PARIS) - timedelta(hours=NIGHT)).date()
        if not self.context.trust.unsettled and night != self._ran_on:
            await self.erase_due(now)
            self._ran_on = night
        if self._log_full:
            self._log_full = not await self.context.writer.empty_log()

    async def erase_due(self, now: datetime) -> int:
        """Erase what has run out and needs no two leads; returns how many contents."""
        config = self.context.config.evidence
        async with self.context.writer.snapshot() as db:
            facts = await read_facts(
                db,
                self.context.terms,
                now,
                await subjects_kept_apart(self.context, db, now),
                config.keep_days,
            )
            due = [
                found async for found in find_due(db, load_retention(), facts, now, two_leads=False)
            ]
        erased = sum([await self._erase(rule, entries, now) for rule, entries in due])
        self._log_full = self._log_full or erased > 0
        return erased

    async def _erase(self, rule: RetentionRule, entries: list[Entry], now: datetime) -> int:
        config = self.context.config.evidence
        async with self.context.writer.change(itself()) as change:
            # Anew: somebody may have erased some of them since, or opened a case again.
            facts = await read_facts(
                change,
                self.context.terms,
                now,
                await subjects_kept_apart(self.context, change, now),
                config.keep_days,
            )
            standing = await evidence.several(change, [entry.seq for entry in entries])
            seqs = [
                entry.seq
                for entry in standing
                if entry.erased_by is None
                and is_due(load_retention(), rule, facts, entry, paris_day(micros(now)))
            ]
            if seqs:
                grounds = {"rule": rule.id, "under": rule.under}
                await erasure.erase(change, seqs, REASON, grounds)
        return len(seqs)
