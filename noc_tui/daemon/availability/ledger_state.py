"""What the ledger says now, kept at hand so that an unchanged estate costs a poll nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from noc_tui.contract.outages import SourceState, StateChange
from storage import ledger
from storage.connection import Readable
from storage.ledger import Observer, Placement

ENDLESS = 2**62
"""An instant after every other."""


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

    @classmethod
    async def load(cls, db: Readable) -> "LedgerState":
        """What was stored when the daemon last ran."""
        memory = cls()
        for row in await ledger.newest(db):
            state = SourceState(row.state)
            failures = int(state in {SourceState.FAILING, SourceState.DOWN})
            memory.sources[row.source] = KnownSource(
                StateChange(row.since, row.before, state), failures
            )
        for placement in await ledger.current_placements(db):
            memory.placements[placement.source] = placement
        for observer in await ledger.OBSERVERS.read(db):
            memory.observers[observer.name] = observer
        return memory

    def tenants_of(self, sources: Iterable[str]) -> set[str]:
        """Whose those sources are."""
        placed = (self.placements.get(source) for source in sources)
        return {one.tenant for one in placed if one is not None}

    def watched_by(self, observer: str) -> set[str]:
        """The tenants of whom that observer sees something."""
        return {one.tenant for one in self.placements.values() if one.observer == observer}

    def unsettled(self) -> set[str]:
        """The sources that are to be looked at again though nothing about them changed."""
        return {
            source
            for source, known in self.sources.items()
            if known.change.state in {SourceState.FAILING, SourceState.UNKNOWN}
        }
