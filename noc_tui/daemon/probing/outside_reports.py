"""Reads the signed reports of outside probers, each once and in its order (R7).

A report whose signature is wrong, which is older than the last one of its vantage, or from the
future, is set aside (`.refused`) and put on record; it concludes nothing. So is what cannot be
read, or is no file: who delivers may leave anything there. A vantage of which nothing arrives is
silent: what it saw holds no longer than reports take to be carried (R9).
"""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from noc_tui.clock import Clock
from noc_tui.contract.calendar import SECOND
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.observations import Observation, Round
from noc_tui.daemon.probing.probe_plan import VANTAGE, vantage_of
from noc_tui.daemon.probing.probe_sender import PATIENCE, Silent, Take
from noc_tui.prober import SUFFIX, ProberError, ProberReport, Sighting, verify_report
from noc_tui.text import visible
from noc_tui.threads import in_thread
from storage.database import Writer
from storage.ledger import OBSERVERS
from storage.register import TENANTS
from storage.times import micros

LOOK_SECONDS = 10.0
AHEAD = 60 * SECOND
"""How far a vantage's clock may be ahead of ours, in microseconds."""
LONGEST = 4 << 20
"""Bytes of a report at most: tens of thousands of probes."""
CARRIED = 600 * SECOND
"""How long a report may be on its way before its vantage is taken for silent, in microseconds."""


MOST_A_LOOK = 200
"""Files that one look deals with, so that many hold up no other work and no other vantage."""
MOST_TOLD = 20
"""Refusals of one look that are entries of their own: a flood of files is no flood of entries."""


@dataclass(slots=True)
class Drop:
    """The folder in which reports arrive; `keys` are the vantages' public keys by name.

    `take` is given what was seen, `silent` of which probe nothing has arrived.
    """

    folder: Path
    keys: Mapping[str, str]
    clock: Clock
    writer: Writer
    take: Take
    silent: Silent
    _left: set[str] = field(default_factory=set)
    """The names of what could be neither removed nor set aside: told once."""
    _tolerances: dict[str, int] | None = field(default=None, init=False)

    async def run(self) -> None:
        """Look into the folder again and again."""
        while True:
            await self.look()
            await self.clock.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Read every report in the folder, and notice vantages that send none."""
        arrived = await in_thread(_arrived, self.folder)
        self._left &= {file.name for file in arrived}
        refused = 0
        for file in islice(self._due(arrived), MOST_A_LOOK):
            try:
                report = await self._report(file)
            except ProberError as error:
                refused += 1
                await self._refuse(file, str(error), told=refused <= MOST_TOLD)
                continue
            await self._apply(report)
            await self._remove(file)
        if refused > MOST_TOLD:
            said = {"file": "*", "reason": "as those before", "files": refused - MOST_TOLD}
            async with self.writer.change(itself()) as change:
                await change.record("prober.refused", [], said)
        now = micros(self.clock.now())
        for observer, tolerance in (await self._expected()).items():
            await self.silent(observer, now, tolerance + CARRIED)

    def _due(self, arrived: Sequence[Path]) -> Iterator[Path]:
        """Those that are not left for good: of the vantages that are known before all others."""
        due = [file for file in arrived if file.name not in self._left]
        yield from sorted(due, key=lambda file: (_vantage(file) not in self.keys, file.name))

    async def _expected(self) -> dict[str, int]:
        """The probes that ever reported from the present vantages, and how long each may pause."""
        if self._tolerances is None:
            ever = [one.name for one in await OBSERVERS.read(self.writer)]
            self._tolerances = {name: 0 for name in ever if vantage_of(name) in self.keys}
        return self._tolerances

    async def _report(self, file: Path) -> ProberReport:
        vantage = _vantage(file)
        if vantage not in self.keys:
            raise ProberError(f"no vantage is called {visible(vantage)!r}")
        report = verify_report(await in_thread(_content, file), self.keys[vantage])
        if report.vantage != vantage:
            raise ProberError("the report is another vantage's")
        if micros(report.at) > micros(self.clock.now()) + AHEAD:
            raise ProberError("the report is from the future")
        seen = [
            one.seen for one in await OBSERVERS.read(self.writer) if vantage_of(one.name) == vantage
        ]
        if micros(report.at) <= max(seen, default=-1):
            raise ProberError("the report is older than one that was taken in")
        return report

    async def _apply(self, report: ProberReport) -> None:
        known = {tenant.id for tenant in await TENANTS.read(self.writer)}
        tolerance = int(report.interval * PATIENCE * SECOND)
        expected = await self._expected()
        for one in report.sightings:
            if one.tenant in known:
                seen = _round(report, one)
                expected[seen.observer] = tolerance
                await self.take(seen, tolerance)

    async def _remove(self, file: Path) -> None:
        try:
            await in_thread(file.unlink)
        except OSError as error:
            self._left.add(file.name)
            await self._record(file, "prober.left", f"cannot be removed: {error.strerror}")

    async def _refuse(self, file: Path, reason: str, *, told: bool) -> None:
        try:
            await in_thread(file.rename, file.with_suffix(".refused"))
        except OSError as error:
            self._left.add(file.name)
            reason = f"{reason}; cannot be set aside: {error.strerror}"
        if told:
            await self._record(file, "prober.refused", reason)

    async def _record(self, file: Path, kind: str, reason: str) -> None:
        async with self.writer.change(itself()) as change:
            await change.record(kind, [], {"file": visible(file.name), "reason": reason})


def _arrived(folder: Path) -> list[Path]:
    """In the order of their names, which begin with the vantage and go on with the instant."""
    return sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []


def _vantage(file: Path) -> str:
    """Whose report it says it is."""
    return file.name.rpartition("-")[0]


def _content(file: Path) -> bytes:
    """The bytes of a file that was delivered, never through a link, never waited for."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode) or found.st_size > LONGEST:
                raise ProberError(f"not a file of at most {LONGEST} bytes")
            return os.read(descriptor, LONGEST)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise ProberError(f"cannot be read: {error.strerror}") from error


def _round(report: ProberReport, one: Sighting) -> Round:
    kind = "ping" if one.icmp else "probe"
    source = f"{kind}:{one.tenant}/{one.probe}{VANTAGE}{report.vantage}"
    observed = Observation(source, one.good, visible(one.reason)[:80])
    placed = {source: (one.tenant, "")}
    return Round(source, micros(report.at), [observed], placed, outside=True)
