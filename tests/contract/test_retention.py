"""How long contents are kept: each period of R33, to the day."""

from datetime import date

import pytest

from noc_tui.contract.retention import load_retention

RULES = load_retention()
ENTERED = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("kind", "counted_from", "over"),
    [
        ("mail.queued", ENTERED, date(2031, 3, 11)),
        ("mail.accepted", date(2027, 1, 31), date(2032, 2, 1)),
        ("suspension.opened", date(2026, 6, 30), date(2031, 7, 1)),
        ("suspension.step.done", None, None),
        ("register.read", None, None),
        ("register.read", date(2028, 2, 29), date(2033, 3, 1)),
        ("register.read", date(2020, 1, 1), date(2031, 3, 11)),  # never from before the entry
        ("payments.imported", None, None),
        ("payments.imported", date(2027, 6, 30), date(2028, 7, 1)),
        ("credit.claimed", None, date(2037, 1, 1)),
        ("access.refused", None, date(2027, 3, 11)),
        ("availability.observed", None, date(2027, 4, 11)),
    ],
)
def test_a_content_is_kept_to_the_last_day(
    kind: str, counted_from: date | None, over: date | None
) -> None:
    rule = RULES.rule_for(kind)
    assert rule is not None
    assert rule.over_on(ENTERED, counted_from) == over


def test_observations_that_a_claim_rests_on_are_kept_five_years() -> None:
    rule = RULES.rule_for("availability.observed")
    assert rule is not None
    assert rule.over_on(ENTERED, None, relied_on=True) == date(2031, 3, 11)


@pytest.mark.parametrize(
    "kind",
    ["evidence.erased", "evidence.key", "evidence.stamped", "availability.outage", "unheard.of"],
)
def test_what_no_rule_names_is_kept_for_ever(kind: str) -> None:
    assert RULES.rule_for(kind) is None


@pytest.mark.parametrize(
    "kind",
    [
        "suspension.approved", "suspension.ordered", "guest.power", "guest.power.ordered",
        "availability.excluded", "availability.attributed", "credit.claimed", "credit.refused",
        "credit.claim_corrected", "scope.decided", "register.authority",
    ],
)  # fmt: skip
def test_decisions_orders_approvals_and_claims_need_two_leads(kind: str) -> None:
    rule = RULES.rule_for(kind)
    assert rule is not None
    assert rule.two_leads


def test_every_rule_says_under_which_text_in_both_languages() -> None:
    for rule in RULES.rule:
        assert all((rule.under, rule.label.fr, rule.label.en, rule.months > 0))
