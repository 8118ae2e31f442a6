"""The past of a demo: in order, over before its present, whatever the day and the tenants."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.calendar import Month, instant
from noc_tui.demo_history.script import story
from storage.times import micros

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
PRESENTS = st.integers(0, 4 * 365 * 86_400).map(lambda late: BEGINNING + timedelta(seconds=late))


@given(PRESENTS, st.lists(st.text("abc", min_size=1), max_size=12, unique=True))
def test_a_story_lies_between_the_first_of_last_month_and_the_present(
    now: datetime, tenants: list[str]
) -> None:
    acts = story(tenants, now)
    begins = instant(Month.of(micros(now)).previous.span.start)
    assert bool(acts) == bool(tenants)
    assert [act.at for act in acts] == sorted(act.at for act in acts)
    assert all(begins < act.at < now for act in acts)


def test_what_is_recent_is_told_also_on_the_first_of_a_month() -> None:
    now = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
    assert any(now - act.at < timedelta(days=1, hours=6) for act in story(["a"], now))
