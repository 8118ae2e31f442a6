"""Carries out one action on one guest: intent, effect, observation, result.

The record of what was before is committed before anything is changed, and each single write before
it is sent. Whatever happens in between, the means can be taken up again from its row in the
journal: what was done is found done, and nothing is written twice.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from noc_tui.cluster import errors
from noc_tui.cluster.actions import (
    DOUBTS,
    ActionStep,
    GuestState,
    StepFinding,
    StepOutcome,
    Write,
    apply,
    check_steps,
    inverse,
    rehearse,
    rehearse_back,
    settle,
)
from noc_tui.cluster.actions.firewall import FilterInEffect
from noc_tui.cluster.actions.nics import SetNics
from noc_tui.cluster.guest_location import GuestGone
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.values import BARRIER, Case, GuestId, PlannedGuest
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.suspension import store
from noc_tui.daemon.suspension.cases import actor_of
from noc_tui.daemon.suspension.failures import Trouble, of_error, of_outcome
from noc_tui.daemon.suspension.planner import (
    MEASURE,
    Measures,
    PlannedAction,
    asks_client,
    encode_measure,
    keep_note,
    standing_doubts,
)
from noc_tui.i18n import N_
from noc_tui.kept_words import keep_words, without_marks
from noc_tui.labels.formats import clock_time
from noc_tui.text import visible
from storage.change import Change
from storage.suspension import STEPS, StepRow

_NAMES = {
    "Bar": N_("the client's access to the platform is back"),
    "Unbar": N_("the client's access to its data is closed"),
    "SetNics": N_("a link is up again"),
    "SetOnboot": N_("the guest starts at boot again"),
    "SetHa": N_("HA is asked to run the guest"),
    "StopThroughHa": N_("HA is asked to run the guest"),
    "AwaitStopped": N_("the guest runs"),
    "PowerOff": N_("the guest runs"),
    "StayPaused": N_("the guest runs"),
    "AddRule": N_("a filter is gone"),
    "SetFirewall": N_("the guest's firewall was changed"),
    "FilterInEffect": N_("the filter has no effect"),
}
ASKED, CONFIGURED, READ_BACK, PROBED = "asked", "configured", "read-back", "probe"
"""How a means is known to work."""
LOOK_SECONDS = 2.0
LONGEST_WAIT = timedelta(minutes=10)
StepState = Literal["planned", "doing", "done", "failed", "undoing", "undone"]


Tell = Callable[[str], Awaitable[None]]
"""Says on the guest's row what is waited for just now."""


@dataclass(frozen=True, slots=True)
class StepsResult:
    """The result of carrying out steps: notes, and the step that failed, if any. `doubts` are what
    keeps the whole from having an effect.
    """

    notes: tuple[str, ...]
    trouble: Trouble | None = None
    step: ActionStep | None = None
    state: GuestState | None = None
    doubts: tuple[str, ...] = ()


@dataclass(slots=True)
class Steps:
    """Carries out single actions, and records each change in the journal and the evidence log."""

    context: Context
    measures: Measures

    async def begun(self, case: Case, guest: PlannedGuest, position: int, means: str) -> StepRow:
        """Return the action's row of the journal, stored or new."""
        known = await STEPS.get(
            self.context.writer, case.id, guest.ref.cluster, guest.ref.vmid, position
        )
        return known or StepRow(
            suspension=case.id,
            cluster=guest.ref.cluster,
            vmid=guest.ref.vmid,
            position=position,
            means=means,
            state="planned",
            record=None,
            said="",
            attempts=0,
            took_effect_at=None,
            changed_at=self.context.clock.now(),
        )

    async def apply(
        self, case: Case, guest: PlannedGuest, row: StepRow, tell: Tell | None = None
    ) -> Trouble | None:
        """Carry out the action; None if it holds."""
        try:
            measure, obstacle = await self._measure(case, guest, row)
            if obstacle is not None:
                return await self._stuck(row, obstacle)
            if case.rehearsal:
                await self._rehearsed(row, measure, rehearse(measure.steps, measure.state), "done")
                return None
            if row.state == "done" and await self.missing(guest.ref, measure) == []:
                return None
        except (GuestGone, errors.GatewayError, Conflict) as error:
            return await self._stuck(row, of_error(error))
        row = await self._begin(row, "doing", record=encode_measure(measure))
        carried = await self._carry(row, guest, measure.steps, measure.state, tell)
        if (wider := _widened(measure, carried)) is not None:
            measure = wider
            row = await self._commit(row, "doing", record=encode_measure(measure))
            carried = await self._carry(row, guest, measure.steps, measure.state, tell)
        if carried.trouble is not None:
            return await self._stuck(row, carried.trouble)
        # A lock that was waited for is over, now that the means holds.
        notes = "; ".join(keep_note(note) for note in measure.notes if note.code != "locked")
        proof, doubt = await self._proof_of(case, row, measure, carried.doubts)
        at = row.took_effect_at
        if proof == READ_BACK:
            at = at or self.context.clock.now()
        await self._commit(row, "done", said=notes, took_effect_at=at, proof=proof, doubt=doubt)
        return None

    async def _proof_of(
        self, case: Case, row: StepRow, measure: PlannedAction, doubts: Sequence[str]
    ) -> tuple[str, str | None]:
        """How a means that was carried out is known to work, and what is in doubt of it."""
        terms = await store.terms_of(self.context.writer, case)
        if asks_client(row.means, terms):
            return ASKED, None
        found = (*doubts, *standing_doubts(measure))
        return (CONFIGURED, "; ".join(found)) if found else (READ_BACK, None)

    async def judge(self, row: StepRow, proof: str, doubt: str | None) -> StepRow:
        """Record what a later look says of a means that was carried out; the row as it then is.
        When it was carried out stays as it was.
        """
        key = (row.suspension, row.cluster, row.vmid, row.position)
        async with self.context.writer.change(itself()) as change:
            if (known := await STEPS.get(change, *key)) != row:
                return known or row  # somebody works on the guest: what was seen is of before
            at = row.took_effect_at or (None if proof == CONFIGURED else change.at)
            after = msgspec.structs.replace(row, proof=proof, doubt=doubt, took_effect_at=at)
            told: dict[str, object] = {"means": row.means, "proof": proof, "doubt": doubt}
            entry = await self._evident(change, row, "judged", told)
            await change.put(STEPS, [after], by=entry)
        return after

    async def undo(
        self, case: Case, guest: PlannedGuest, row: StepRow, tell: Tell | None = None
    ) -> Trouble | None:
        """Restore what the record says; None if it is restored."""
        if row.record is None or row.state == "undone":
            return None
        measure = MEASURE.decode(row.record)
        back = inverse(measure.steps, measure.state)
        if case.rehearsal:
            calls = rehearse_back(measure.steps, measure.state)
            await self._rehearsed(row, measure, calls, "undone")
            return None
        row = await self._begin(row, "undoing")
        carried = await self._carry(row, guest, back, measure.state, tell, moved_stays=True)
        if carried.trouble is not None:
            return await self._stuck(row, carried.trouble)
        await self._commit(row, "undone", said="; ".join(carried.notes))
        return None

    async def barrier(self, guest: PlannedGuest, row: StepRow, *, lifted: bool) -> Trouble | None:
        """Open or close the client's own access while the rest of the suspension stands (R23)."""
        if row.means != BARRIER or row.record is None:
            return None
        measure = MEASURE.decode(row.record)
        steps = inverse(measure.steps, measure.state) if lifted else measure.steps
        if (trouble := (await self._carry(row, guest, steps, measure.state)).trouble) is None:
            await self._commit(row, row.state)  # what was seen of it before is out of date
        return trouble

    async def doubts(self, ref: GuestId, measure: PlannedAction) -> list[str]:
        """What keeps the means from being known to work now, in words: what is missing, and what is
        not known. Raises `GuestGone`, `GatewayError`.
        """
        gateway = self.measures.gateway(ref)
        found = await check_steps(measure.steps, measure.state, gateway)
        unknown = [
            keep_note(note)
            for _step, finding in found
            if finding.kind == "done"
            for note in finding.notes
            if note.code in DOUBTS
        ]
        missing = [word_step(step, finding) for step, finding in found if finding.kind != "done"]
        return [*missing, *unknown]

    async def missing(self, ref: GuestId, measure: PlannedAction) -> list[str]:
        """What keeps the means from holding now, in words. Raises `GuestGone`, `GatewayError`."""
        gateway = self.measures.gateway(ref)
        found = await check_steps(measure.steps, measure.state, gateway)
        return [word_step(step, finding) for step, finding in found if finding.kind != "done"]

    async def _measure(
        self, case: Case, guest: PlannedGuest, row: StepRow
    ) -> tuple[PlannedAction, Trouble | None]:
        if row.record is not None:
            return MEASURE.decode(row.record), None
        measure, plan = await self.measures.taken(case, guest, row.means)
        words = "; ".join(map(keep_note, plan.obstacles))
        return measure, Trouble("stop", words) if plan.obstacles else None

    async def _begin(self, row: StepRow, state: StepState, **changes: object) -> StepRow:
        """The row under way; one that already is, is left, so that waiting writes nothing."""
        if row.state == state:
            return row
        return await self._commit(row, state, attempts=row.attempts + 1, **changes)

    async def _carry(
        self,
        row: StepRow,
        guest: PlannedGuest,
        steps: Sequence[ActionStep],
        record: GuestState,
        tell: Tell | None = None,
        *,
        moved_stays: bool = False,
    ) -> StepsResult:
        """Each step until it is settled; the first that is not ends it.

        On the way back (`moved_stays`) what somebody else changed meanwhile is left and noted.
        """
        try:
            gateway = self.measures.gateway(guest.ref)
        except errors.NotConfigured as error:
            return StepsResult((), of_error(error))
        notes: list[str] = []
        doubts: list[str] = []

        async def intend(write: Write) -> None:
            await self._intend(row, write)

        for step in steps:
            outcome = await apply(step, record, gateway, before_write=intend)
            outcome = await self._waited(step, record, guest, outcome, intend, tell)
            notes += [note for note in map(keep_note, outcome.notes) if note not in notes]
            if moved_stays and outcome.kind == "conflict" and outcome.notes:
                continue
            if isinstance(step, FilterInEffect):
                off = outcome.kind == "conflict"
                doubts += [keep_note(note) for note in outcome.notes if off or note.code in DOUBTS]
                if off:
                    continue
            if (trouble := of_outcome(outcome)) is not None:
                return StepsResult(tuple(notes), trouble, step, outcome.state)
        return StepsResult(tuple(notes), doubts=tuple(doubts))

    async def _waited(
        self,
        step: ActionStep,
        record: GuestState,
        guest: PlannedGuest,
        outcome: StepOutcome,
        intend: Callable[[Write], Awaitable[None]],
        tell: Tell | None,
    ) -> StepOutcome:
        """Follow a task, or what HA does, while it runs; at most for `LONGEST_WAIT`. What is still
        to be written then goes through `intend` too.
        """
        gateway = self.measures.gateway(guest.ref)
        until = self.context.clock.now() + LONGEST_WAIT
        if outcome.kind == "waiting" and tell is not None:
            await tell(_followed(outcome, until))
        while outcome.kind == "waiting" and self.context.clock.now() < until:
            await self.context.clock.sleep(LOOK_SECONDS)
            if outcome.upid is not None:
                outcome = await settle(step, record, gateway, outcome.upid)
            else:
                outcome = await apply(step, record, gateway, before_write=intend)
        return outcome

    async def _rehearsed(
        self, row: StepRow, measure: PlannedAction, writes: Sequence[Write], state: StepState
    ) -> None:
        """Every call printed, none made."""
        calls = [visible(str(write)) for write in writes]
        await self._commit(row, state, record=encode_measure(measure), said="\n".join(calls))

    async def _stuck(self, row: StepRow, found: Trouble) -> Trouble:
        state = row.state if found.kind == "wait" else "failed"
        known = await STEPS.get(
            self.context.writer, row.suspension, row.cluster, row.vmid, row.position
        )
        if known is None or (known.state, known.said) != (state, found.said):
            await self._commit(row, state, said=found.said)
        return found

    async def _intend(self, row: StepRow, write: Write) -> None:
        """The write, on record before it is sent."""
        async with self.context.writer.change(itself()) as change:
            await self._evident(change, row, "write", {"means": row.means, "call": str(write)})

    async def _commit(self, row: StepRow, state: StepState | str, **changes: object) -> StepRow:
        """The row as it now is, with its entry, in one transaction."""
        async with self.context.writer.change(itself()) as change:
            after = msgspec.structs.replace(row, state=state, changed_at=change.at, **changes)
            told = {"means": row.means, "attempt": after.attempts, "said": after.said}
            if after.proof is not None:
                told |= {"proof": after.proof, "doubt": after.doubt}
            if row.record is None and after.record is not None:
                told["before"] = after.record
            entry = await self._evident(change, row, state, told)
            await change.put(STEPS, [after], by=entry)
        return after

    async def _evident(
        self, change: Change, row: StepRow, what: str, payload: dict[str, object]
    ) -> int:
        return await change.record(
            f"suspension.step.{what}",
            [f"suspension:{row.suspension}", f"guest:{row.cluster}/{row.vmid}"],
            payload,
            actor=actor_of(ev.Event(at=change.at)),
        )


def _widened(measure: PlannedAction, carried: StepsResult) -> PlannedAction | None:
    """The measure with the interfaces that were added since it was recorded, to be cut as well."""
    step, state = carried.step, carried.state
    if not isinstance(step, SetNics) or state is None or carried.trouble is None:
        return None
    wider = step.extended(state)
    if wider == step:
        return None
    steps = tuple(wider if one == step else one for one in measure.steps)
    return msgspec.structs.replace(measure, steps=steps)


def _followed(outcome: StepOutcome, until: datetime) -> str:
    """What is followed, and until when before it is tried anew."""
    if outcome.upid is not None:
        text = N_("a task of the cluster runs: {reason} · followed until {time}")
    else:
        text = N_("HA is to act: {reason} · followed until {time}")
    said = without_marks(outcome.said) or keep_words(N_("no reason given"))
    reason = "; ".join(map(keep_note, outcome.notes)) or said
    return keep_words(text, reason=reason, time=clock_time(until))


def word_step(step: ActionStep, finding: StepFinding) -> str:
    """Return the name of a step that does not hold, and the notes about it."""
    notes = "; ".join(map(keep_note, finding.notes))
    name = keep_words(_NAMES.get(type(step).__name__, type(step).__name__))
    return f"{name} ({notes})" if notes else name
