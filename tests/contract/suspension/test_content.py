"""A case about content says where it is, the law and why; a case about none is asked nothing."""

import msgspec
import pytest

from noc_tui.contract.suspension.checklist import checklist
from noc_tui.contract.suspension.content import ANSWERS, content_answers
from tests.support.cases import TERMS, draft


def asked(ground: str, **facts: str) -> set[str]:
    case = msgspec.structs.replace(draft(ground), facts=facts)
    return {step.id for step in checklist(case, TERMS)} & set(ANSWERS)


@pytest.mark.parametrize("ground", ["authority-report", "charte-breach", "contract-breach"])
def test_one_answer_about_content_asks_for_the_others(ground: str) -> None:
    assert asked(ground) == set()
    assert asked(ground, content_location="https://a.example.fr/x") == set(ANSWERS)
    assert asked(ground, why_unlawful="phishing") == set(ANSWERS)


def test_an_order_gives_its_own_reasons() -> None:
    assert content_answers("authority-request") == ANSWERS
    assert asked("authority-request", content_location="https://a.example.fr/x") == set()


def test_other_grounds_take_none() -> None:
    assert content_answers("attack") == ()
    assert content_answers("late-payment") == ()
