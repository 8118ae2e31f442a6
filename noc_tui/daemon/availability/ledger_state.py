"""The ledger's present state in memory, so that an unchanged estate costs a poll nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from noc_tui.contract.clock_steps import ClockStep, cut_instant
from noc_tui.contract.outages import SourceState, StateChange
from storage import ledger
from storage.connection import Readable
from storage.ledger import ObservedState, Observer, Placement

ENDLESS = 2**62
"""An instant after every other."""


async def read_steps(db: Readable) -> list[ClockStep]:
    """Return every time that the clock was put back, in order."""
    rows = await ledger.CLOCK_STEPS.where(db, "TRUE ORDER BY evidence")
    return [ClockStep(row.evidence, row.at, row.was) for row in rows]


def _cut(row: ObservedState, state: SourceState, steps: Sequence[ClockStep]) -> StateChange:
    since, before = (cut_instant(at, row.evidence, steps) for at in (row.since, row.before))
    return StateChange(since, before, state)


@dataclass(slots=True)
class KnownSource:
    """A source's state in force, and how many observations in a row have failed."""

    change: StateChange
    failures: int


@dataclass(slots=True)
class LedgerState:
    """The state in force of every source, where each is, and when each observer last saw."""

    sources: dict[str, KnownSource] = field(default_factory=dict)
    placements: dict[str, Placement] = field(default_factory=dict)
    observers: dict[str, Observer] = field(default_factory=dict)
    steps: list[ClockStep] = field(default_factory=list)

    @classmethod
    async def load(cls, db: Readable) -> "LedgerState":
        """Return what was stored when the daemon last ran."""
        memory = cls(steps=await read_steps(db))
        for row in await ledger.newest(db):
            state = SourceState(row.state)
            failures = int(state in {SourceState.FAILING, SourceState.DOWN})
            memory.sources[row.source] = KnownSource(_cut(row, state, memory.steps), failures)
        for placement in await ledger.current_placements(db):
            memory.placements[placement.source] = placement
        for observer in await ledger.OBSERVERS.read(db):
            memory.observers[observer.name] = observer
        return memory

    def since(self, placement: Placement) -> int:
        """Return when a placement began, after all steps of the clock."""
        return cut_instant(placement.since, placement.evidence, self.steps)

    def tenants_of(self, sources: Iterable[str]) -> set[str]:
        """Return whose those sources are."""
        placed = (self.placements.get(source) for source in sources)
        return {one.tenant for one in placed if one is not None}

    def watched_by(self, observer: str) -> set[str]:
        """Return the tenants that this observer observes."""
        return {one.tenant for one in self.placements.values() if one.observer == observer}

    def unsettled(self) -> set[str]:
        """The sources that are to be looked at again though nothing about them changed."""
        return {
            source
            for source, known in self.sources.items()
            if known.change.state in {SourceState.FAILING, SourceState.UNKNOWN}
        }
