"""R30: used against allowed, warned before the limit; unknown stays unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.quotas import QuotaFill, total, use, worst

COUNTS = st.integers(0, 10**15)


@pytest.mark.parametrize(
    ("used", "allowed", "fill"),
    [
        (0, 10, QuotaFill.ROOM),
        (8, 10, QuotaFill.ROOM),
        (9, 10, QuotaFill.NEAR),
        (10, 10, QuotaFill.REACHED),
        (11, 10, QuotaFill.REACHED),
        (None, 10, QuotaFill.UNKNOWN),
        (None, None, QuotaFill.NO_LIMIT),
        (5, None, QuotaFill.NO_LIMIT),
        (0, 0, QuotaFill.REACHED),
        (899_999, 1_000_000, QuotaFill.ROOM),
        (900_000, 1_000_000, QuotaFill.NEAR),
    ],
)
def test_how_full(used: int | None, allowed: int | None, fill: QuotaFill) -> None:
    assert use(used, allowed, 90).fill is fill


@given(COUNTS, st.integers(1, 10**15), st.integers(1, 99))
def test_fill_never_falls_when_use_grows(used: int, allowed: int, warn: int) -> None:
    order = [QuotaFill.ROOM, QuotaFill.NEAR, QuotaFill.REACHED]
    now, more = use(used, allowed, warn).fill, use(used + 1, allowed, warn).fill
    assert order.index(now) <= order.index(more)


@given(st.lists(st.one_of(st.none(), COUNTS)))
def test_a_sum_with_an_unknown_part_is_unknown(parts: list[int | None]) -> None:
    assert (total(parts) is None) == (None in parts)


@pytest.mark.parametrize(
    ("fills", "shown"),
    [
        ([], QuotaFill.NO_LIMIT),
        ([QuotaFill.ROOM, QuotaFill.NO_LIMIT], QuotaFill.ROOM),
        ([QuotaFill.ROOM, QuotaFill.UNKNOWN], QuotaFill.UNKNOWN),
        ([QuotaFill.NEAR, QuotaFill.UNKNOWN], QuotaFill.NEAR),
        ([QuotaFill.NEAR, QuotaFill.REACHED], QuotaFill.REACHED),
    ],
)
def test_the_worst_is_shown(fills: list[QuotaFill], shown: QuotaFill) -> None:
    assert worst(fills) is shown
