"""Orders in time: when a plan is carried out, on which conditions, and inside which window.

Pure. What is not on the case itself, whether a debt is paid, is given as `DebtFacts`.
"""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from noc_tui.contract.payments.invoice import is_fresh
from noc_tui.contract.suspension import facts, reasons
from noc_tui.contract.suspension.clock import PARIS
from noc_tui.contract.suspension.notice import notice_rule
from noc_tui.contract.suspension.reasons import Reason
from noc_tui.contract.suspension.values import (
    PREPARING,
    Case,
    Condition,
    ConditionKind,
    DebtFacts,
    HoldReason,
)
from noc_tui.contract.terms import BilingualText, Terms

_MAINTENANCE = "maintenance"
_DEBT_GROUND = "late-payment"


class DebtBook(Protocol):
    """Knows what is on record of the debt that a case rests on."""

    def debt_of(self, case: Case) -> Awaitable[DebtFacts]:
        """Return what is known of it, empty where nothing is."""
        ...


@dataclass(frozen=True, slots=True)
class StartVerdict:
    """What is to be done with an order that has a planned start, at one instant.

    `waits` for its time; `due`; `fell`: its `condition` fell away, and it cancels itself; `held`:
    its time has come, and `why` it is not carried out.
    """

    kind: Literal["waits", "due", "fell", "held"]
    condition: ConditionKind | None = None
    why: HoldReason | None = None


def planned_start(case: Case) -> datetime | None:
    """Return when the plan is carried out at the earliest: its own start, or that of the window of
    a maintenance; None where that is as soon as it is ordered.
    """
    return case.plan.schedule.start or window_of(case)[0]


def window_of(case: Case) -> tuple[datetime | None, datetime | None]:
    """Return start and end of the window that a maintenance keeps to; None for what is not known,
    and for every other ground.
    """
    if case.ground != _MAINTENANCE:
        return None, None
    return facts.an_instant(case.fact("window_start")), facts.an_instant(case.fact("window_end"))


def is_to_be_ordered(case: Case) -> bool:
    """Return whether an order was moved and has not been given anew: nothing is carried out."""
    return case.moved is not None and case.state in PREPARING and case.state != "held"


def is_over(case: Case, now: datetime) -> bool:
    """Return whether the window is over in which the plan may be carried out."""
    end = window_of(case)[1]
    return end is not None and now >= end


def deadline_of(case: Case, condition: Condition) -> datetime | None:
    """Return by when a condition is met: its own instant, else the planned start."""
    return condition.by or planned_start(case)


def newest_debt(one: DebtFacts, other: DebtFacts) -> DebtFacts:
    """Return which of two is true for the later instant; of the same one that which is paid."""
    known = [debt for debt in (one, other) if debt.paid is not None and debt.as_of is not None]
    return max(known, key=lambda debt: (debt.as_of, debt.paid), default=DebtFacts())


def find_fallen(case: Case, debt: DebtFacts) -> ConditionKind | None:
    """Return a condition of the order that no longer holds, if any: the debt is paid, whenever that
    was, or an answer arrived in time.
    """
    for condition in case.plan.schedule.conditions:
        if condition.kind == "unpaid" and debt.paid:
            return "unpaid"
        by = deadline_of(case, condition)
        if condition.kind == "unanswered" and any(
            by is None or answer.received_at <= by for answer in case.answers
        ):
            return "unanswered"
    return None


def judge_start(case: Case, terms: Terms, debt: DebtFacts, now: datetime) -> StartVerdict:
    """Return what is to be done with an order at `now`; a start that was missed is made up for
    within the window or, where there is none, within the hours that the terms give.
    """
    fallen = find_fallen(case, debt)
    if fallen is not None:
        return StartVerdict("fell", condition=fallen)
    start, (_opens, ends) = planned_start(case), window_of(case)
    if start is not None and now < start:
        return StartVerdict("waits")
    if ends is not None and now >= ends:
        return StartVerdict("held", why="window")
    if start is not None and ends is None and now - start > _longest_delay(terms):
        return StartVerdict("held", why="late")
    rests_on_debt = any(one.kind == "unpaid" for one in case.plan.schedule.conditions)
    if rests_on_debt and not _is_surely_unpaid(debt, now):
        return StartVerdict("held", why="debt")
    if not _is_told(case, terms):
        return StartVerdict("held", why="notice")
    return StartVerdict("due")


def _is_told(case: Case, terms: Terms) -> bool:
    """Whether the prior notice left: that of a condition, and of a ground that needs one. A person
    may have waived it, for a written reason.
    """
    needed = bool(case.plan.schedule.conditions) or notice_rule(case, terms).when == "before"
    planned = planned_start(case) is not None
    notice = case.notice
    return not (planned and needed and notice.mode == "before" and notice.delivery != "accepted")


def _longest_delay(terms: Terms) -> timedelta:
    return timedelta(hours=terms.suspension.late_start_hours)


def _is_surely_unpaid(debt: DebtFacts, now: datetime) -> bool:
    return debt.paid is False and debt.as_of is not None and is_fresh(debt.as_of, now)


def schedule_problems(case: Case, now: datetime) -> list[Reason]:
    """Return what is wrong with the time and the conditions of a plan."""
    start, conditions = case.plan.schedule.start, case.plan.schedule.conditions
    problems = _window_problems(case, now)
    if conditions and start is None:
        problems.append(Reason("R16", reasons.CONDITION_NEEDS_START))
    if start is not None and any(one.by is not None and one.by > start for one in conditions):
        problems.append(Reason("R16", reasons.CONDITION_AFTER_START))
    if case.ground != _DEBT_GROUND and any(one.kind == "unpaid" for one in conditions):
        problems.append(Reason("R20", reasons.NOT_OF_DEBT))
    return problems


def _window_problems(case: Case, now: datetime) -> list[Reason]:
    """What keeps a maintenance from its window (R16, R35)."""
    opens, ends = window_of(case)
    if opens is None or ends is None:
        return []
    start = case.plan.schedule.start
    if ends <= opens:
        return [Reason("R16", reasons.WINDOW_EMPTY)]
    if start is not None and not opens <= start < ends:
        return [Reason("R16", reasons.OUTSIDE_WINDOW)]
    return [Reason("R16", reasons.WINDOW_OVER)] if now >= ends else []


def start_problems(case: Case, now: datetime) -> list[Reason]:
    """Return why a start that was just chosen cannot be kept: it is not in the future."""
    start = case.plan.schedule.start
    past = start is not None and start <= now
    return [Reason("", reasons.START_PAST)] if past else []


def word_instant(at: datetime) -> BilingualText:
    """Return an instant in the time of Paris, to the minute, for a refusal."""
    local = at.astimezone(PARIS)
    return BilingualText(fr=f"{local:%d/%m/%Y %H:%M}", en=f"{local:%Y-%m-%d %H:%M}")
