"""The events of an order that waits for its time: released, held, moved, cancelled by itself; and
what is entered of the debt that it rests on.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension import maturity, reasons
from noc_tui.contract.suspension.approval import digest
from noc_tui.contract.suspension.checklist import open_reasons
from noc_tui.contract.suspension.plan_changes import checked_plan_of
from noc_tui.contract.suspension.preparing import (
    Free,
    Judged,
    advance,
    by_role,
    change,
    from_states,
    person,
    refuse_if,
)
from noc_tui.contract.suspension.reasons import Reason
from noc_tui.contract.suspension.schedule import (
    find_fallen,
    judge_start,
    planned_start,
    start_problems,
    window_of,
)
from noc_tui.contract.suspension.values import (
    ENDED,
    PLANNED,
    Case,
    DebtNote,
    OrderHold,
    OrderMove,
)
from noc_tui.contract.terms import Terms


def _released(case: Case, event: ev.StartReleased, terms: Terms) -> Case:
    problems = from_states(case, PLANNED)
    if judge_start(case, terms, event.debt, event.at).kind != "due":
        problems.append(Reason("R16", reasons.NOT_DUE))
    refuse_if(problems)
    return change(case, state="ordered", released_at=event.at, ran=event.ran)


def _held(case: Case, event: ev.StartHeld) -> Case:
    """Nothing was done, and the order is none any more: the case is prepared again."""
    refuse_if(from_states(case, PLANNED))
    hold = OrderHold(why=event.why, at=event.at, said=event.said)
    return change(case, state="held", hold=hold, ordered_by=None, ordered_at=None, ran=())


def _moved(case: Case, event: ev.OrderMoved, terms: Terms) -> Case:
    """The order stands where it is refused; else it is none any more until it is given anew."""
    problems = from_states(case, PLANNED) + by_role(event.by, terms.ground(case.ground).orders)
    if not event.reason.strip():
        problems.append(Reason("R16", reasons.NO_REASON))
    if event.start == planned_start(case) and event.window_end in (None, window_of(case)[1]):
        problems.append(Reason("", reasons.START_SAME))
    if event.window_end is not None and window_of(case) == (None, None):
        problems.append(Reason("R16", reasons.NO_WINDOW))
    refuse_if(problems)
    moved = _at_another_time(case, event)
    refuse_if(
        start_problems(moved, event.at)
        + open_reasons(moved, terms, event.at, event.earlier)
        + maturity.plan_problems(moved, terms, event.at)
    )
    version = checked_plan_of(moved, person(event), event.at)
    return advance(change(moved, checked=version, previous=case.checked))


def _at_another_time(case: Case, event: ev.OrderMoved) -> Case:
    """The case with its new start, and without order, agreement and the words of its letter."""
    known, facts = case.plan.schedule, case.facts
    start = None if event.window_end is not None else event.start
    if event.window_end is not None:
        window = {"window_start": event.start, "window_end": event.window_end}
        days = {key: at.isoformat() for key, at in window.items()}
        # The letter of this case is what announces the new window.
        facts = {**facts, **days, "announced_at": event.at.isoformat()}
    schedule = replace(
        known,
        start=start,
        conditions=tuple(
            replace(one, by=None) if one.by is not None and one.by > event.start else one
            for one in known.conditions
        ),
        short_notice=known.short_notice if event.short_notice is None else event.short_notice,
    )
    return change(
        case,
        state="draft",
        plan=replace(case.plan, schedule=schedule),
        facts=facts,
        # Words that somebody wrote are about another date.
        notice=replace(case.notice, drawn=None, basis="", accepted_at=None),
        approval=None,
        ordered_by=None,
        ordered_at=None,
        ran=(),
        moved=_move_of(case, event),
    )


def _move_of(case: Case, event: ev.OrderMoved) -> OrderMove:
    """What the client was last told: by the notice of this plan, else by that of an earlier one."""
    told, before = case.notice, case.moved
    announced, told_at = None, None
    if told.mode == "before" and told.digest == digest(case) and told.accepted_at is not None:
        announced, told_at = planned_start(case), told.accepted_at
    elif before is not None:
        announced, told_at = before.announced, before.told_at
    return OrderMove(
        plan=case.plan,
        reason=event.reason.strip(),
        by=person(event),
        at=event.at,
        announced=announced,
        told_at=told_at,
    )


def _fell(case: Case, event: ev.ConditionFell) -> Case:
    problems = from_states(case, PLANNED)
    if find_fallen(case, event.debt) != event.condition:
        problems.append(Reason("R16", reasons.CONDITION_HOLDS))
    refuse_if(problems)
    return change(case, state="cancelled", fell_away=event.condition, closed_at=event.at)


def _debt_seen(case: Case, event: ev.DebtSeen) -> Case:
    problems = by_role(event.by, "operator")
    if case.state in ENDED:
        problems += [Reason("R15", reasons.NOT_FROM, {"state": case.state})]
    if event.debt.as_of is not None and event.debt.as_of > event.at:
        problems.append(Reason("R20", reasons.DEBT_IN_FUTURE))
    refuse_if(problems)
    return change(case, debt=DebtNote(debt=event.debt, by=person(event), at=event.at))


JUDGED: Mapping[type[ev.Event], Judged] = {
    ev.StartReleased: _released,
    ev.OrderMoved: _moved,
}
FREE: Mapping[type[ev.Event], Free] = {
    ev.StartHeld: _held,
    ev.ConditionFell: _fell,
    ev.DebtSeen: _debt_seen,
}
