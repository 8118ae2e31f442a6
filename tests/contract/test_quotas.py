"""R30: used against allowed, warned before the limit; unknown stays unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.quotas import Fill, total, use, worst

COUNTS = st.integers(0, 10**15)


@pytest.mark.parametrize(
    ("used", "allowed", "fill"),
    [
        (0, 10, Fill.ROOM),
        (8, 10, Fill.ROOM),
        (9, 10, Fill.NEAR),
        (10, 10, Fill.REACHED),
        (11, 10, Fill.REACHED),
        (None, 10, Fill.UNKNOWN),
        (None, None, Fill.NO_LIMIT),
        (5, None, Fill.NO_LIMIT),
        (0, 0, Fill.REACHED),
        (899_999, 1_000_000, Fill.ROOM),
        (900_000, 1_000_000, Fill.NEAR),
    ],
)
def test_how_full(used: int | None, allowed: int | None, fill: Fill) -> None:
    assert use(used, allowed, 90).fill is fill


@given(COUNTS, st.integers(1, 10**15), st.integers(1, 99))
def test_fill_never_falls_when_use_grows(used: int, allowed: int, warn: int) -> None:
    order = [Fill.ROOM, Fill.NEAR, Fill.REACHED]
    now, more = use(used, allowed, warn).fill, use(used + 1, allowed, warn).fill
    assert order.index(now) <= order.index(more)


@given(st.lists(st.one_of(st.none(), COUNTS)))
def test_a_sum_with_an_unknown_part_is_unknown(parts: list[int | None]) -> None:
    assert (total(parts) is None) == (None in parts)


@pytest.mark.parametrize(
    ("fills", "shown"),
    [
        ([], Fill.NO_LIMIT),
        ([Fill.ROOM, Fill.NO_LIMIT], Fill.ROOM),
        ([Fill.ROOM, Fill.UNKNOWN], Fill.UNKNOWN),
        ([Fill.NEAR, Fill.UNKNOWN], Fill.NEAR),
        ([Fill.NEAR, Fill.REACHED], Fill.REACHED),
    ],
)
def test_the_worst_is_shown(fills: list[Fill], shown: Fill) -> None:
    assert worst(fills) is shown
