"""The typography of letters: dates, times, amounts, durations and numbers in both languages."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.letters.writing import NO_BREAK, THIN, Writing

FR, EN = Writing("fr"), Writing("en")


@pytest.mark.parametrize(
    ("amount", "french", "english"),
    [
        ("1447.50", f"1{THIN}447,50{NO_BREAK}€", "€1,447.50"),
        ("0", f"0,00{NO_BREAK}€", "€0.00"),
        ("1234567.8", f"1{THIN}234{THIN}567,80{NO_BREAK}€", "€1,234,567.80"),
    ],
)
def test_amounts(amount: str, french: str, english: str) -> None:
    assert FR.euros(Decimal(amount)) == french
    assert EN.euros(Decimal(amount)) == english


def test_instants_are_in_paris_and_say_so() -> None:
    at = datetime(2026, 12, 1, 23, 46, tzinfo=UTC)
    assert FR.instant(at) == f"mercredi 2 décembre 2026 à 0{NO_BREAK}h{NO_BREAK}46 (heure de Paris)"
    assert EN.instant(at) == "Wednesday 2 December 2026 at 00:46 (Paris time)"
    assert FR.clock(datetime(2026, 6, 1, 20, 0, tzinfo=UTC)) == f"22{NO_BREAK}h"


def test_the_first_of_a_month_is_premier() -> None:
    assert FR.day(date(2026, 12, 1)) == "mardi 1er décembre 2026"
    assert FR.short_day(date(2026, 10, 1)) == "1er octobre 2026"
    assert FR.short_day(date(2026, 10, 11)) == "11 octobre 2026"


@pytest.mark.parametrize(
    ("seconds", "french"),
    [
        (7200, f"2{NO_BREAK}h"),
        (30, f"0{NO_BREAK}min"),
        (86400 + 5400, f"1{NO_BREAK}jour 1{NO_BREAK}h 30{NO_BREAK}min"),
        (2 * 86400, f"2{NO_BREAK}jours"),
    ],
)
def test_durations(seconds: int, french: str) -> None:
    assert FR.duration(seconds) == french


@pytest.mark.parametrize(
    ("days", "hours", "french"),
    [
        (0, 24, f"24{NO_BREAK}h"),
        (8, 0, f"8{NO_BREAK}jours"),
        (1, 12, f"1{NO_BREAK}jour 12{NO_BREAK}h"),
        (0, 0, f"0{NO_BREAK}h"),
    ],
)
def test_a_delay_keeps_its_unit(days: int, hours: int, french: str) -> None:
    assert FR.delay(days, hours) == french


def test_series_and_quotes() -> None:
    assert FR.series(["25", "465", "587"]) == "25, 465 et 587"
    assert FR.series(["25"]) == "25"
    assert FR.series([]) == ""
    assert FR.quote("x") == f"«{NO_BREAK}x{NO_BREAK}»"
    assert FR.field("Objet", "x") == f"Objet{NO_BREAK}: x"


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_no_amount_can_be_broken_over_two_lines(amount: Decimal) -> None:
    assert " " not in FR.euros(amount)
