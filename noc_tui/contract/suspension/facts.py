"""Parses answers to requirements strictly (dates, instants, amounts), and judges late payment
(R20).
"""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from noc_tui.contract.instants import ENTERED_YEARS
from noc_tui.contract.suspension import reasons
from noc_tui.contract.suspension.reasons import Reason
from noc_tui.contract.suspension.values import Case
from noc_tui.contract.terms import Requirement

_LONGEST_DAYS = 3650
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # Python itself also takes weeks, as 2026-W01-1


def a_date(text: str) -> date | None:
    """The date of `YYYY-MM-DD` in a year that people mean, else None."""
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return day if day is not None and day.year in ENTERED_YEARS else None


def an_instant(text: str) -> datetime | None:
    """The instant of an RFC 3339 time with an offset in a year that people mean, else None."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None and instant.year in ENTERED_YEARS else None


def an_amount(text: str) -> Decimal | None:
    """The amount above zero of a decimal number with a point, else None."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount > 0 else None


def a_number_of_days(text: str) -> int | None:
    """The number of days, from 1 to ten years, else None."""
    plain = text.isascii() and text.isdecimal() and len(text) <= len(str(_LONGEST_DAYS))
    return int(text) if plain and 0 < int(text) <= _LONGEST_DAYS else None


def check_answer_form(requirement: Requirement, answer: str) -> Reason | None:
    """Return the reason why an answer does not have the form of its requirement, or None."""
    values = {"key": requirement.id}
    if requirement.kind == "date" and a_date(answer) is None:
        return Reason(requirement.rule, reasons.BAD_DATE, values, requirement.article)
    if requirement.kind == "instant" and an_instant(answer) is None:
        return Reason(requirement.rule, reasons.BAD_INSTANT, values, requirement.article)
    if requirement.kind == "amount" and an_amount(answer) is None:
        return Reason(requirement.rule, reasons.BAD_AMOUNT, values, requirement.article)
    return None


def late_from(issued: date) -> date:
    """The first day of lateness: the debit falls in the calendar month after issue (art. 7)."""
    months = issued.year * 12 + issued.month - 1 + 2
    return date(months // 12, months % 12 + 1, 1)


def late_payment_problems(case: Case, today: date, dispute_days: int) -> list[Reason]:
    """Return the reasons why a payment is not late on that day in Paris (R20)."""
    issued = a_date(case.fact("issue_date"))
    presented = a_date(case.fact("debit_presented_on"))
    problems: list[Reason] = []
    if issued is not None and today < late_from(issued):
        day = {"date": late_from(issued).isoformat()}
        problems.append(Reason("R20", reasons.NOT_LATE_YET, day))
    if presented is None:
        problems.append(Reason("R20", reasons.NO_DEBIT))
    else:
        if issued is not None and presented < issued:
            problems.append(Reason("R20", reasons.DEBIT_BEFORE_ISSUE))
        if presented > today:
            problems.append(Reason("R20", reasons.DEBIT_IN_FUTURE))
    return problems + _dispute(case, issued, dispute_days)


def _dispute(case: Case, issued: date | None, days: int) -> list[Reason]:
    raised = a_date(case.fact("dispute_raised_on"))
    if raised is None or issued is None or raised > issued + timedelta(days=days):
        return []
    if case.fact("dispute_answer"):
        return []
    return [Reason("R20", reasons.DISPUTE_OPEN, {"date": raised.isoformat()})]
