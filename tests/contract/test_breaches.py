"""Whom a breach is told to, and by when (GDPR art. 33, 34); when sub-processors are announced."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.breaches import RISKS, ROLES, list_duties, list_open_duties
from noc_tui.contract.subprocessors import needs_announcement

FOUND = datetime(2026, 3, 27, 22, 30, tzinfo=UTC)


def owed(role: str, risk: str, *tenants: str) -> dict[str, timedelta]:
    return {one.addressee: one.due_at - FOUND for one in list_duties(role, risk, tenants, FOUND)}


HOURS_24, HOURS_72 = timedelta(hours=24), timedelta(hours=72)


@pytest.mark.parametrize(
    ("role", "risk", "expected"),
    [
        ("processor", "high", {"tenant:acme": HOURS_24}),
        ("controller", "none", {}),
        ("controller", "unknown", {"authority": HOURS_72}),
        ("controller", "risk", {"authority": HOURS_72}),
        ("controller", "high", {"authority": HOURS_72, "persons": HOURS_72}),
        ("both", "none", {"tenant:acme": HOURS_24}),
    ],
)
def test_who_is_told_and_by_when(role: str, risk: str, expected: dict[str, timedelta]) -> None:
    """72 hours are real ones: the change of the clock on 29 March moves none of them."""
    assert owed(role, risk, "acme") == expected


@given(
    st.sampled_from(ROLES),
    st.sampled_from(RISKS),
    st.sets(st.sampled_from(("acme", "zeta", "globex"))),
    st.data(),
)
def test_what_is_told_is_owed_no_longer_and_all_else_is(
    role: str, risk: str, tenants: set[str], data: st.DataObject
) -> None:
    duties = list(list_duties(role, risk, sorted(tenants), FOUND))
    names = [one.addressee for one in duties]
    told = data.draw(st.sets(st.sampled_from(names)) if names else st.just(set[str]()))
    left = [one.addressee for one in list_open_duties(duties, told)]
    assert sorted([*left, *told]) == sorted(names)
    assert ("authority" in names) == (role != "processor" and risk != "none")


@pytest.mark.parametrize(
    ("since", "ended", "announced", "asked"),
    [
        (date(2026, 1, 1), None, None, True),
        (date(2026, 4, 9), None, None, True),
        (date(2026, 4, 10), None, None, False),
        (date(2026, 1, 1), None, date(2026, 1, 2), False),
        (date(2026, 1, 1), date(2026, 3, 10), None, False),
    ],
)
def test_a_sub_processor_is_announced_before_it_serves(
    since: date, ended: date | None, announced: date | None, asked: bool
) -> None:
    assert needs_announcement(since, ended, announced, date(2026, 3, 10)) == asked
