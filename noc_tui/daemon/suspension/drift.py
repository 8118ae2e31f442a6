"""Compares what suspensions ordered with the present state, at each poll and each configuration
read.

A poll sees power and membership at no cost; the configuration of every held guest is read at its
own interval, and compared with the access list and HA of the slow poll. Differences are one list
on the case; none clears it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from noc_tui.cluster import errors
from noc_tui.cluster.actions import ActionStep, find_drift, inverse
from noc_tui.cluster.actions.power import AwaitStopped, PowerOff, StayPaused
from noc_tui.cluster.guest_location import GuestGone, locate_guest
from noc_tui.cluster.guest_snapshot import GuestSnapshot
from noc_tui.cluster.row_figures import UNKNOWN
from noc_tui.cluster.snapshot import ClusterSnapshot
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.values import BARRIER, STANDING, Case, Drift, GuestId
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.suspension import store
from noc_tui.daemon.suspension.cases import Cases
from noc_tui.daemon.suspension.planner import MEASURE, Measures, PlannedAction, stops
from noc_tui.daemon.suspension.scope import read_scope
from noc_tui.daemon.suspension.steps import word_step
from noc_tui.i18n import N_
from noc_tui.kept_words import keep_words
from noc_tui.queries.terms_archive import find_terms
from storage import suspension as stored
from storage.suspension import StepRow

CONFIGURATION = "configuration"
_BY_POLL = (AwaitStopped, PowerOff, StayPaused)
"""Steps that are judged by a guest's power, of which a poll tells."""
LAG = timedelta(seconds=30)
Found = dict[GuestId, tuple[str, ...]]


@dataclass(slots=True)
class DriftMonitor:
    """Finds drift and records it in the cases."""

    context: Context
    cases: Cases
    measures: Measures
    _found: dict[str, dict[str, Found]] = field(default_factory=dict)

    async def poll(self, snapshot: ClusterSnapshot) -> None:
        """Compare a poll's snapshot with the cases in force."""
        for case in await store.read_open_cases(self.context.writer):
            if case.state in STANDING and not case.rehearsal:
                await self._tell(case, snapshot.cluster, await self._seen(case, snapshot))

    async def configurations(self) -> None:
        """Read the configuration of every held guest and compare."""
        for case in await store.read_open_cases(self.context.writer):
            if case.state in STANDING and not case.rehearsal:
                await self._tell(case, CONFIGURATION, await self._read(case))

    def forget(self, identifier: str) -> None:
        """Discard what was read for a case, because it was just applied or restored."""
        self._found.pop(identifier, None)

    async def _seen(self, case: Case, snapshot: ClusterSnapshot) -> Found:
        terms = await find_terms(self.context.writer, case.terms_version)
        stopped = terms is not None and stops(case, terms)
        stopped = stopped and await self._is_old(case, snapshot.observed_at)
        found: Found = {}
        for ref in case.held:
            if ref.cluster != snapshot.cluster:
                continue
            guest = snapshot.guests.get(ref.vmid)
            if guest is None:
                found |= await self._absent(case, ref)
            elif stopped and guest.status not in ("stopped", UNKNOWN) and guest.lock != "backup":
                found[ref] = (keep_words(N_("the guest is {state}"), state=guest.status),)
        return found | await self._strangers(case)

    async def _absent(self, case: Case, ref: GuestId) -> Found:
        """A guest that a poll did not list: gone, or not to be seen; then the last word stands."""
        try:
            await locate_guest(self.measures.gateway(ref), ref.vmid)
        except GuestGone:
            return {ref: (keep_words(N_("the guest is no longer there")),)}
        except errors.GatewayError:
            last = self._found.get(case.id, {}).get(ref.cluster, {}).get(ref)
            return {} if last is None else {ref: last}
        return {}

    async def _is_old(self, case: Case, at: datetime) -> bool:
        """Whether a poll of that instant can have seen what was last done: its lists lag."""
        rows = await stored.steps_of(self.context.writer, case.id)
        return all(at - row.changed_at > LAG for row in rows)

    async def _strangers(self, case: Case) -> Found:
        """Guests that came into the tenant's pools after all its services were suspended."""
        if case.plan.scope != "tenant":
            return {}
        planned = {guest.ref for guest in case.plan.guests}
        context = self.context
        there = await read_scope(context.world, context.config, case.tenant, context.clock.now())
        said = (keep_words(N_("a guest that the suspension does not know")),)
        left = case.plan.unseen if case.plan.unseen_is == "left" else ()
        return {
            guest.ref: said
            for guest in there.planned()
            if guest.ref not in planned and guest.ref.cluster not in left
        }

    async def _read(self, case: Case) -> Found:
        rows: dict[GuestId, list[StepRow]] = {}
        for row in await stored.steps_of(self.context.writer, case.id):
            if row.record is not None and row.state == "done":
                rows.setdefault(GuestId(cluster=row.cluster, vmid=row.vmid), []).append(row)
        found: Found = {}
        for ref in case.held:
            if words := await self._missing(ref, rows.get(ref, []), case.data_access):
                found[ref] = tuple(words)
        return found

    async def _missing(self, ref: GuestId, rows: Sequence[StepRow], way: bool) -> Sequence[str]:
        """What no longer holds on a guest, read with one request where nothing is filtered."""
        try:
            return await self._looked(ref, rows, way)
        except GuestGone as error:
            return [str(error)]
        except errors.GatewayError:
            return []  # not seen is no drift: the poll says that the cluster is out of reach

    async def _looked(self, ref: GuestId, rows: Sequence[StepRow], way: bool) -> list[str]:
        """With `way` the client is to reach its data: its barrier is to be lifted."""
        measures = [MEASURE.decode(row.record or "") for row in rows]
        seen = self._polled(ref)
        if seen is None or not measures:
            return []
        slow = self.context.estate.slow.get(ref.cluster)
        fresh = slow is not None and slow.observed_at > max(row.changed_at for row in rows)
        found = await find_drift(
            [step for row, one in zip(rows, measures, strict=True) for step in _due(row, one, way)],
            measures[0].state,
            self.measures.gateway(ref),
            seen,
            acl=slow.acl if slow is not None and fresh else None,
            ha=slow.ha_resources if slow is not None and fresh else None,
        )
        # The lists of a poll lag: one from before the stop would call a stopped guest running.
        seen_since = self._is_since(ref, rows)
        return [
            word_step(step, finding)
            for step, finding in found
            if finding.kind != "done" and (seen_since or not isinstance(step, _BY_POLL))
        ]

    def _is_since(self, ref: GuestId, rows: Sequence[StepRow]) -> bool:
        snapshot = self.context.estate.snapshots.get(ref.cluster)
        return snapshot is not None and all(
            snapshot.observed_at - row.changed_at > LAG for row in rows
        )

    def _polled(self, ref: GuestId) -> GuestSnapshot | None:
        snapshot = self.context.estate.snapshots.get(ref.cluster)
        return snapshot.guests.get(ref.vmid) if snapshot is not None else None

    async def _tell(self, case: Case, source: str, found: Found) -> None:
        """Each source's last word stands until it speaks again."""
        now = self.context.clock.now()
        sources = self._found.setdefault(case.id, {})
        sources[source] = found
        merged = _merged(sources.values())
        drift = _listed(case, merged, now)
        if [(row.guest, row.what) for row in drift] != [(d.guest, d.what) for d in case.drift]:
            await self.cases.observed(case.id, ev.DriftSeen(at=now, drift=drift))


def _due(row: StepRow, measure: PlannedAction, way: bool) -> Sequence[ActionStep]:
    """What is to hold of a means: its steps, or for a barrier that is lifted their inverse."""
    lifted = way and row.means == BARRIER
    return inverse(measure.steps, measure.state) if lifted else measure.steps


def _merged(found: Iterable[Found]) -> Found:
    merged: Found = {}
    for words in found:
        for ref, said in words.items():
            known = merged.get(ref, ())
            merged[ref] = (*known, *(word for word in said if word not in known))
    return merged


def _listed(case: Case, found: Found, now: datetime) -> tuple[Drift, ...]:
    """The list, what was seen before keeping its time."""
    since = {(row.guest, row.what): row.seen_at for row in case.drift}
    return tuple(
        Drift(guest=ref, what=what, seen_at=since.get((ref, what), now))
        for ref in sorted(found)
        for what in found[ref]
    )
