"""A credit from claim to decision (R13), and what an open outage will cost."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.availability import Account, Commitment, compute, credit
from noc_tui.contract.calendar import SECOND, Month, day_end
from noc_tui.contract.credits import (
    CreditClaimed,
    CreditRefusedError,
    CreditState,
    DecidedCredit,
    MonthCredit,
)
from noc_tui.contract.forecast import straddles, tips
from noc_tui.contract.spans import Span
from noc_tui.contract.terms import load_terms

DEADLINE = date(2026, 4, 30)
OVER = day_end(DEADLINE)
OWED = MonthCredit(10, DEADLINE, Decimal("125.00"))
CLAIM = CreditClaimed(OVER - 1, OVER + 5, "e-mail", "TCK-1")
COMMITMENT = Commitment.of(load_terms().availability)
APRIL = Month(2026, 4)


def test_the_proven_sending_counts_not_the_receiving() -> None:
    assert OWED.state(OVER - 1) is CreditState.CLAIMABLE
    assert OWED.state(OVER) is CreditState.LAPSED
    assert OWED.claimed(CLAIM, OVER + 9).state(OVER + 9) is CreditState.CLAIMED
    assert OWED.claimed(replace(CLAIM, sent=OVER), OVER + 9).state(OVER + 9) is CreditState.LAPSED


def test_a_claim_is_decided_once_it_stands() -> None:
    claimed = OWED.claimed(CLAIM, OVER + 9)
    assert claimed.granted(Decimal("125.00"), OVER).state(OVER) is CreditState.GRANTED
    refused = claimed.refused("no outage", OVER)
    assert refused.state(OVER) is CreditState.REFUSED
    with pytest.raises(CreditRefusedError, match="decided already: refused"):
        refused.granted(Decimal("125.00"), OVER)


@pytest.mark.parametrize(
    ("asked", "state"),
    [
        (replace(OWED, tier=0).claimed(CLAIM, OVER + 9), "not_due"),
        (OWED.claimed(replace(CLAIM, sent=OVER), OVER + 9), "lapsed"),
    ],
)
def test_a_claim_for_nothing_or_too_late_is_refused_and_not_granted(
    asked: MonthCredit, state: str
) -> None:
    with pytest.raises(CreditRefusedError, match=state):
        asked.granted(Decimal("125.00"), OVER + 9)
    assert asked.refused("above 99.9 %", OVER + 9).state(OVER + 9) is CreditState.REFUSED


@pytest.mark.parametrize("tier", [0, 10])
def test_what_nobody_claimed_cannot_be_decided(tier: int) -> None:
    with pytest.raises(CreditRefusedError):
        replace(OWED, tier=tier).granted(Decimal("1"), OVER - 1)
    with pytest.raises(CreditRefusedError, match="nobody"):
        replace(OWED, tier=tier).refused("x", OVER - 1)


def test_nothing_is_no_amount_to_grant() -> None:
    with pytest.raises(CreditRefusedError, match="above zero"):
        OWED.claimed(CLAIM, OVER + 9).granted(Decimal("0.00"), OVER)


def test_a_request_may_be_received_as_it_is_sent() -> None:
    assert (
        OWED.claimed(replace(CLAIM, received=CLAIM.sent), OVER + 9).state(OVER)
        is CreditState.CLAIMED
    )


def test_a_request_from_the_future_is_refused() -> None:
    with pytest.raises(CreditRefusedError, match="future"):
        OWED.claimed(CLAIM, CLAIM.received - 1)


@pytest.mark.parametrize(
    ("then", "tier", "sent", "reopened"),
    [
        (DecidedCredit(0, CreditState.NOT_DUE), 10, CLAIM.sent, True),
        (DecidedCredit(10, CreditState.LAPSED), 10, CLAIM.sent, True),
        (DecidedCredit(10, CreditState.CLAIMED), 25, CLAIM.sent, True),
        (DecidedCredit(10, CreditState.CLAIMED), 10, CLAIM.sent, False),
        (DecidedCredit(25, CreditState.CLAIMED), 10, CLAIM.sent, False),
        (DecidedCredit(0, CreditState.NOT_DUE), 0, CLAIM.sent, False),
        (DecidedCredit(0, CreditState.NOT_DUE), 10, OVER, False),
    ],
)
def test_a_refusal_does_not_outlive_its_reason(
    then: DecidedCredit, tier: int, sent: int, reopened: bool
) -> None:
    asked = replace(OWED, tier=tier).claimed(replace(CLAIM, sent=sent), OVER + 9)
    assert asked.refused("nothing is due", OVER).outlives_refusal(then, OVER + 9) is reopened
    assert not asked.outlives_refusal(then, OVER + 9)


def test_a_request_is_corrected_until_its_credit_is_granted() -> None:
    claimed, truly = OWED.claimed(CLAIM, OVER + 9), replace(CLAIM, sent=CLAIM.sent - 5)
    assert claimed.corrected(truly, "a slip", OVER + 9).claim == truly
    refused = claimed.refused("too late", OVER)
    assert refused.corrected(truly, "a slip", OVER + 9).state(OVER) is CreditState.REFUSED
    granted = claimed.granted(Decimal("125.00"), OVER)
    for asked, claim, reason, why in (
        (OWED, truly, "a slip", "nobody"),
        (claimed, truly, " ", "reason"),
        (claimed, CLAIM, "a slip", "the same"),
        (claimed, replace(truly, received=OVER + 10), "a slip", "future"),
        (granted, truly, "a slip", "granted"),
    ):
        with pytest.raises(CreditRefusedError, match=why):
            asked.corrected(claim, reason, OVER + 9)


def test_a_decision_outlives_a_change_of_the_figures() -> None:
    granted = OWED.claimed(CLAIM, OVER + 9).granted(Decimal("125.00"), OVER)
    assert replace(granted, tier=0).state(OVER) is CreditState.GRANTED


def test_a_second_claim_and_an_empty_reason_are_refused() -> None:
    claimed = OWED.claimed(CLAIM, OVER + 9)
    with pytest.raises(CreditRefusedError, match="already"):
        claimed.claimed(CLAIM, OVER + 9)
    with pytest.raises(CreditRefusedError, match="reason"):
        claimed.refused(" ", OVER)


@pytest.mark.parametrize(
    ("amount", "tier", "owed"),
    [
        ("0.05", 10, "0.01"),
        ("0.04", 10, "0.00"),
        ("0.02", 25, "0.01"),
        ("100000000000000.049999999999999", 10, "10000000000000.00"),
    ],
)
def test_money_is_rounded_half_up_once(amount: str, tier: int, owed: str) -> None:
    assert credit(Decimal(amount), tier) == Decimal(owed)


def test_an_open_outage_tips_the_tenant_a_microsecond_past_each_threshold() -> None:
    start = APRIL.span.start
    down = Account(APRIL, now=start + 60 * SECOND, outages=[Span(start, start + 60 * SECOND)])
    ten, quarter = tips(down, COMMITMENT, Decimal("1000"))
    assert (ten.at - start, ten.percent, ten.amount) == (2592 * SECOND + 1, 10, Decimal("100.00"))
    assert (quarter.at - start, quarter.amount) == (25_920 * SECOND + 1, Decimal("250.00"))


def test_a_threshold_that_is_missed_already_or_never_reached_is_not_ahead() -> None:
    start, end = APRIL.span
    lost = 2592 * SECOND + 1
    missed = Account(APRIL, now=start + lost, outages=[Span(start, start + lost)])
    assert [tip.percent for tip in tips(missed, COMMITMENT, None)] == [25]
    at_last = Account(APRIL, now=end - lost)
    assert [(tip.at, tip.percent) for tip in tips(at_last, COMMITMENT, None)] == [(end, 10)]
    assert tips(replace(at_last, now=end - lost + 1), COMMITMENT, None) == []


@given(st.integers(0, 2_000_000), st.integers(1, 100_000), st.integers(0, 100_000))
def test_the_forecast_is_the_first_instant_at_which_the_tier_is_owed(
    at: int, lasts: int, later: int
) -> None:
    start = APRIL.span.start + at * SECOND
    now = start + lasts * SECOND
    window = Span(now + later * SECOND, now + (later + 3600) * SECOND)
    account = Account(APRIL, now, outages=[Span(start, now)], exclusions=[window])
    for tip in tips(account, COMMITMENT, None):
        until = [replace(account, now=t, outages=[Span(start, t)]) for t in (tip.at - 1, tip.at)]
        before, after = (compute(one, COMMITMENT).tier for one in until)
        assert before < tip.percent == after


def test_bounds_that_straddle_a_threshold_are_told() -> None:
    start = APRIL.span.start
    account = Account(APRIL, now=APRIL.span.end)
    short, long = Span(start, start + 2590 * SECOND), Span(start, start + 2600 * SECOND)
    assert straddles(account, COMMITMENT, [short], [long])
    assert not straddles(account, COMMITMENT, [short], [short])
