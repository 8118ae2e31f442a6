"""What a case may be told, and in which form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.suspension.answers import TICKED, AnswerKind, answer_kinds, check_fact
from tests.support.cases import ANSWERS, TERMS


def test_every_requirement_and_every_step_that_is_a_fact_has_a_form() -> None:
    kinds = answer_kinds(TERMS)
    assert {row.id for row in TERMS.requirements} <= kinds.keys()
    assert (kinds["finding"], kinds["clause"], kinds["history"]) == (
        "evidence",
        "clause",
        "confirm",
    )
    for key, answer in ANSWERS.items():
        assert check_fact(key, answer, kinds[key]) is None, key


@pytest.mark.parametrize(
    ("kind", "answer", "words"),
    [
        ("evidence", "seen", "tick it"),
        ("evidence", "", "tick it"),
        ("clause", "C7", "tick it"),
        ("confirm", "rien", "yes or no"),
        ("date", "2026-02-30", "not a date"),
        ("instant", "2026-02-01T00:00:00", "offset"),
        ("amount", "-1", "amount"),
        ("days", "0", "number of days"),
        ("days", "\u0662", "number of days"),
        ("days", "9" * 5000, "number of days"),
        ("choice", "somebody", "one of these"),
    ],
)
def test_another_form_is_refused_with_its_key(kind: AnswerKind, answer: str, words: str) -> None:
    reason = check_fact("the_key", answer, kind)
    assert reason is not None
    assert words in reason.told(reason.text, "en")
    assert "the_key" in reason.told(reason.text, "en")


@given(st.sampled_from(sorted(set(answer_kinds(TERMS).values()))), st.text(max_size=40))
def test_any_text_is_judged_and_an_empty_one_takes_a_fact_back(
    kind: AnswerKind, answer: str
) -> None:
    check_fact("k", answer, kind)
    assert (check_fact("k", " ", kind) is None) is (kind not in TICKED)
