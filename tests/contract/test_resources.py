"""Limits of guests' figures: which one is in force, how a strain goes on, what a month counts."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.resources import (
    Strain,
    Tally,
    add_look,
    follow_strain,
    is_lasting,
    limit_in_force,
)

NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
PERCENTS = st.none() | st.integers(0, 100)


def test_the_narrowest_limit_that_is_set_is_in_force() -> None:
    tenant, guest = {"memory": 80, "disk": None}, {"memory": None, "disk": 70}
    assert limit_in_force("memory", 95, guest, tenant) == 80
    assert limit_in_force("disk", 90, guest, tenant) == 70
    assert limit_in_force("disk", 90, None, tenant) == 90
    assert limit_in_force("disk", 90) == 90


def test_a_strain_begins_at_the_limit_and_ends_below_it() -> None:
    begun = follow_strain(None, 95, 95, NOW)
    assert begun == Strain(95, 95, NOW, NOW)
    later = NOW + timedelta(minutes=5)
    assert follow_strain(begun, 97, 95, later) == Strain(97, 95, NOW, later)
    assert follow_strain(begun, None, 95, later) == begun
    assert follow_strain(begun, 94, 95, later) is None
    assert follow_strain(begun, 95, 96, later) is None  # another limit since


def test_only_what_was_seen_to_last_is_news() -> None:
    assert is_lasting("disk", NOW, NOW, 15)
    assert not is_lasting("cpu", NOW, NOW + timedelta(minutes=14), 15)
    assert is_lasting("memory", NOW, NOW + timedelta(minutes=15), 15)


@given(st.lists(st.tuples(PERCENTS, st.integers(0, 750))), st.integers(1, 100))
def test_each_second_is_counted_once(looks: list[tuple[int | None, int]], threshold: int) -> None:
    tally = Tally()
    for percent, seconds in looks:
        tally = add_look(tally, percent, threshold, seconds, NOW)
    known = [(percent, seconds) for percent, seconds in looks if percent is not None]
    assert tally.known + tally.unknown == sum(seconds for _, seconds in looks)
    assert tally.known == sum(seconds for _, seconds in known)
    assert tally.bad == sum(seconds for percent, seconds in known if percent >= threshold)
    assert tally.peak == max((percent for percent, _ in known), default=None)
