"""The orders that wait, as every screen counts down to them."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from noc_tui.handover.build import HandoverState, items
from noc_tui.labels.next_order import word_left, word_next_order
from noc_tui.views.next_order import NextOrder, list_next_orders
from storage.suspension import Suspension

NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
CASE = Suspension(
    "S-1", "acme", "Acme", "spam", "scheduled", False, NOW, None, None, None, False, None, "{}",
    starts_at=NOW + timedelta(hours=2),
)  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "now"),
        (0, "now"),
        (1, "00:01"),
        (60, "00:01"),
        (61, "00:02"),
        (7980, "02:13"),
        (86_340, "23:59"),
        (86_400, "1 d 0 h"),
        (200_000, "2 d 7 h"),
    ],
)
def test_the_time_left_is_never_shorter_than_it_is(seconds: int, words: str) -> None:
    assert word_left(NOW + timedelta(seconds=seconds), NOW) == words


def test_the_next_order_comes_first_and_a_rehearsal_never() -> None:
    later = replace(CASE, id="S-2", starts_at=NOW + timedelta(hours=5))
    secret = NextOrder("ABCD2345", "Zq", NOW + timedelta(hours=3), secret=True)
    rehearsed = replace(CASE, id="S-3", rehearsal=True)
    found = list_next_orders([later, rehearsed, CASE], [secret])
    assert [one.case for one in found] == ["S-1", "ABCD2345", "S-2"]
    assert word_next_order(found, NOW, wide=False) == "◷ 02:00 S-1 +2"
    assert "Acme" in word_next_order(found, NOW, wide=True)


@pytest.mark.parametrize(("hours", "times"), [(2, 1), (9, 0)])
def test_the_handover_holds_the_orders_of_the_coming_shift(hours: int, times: int) -> None:
    case = replace(CASE, starts_at=NOW + timedelta(hours=hours))
    found = items(HandoverState(now=NOW, until=NOW + timedelta(hours=8), suspensions=[case]))
    assert [one.due for one in found if one.kind == "suspension"] == [case.starts_at]
    starts = [one for one in found if one.words[0] == "what=start"]
    assert [one.due for one in starts] == [case.starts_at] * times
