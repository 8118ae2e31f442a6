"""Carries the results of polls and probes to the ledger, the outages and the incidents."""

import asyncio
from collections.abc import Iterable, Sequence, Set
from contextlib import suppress
from datetime import date, datetime
from operator import itemgetter

import msgspec

from noc_tui.contract.calendar import SECOND, Month, paris_day
from noc_tui.contract.terms import Terms
from noc_tui.contract.terms_book import TermsBook
from noc_tui.daemon.availability import auto_incidents
from noc_tui.daemon.availability.backlog import Backlog
from noc_tui.daemon.availability.decisions import finish
from noc_tui.daemon.availability.derive_outages import derive
from noc_tui.daemon.availability.emptiness import want_empty
from noc_tui.daemon.availability.ledger_state import LedgerState
from noc_tui.daemon.availability.month_figures import (
    refresh_figures_since,
    refresh_kept_figures,
    refresh_month_figures,
    unfinished_months,
)
from noc_tui.daemon.availability.observation_batch import View, cluster_round, observer_of
from noc_tui.daemon.availability.recorder import NOCD, Recorder, RoundOutcome, Since
from noc_tui.daemon.availability.restart_exclusion import exclude_restart
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import actor, itself
from noc_tui.daemon.core.observations import Round
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.probing.probe_plan import (
    OURS,
    PlannedProbe,
    instance_watchers,
    plan_probes,
    reporting_vantages,
    vantage_of,
)
from noc_tui.roles import Caller
from storage.change import Change
from storage.connection import Readable
from storage.errors import UnwritableError
from storage.ledger import pools_state
from storage.membership import WantedEmpty
from storage.months import PROMISES, Promise
from storage.outages import EXCLUSIONS, Outage, attributions
from storage.register import TENANT_POOLS
from storage.times import micros

SLICE = 20
"""Tenants worked out in one transaction, so that other writers get their turn in between."""

OVERLAP = 3600 * SECOND
"""How far back a daemon that starts again works out, in case it was killed in mid-work."""

GUEST = "guest:"
"""Begins the name of an instance among the sources."""


class AvailabilityIngest:
    """Updates the ledger and everything derived from it, one batch at a time."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._pools = Pools()
        self._view = View(self._pools.owner, instance_watchers(context.config))
        self._vantages = reporting_vantages(context.config)
        self._recorder: Recorder | None = None
        self._backlog = Backlog(_most_confirming(context.terms))
        self._owed = RoundOutcome()
        self._lock = asyncio.Lock()
        self._met: set[str] = set()
        self._blind: dict[str, int] = {}
        self._behind: dict[str, int] = {}
        self._month: Month | None = None
        self._latest = 0
        self._tolerance = int(context.config.poll.stale_after * SECOND)

    async def polled(self, result: PollResult) -> None:
        """Take in one poll of a cluster; a failed one may make its tenants unmeasured.

        While nothing can be written, what was seen waits in memory; that a cluster was silent
        shows by itself then, in what is recorded next.
        """
        async with self._lock:
            recorder = await self._ready()
            at, observer = micros(result.at), observer_of(result.cluster)
            if result.error is not None or result.snapshot is None or result.difference is None:
                await self._silent(recorder, observer, at, self._tolerance)
                await self._flush(recorder)  # the probes have seen something all the same
                return
            # After a silence, or when pools changed hands, each guest is looked at.
            anew = await self._pools.refresh(self._context.writer, paris_day(at))
            anew = anew or observer not in self._met or observer in self._blind
            anew = anew or result.difference.quorum_changed or len(self._backlog) > 0
            self._met.add(observer)
            changed = None if anew else result.difference
            seen = cluster_round(result.snapshot, changed, recorder.memory, self._view, at)
            await self._take(recorder, seen, self._tolerance)
            await self._flush(recorder)

    async def probes(self) -> list[PlannedProbe]:
        """Return the probes to send now, and close the sources of probes that are no longer
        sent.
        """
        async with self._lock:
            recorder = await self._ready()
            at = micros(self._context.clock.now())
            plan = await plan_probes(
                self._context.writer, self._context.config, self._context.terms, paris_day(at)
            )
            sent = {one.source for one in plan}
            for source in [one for one in recorder.memory.placements if one.startswith(OURS)]:
                if source not in sent and vantage_of(source) not in self._vantages:
                    outside = recorder.memory.observers[source].outside
                    left = Round(source, at, (), gone=[source], outside=outside)
                    await self._take(recorder, left, self._tolerance)
            return plan

    async def probed(self, seen: Round, tolerance: int) -> None:
        """Take in what a probe saw; a longer silence than `tolerance` microseconds is a gap."""
        async with self._lock:
            await self._take(await self._ready(), seen, tolerance)

    async def flush(self) -> None:
        """Write when each observer last saw something."""
        async with self._lock:
            await self._flush(await self._ready())

    async def silent(self, observer: str, now: int, tolerance: int) -> None:
        """A probe concluded nothing: past its tolerance the time is unmeasured."""
        async with self._lock:
            await self._silent(await self._ready(), observer, now, tolerance)

    async def set_back(self, was: datetime, at: datetime) -> None:
        """The clock was set back: compute everything again from there."""
        async with self._lock:
            recorder, instant = await self._ready(), micros(at)
            await recorder.set_back(micros(was), instant)
            self._latest, self._month = instant, None
            for since in (self._blind, self._behind):
                since.update({name: min(value, instant) for name, value in since.items()})
            outcome = RoundOutcome()
            tenants = {one.tenant for one in recorder.memory.placements.values()}
            outcome.mark(tenants, instant)
            await self._follow(outcome, instant)

    async def want_empty(self, who: Caller, tenant: str, reason: str) -> WantedEmpty:
        """Put on record that a tenant wants no guest, and compute it again from then on."""
        async with self._lock:
            await self._ready()
            async with self._context.writer.change(actor(who)) as change:
                row = await want_empty(change, who, tenant, reason)
            outcome = RoundOutcome()
            outcome.mark({tenant}, row.since, heard=True)
            await self._follow(outcome, micros(self._context.clock.now()))
            return row

    async def _rewatched(self, change: Change, tenants: Set[str] | None) -> None:
        """Since when a tenant is measured depends on who watches it."""
        await refresh_kept_figures(change, tenants, self._context)

    async def _ready(self) -> Recorder:
        if self._recorder is None:
            memory = await LedgerState.load(self._context.writer)
            recorder = Recorder(self._context.writer, memory, self._context.terms, self._rewatched)
            for placement in memory.placements.values():
                observer = memory.observers.get(placement.observer)
                if observer is not None:
                    self._behind[placement.tenant] = observer.seen - OVERLAP
            await self._leave(recorder)
            self._recorder = recorder
        return self._recorder

    async def _leave(self, recorder: Recorder) -> None:
        """Guests on clusters that were taken out of the configuration: nobody looked since, and
        nobody will. Those of tenants who stand elsewhere too have left; else they would hide for
        good that all the others are down. Who stands nowhere else is unmeasured from then on.
        """
        watched = {observer_of(cluster.name) for cluster in self._context.config.clusters}
        placed = list(recorder.memory.placements.values())
        lost = {
            one.observer
            for one in placed
            if one.observer.startswith(observer_of("")) and one.observer not in watched
        }
        elsewhere = {
            one.tenant
            for one in placed
            if one.observer not in lost and one.source.startswith(GUEST)
        }
        at = micros(self._context.clock.now())
        for observer in sorted(lost):
            gone = [
                one.source for one in placed if one.observer == observer and one.tenant in elsewhere
            ]
            last = recorder.memory.observers.get(observer)
            since = at if last is None else last.seen
            outcome = await recorder.record(Round(observer, at, (), gone=gone), self._tolerance)
            self._blind[observer] = at
            outcome.mark(recorder.memory.watched_by(observer), since)
            await self._follow(outcome, at)

    async def _take(self, recorder: Recorder, seen: Round, tolerance: int) -> None:
        """Record a round after those that wait; where nothing can be written it waits too."""
        waited = len(self._backlog) > 0
        try:
            await self._drain(recorder)
        except UnwritableError:
            self._backlog.add(seen, tolerance)
            return
        if waited:
            self._met.clear()  # guests that came and went meanwhile
        self._backlog.add(seen, tolerance)
        with suppress(UnwritableError):
            await self._drain(recorder)

    async def _drain(self, recorder: Recorder) -> None:
        """Record what waits, the oldest first."""
        while self._backlog:
            await self._record(recorder, *self._backlog.first)

    async def _record(self, recorder: Recorder, seen: Round, tolerance: int) -> None:
        try:
            outcome = await recorder.record(seen, tolerance, self._blind.get(seen.observer))
        except UnwritableError:
            raise
        except Exception:
            self._backlog.pop()  # it would fail again, and hold up all that come after it
            raise
        self._backlog.pop()
        self._blind.pop(seen.observer, None)
        for tenant, since in self._behind.items():
            outcome.mark({tenant}, since)
        self._behind.clear()
        await self._follow(outcome, seen.at)

    async def _flush(self, recorder: Recorder) -> None:
        """What observers merely saw again is written when it can be."""
        with suppress(UnwritableError):
            await recorder.flush()

    async def _silent(self, recorder: Recorder, observer: str, now: int, tolerance: int) -> None:
        last = recorder.memory.observers.get(observer)
        if last is None or observer in self._blind or now - last.seen <= tolerance:
            return
        if self._backlog:
            return
        self._blind[observer] = last.seen
        outcome = RoundOutcome()
        outcome.mark(recorder.memory.watched_by(observer), last.seen)
        await self._follow(outcome, now)

    async def _follow(self, outcome: RoundOutcome, now: int) -> None:
        """Do what follows from a round, and what is owed of earlier ones since it could not be
        written. A part that is done is owed no longer.
        """
        # A probe may have been sent before the poll that was taken in first.
        now = self._latest = max(self._latest, now)
        owed = self._owed
        owed.add(outcome)
        if owed.changed:
            async with self._context.writer.change(itself()) as change:
                await auto_incidents.estate_changes(change, owed.changed)
            owed.changed = []
        for part in _slices(sorted(owed.dirty.items(), key=itemgetter(0))):
            async with self._context.writer.change(itself()) as change:
                # The figures with the rows that they rest on: nobody reads one without the other.
                since = await self._derive(change, part, now)
                await refresh_figures_since(change, since, self._context)
            for tenant, _ in part:
                del owed.dirty[tenant]
        await self._open_owed_incidents(now)
        await self._turn_month(now)

    async def _open_owed_incidents(self, now: int) -> None:
        """Open the incident of an outage that outlasts the window or suspension that explained
        it.
        """
        db = self._context.writer
        for outage in await auto_incidents.find_owed(db):
            if not await auto_incidents.is_explained(db, outage, now):
                async with db.change(itself()) as change:
                    await auto_incidents.tenant_out(change, outage, now)

    async def _derive(
        self, change: Change, part: Sequence[tuple[str, Since]], now: int
    ) -> dict[str, int]:
        """Work some tenants out; those whose figures are others now, and since when."""
        touched: dict[str, int] = {}
        for tenant, anew in part:
            found = await derive(change, tenant, anew, now, self._blind)
            for outage in found.begun:
                await auto_incidents.tenant_out(change, outage, outage.start)
            for outage in found.ended:
                await auto_incidents.tenant_back(change, outage)
                await _end_exclusion(change, outage)
                await exclude_restart(change, outage)
            for one in found.corrected:
                await auto_incidents.correct_line(change, one)
                if one.outage.end is not None:
                    await _end_exclusion(change, one.outage)
                    await exclude_restart(change, one.outage)
            if found.changed:
                touched[tenant] = found.since
        return touched

    async def _turn_month(self, now: int) -> None:
        """At the start and on the first of a month everybody's figures are begun."""
        month = Month.of(now)
        if month == self._month:
            return
        async with self._context.writer.change(itself()) as change:
            for terms in self._context.terms.versions:
                await keep_promise(change, terms)
            for one in sorted({*await unfinished_months(change), month.previous, month}, key=str):
                await refresh_month_figures(change, one, now, self._context.terms, None)
        self._month = month


def _most_confirming(book: TermsBook) -> int:
    """How many failures in a row an outage takes at most, by any version of the terms."""
    return max(terms.availability.confirm_failures for terms in book.versions) + 1


async def _end_exclusion(change: Change, outage: Outage) -> None:
    """An outage that was attributed while it lasted: its exclusion ends with it."""
    decided = (await attributions(change, [outage.id])).get(outage.id)
    if decided is None or decided.exclusion is None or outage.end is None:
        return
    row = await EXCLUSIONS.get(change, decided.exclusion)
    if row is not None and row.end is None and row.withdrawn_at is None:
        await finish(change, NOCD, row.id, outage.end)


def _slices(items: Sequence[tuple[str, Since]]) -> Iterable[Sequence[tuple[str, Since]]]:
    return (items[start : start + SLICE] for start in range(0, len(items), SLICE))


class Pools:
    """Pools by tenant; read again when the register's rows have changed."""

    def __init__(self) -> None:
        self._owners: dict[tuple[str, str], str] = {}
        self._read: tuple[int, int, date] | None = None

    def owner(self, cluster: str, pool: str | None) -> str | None:
        """The tenant that has the pool; None for no pool or one that nobody has."""
        return None if pool is None else self._owners.get((cluster, pool))

    async def refresh(self, db: Readable, today: date) -> bool:
        """Look whether the register changed, or the day; True when owners may be others."""
        state = (*await pools_state(db), today)
        if state == self._read:
            return False
        self._read = state
        self._owners = {
            (row.cluster, row.pool): row.tenant
            for row in await TENANT_POOLS.read(db)
            if row.valid_from <= today and (row.valid_until is None or today < row.valid_until)
        }
        return True


async def keep_promise(change: Change, terms: Terms) -> None:
    """Store what these terms promise, unless their version is stored."""
    if await PROMISES.get(change, terms.version) is not None:
        return
    said = terms.availability
    row = Promise(
        version=terms.version,
        commitment=str(said.commitment),
        floor=str(said.floor),
        below_commitment=said.credit_below_commitment,
        below_floor=said.credit_below_floor,
        claim_days=said.claim_days,
    )
    entry = await change.record(
        "availability.promised", [f"terms:{row.version}"], msgspec.to_builtins(row)
    )
    await change.put(PROMISES, [row], by=entry)
