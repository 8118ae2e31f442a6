"""What a hoster's own cases change of an answer, and what they leave as it was."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.annexe2 import own_cases
from noc_tui.contract.annexe2.answer import Answer, ScopeVerdict
from noc_tui.contract.annexe2.judge import load_judge
from noc_tui.contract.annexe2.own_cases import OwnCase
from noc_tui.contract.annexe2.tokens import fold
from noc_tui.contract.terms import load_terms

ROWS = {row.id: row.verdict for row in load_terms().annexe2}
TICKET = "Pouvez-vous mettre à jour Windows sur SRV-LABO avant vendredi ?"
OURS = OwnCase(TICKET, "hyperviseurs", ScopeVerdict.in_scope)


def answer(text: str, *cases: OwnCase) -> Answer:
    return load_judge(ROWS, None, cases).answer(text)


@pytest.mark.parametrize(
    "text", [TICKET, f"  {TICKET}\n", TICKET.upper(), TICKET.replace("à jour", "a  jour")]
)
def test_the_same_text_has_the_same_verdict(text: str) -> None:
    assert answer(text).verdict is ScopeVerdict.out_of_scope
    found = answer(text, OURS)
    assert (found.verdict, found.row) == (ScopeVerdict.in_scope, "hyperviseurs")
    assert len({one.row for one in found.candidates}) == 3
    assert found.near[0] == TICKET


def test_the_newest_of_two_cases_counts() -> None:
    back = OwnCase(TICKET, "gestion-os-vm", ScopeVerdict.out_of_scope)
    assert answer(TICKET, OURS, back).row == "gestion-os-vm"
    assert answer(TICKET, back, OURS).row == "hyperviseurs"


def test_a_near_text_overrules_only_what_is_less_sure() -> None:
    near = "Bonjour, pouvez-vous mettre à jour Windows sur SRV-LABO avant vendredi, merci"
    plain, found = answer(near), answer(near, OURS)
    assert found.near[0] == TICKET
    assert "hyperviseurs" in [one.row for one in found.candidates]
    if found.verdict is not plain.verdict:
        assert plain.confidence < found.confidence < 1


def test_a_near_text_that_says_no_is_not_sure() -> None:
    """Common words alone tell nothing of it."""
    found = answer("Ne pas mettre à jour Windows sur SRV-LABO avant vendredi, pouvez-vous ?", OURS)
    assert found.verdict is ScopeVerdict.out_of_scope or found.confidence < 0.8


def test_another_ticket_is_as_it_was() -> None:
    other = "Merci de restaurer la sauvegarde d'hier de SRV-LABO"
    assert answer(other, OURS) == answer(other)


@pytest.mark.parametrize(
    "case",
    [
        OwnCase(TICKET, "hyperviseurs", ScopeVerdict.out_of_scope),
        OwnCase(TICKET, "gone-from-the-terms", ScopeVerdict.in_scope),
        OwnCase(TICKET, "", ScopeVerdict.in_scope),
    ],
)
def test_a_case_that_the_terms_contradict_counts_for_nothing(case: OwnCase) -> None:
    assert answer(TICKET, case) == answer(TICKET)


def test_a_case_without_a_row_leaves_the_question_to_be_asked() -> None:
    found = answer(TICKET, OwnCase(TICKET, "", ScopeVerdict.ambiguous))
    assert found.verdict is ScopeVerdict.ambiguous
    assert found.question
    assert len(found.candidates) == 3


def test_a_notice_that_leaves_no_doubt_is_no_ticket_whatever_the_cases_say() -> None:
    notice = json.dumps({
        "xarf_version": "4.0.0", "class": "connection", "type": "login_attack",
        "source_identifier": "192.0.2.55", "timestamp": "2026-03-03T02:10:58Z",
        "reporter": {"org": "Reporter", "contact": "abuse@reporter.example"},
    })  # fmt: skip
    case = OwnCase(notice, "hyperviseurs", ScopeVerdict.in_scope)
    assert answer(notice, case) == answer(notice)


SAID = st.sampled_from(
    ["machine", "virtuelle", "démarre", "plus", "hier", "192.0.2.1", "1,5", "Go"]
)


@given(st.lists(SAID), st.lists(SAID))
def test_no_near_case_is_passed_over(one: list[str], other: list[str]) -> None:
    """The quick look says no only where the words would."""
    words, text = own_cases._words(fold(" ".join(one))), fold(" ".join(other))
    if own_cases._alike(words, own_cases._words(text)) >= own_cases.NEAR:
        assert own_cases._may_be_near(words, text)


def test_of_many_cases_hardly_any_has_its_words_read() -> None:
    many = [OwnCase(f"la demande {n} du client {n * 7}", "", ScopeVerdict.ambiguous) for n in
            range(1000)]  # fmt: skip
    own_cases._words.cache_clear()
    answer(TICKET, *many)
    assert own_cases._words.cache_info().misses < 10
