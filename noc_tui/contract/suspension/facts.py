"""Parses answers to requirements strictly: dates, instants, amounts, one of several."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from noc_tui.contract.instants import ENTERED_YEARS
from noc_tui.contract.suspension import reasons
from noc_tui.contract.suspension.reasons import Reason
from noc_tui.contract.terms import Requirement

CHOICES: Mapping[str, tuple[str, ...]] = {
    "source": ("own", "third-party", "authority", "client"),
    "breach_by": ("client", "guest-user"),
}
"""Answers that are one of several, by their key; the letters have words for each."""
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
    if answer not in CHOICES.get(requirement.id, (answer,)):
        values |= {"known": ", ".join(CHOICES[requirement.id])}
        return Reason(requirement.rule, reasons.BAD_CHOICE, values, requirement.article)
    return None
