"""A judgment that opens insolvency proceedings, learnt of while a case of late payment is open.

Debts from before it are never a ground (R20, C. com. L. 622-13): a suspension for one ends with the
judgment, which takes effect from the first hour of its day.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension import reasons
from noc_tui.contract.suspension.clock import PARIS
from noc_tui.contract.suspension.facts import a_date
from noc_tui.contract.suspension.late_payment import GROUND, INSOLVENCY
from noc_tui.contract.suspension.preparing import (
    Free,
    by_role,
    change,
    from_states,
    person,
    refuse_if,
)
from noc_tui.contract.suspension.reasons import Reason
from noc_tui.contract.suspension.values import (
    PLANNED,
    PREPARING,
    STANDING,
    Case,
    OrderHold,
    Remedy,
)


def judgment_of(case: Case) -> date | None:
    """Return the day of the judgment that is known of a case of late payment, if any."""
    return a_date(case.fact("insolvency_judgment_on")) if case.ground == GROUND else None


def bars_debt(case: Case) -> bool:
    """Return whether the debt of the case is from before the judgment, or of its day."""
    judgment, issued = judgment_of(case), a_date(case.fact("issue_date"))
    return judgment is not None and issued is not None and issued <= judgment


def _seen(case: Case, event: ev.InsolvencySeen) -> Case:
    """What was found; where it bars the debt, a planned order is held, and a suspension that stands
    has its cause recorded as gone since the judgment: services are restored.
    """
    refuse_if(
        from_states(case, PREPARING | PLANNED | STANDING | {"remedied"})
        + by_role(event.by, "operator")
        + _problems(case, event)
    )
    facts = {**case.facts, "insolvency_check_on": event.looked_on.isoformat()}
    if event.judgment is not None:
        facts["insolvency_judgment_on"] = event.judgment.isoformat()
    seen = change(case, facts=facts)
    if case.state in PREPARING:
        return change(seen, state="draft", approval=None)
    if event.judgment is None or not bars_debt(seen):
        return seen
    if case.state in PLANNED:
        hold = OrderHold(why="insolvency", at=event.at)
        return change(
            seen, state="held", hold=hold, ordered_by=None, ordered_at=None, ran=(), approval=None
        )
    if case.remedy is not None:
        return seen
    began = datetime.combine(event.judgment, time(0), PARIS).astimezone(UTC)
    at = max(began, case.started_at or event.at)
    remedy = Remedy(found=event.found.strip(), by=person(event), at=at)
    return change(seen, state="remedied", remedy=remedy, drift=(), termination_open_at=None)


def _problems(case: Case, event: ev.InsolvencySeen) -> list[Reason]:
    today = event.at.astimezone(PARIS).date()
    problems = []
    if case.ground != GROUND:
        problems.append(Reason("R20", reasons.NOT_OF_DEBT))
    if event.looked_on > today:
        problems.append(Reason("R20", reasons.INSOLVENCY_CHECK_IN_FUTURE, article=INSOLVENCY))
    if event.judgment is not None and event.judgment > event.looked_on:
        problems.append(Reason("R20", reasons.JUDGMENT_AFTER_CHECK, article=INSOLVENCY))
    return problems


FREE: Mapping[type[ev.Event], Free] = {ev.InsolvencySeen: _seen}
