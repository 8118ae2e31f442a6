"""`nocd` verifies its own record: after its first poll, and every night.

Chain, rows, kept figures and heads are looked at, those in the file and those at hand outside it:
the lines of `anchor_file`, and the newest head that this machine knew, kept beside the signing key.
So a database that was emptied or replaced is noticed, whatever agrees within it. What is anything
but intact raises an alert (`alerts.checks.chain`) and gets an entry. So does the sealed file
(`alerts.checks.sealed_file`), of which both say the verdict and nothing else: all read them.
"""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from noc_tui.contract.calendar import PARIS
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.evidence.known_head import HeadKeeper
from noc_tui.queries.kept_heads import read_kept_heads
from noc_tui.queries.record_check import check_record
from noc_tui.threads import in_thread
from storage.connection import Readable
from storage.database import Writer
from storage.errors import StorageError
from storage.head_comparison import last_comparison
from storage.sealed import compare_sealed
from storage.signing_rule import read_found_unsigned
from storage.verdict import Report, Verdict

NIGHT_HOUR = 3
WORK_SECONDS, REST_SECONDS = 0.002, 0.008
"""The thread rests after each stretch of work: it must not hold up a poll. A low priority of the
system would: whoever waits for Python's lock would wait for a thread that is not scheduled."""
DAMAGED = "evidence.damaged"
_NO_DAMAGE = (Verdict.INTACT, Verdict.RESTORED)
"""A head of a database that a restore put aside, as an entry says, is none."""


@dataclass(slots=True)
class RecordWatch:
    """The verdict of the last verification; intact until the first one ends.

    It alone answers what the alerts `chain` and `sealed-file` are about (`read_verdict`,
    `read_sealed_verdict`).
    """

    context: Context
    verdict: Verdict = Verdict.INTACT
    sealed_verdict: Verdict = Verdict.INTACT
    _polled: asyncio.Event = field(default_factory=asyncio.Event)
    keeper: HeadKeeper = field(init=False)

    def __post_init__(self) -> None:
        self.keeper = HeadKeeper(self.context)

    def polled(self) -> None:
        """A poll is in the database: the first verification may begin."""
        self._polled.set()

    async def read_verdict(self, db: Readable) -> str:
        """Return the verdict; where it is intact, whether something was found unsigned that no lead
        accepted, and how the last start found the chain.
        """
        if self.verdict is not Verdict.INTACT:
            return self.verdict
        if await _has_unsigned(db):
            return Verdict.UNSIGNED
        return (await last_comparison(db)).verdict

    async def read_sealed_verdict(self) -> str:
        """Return the verdict on the sealed file, as `read_verdict`."""
        sealed = self.context.sealed
        if self.sealed_verdict is Verdict.INTACT and sealed and await _has_unsigned(sealed):
            return Verdict.UNSIGNED
        return self.sealed_verdict

    async def run(self) -> None:
        await self._polled.wait()
        while True:
            await self.look()
            await self.look_at_sealed()
            await self.context.clock.sleep(_until_night(self.context.clock.now()))

    async def look(self) -> Report:
        """Verify everything now, in one snapshot."""
        config = self.context.config
        outside = await in_thread(read_kept_heads, config)
        path = config.database.path
        report = await in_thread(check_record, path, outside, progress=_Rest().rest)
        if report.verdict in _NO_DAMAGE:
            await self.keeper.keep()
        found = _judge(report.verdict, self.context.writer)
        if found is not self.verdict:
            await self._tell(report, found)
        self.verdict = found
        return report

    async def look_at_sealed(self) -> None:
        """Compare the sealed file with its digests on the chain now."""
        if self.context.sealed is None:
            return
        try:
            said = await in_thread(compare_sealed, self.context.config.database.path)
            found = _judge(said.verdict, self.context.sealed)
        except StorageError:
            found = Verdict.UNREADABLE
        if found is not self.sealed_verdict:
            self.context.logger.error("sealed file", verdict=found)
            async with self.context.writer.change(itself()) as change:
                await change.record(DAMAGED, ["evidence:sealed"], {"verdict": found})
        self.sealed_verdict = found

    async def _tell(self, report: Report, found: Verdict) -> None:
        if found is Verdict.INTACT:
            self.context.logger.info("evidence is intact again")
            return
        self.context.logger.error("evidence", verdict=report.verdict, reason=report.reason)
        payload = {
            "verdict": report.verdict,
            "reason": report.reason,
            "altered": [msgspec.to_builtins(row) for row in report.altered[:20]],
        }
        async with self.context.writer.change(itself()) as change:
            await change.record(DAMAGED, ["evidence:chain"], payload)


def _judge(verdict: Verdict, writer: Writer) -> Verdict:
    """What is damage: with its key `nocd` names by itself what it finds unsigned, and that is an
    alert until a lead accepts it; without the key nothing is signed.
    """
    named = verdict is Verdict.UNSIGNED and writer.key is not None
    return Verdict.INTACT if named or verdict in _NO_DAMAGE else verdict


async def _has_unsigned(db: Readable) -> bool:
    try:
        return not all(one.accepted_by for one in await read_found_unsigned(db))
    except ValueError:  # an entry that no program of ours wrote
        return True


class _Rest:
    def __init__(self) -> None:
        self._since = time.monotonic()

    def rest(self, done: int, total: int) -> None:
        if time.monotonic() - self._since > WORK_SECONDS:
            time.sleep(REST_SECONDS)
            self._since = time.monotonic()


def _until_night(now: datetime) -> float:
    """Seconds until the next night's hour in Paris."""
    local = now.astimezone(PARIS)
    night = local.replace(hour=NIGHT_HOUR, minute=0, second=0, microsecond=0)
    if night <= local:
        night += timedelta(days=1)
    return max(60.0, (night.astimezone(now.tzinfo) - now).total_seconds())
