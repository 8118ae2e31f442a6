"""What an order answers of its suspension: each fact has a key and a form that a case takes."""

from datetime import timedelta

import pytest

from noc_tui.contract.authority.case_facts import order_facts
from noc_tui.contract.suspension.answers import answer_kinds, check_fact
from tests.contract.authority.test_machine import KINDS, NOW, order
from tests.support.cases import TERMS


@pytest.mark.parametrize("kind", [one.id for one in KINDS.kind])
def test_an_order_answers_what_its_ground_requires(kind: str) -> None:
    facts = order_facts(order(kind=kind, legal_basis="art. 1"), KINDS)
    forms = answer_kinds(TERMS)
    for key, answer in facts.items():
        assert check_fact(key, answer, forms[key]) is None, key
    assert set(TERMS.ground("authority-request").requires) <= set(facts)


def test_the_term_of_an_order_is_that_of_its_kind_or_its_own() -> None:
    received = NOW - timedelta(minutes=10)
    hour = order_facts(order(), KINDS)["due_by"]
    assert hour == (received + timedelta(hours=1)).isoformat()
    own = order_facts(order(kind="criminal", term=NOW), KINDS)["due_by"]
    assert own == NOW.isoformat()
    assert "due_by" not in order_facts(order(kind="criminal"), KINDS)
