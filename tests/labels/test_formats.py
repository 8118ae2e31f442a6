"""Figures as operators read them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui import i18n
from noc_tui.console.fact_lines import graph
from noc_tui.labels import formats


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s"), (-3, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h 00"),
        (3660, "1 h 01"), (86399, "23 h 59"), (86400, "1 d 0 h"), (100 * 86400, "100 d 0 h"),
    ],
)  # fmt: skip
def test_ages(seconds: float, shown: str) -> None:
    assert formats.age(timedelta(seconds=seconds)) == shown


@pytest.mark.parametrize(
    ("octets", "in_english", "in_french"),
    [
        (None, "?", "?"), (0, "0 B", "0 o"), (1023, "1023 B", "1023 o"),
        (1536, "1.5 KiB", "1,5 Kio"), (100 << 30, "100 GiB", "100 Gio"),
        (3 << 40, "3.0 TiB", "3,0 Tio"),
    ],
)  # fmt: skip
def test_sizes(octets: int | None, in_english: str, in_french: str) -> None:
    assert formats.size(octets) == in_english
    i18n.use("fr")
    assert formats.size(octets) == in_french


def test_the_calendars_own_ends_can_be_shown() -> None:
    last, first = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
    assert formats.instant(last) == "9999-12-31 23:59"
    assert formats.instant_seconds(last) == "9999-12-31 23:59:59"
    assert formats.clock_time(last) == "23:59:59"
    assert formats.instant(first).endswith("-01-01 00:09")  # Paris had a time of its own


def test_what_is_not_known_has_a_sign() -> None:
    assert {formats.age(None), formats.percent(None), formats.day(None), formats.instant(None)} == {
        "?"
    }


def test_times_are_those_of_paris() -> None:
    summer = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert formats.instant(summer) == "2026-07-02 00:30"
    assert formats.clock_time(summer) == "00:30:00"
    i18n.use("fr")
    assert formats.day(date(2026, 7, 2)) == "02/07/2026"


@given(st.lists(st.none() | st.floats(0, 1e12), max_size=90), st.integers(1, 60))
def test_a_curve_has_a_bar_a_sample_and_a_dot_for_each_missing_one(
    samples: list[float | None], width: int
) -> None:
    drawn = graph(samples, width)
    kept = samples[-width:]
    assert len(drawn) == len(kept)
    assert [char == "·" for char in drawn] == [value is None for value in kept]
