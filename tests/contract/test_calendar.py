"""Months, days and instants as the contract counts them (R1, R13)."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.calendar import SECOND, Month, claim_deadline, instant, micros, paris_day
from noc_tui.contract.instants import format_instant, format_seconds, parse_instant


@pytest.mark.parametrize(
    ("month", "seconds"),
    [
        ("2026-03", 2_674_800),
        ("2026-10", 2_682_000),
        ("2026-02", 2_419_200),
        ("2024-02", 2_505_600),
    ],
)
def test_a_month_lasts_its_real_elapsed_time(month: str, seconds: int) -> None:
    assert Month.parse(month).span.length == seconds * SECOND


@given(st.integers(1900, 9997), st.integers(1, 12))
def test_months_follow_one_another_without_a_gap(year: int, number: int) -> None:
    month = Month(year, number)
    assert month.next.previous == month
    assert month.span.end == month.next.span.start
    assert Month.parse(str(month)) == month
    assert Month.of(month.span.start) == month == Month.of(month.span.end - 1)


@pytest.mark.parametrize(
    ("month", "deadline"),
    [("2026-01", "2026-03-02"), ("2024-01", "2024-03-01"), ("2026-03", "2026-04-30")],
)
def test_a_credit_is_claimed_within_thirty_days(month: str, deadline: str) -> None:
    assert claim_deadline(Month.parse(month), 30) == date.fromisoformat(deadline)


def test_a_day_is_a_day_in_paris() -> None:
    assert paris_day(micros(datetime(2026, 7, 1, 22, 30, tzinfo=UTC))) == date(2026, 7, 2)


@given(st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 -- bounds of the strategy, which adds the zone
def test_what_is_written_reads_back_the_same(at: datetime) -> None:
    assert instant(micros(at)) == at
    assert parse_instant(format_instant(micros(at))) == micros(at)
    assert parse_instant(at.isoformat().replace("T", "t")) == micros(at)


def test_digits_below_a_microsecond_are_cut_off() -> None:
    assert parse_instant("1970-01-01T00:00:00.123456789Z") == 123_456


@pytest.mark.parametrize(
    ("duration", "text"),
    [(0, "0"), (1, "0.000001"), (2_592_001_000, "2592.001"), (2_674_800_000_000, "2674800")],
)
def test_seconds_are_exact_and_bare(duration: int, text: str) -> None:
    assert format_seconds(duration) == text
