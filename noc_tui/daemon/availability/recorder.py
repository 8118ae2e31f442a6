"""Appends what was observed to the ledger: changes, gaps and placements with their evidence."""

from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date

import msgspec

from noc_tui.contract import outages as rules
from noc_tui.contract.calendar import instant, paris_day
from noc_tui.contract.clock_steps import ClockStep
from noc_tui.contract.terms_book import TermsBook
from noc_tui.daemon.availability import outage_store
from noc_tui.daemon.availability.ledger_state import KnownSource, LedgerState
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.observations import Observation, Round
from storage import ledger
from storage.change import Change
from storage.database import Writer
from storage.ledger import (
    CLOCK_STEPS,
    GAPS,
    LEDGER,
    OBSERVERS,
    PLACEMENTS,
    ClockStepRow,
    Gap,
    ObservedState,
    Observer,
    Placement,
)

NOCD = itself()
"""The daemon itself, where nobody asked for what it records."""


@dataclass(frozen=True, slots=True)
class Since:
    """The instant, in microseconds, from which a tenant must be computed again.

    `heard`: an observer that was taken for silent had only been heard late.
    """

    at: int
    heard: bool = False


Move = tuple[Placement | None, Placement | None]
"""A placement that ended, and the one that began in its place."""


@dataclass(slots=True)
class RoundOutcome:
    """The changes of a round: since when each tenant must be computed again."""

    dirty: dict[str, Since] = field(default_factory=dict)
    changed: list[ObservedState] = field(default_factory=list)

    def mark(self, tenants: set[str], since: int, *, heard: bool = False) -> None:
        """Those tenants may have changed from `since` on; `heard` as in `Since`."""
        for tenant in tenants:
            known = self.dirty.get(tenant, Since(since))
            self.dirty[tenant] = Since(min(since, known.at), heard or known.heard)

    def add(self, other: "RoundOutcome") -> None:
        """What follows from another round too."""
        self.changed = [*self.changed, *other.changed]
        for tenant, since in other.dirty.items():
            self.mark({tenant}, since.at, heard=since.heard)


Rewatched = Callable[[Change, Set[str] | None], Awaitable[None]]
"""Told which tenants have other observers than before; None for all."""


class Recorder:
    """Keeps the ledger. How many failures in a row make an outage, a tenant's terms say (R8)."""

    def __init__(
        self,
        writer: Writer,
        memory: LedgerState,
        terms: TermsBook,
        rewatched: Rewatched | None = None,
    ) -> None:
        """`rewatched` is called within the change that gives tenants other observers."""
        self._writer = writer
        self._rewatched = rewatched
        self.memory = memory
        self._terms = terms
        self._unwritten: dict[str, Observer] = {}

    async def record(
        self, seen: Round, tolerance: int, blind_since: int | None = None
    ) -> RoundOutcome:
        """Write a round; a silence of more than `tolerance` microseconds before it is a gap.

        With `blind_since` the observer was taken for silent from then on. Where it cannot be
        written, nothing of it is remembered: the same round can be given again.

        That an observer has merely seen nothing new is kept and written with the next change or
        `flush`: hundreds of probes must not be hundreds of commits.
        """
        outcome = RoundOutcome()
        last = self.memory.observers.get(seen.observer)
        before = seen.at if last is None else last.seen
        fresh, counted = self._changes(seen, before)
        moves = self._moves(seen)
        former = {one.source: self.memory.tenants_of([one.source]) for one, _, _ in fresh}
        gap = last is not None and seen.at - last.seen > tolerance
        anew = before if gap else blind_since
        # Whom it watched before this round is looked for only where that matters: most see no news.
        watched = set() if anew is None else self.memory.watched_by(seen.observer)
        watcher = Observer(seen.observer, last.since if last else seen.at, seen.at, seen.outside)
        unwritten = {**self._unwritten, watcher.name: watcher}
        new = last is None or last.outside != seen.outside
        if fresh or gap or moves or new:
            async with self._writer.change(itself()) as change:
                blind = before if gap else None
                moves = await self._append(change, seen, fresh, moves, blind, outcome)
                await change.put(OBSERVERS, unwritten.values())
                if self._rewatched and (last is None or (tenants := _rewatched(moves))):
                    await self._rewatched(change, None if last is None else tenants)
            unwritten = {}
        self._unwritten = unwritten
        for known, failures in counted:
            known.failures = failures
        self._remember(fresh, moves, watcher)
        self._mark(outcome, seen, fresh, moves, former)
        if anew is not None:
            watched |= self.memory.watched_by(seen.observer)
            outcome.mark(watched, anew, heard=not gap)
        return outcome

    async def set_back(self, was: int, at: int) -> None:
        """The clock was put back: what was recorded after `at` was seen at `at` at the latest."""
        async with self._writer.change(itself()) as change:
            payload = {"was": instant(was), "at": instant(at)}
            entry = await change.record("clock.set_back", ["clock:nocd"], payload)
            await change.put(CLOCK_STEPS, [ClockStepRow(entry, at, was)])
            observers = [
                msgspec.structs.replace(one, since=min(one.since, at), seen=min(one.seen, at))
                for one in (self.memory.observers | self._unwritten).values()
            ]
            await change.put(OBSERVERS, observers)
            await outage_store.set_back(change, at)
        self._unwritten.clear()
        self.memory.steps.append(ClockStep(entry, at, was))
        self.memory.observers.update({one.name: one for one in observers})
        for known in self.memory.sources.values():
            since, before = (min(one, at) for one in (known.change.since, known.change.before))
            known.change = known.change._replace(since=since, before=before)

    async def flush(self) -> None:
        """Write when each observer last saw something."""
        if self._unwritten:
            async with self._writer.change(itself(), quiet=True) as change:
                await change.put(OBSERVERS, self._unwritten.values())
            self._unwritten.clear()

    def _changes(
        self, seen: Round, before: int
    ) -> tuple[
        list[tuple[Observation, list[rules.StateChange], int]], list[tuple[KnownSource, int]]
    ]:
        """The changes of state, and the count of failures of each source whose state stays."""
        found = []
        counted = []
        today = paris_day(seen.at)
        for one in seen.observations:
            known = self.memory.sources.get(one.source)
            last = None if known is None else known.change
            failures = 0 if known is None else known.failures
            confirm = seen.confirm or self._confirming(one.source, seen, today)
            fresh, failures = rules.observe(
                last, failures, one.good, at=seen.at, before=before, confirm=confirm
            )
            if fresh:
                found.append((one, fresh, failures))
            elif known is not None:
                counted.append((known, failures))
        return found, counted

    def _confirming(self, source: str, seen: Round, today: date) -> int:
        """Return how many failures confirm an outage of this source's tenant; nobody's by
        default.
        """
        old = self.memory.placements.get(source)
        tenant = seen.placed[source][0] if source in seen.placed else old.tenant if old else ""
        return self._terms.for_tenant(tenant, today).availability.confirm_failures

    def _moves(self, seen: Round) -> list[Move]:
        moves: list[Move] = []
        for source, (tenant, node) in seen.placed.items():
            old = self.memory.placements.get(source)
            observer = seen.watchers.get(source, seen.observer)
            if old is None or (old.tenant, old.node, old.observer) != (tenant, node, observer):
                # One on record keeps its beginning, also where two rounds are of one instant.
                begun = Placement(
                    source=source,
                    since=seen.at if old is None else max(seen.at, self.memory.since(old) + 1),
                    tenant=tenant,
                    observer=observer,
                    node=node,
                    until=None,
                )
                moves.append((old, begun))
        left = (self.memory.placements.get(source) for source in seen.gone)
        moves.extend((old, None) for old in left if old is not None)
        return moves

    async def _append(  # one transaction, one entry: all that a round brought
        self,
        change: Change,
        seen: Round,
        fresh: Sequence[tuple[Observation, list[rules.StateChange], int]],
        moves: Sequence[Move],
        blind_since: int | None,
        outcome: RoundOutcome,
    ) -> list[Move]:
        """Returns the moves as they were written, with their entry."""
        first = await ledger.next_id(change, LEDGER)
        lines = [
            (one.source, news.since, news.before, news.state.value, one.reason)
            for one, changes, _ in fresh
            for news in changes
        ]
        entry = await change.record(
            "availability.observed",
            [f"observer:{seen.observer}"],
            {
                # A report from outside comes later than it was made.
                "at": instant(seen.at),
                "observer": seen.observer,
                "first": first,
                "changes": len(lines),
                "placements": sum(1 for _, new in moves if new),
                "left": sum(1 for old, new in moves if old and not new),
                "blind_since": None if blind_since is None else instant(blind_since),
            },
        )
        rows = [ObservedState(first + place, *line, entry) for place, line in enumerate(lines)]
        await change.put(LEDGER, rows)
        written = [self._written(move, seen.at, entry) for move in moves]
        await change.put(PLACEMENTS, [old for old, _ in written if old])
        await change.put(PLACEMENTS, [new for _, new in written if new])
        if blind_since is not None:
            await change.put(
                GAPS, [Gap(seen.observer, blind_since, seen.at, "not observed", entry)]
            )
        outcome.changed = rows
        return written

    def _written(self, move: Move, at: int, entry: int) -> Move:
        """The move with the entry that it is on record by."""
        old, new = move
        return (
            old
            and msgspec.structs.replace(old, until=max(at, self.memory.since(old)), ended_by=entry),
            new and msgspec.structs.replace(new, evidence=entry),
        )

    def _remember(
        self,
        fresh: Sequence[tuple[Observation, list[rules.StateChange], int]],
        moves: Sequence[Move],
        watcher: Observer,
    ) -> None:
        for one, changes, failures in fresh:
            self.memory.sources[one.source] = KnownSource(changes[-1], failures)
        for old, new in moves:
            if new is not None:
                self.memory.placements[new.source] = new
            elif old is not None:
                del self.memory.placements[old.source]
        self.memory.observers[watcher.name] = watcher

    def _mark(
        self,
        outcome: RoundOutcome,
        seen: Round,
        fresh: Sequence[tuple[Observation, list[rules.StateChange], int]],
        moves: Sequence[Move],
        former: Mapping[str, set[str]],
    ) -> None:
        for one, changes, _ in fresh:
            # What is confirmed now may have begun while it was another tenant's (R4).
            owners = former[one.source] | self.memory.tenants_of([one.source])
            outcome.mark(owners, changes[0].since)
        for pair in moves:
            outcome.mark({one.tenant for one in pair if one is not None}, seen.at)


def _rewatched(moves: Sequence[Move]) -> set[str]:
    """The tenants that some observer newly watches, or watches no more."""
    sides = [(old, new) for old, new in moves if _watched(old) != _watched(new)]
    return {one.tenant for pair in sides for one in pair if one is not None}


def _watched(placement: Placement | None) -> tuple[str, str] | None:
    return None if placement is None else (placement.tenant, placement.observer)
