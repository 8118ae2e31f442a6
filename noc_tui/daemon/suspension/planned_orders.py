"""Carries out the orders that have a planned start, at their time, by `nocd`'s own clock.

Before it releases an order it looks at the world again. Where the tenant is no more as it was
approved, nothing is done: the order is held, and an alert says so. A time that went by while `nocd`
was down is made up for within the bounds of `judge_start`; while the clock is in doubt, or the
case is held since a restore, an order waits.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from noc_tui.cluster import errors
from noc_tui.cluster.actions import GuestIdentity
from noc_tui.cluster.guest_location import GuestGone
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.late_payment import list_new_problems
from noc_tui.contract.suspension.schedule import (
    DebtBook,
    judge_start,
    newest_debt,
    planned_start,
)
from noc_tui.contract.suspension.values import (
    PLANNED,
    Case,
    ConditionKind,
    DebtFacts,
    HoldReason,
    Plan,
    PlannedGuest,
)
from noc_tui.contract.terms import Terms
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict, NotFound
from noc_tui.daemon.core.supervision import is_unwritable, note_failure
from noc_tui.daemon.suspension import store
from noc_tui.daemon.suspension.case_edits import refresh_plan
from noc_tui.daemon.suspension.cases import Cases, sentence
from noc_tui.daemon.suspension.feasibility import require_feasible
from noc_tui.daemon.suspension.notice_delivery import Notices
from noc_tui.daemon.suspension.planner import Measures
from noc_tui.daemon.suspension.runner import Runner
from noc_tui.queries.terms_archive import find_terms
from noc_tui.text import visible
from noc_tui.views.ages import is_stale, of_cluster
from storage import suspension as stored
from storage.change import Change
from storage.connection import Readable
from storage.inventory import SOURCES

LOOK_SECONDS = 30.0
"""How long at most nobody looks: an order may have come, or the clock have been moved."""
SIGHT_PATIENCE = timedelta(hours=1)
"""How long an order waits, once its time has come, for a cluster that does not answer."""
_FAST = "fast"


class EnteredDebts:
    """Knows of a debt what somebody entered on the case."""

    async def debt_of(self, case: Case) -> DebtFacts:
        """Return what was entered last."""
        return DebtFacts() if case.debt is None else case.debt.debt


@dataclass(frozen=True, slots=True)
class _Held:
    """Why an order does not stand at its time."""

    why: HoldReason
    said: str = ""


class _ChangedError(Exception):
    """The tenant changed between the look at the world and the commit."""


@dataclass(slots=True)
class PlannedOrders:
    """Looks at the orders that wait for their time, one look at a time."""

    context: Context
    cases: Cases
    notices: Notices
    runner: Runner
    measures: Measures
    debts: Sequence[DebtBook] = (EnteredDebts(),)
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _blind_since: dict[str, datetime] = field(default_factory=dict)
    """Since when this life of `nocd` waits for a cluster of a case whose time has come."""

    async def run(self) -> None:
        """Look at each planned start when it comes, until cancelled."""
        while True:
            await self.look()
            await self.context.clock.sleep(await self._pause())

    async def look(self) -> None:
        """Take each order that waits as far as its time and its conditions allow."""
        for row in await stored.scheduled_cases(self.context.writer):
            await self.look_at(row.id)

    async def look_at(self, identifier: str) -> None:
        """Take one case so far, if its order waits; what breaks off there keeps no other from its
        time.
        """
        async with self._looking:
            try:
                case = await self._waiting(identifier)
                if case is not None:
                    await self._advance(case)
            except Exception as error:
                if is_unwritable(error):
                    raise
                note_failure(self.context, "planned orders", error)

    async def debt_of(self, case: Case) -> DebtFacts:
        """Return what is known of the debt of a case, the newest of all that know of it."""
        known = DebtFacts()
        for book in self.debts:
            known = newest_debt(known, await book.debt_of(case))
        return known

    def paused(self) -> asyncio.Lock:
        """Return what keeps every order where it is for as long as it is held."""
        return self._looking

    async def _waiting(self, identifier: str) -> Case | None:
        """The case, if its order waits; None for another, and for one that moved elsewhere."""
        try:
            case = await store.load(self.context.writer, identifier)
        except NotFound:
            return None
        waits = case.state in PLANNED and not self.context.held.case(identifier)
        return case if waits else None

    async def _pause(self) -> float:
        waiting = await stored.scheduled_cases(self.context.writer)
        now = self.context.clock.now()
        nearest = min(
            ((row.starts_at - now).total_seconds() for row in waiting if row.starts_at is not None),
            default=LOOK_SECONDS,
        )
        return nearest if 0 < nearest < LOOK_SECONDS else LOOK_SECONDS

    async def _advance(self, case: Case) -> None:
        now = self.context.clock.now()
        terms = await find_terms(self.context.writer, case.terms_version)
        if terms is None:
            if self._is_due(case, now):
                await self._hold(case, _Held("terms"))
            return
        debt = await self.debt_of(case)
        verdict = judge_start(case, terms, debt, now)
        if verdict.condition is not None:
            await self._cancel(case, verdict.condition, debt)
        elif verdict.kind == "waits" or self.context.trust.unsettled:
            return
        elif verdict.why is not None:
            await self._hold(case, _Held(verdict.why))
        else:
            await self._release(case, terms, debt)

    def _is_due(self, case: Case, now: datetime) -> bool:
        return now >= _start_of(case) and not self.context.trust.unsettled

    async def _cancel(self, case: Case, condition: ConditionKind, debt: DebtFacts) -> None:
        event = ev.ConditionFell(at=self.context.clock.now(), condition=condition, debt=debt)
        await self.cases.observed(case.id, event, self.notices.tell_withdrawn)

    async def _hold(self, case: Case, found: _Held) -> None:
        event = ev.StartHeld(at=self.context.clock.now(), why=found.why, said=found.said)
        await self.cases.observed(case.id, event)

    async def _release(self, case: Case, terms: Terms, debt: DebtFacts) -> None:
        """Look at the world, then let the order be carried out if it is as it was approved."""
        plan = await self._plan_now(case, terms)
        if plan is not None and await self._unseen(case, plan):
            now = self.context.clock.now()
            if now - self._blind_since.setdefault(case.id, now) > SIGHT_PATIENCE:
                await self._hold(case, _Held("unseen"))
            return
        self._blind_since.pop(case.id, None)
        found = self._debt_problems(case, terms) or await self._changed(case, plan)
        if found is not None:
            await self._hold(case, found)
            return

        async def still_current(change: Change, released: Case) -> Case:
            if not _is_as_approved(case, await self._plan_now(case, terms, change)):
                raise _ChangedError
            return released

        ran = tuple(row.ref for row in case.plan.guests if self.measures.runs(row.ref))
        event = ev.StartReleased(at=self.context.clock.now(), ran=ran, debt=debt)
        try:
            await self.cases.observed(case.id, event, still_current)
        except _ChangedError:
            await self._hold(case, _Held("world"))
            return
        self.runner.start_or_stop_in_background(await store.load(self.context.writer, case.id))

    async def _plan_now(self, case: Case, terms: Terms, db: Readable | None = None) -> Plan | None:
        """The plan by the tenant as it is; None where a chosen guest is the tenant's no more."""
        try:
            return await refresh_plan(self.context, case, terms, db)
        except NotFound:
            return None

    async def _unseen(self, case: Case, plan: Plan) -> bool:
        """Whether a cluster of the plan is out of reach now, and was not when it was approved."""
        if case.rehearsal:
            return False
        now = self.context.clock.now()
        sources = await SOURCES.read(self.context.world)
        clusters = {guest.ref.cluster for guest in case.plan.guests}
        stale = {name for name in clusters if is_stale(of_cluster(sources, name, _FAST), now)}
        return bool((stale | {*plan.unseen}) - {*case.plan.unseen})

    def _debt_problems(self, case: Case, terms: Terms) -> _Held | None:
        """What came up against the debt since the order."""
        found = list_new_problems(case, terms, self.context.clock.now())
        return _Held("debt", "; ".join(map(sentence, found))) if found else None

    async def _changed(self, case: Case, plan: Plan | None) -> _Held | None:
        """What is no more as it was approved."""
        if not _is_as_approved(case, plan):
            return _Held("world")
        if others := await self._others(case):
            return _Held("world", ", ".join(others))
        try:
            await require_feasible(case, self.measures)
        except Conflict as missing:
            return _Held("world", str(missing))
        return None

    async def _others(self, case: Case) -> list[str]:
        """The guests that are gone, or are others with the same number."""
        if case.rehearsal:
            return []
        found = await asyncio.gather(*(self._is_another(guest) for guest in case.plan.guests))
        pairs = zip(case.plan.guests, found, strict=True)
        return [visible(f"{guest.ref} {guest.name}") for guest, other in pairs if other]

    async def _is_another(self, guest: PlannedGuest) -> bool:
        """Whether a guest is surely not the one that was planned; one that cannot be asked waits
        for its node as in any order.
        """
        if not guest.identity:
            return False
        known = msgspec.json.decode(guest.identity, type=GuestIdentity)
        try:
            found = await self.measures.identity(guest)
            return not msgspec.json.decode(found, type=GuestIdentity).same_as(known)
        except GuestGone:
            return True
        except errors.GatewayError:
            return False


def _start_of(case: Case) -> datetime:
    """The planned start of an order that waits, which has one."""
    return planned_start(case) or case.opened_at


def _is_as_approved(case: Case, plan: Plan | None) -> bool:
    """Whether a plan does what was approved; that a cluster answers again changes nothing by
    itself.
    """
    return plan is not None and _done_by(plan) == _done_by(case.plan)


def _done_by(plan: Plan) -> Plan:
    return replace(plan, unseen=(), unseen_is="")
