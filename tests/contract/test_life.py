"""R28: term, notice, renewal, and what must not be deleted."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.dates import add_months, is_ouvrable, is_ouvre
from noc_tui.contract.life import LifeStage, deadlines, find_ending, find_life_standing
from noc_tui.contract.terms import load_terms

TERMS = load_terms().life
START = date(2023, 4, 12)
STARTS = st.dates(date(2015, 1, 1), date(2030, 12, 31))
LATER = st.integers(0, 5000)


@pytest.mark.parametrize(
    ("today", "term", "renewals"),
    [
        (date(2023, 4, 11), date(2026, 4, 12), 0),
        (date(2023, 4, 12), date(2026, 4, 12), 0),
        (date(2026, 4, 11), date(2026, 4, 12), 0),
        (date(2026, 4, 12), date(2027, 4, 12), 1),
        (date(2027, 4, 12), date(2028, 4, 12), 2),
        (date(2031, 1, 1), date(2031, 4, 12), 5),
    ],
)
def test_thirty_six_months_then_twelve_by_twelve(today: date, term: date, renewals: int) -> None:
    found = deadlines(START, today, TERMS)
    assert (found.term, found.renewals) == (term, renewals)


@pytest.mark.parametrize(
    ("today", "stage"),
    [
        (date(2023, 4, 11), LifeStage.NOT_STARTED),
        (date(2023, 4, 12), LifeStage.RUNNING),
        (date(2025, 12, 11), LifeStage.RUNNING),
        (date(2025, 12, 12), LifeStage.WARNED),
        (date(2026, 1, 12), LifeStage.WARNED),
        (date(2026, 1, 13), LifeStage.NOTICE_CLOSED),
        (date(2026, 4, 11), LifeStage.NOTICE_CLOSED),
        (date(2026, 4, 12), LifeStage.RUNNING),
    ],
)
def test_the_stages_of_a_period(today: date, stage: LifeStage) -> None:
    assert find_life_standing(START, today, TERMS).stage is stage


def test_the_two_readings_differ_when_the_day_is_a_saturday() -> None:
    start = date(2023, 4, 10)  # three months before the term: Saturday 10 January 2026
    found = deadlines(start, date(2025, 1, 1), TERMS)
    assert found.notice_by_ouverts == date(2026, 1, 10)
    assert found.notice_by_ouvres == date(2026, 1, 9)
    assert found.readings_differ
    assert found.notice_by == date(2026, 1, 9)


def test_the_readings_agree_on_a_working_day() -> None:
    found = deadlines(START, date(2025, 1, 1), TERMS)
    assert found.notice_by_ouverts == found.notice_by_ouvres == date(2026, 1, 12)
    assert not found.readings_differ


@pytest.mark.parametrize(
    ("notice", "ends"),
    [
        (date(2024, 1, 1), date(2026, 4, 12)),
        (date(2026, 1, 12), date(2026, 4, 12)),
        (date(2026, 1, 13), date(2027, 4, 12)),
        (date(2026, 4, 12), date(2027, 4, 12)),
        (date(2027, 1, 12), date(2027, 4, 12)),
        (date(2027, 2, 1), date(2028, 4, 12)),
    ],
)
def test_a_late_notice_ends_the_next_period(notice: date, ends: date) -> None:
    given_ = find_life_standing(START, notice, TERMS, notice)
    assert (given_.stage, given_.ends) == (LifeStage.NOTICE_GIVEN, ends)
    assert given_.next_deadline == ("term", ends)
    assert find_life_standing(START, ends, TERMS, notice).stage is LifeStage.ENDED


def test_a_notice_of_tomorrow_is_not_given_yet() -> None:
    assert find_life_standing(START, date(2025, 1, 1), TERMS, date(2025, 1, 2)).ends is None


@pytest.mark.parametrize(
    ("today", "watch"),
    [
        (date(2025, 6, 1), ("notice", date(2026, 1, 12))),
        (date(2026, 1, 12), ("notice", date(2026, 1, 12))),
        (date(2026, 1, 13), ("term", date(2026, 4, 12))),
        (date(2026, 4, 12), ("notice", date(2027, 1, 12))),
    ],
)
def test_what_to_watch_next(today: date, watch: tuple[str, date]) -> None:
    assert find_life_standing(START, today, TERMS).next_deadline == watch


@pytest.mark.parametrize(
    ("confirmed", "today", "effective", "over"),
    [
        (None, date(2026, 6, 1), None, False),
        (date(2026, 5, 2), date(2026, 5, 1), None, False),
        (date(2026, 5, 2), date(2026, 5, 2), date(2026, 5, 2), False),
        (date(2026, 5, 2), date(2026, 5, 17), date(2026, 5, 2), False),
        (date(2026, 5, 2), date(2026, 5, 18), date(2026, 5, 2), True),
        (date(2026, 4, 1), date(2026, 4, 20), date(2026, 4, 12), False),
        (date(2026, 4, 1), date(2026, 4, 28), date(2026, 4, 12), True),
    ],
)
def test_a_copy_can_be_asked_for_fifteen_days_after_termination_took_effect(
    confirmed: date | None, today: date, effective: date | None, over: bool
) -> None:
    found = find_ending(date(2026, 4, 12), confirmed, today, TERMS)
    assert (found.effective, found.copy_days_over) == (effective, over)


@given(STARTS, LATER)
def test_the_period_holds_the_day_and_its_deadlines_are_in_order(start: date, days: int) -> None:
    today = start + timedelta(days=days)
    found = deadlines(start, today, TERMS)
    assert today < found.term
    assert found.warn_from < found.notice_by <= found.notice_by_ouverts < found.term
    assert is_ouvrable(found.notice_by_ouverts)
    assert is_ouvre(found.notice_by_ouvres)
    assert found.term == add_months(start, 36 + 12 * found.renewals)


@given(STARTS, LATER, LATER)
def test_a_notice_always_leaves_three_months(start: date, given_after: int, later: int) -> None:
    notice = start + timedelta(days=given_after)
    ends = find_life_standing(start, notice + timedelta(days=later), TERMS, notice).ends
    assert ends is not None
    assert notice <= add_months(ends, -3) + timedelta(days=3)  # day 31 falls back to a month's end
    assert ends > notice
