"""Appends what was observed to the ledger: changes, gaps and placements with their evidence."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import msgspec

from noc_tui.contract.calendar import instant, paris_day
from noc_tui.contract.outages import Change, observe
from noc_tui.contract.terms_book import TermsBook
from noc_tui.daemon.availability.ledger_state import KnownSource, LedgerState
from noc_tui.daemon.availability.observation_batch import Observation, Round
from noc_tui.daemon.core.identity import itself
from storage import evidence, ledger
from storage.database import Transaction, Writer
from storage.ledger import GAPS, LEDGER, OBSERVERS, PLACEMENTS, Gap, Observed, Observer, Placement

NOCD = itself()
"""The daemon itself, where nobody asked for what it records."""


@dataclass(frozen=True, slots=True)
class Since:
    """From when on a tenant is to be worked out anew, in microseconds.

    `heard`: an observer that was taken for silent had only been heard late.
    """

    at: int
    heard: bool = False


@dataclass(slots=True)
class RoundOutcome:
    """What a round changed: since when each tenant's verdict is to be worked out anew."""

    dirty: dict[str, Since] = field(default_factory=dict)
    changed: list[Observed] = field(default_factory=list)
    revision: int = 0

    def mark(self, tenants: set[str], since: int, *, heard: bool = False) -> None:
        """Those tenants may have changed from `since` on; `heard` as in `Since`."""
        for tenant in tenants:
            known = self.dirty.get(tenant, Since(since))
            self.dirty[tenant] = Since(min(since, known.at), heard or known.heard)


class Recorder:
    """Keeps the ledger. How many failures in a row make an outage, a tenant's terms say (R8)."""

    def __init__(self, writer: Writer, memory: LedgerState, terms: TermsBook) -> None:
        self._writer = writer
        self.memory = memory
        self._terms = terms
        self._unwritten: dict[str, Observer] = {}

    async def record(
        self, seen: Round, tolerance: int, blind_since: int | None = None
    ) -> RoundOutcome:
        """Write a round; a silence of more than `tolerance` microseconds before it is a gap.

        With `blind_since` the observer was taken for silent from then on.

        That an observer has merely seen nothing new is kept and written with the next change or
        `flush`: hundreds of probes must not be hundreds of commits.
        """
        outcome = RoundOutcome()
        last = self.memory.observers.get(seen.observer)
        before = seen.at if last is None else last.seen
        fresh = self._changes(seen, before)
        moves = self._moves(seen)
        former = {one.source: self.memory.tenants_of([one.source]) for one, _, _ in fresh}
        gap = last is not None and seen.at - last.seen > tolerance
        anew = before if gap else blind_since
        # Whom it watched before this round is looked for only where that matters: most see no news.
        watched = set() if anew is None else self.memory.watched_by(seen.observer)
        watcher = Observer(seen.observer, last.since if last else seen.at, seen.at, seen.outside)
        self._unwritten[watcher.name] = watcher
        if fresh or gap or moves:
            async with self._writer.transaction() as tx:
                await self._append(tx, seen, fresh, moves, (before if gap else None), outcome)
                await OBSERVERS.put(tx, self._unwritten.values())
                outcome.revision = tx.revision
            self._unwritten.clear()
        self._remember(fresh, moves, watcher)
        self._mark(outcome, seen, fresh, moves, former)
        if anew is not None:
            watched |= self.memory.watched_by(seen.observer)
            outcome.mark(watched, anew, heard=not gap)
        return outcome

    async def flush(self) -> None:
        """Write when each observer last saw something."""
        if self._unwritten:
            async with self._writer.transaction() as tx:
                await OBSERVERS.put(tx, self._unwritten.values())
            self._unwritten.clear()

    def _changes(self, seen: Round, before: int) -> list[tuple[Observation, list[Change], int]]:
        found = []
        today = paris_day(seen.at)
        for one in seen.observations:
            known = self.memory.sources.get(one.source)
            last = None if known is None else known.change
            failures = 0 if known is None else known.failures
            confirm = seen.confirm or self._confirming(one.source, seen, today)
            fresh, failures = observe(
                last, failures, one.good, at=seen.at, before=before, confirm=confirm
            )
            if fresh:
                found.append((one, fresh, failures))
            elif known is not None:
                known.failures = failures
        return found

    def _confirming(self, source: str, seen: Round, today: date) -> int:
        """How many failures confirm an outage of this source's tenant; nobody's by default."""
        old = self.memory.placements.get(source)
        tenant = seen.placed[source][0] if source in seen.placed else old.tenant if old else ""
        return self._terms.for_tenant(tenant, today).availability.confirm_failures

    def _moves(self, seen: Round) -> list[tuple[Placement | None, Placement | None]]:
        """Pairs (ended, begun) of placements."""
        moves: list[tuple[Placement | None, Placement | None]] = []
        for source, (tenant, node) in seen.placed.items():
            old = self.memory.placements.get(source)
            observer = seen.watchers.get(source, seen.observer)
            if old is None or (old.tenant, old.node, old.observer) != (tenant, node, observer):
                begun = Placement(
                    source=source,
                    since=seen.at,
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
        tx: Transaction,
        seen: Round,
        fresh: Sequence[tuple[Observation, list[Change], int]],
        moves: Sequence[tuple[Placement | None, Placement | None]],
        blind_since: int | None,
        outcome: RoundOutcome,
    ) -> None:
        first = await ledger.next_id(tx, LEDGER)
        lines = [
            (one.source, change.since, change.before, change.state.value, one.reason)
            for one, changes, _ in fresh
            for change in changes
        ]
        ended = [msgspec.structs.replace(old, until=seen.at) for old, _ in moves if old]
        begun = [new for _, new in moves if new]
        entry = await evidence.append(
            tx,
            kind="availability.observed",
            actor=NOCD,
            at=tx.at,
            subjects=[f"observer:{seen.observer}"],
            payload={
                # A report from outside comes later than it was made.
                "at": instant(seen.at),
                "observer": seen.observer,
                "first": first,
                "changes": len(lines),
                # The rows stand in the ledger; here is what proves that they are still the same.
                "sha256": digest(lines),
                "placements": len(begun),
                "left": len(ended) - sum(1 for old, new in moves if old and new),
                "blind_since": None if blind_since is None else instant(blind_since),
            },
        )
        rows = [Observed(first + place, *line, entry) for place, line in enumerate(lines)]
        await LEDGER.put(tx, rows)
        await PLACEMENTS.put(tx, [*ended, *begun])
        if blind_since is not None:
            await GAPS.put(tx, [Gap(seen.observer, blind_since, seen.at, "not observed", entry)])
        outcome.changed = rows

    def _remember(
        self,
        fresh: Sequence[tuple[Observation, list[Change], int]],
        moves: Sequence[tuple[Placement | None, Placement | None]],
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
        fresh: Sequence[tuple[Observation, list[Change], int]],
        moves: Sequence[tuple[Placement | None, Placement | None]],
        former: Mapping[str, set[str]],
    ) -> None:
        for one, changes, _ in fresh:
            # What is confirmed now may have begun while it was another tenant's (R4).
            owners = former[one.source] | self.memory.tenants_of([one.source])
            outcome.mark(owners, changes[0].since)
        for pair in moves:
            outcome.mark({one.tenant for one in pair if one is not None}, seen.at)


def digest(lines: Sequence[tuple[object, ...]]) -> str:
    """SHA-256 over ledger lines (source, since, before, state, reason) as JSON, a line each."""
    summed = hashlib.sha256()
    for line in lines:
        summed.update(msgspec.json.encode(line) + b"\n")
    return summed.hexdigest()
