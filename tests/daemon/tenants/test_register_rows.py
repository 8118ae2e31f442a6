"""Which pool belonged to whom, day by day (R4)."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.daemon.tenants.register_rows import pool_history
from storage.register import TenantPool

START = date(2026, 1, 1)
POOL = ("rennes", "shared")


def owner_on(history: list[TenantPool], day: date) -> list[str]:
    return [
        row.tenant
        for row in history
        if row.valid_from <= day and (row.valid_until is None or day < row.valid_until)
    ]


def test_a_pool_is_its_first_tenants_from_the_contracts_start() -> None:
    history = pool_history([], {POOL: "acme"}, {"acme": START}, date(2026, 3, 1))
    assert history == [TenantPool(*POOL, START, None, "acme")]


def test_a_pool_that_changes_hands_keeps_its_earlier_days() -> None:
    first = pool_history([], {POOL: "acme"}, {"acme": START}, date(2026, 3, 1))
    second = pool_history(first, {POOL: "brest"}, {"brest": START}, date(2026, 3, 12))
    assert owner_on(second, date(2026, 3, 11)) == ["acme"]
    assert owner_on(second, date(2026, 3, 12)) == ["brest"]


@given(st.lists(st.sampled_from(["acme", "brest", None]), min_size=1, max_size=12))
def test_a_pool_has_at_most_one_owner_on_each_day(owners: list[str | None]) -> None:
    history: list[TenantPool] = []
    for offset, owner in enumerate(owners):
        today = START + timedelta(days=offset)
        history = pool_history(history, {POOL: owner} if owner else {}, {}, today)
        assert owner_on(history, today) == ([owner] if owner else [])
    for offset, owner in enumerate(owners):
        assert owner_on(history, START + timedelta(days=offset)) == ([owner] if owner else [])
