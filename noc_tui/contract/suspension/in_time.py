"""The events of an order that waits for its time: released, held, cancelled by itself; and what is
entered of the debt that it rests on.
"""

from collections.abc import Mapping

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension import reasons
from noc_tui.contract.suspension.preparing import (
    Free,
    Judged,
    by_role,
    change,
    from_states,
    person,
    refuse_if,
)
from noc_tui.contract.suspension.reasons import Reason
from noc_tui.contract.suspension.schedule import find_fallen, judge_start
from noc_tui.contract.suspension.values import (
    ENDED,
    PLANNED,
    Case,
    DebtNote,
    OrderHold,
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


JUDGED: Mapping[type[ev.Event], Judged] = {ev.StartReleased: _released}
FREE: Mapping[type[ev.Event], Free] = {
    ev.StartHeld: _held,
    ev.ConditionFell: _fell,
    ev.DebtSeen: _debt_seen,
}
