"""Months from day to day, and the French working days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.dates import (
    add_months,
    easter,
    holidays,
    is_ouvrable,
    is_ouvre,
    last_ouvrable,
    last_ouvre,
)

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 3, 15), 36, date(2029, 3, 15)),
        (date(2026, 3, 15), -3, date(2025, 12, 15)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 1), -1, date(2025, 12, 1)),
        (date(2026, 5, 31), -3, date(2026, 2, 28)),
        (date(2026, 5, 31), 0, date(2026, 5, 31)),
    ],
)
def test_months(start: date, months: int, expected: date) -> None:
    assert add_months(start, months) == expected


@given(DAYS, st.integers(-60, 60))
def test_the_day_is_kept_or_cut_to_the_month(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day <= day.day
    assert moved.day == day.day or (moved + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2000, date(2000, 4, 23)),
        (2016, date(2016, 3, 27)),
        (2019, date(2019, 4, 21)),
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
        (2027, date(2027, 3, 28)),
        (2038, date(2038, 4, 25)),
        (2049, date(2049, 4, 18)),
    ],
)
def test_easter(year: int, expected: date) -> None:
    assert easter(year) == expected


def test_the_holidays_of_2026() -> None:
    assert sorted(holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 8),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 7, 14),
        date(2026, 8, 15),
        date(2026, 11, 1),
        date(2026, 11, 11),
        date(2026, 12, 25),
    ]


@given(DAYS)
def test_last_days_are_of_their_kind_and_near(day: date) -> None:
    ouvrable, ouvre = last_ouvrable(day), last_ouvre(day)
    assert is_ouvrable(ouvrable)
    assert is_ouvre(ouvre)
    assert day - timedelta(days=5) <= ouvre <= ouvrable <= day
    assert easter(day.year).weekday() == 6


@given(DAYS)
def test_a_jour_ouvre_is_ouvrable(day: date) -> None:
    assert is_ouvrable(day) or not is_ouvre(day)
