"""Takes in what outside probers left: each signed report once, in its order (R7).

A report whose signature is wrong, which is older than the last one of its vantage, or from the
future, is set aside (`.refused`) and put on record; it concludes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from noc_tui.clock import Clock
from noc_tui.contract.calendar import SECOND
from noc_tui.daemon.availability.observations import Observation
from noc_tui.daemon.availability.recorder import NOCD, Round
from noc_tui.daemon.probes.plan import VANTAGE
from noc_tui.daemon.probes.sending import PATIENCE, Take
from noc_tui.prober import SUFFIX, ProberError, Report, Sighting, opened
from noc_tui.text import visible
from noc_tui.threads import in_thread
from storage import evidence
from storage.database import Writer
from storage.ledger import OBSERVERS
from storage.register import TENANTS
from storage.times import micros

LOOK_SECONDS = 10.0
AHEAD = 60 * SECOND
"""How far a vantage's clock may be ahead of ours, in microseconds."""


@dataclass(slots=True)
class Drop:
    """The folder in which reports arrive; `keys` are the vantages' public keys by name."""

    folder: Path
    keys: Mapping[str, str]
    clock: Clock
    writer: Writer
    take: Take

    async def run(self) -> None:
        """Look into the folder again and again."""
        while True:
            await self.look()
            await self.clock.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Take in every report that is there."""
        for file in await in_thread(_arrived, self.folder):
            try:
                report = await self._report(file)
            except ProberError as error:
                await self._refuse(file, str(error))
                continue
            await self._apply(report)
            await in_thread(file.unlink)

    async def _report(self, file: Path) -> Report:
        vantage = file.name.rpartition("-")[0]
        if vantage not in self.keys:
            raise ProberError(f"no vantage is called {visible(vantage)!r}")
        report = opened(await in_thread(file.read_bytes), self.keys[vantage])
        if report.vantage != vantage:
            raise ProberError("the report is another vantage's")
        if micros(report.at) > micros(self.clock.now()) + AHEAD:
            raise ProberError("the report is from the future")
        seen = [one.seen for one in await OBSERVERS.read(self.writer) if _of(vantage, one.name)]
        if micros(report.at) <= max(seen, default=-1):
            raise ProberError("the report is older than one that was taken in")
        return report

    async def _apply(self, report: Report) -> None:
        known = {tenant.id for tenant in await TENANTS.read(self.writer)}
        tolerance = int(report.interval * PATIENCE * SECOND)
        for one in report.sightings:
            if one.tenant in known:
                await self.take(_round(report, one), tolerance)

    async def _refuse(self, file: Path, reason: str) -> None:
        await in_thread(file.rename, file.with_suffix(".refused"))
        async with self.writer.transaction() as tx:
            await evidence.append(
                tx,
                kind="prober.refused",
                actor=NOCD,
                at=tx.at,
                subjects=[],
                payload={"file": visible(file.name), "reason": reason},
            )


def _arrived(folder: Path) -> list[Path]:
    """In the order of their names, which begin with the vantage and go on with the instant."""
    return sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []


def _of(vantage: str, observer: str) -> bool:
    return observer.endswith(f"{VANTAGE}{vantage}")


def _round(report: Report, one: Sighting) -> Round:
    kind = "ping" if one.icmp else "probe"
    source = f"{kind}:{one.tenant}/{one.probe}{VANTAGE}{report.vantage}"
    observed = Observation(source, one.good, visible(one.reason)[:80])
    placed = {source: (one.tenant, "")}
    return Round(source, micros(report.at), [observed], placed, outside=True)
