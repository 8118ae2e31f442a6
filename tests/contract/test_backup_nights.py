"""Nights of backups: which copies are owed, and which are missing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.backup_nights import (
    DAY,
    MOST_NIGHTS,
    is_verification_old,
    last_closed_night,
    missing_nights,
    night_begin,
    night_end,
    night_of,
    required_nights,
    restore_test_due,
)

NIGHT = date(2026, 3, 10)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
MORNING = datetime(2026, 3, 11, 14, 0, tzinfo=UTC)
"""After the night of the 10th was over."""


def nights(*days: int) -> frozenset[date]:
    return frozenset(date(2026, 3, day) for day in days)


def test_a_night_bears_the_day_of_its_evening() -> None:
    assert night_of(datetime(2026, 3, 10, 22, 58, tzinfo=UTC)) == NIGHT
    assert night_of(datetime(2026, 3, 10, 23, 3, tzinfo=UTC)) == NIGHT  # 00:03 in Paris
    assert night_of(datetime(2026, 3, 11, 10, 59, tzinfo=UTC)) == NIGHT
    assert night_of(datetime(2026, 3, 11, 11, 0, tzinfo=UTC)) == NIGHT + DAY  # noon in Paris


@given(st.integers(0, 15 * 366 * 86400))
def test_each_instant_lies_in_one_night(seconds: int) -> None:
    """Also where summer time begins or ends."""
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    night = night_of(at)
    assert night_begin(night) <= at < night_end(night)
    assert last_closed_night(at) == night - DAY


def test_seven_nights_are_owed_up_to_the_last_that_is_over() -> None:
    held = nights(4, 5, 6, 7, 8, 9, 10)
    assert missing_nights(held, 7, MORNING, LONG_AGO) == ()
    assert missing_nights(held - nights(6), 7, MORNING, LONG_AGO) == (date(2026, 3, 6),)
    assert missing_nights(held - nights(10), 7, MORNING, LONG_AGO) == (NIGHT,)


def test_tonights_copy_may_have_pushed_out_the_oldest() -> None:
    evening = datetime(2026, 3, 11, 22, 0, tzinfo=UTC)
    held = nights(5, 6, 7, 8, 9, 10, 11)
    assert missing_nights(held, 7, evening, LONG_AGO) == ()
    assert missing_nights(nights(5, 6, 7, 8, 9, 10), 7, evening, LONG_AGO) == (date(2026, 3, 4),)


def test_a_guest_owes_no_copy_of_before_it_was_there() -> None:
    since = night_begin(date(2026, 3, 9)) + timedelta(hours=1)
    assert required_nights(frozenset(), 7, MORNING, since) == (NIGHT,)
    assert required_nights(frozenset(), 7, MORNING, None) == ()


def test_no_terms_ask_for_more_nights_than_are_looked_at() -> None:
    assert len(required_nights(frozenset(), 10_000, MORNING, LONG_AGO)) == MOST_NIGHTS


def test_a_copy_proves_that_the_guest_was_there_before_it_was_seen() -> None:
    assert missing_nights(nights(6, 7, 9, 10), 7, MORNING, None) == (date(2026, 3, 8),)


def test_a_copy_dated_ahead_moves_nothing() -> None:
    held = nights(4, 5, 6, 7, 8, 9, 10) | {date(2031, 1, 1)}
    assert missing_nights(held, 7, MORNING, LONG_AGO) == ()


@given(
    st.frozensets(st.integers(0, 40).map(lambda back: NIGHT - DAY * back)),
    st.integers(1, 31),
    st.integers(0, 60),
)
def test_what_is_missing_is_owed_and_not_held(held: frozenset[date], kept: int, ago: int) -> None:
    since = MORNING - timedelta(days=ago)
    owed = required_nights(held, kept, MORNING, since)
    missing = missing_nights(held, kept, MORNING, since)
    assert set(missing) == set(owed) - held
    assert len(owed) <= kept
    assert all(night <= night_of(MORNING) for night in owed)


@pytest.mark.parametrize(
    ("intact", "since", "old"),
    [
        (MORNING - timedelta(days=7), LONG_AGO, False),
        (MORNING - timedelta(days=7, seconds=1), LONG_AGO, True),
        (None, MORNING - timedelta(days=8), True),
        (None, MORNING - timedelta(days=6), False),
        (None, None, False),
    ],
)
def test_a_verification_grows_old(
    intact: datetime | None, since: datetime | None, old: bool
) -> None:
    assert is_verification_old(intact, since, MORNING, 7) is old


def test_a_restore_test_is_due_by_calendar_and_at_once_after_a_failure() -> None:
    assert restore_test_due(None, LONG_AGO, 92) == LONG_AGO + timedelta(days=92)
    assert restore_test_due((MORNING, True), LONG_AGO, 92) == MORNING + timedelta(days=92)
    assert restore_test_due((MORNING, False), LONG_AGO, 92) == MORNING
