"""The cap of art. 12: the twelve months that it is measured by, and what counts against it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.liability import CapStanding, find_cap

TODAY = date(2026, 3, 10)


def standing(
    *,
    start: date | None = date(2020, 1, 1),
    amount: Decimal | None = Decimal("1250.00"),
    granted: tuple[str, ...] = (),
    others: tuple[str, ...] = (),
    negotiated: bool = False,
) -> CapStanding:
    return find_cap(
        TODAY,
        start,
        lambda _day: amount,
        credits_granted=[*map(Decimal, granted)],
        others=[*map(Decimal, others)],
        negotiated=negotiated,
    )


def test_twelve_months_that_end_with_the_present_one() -> None:
    found = standing(granted=("125.00", "312.50"), others=("1000.00",))
    assert (str(found.months[0]), str(found.months[-1])) == ("2025-04", "2026-03")
    assert found.cap == Decimal("15000.00")
    assert (found.used, found.left, found.percent) == (
        Decimal("1437.50"), Decimal("13562.50"), 9,
    )  # fmt: skip


def test_a_contract_that_is_younger_was_invoiced_less() -> None:
    found = standing(start=date(2026, 1, 31))
    assert [str(one) for one in found.months] == ["2026-01", "2026-02", "2026-03"]
    assert found.cap == Decimal("3750.00")


def test_an_amount_that_changed_counts_from_its_day() -> None:
    found = find_cap(
        TODAY,
        date(2025, 6, 15),
        lambda day: Decimal(100) if day < date(2026, 1, 1) else Decimal(200),
        credits_granted=(),
        others=(),
        negotiated=False,
    )
    assert found.cap == 7 * 100 + 3 * 200


def test_without_an_amount_nothing_is_said() -> None:
    found = standing(amount=None, granted=("125.00",))
    assert (found.cap, found.left, found.percent) == (None, None, None)
    assert not found.exceeded_by(Decimal(10**9))


@pytest.mark.parametrize(("negotiated", "proposed"), [(False, "full"), (True, "cut")])
def test_a_doubt_is_read_for_the_client_of_a_contract_of_adhesion(
    negotiated: bool, proposed: str
) -> None:
    assert standing(negotiated=negotiated).proposed == proposed


MONEY = st.decimals(min_value=0, max_value=20_000, places=2)


@given(st.lists(MONEY, max_size=5), st.lists(MONEY, max_size=5), MONEY)
def test_what_is_left_and_what_is_used_never_exceed_the_cap_together(
    granted: list[Decimal], others: list[Decimal], further: Decimal
) -> None:
    found = standing(granted=tuple(map(str, granted)), others=tuple(map(str, others)))
    assert found.cap is not None
    assert found.left is not None
    assert found.left == max(0, found.cap - sum(granted) - sum(others))
    assert found.exceeded_by(further) == (further > found.left)
    if not found.exceeded_by(further):
        assert found.used + further <= max(found.cap, found.used)
