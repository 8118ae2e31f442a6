"""How each means of a case is known to work, looked at again while the case stands (R18).

A probe decides where one watches the guest, or, where the whole tenant is out, its endpoints. Else
what was read back at every level does. What is neither was configured, and is said to be no more.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from noc_tui.cluster import errors
from noc_tui.cluster.guest_location import GuestGone
from noc_tui.contract.calendar import paris_day
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.effect import silences
from noc_tui.contract.suspension.values import BARRIER, STANDING, Case, GuestId, Unproven
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.probing.probe_plan import PlannedProbe, plan_probes
from noc_tui.daemon.suspension import store
from noc_tui.daemon.suspension.cases import Cases
from noc_tui.daemon.suspension.exclusion import begin_exclusion, refresh_figures
from noc_tui.daemon.suspension.guest_runner import GuestRunner
from noc_tui.daemon.suspension.notice_delivery import Notices
from noc_tui.daemon.suspension.planner import MEASURE, asks_client, standing_doubts
from noc_tui.daemon.suspension.steps import ASKED, CONFIGURED, PROBED, READ_BACK, Steps
from noc_tui.i18n import N_
from noc_tui.kept_words import keep_words, without_marks
from noc_tui.queries.terms_archive import find_terms
from noc_tui.text import visible
from storage import ledger
from storage import suspension as stored
from storage.change import Change
from storage.ledger import OBSERVERS
from storage.suspension import StepRow
from storage.times import micros

PROBE_TIME = timedelta(minutes=2)
"""How long after a means was carried out a probe may still tell what was before, at least."""


def list_unproven(rows: Iterable[StepRow], guests: Collection[GuestId]) -> tuple[Unproven, ...]:
    """Return what is not known to work on these guests."""
    return tuple(
        Unproven(
            guest=_ref(row),
            means=row.means,
            kind="asked" if row.proof == ASKED else "configured",
            why=row.doubt or "",
        )
        for row in rows
        if row.proof in (ASKED, CONFIGURED) and _ref(row) in guests
    )


def took_effect(
    case: Case, rows: Iterable[StepRow], guests: Collection[GuestId]
) -> datetime | None:
    """Return when the first means was seen to work on one of these guests. The client's barrier
    counts where it is the only means.
    """
    others = set(case.plan.means) - {BARRIER}
    return min(
        (
            row.took_effect_at
            for row in rows
            if row.took_effect_at is not None
            and (row.means != BARRIER or not others)
            and _ref(row) in guests
        ),
        default=None,
    )


def _ref(row: StepRow) -> GuestId:
    return GuestId(cluster=row.cluster, vmid=row.vmid)


@dataclass(slots=True)
class EffectProofs:
    """Looks at the proofs of cases that stand, and tells the cases what changed."""

    context: Context
    cases: Cases
    steps: Steps
    guests: GuestRunner
    notices: Notices

    async def look(self) -> None:
        """Judge every means that stands anew, by probes and by what is configured now."""
        for case in await store.read_open_cases(self.context.writer):
            if case.state in STANDING and not case.rehearsal:
                await self._look(case)

    async def begin(self, change: Change, case: Case) -> Case:
        """Begin what runs from the effect of a case, in the commit that says it took effect: the
        exclusion of its time, and what its client is told of it.
        """
        case = await self.notices.tell_effect(change, case)
        after = await begin_exclusion(change, case, await find_terms(change, case.terms_version))
        if after.exclusion != case.exclusion:
            await refresh_figures(change, after, self.context)
        return after

    async def _look(self, case: Case) -> None:
        rows = await stored.steps_of(self.context.writer, case.id)
        probes = await self._probes(case)
        judged = [await self._judged(case, row, probes) for row in rows if _ref(row) in case.held]
        if judged != [row for row in rows if _ref(row) in case.held]:
            for guest in case.plan.guests:
                if guest.ref in case.held:
                    await self.guests.refresh(case, guest)
        unproven = list_unproven(judged, case.held)
        started = case.started_at or took_effect(case, judged, case.held)
        if (unproven, started) != (case.unproven, case.started_at):
            event = ev.ProofSeen(at=self.context.clock.now(), unproven=unproven, started_at=started)
            await self.cases.observed(case.id, event, self.begin)

    async def _judged(self, case: Case, row: StepRow, probes: Sequence[PlannedProbe]) -> StepRow:
        """The row with today's proof; as it was where nothing can be said today."""
        terms = await find_terms(self.context.writer, case.terms_version)
        if row.state != "done" or row.proof is None or terms is None:
            return row
        if row.means == BARRIER or asks_client(row.means, terms):
            return row
        silent = silences(case.plan, terms.means_of(row.means))
        seen = await self._probed(row, probes) if silent else None
        if seen is None:
            found = await self._read_back(row)
            seen = (row.proof, row.doubt) if found is None else found
        return row if seen == (row.proof, row.doubt) else await self.steps.judge(row, *seen)

    async def _read_back(self, row: StepRow) -> tuple[str, str | None] | None:
        """What the settings say of a means in doubt; None where they cannot be read just now."""
        if row.record is None or row.proof != CONFIGURED:
            return None
        measure = MEASURE.decode(row.record)
        try:
            found = await self.steps.doubts(_ref(row), measure)
        except (GuestGone, errors.GatewayError):
            return None
        doubts = tuple(dict.fromkeys((*found, *standing_doubts(measure))))
        return (CONFIGURED, "; ".join(doubts)) if doubts else (READ_BACK, None)

    async def _probed(
        self, row: StepRow, probes: Sequence[PlannedProbe]
    ) -> tuple[str, str | None] | None:
        """What probes say of a guest that is to be out of reach; None where none can tell."""
        own = f"guest:{_ref(row)}"
        known = [
            state
            for one in probes
            if one.source == own or not one.source.startswith("guest:")
            if (state := await self._state(one, row.changed_at)) is not None
        ]
        answering = [source for source, up in known if up]
        if answering:
            text = N_("a probe still reaches it: {probe}")
            named = without_marks(visible(", ".join(answering)))
            return CONFIGURED, keep_words(text, probe=named)
        return (PROBED, None) if known else None

    async def _probes(self, case: Case) -> Sequence[PlannedProbe]:
        """The probes that are to see nothing: those of the tenant's guests, and of its endpoints
        where nothing of the tenant is to answer.
        """
        context = self.context
        today = paris_day(micros(context.clock.now()))
        planned = await plan_probes(context.world, context.config, context.terms, today)
        whole = case.plan.scope == "tenant" or bool(case.plan.outage)
        wanted = ("guest:", "probe:") if whole else ("guest:",)
        return [
            one for one in planned if one.tenant == case.tenant and one.source.startswith(wanted)
        ]

    async def _state(self, probe: PlannedProbe, since: datetime) -> tuple[str, bool] | None:
        """Whether what is probed answers, by an observation from well after `since`: so many
        failures confirm an outage. None without.
        """
        confirmed = timedelta(seconds=probe.interval * (probe.confirm + 1))
        seen = await OBSERVERS.get(self.context.world, probe.observer)
        if seen is None or seen.seen < micros(since + max(PROBE_TIME, confirmed)):
            return None
        rows = await ledger.changes(self.context.world, [probe.source], micros(since))
        if not rows or rows[-1].state not in ("up", "down"):
            return None
        return probe.source, rows[-1].state == "up"
