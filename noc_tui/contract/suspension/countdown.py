"""Counts the fifteen days of a suspension: which day it is, and whether a right to terminate opens
(R22).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from noc_tui.contract.suspension.approval import grounds_of
from noc_tui.contract.suspension.clock import day_number, wall_clock_after
from noc_tui.contract.suspension.facts import a_number_of_days, an_instant
from noc_tui.contract.suspension.values import Case
from noc_tui.contract.terms import Terms

Right = Literal["settled", "unsettled", "not-proposed"]


@dataclass(frozen=True, slots=True)
class Countdown:
    """Day `day` of `days`, the deadline in UTC, and what it opens.

    `open` is true strictly after the deadline while the cause is not remedied and the right is
    proposed. `days` is None when an authority gave an end of its own. Where no right is proposed
    (maintenance, emergency) there is neither `days` nor `deadline`: nothing falls due.
    """

    day: int
    days: int | None
    deadline: datetime | None
    right: Right
    open: bool
    milestone: bool


def right_of(case: Case, terms: Terms) -> Right:
    """Return whether articles 6 and 16.1 give a right to terminate: all services, under an article
    6 ground.
    """
    if terms.ground(case.ground).termination == "none":
        return "not-proposed"
    article_6 = any(ground.right_settled for ground in grounds_of(case, terms))
    return "settled" if article_6 and case.plan.scope == "tenant" else "unsettled"


def countdown(case: Case, terms: Terms, now: datetime) -> Countdown | None:
    """Return the countdown of a suspension that took effect; None before that, and for a
    rehearsal.
    """
    if case.started_at is None or case.rehearsal:
        return None
    day = day_number(case.started_at, now)
    right = right_of(case, terms)
    if right == "not-proposed":
        return Countdown(day, None, None, right, open=False, milestone=False)
    days, deadline = _term(case, terms, case.started_at)
    running = case.remedy is None and case.state not in ("closed", "cancelled")
    return Countdown(
        day=day,
        days=days,
        deadline=deadline,
        right=right,
        open=running and now > deadline,
        milestone=running and day in terms.suspension.milestone_days,
    )


def _term(case: Case, terms: Terms, start: datetime) -> tuple[int | None, datetime]:
    default = terms.suspension.termination_days
    if terms.ground(case.ground).termination == "order":
        until = an_instant(case.fact("order_until"))
        if until is not None:
            return None, until
        default = a_number_of_days(case.fact("order_days")) or default
    return default, wall_clock_after(start, default)
