"""Dates as the contract counts them: months from day to day, and French working days."""

from calendar import monthrange
from datetime import date, timedelta
from functools import cache

SATURDAY = 5
SUNDAY = 6


def add_months(day: date, months: int) -> date:
    """The same day that many months later; the month's last day where it has no such day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@cache
def easter(year: int) -> date:
    """Easter Sunday, by the Gregorian computus (Meeus, Jones, Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(year: int) -> frozenset[date]:
    """The eleven public holidays of metropolitan France."""
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    moving = (easter(year) + timedelta(days=days) for days in (1, 39, 50))
    return frozenset({*(date(year, month, day) for month, day in fixed), *moving})


def is_ouvrable(day: date) -> bool:
    """Monday to Saturday, public holidays apart."""
    return day.weekday() != SUNDAY and day not in holidays(day.year)


def is_ouvre(day: date) -> bool:
    """Monday to Friday, public holidays apart."""
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def last_ouvrable(day: date) -> date:
    """That day, or the last *jour ouvrable* before it."""
    while not is_ouvrable(day):
        day -= timedelta(days=1)
    return day


def last_ouvre(day: date) -> date:
    """That day, or the last *jour ouvré* before it."""
    while not is_ouvre(day):
        day -= timedelta(days=1)
    return day
