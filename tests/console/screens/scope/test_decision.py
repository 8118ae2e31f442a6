"""What F2, F3 and F4 ask nocd to record of a ticket."""

import msgspec
import pytest

from noc_tui.api import scope as api
from noc_tui.console.references import ScopeTicket
from noc_tui.console.screens.scope.data import DecisionDraft, accept, ask_client, override
from noc_tui.contract.annexe2 import judge
from noc_tui.contract.annexe2.answer import Answer
from noc_tui.contract.annexe2.questions import general
from noc_tui.contract.terms import load_terms

TERMS = load_terms(None)
TEXT = "installez les mises à jour windows"
OPENED = ScopeTicket(tenant="acme", reference="T-1", subject="incident:4")


@pytest.fixture(scope="module")
def answer() -> Answer:
    return judge.load_judge({row.id: row.verdict for row in TERMS.annexe2}, None).answer(TEXT)


def recorded(decision: DecisionDraft) -> api.Decision:
    """The decision as nocd reads it."""
    told = msgspec.json.encode(decision.body(TEXT, OPENED, "Bonjour", "fr"))
    return msgspec.json.decode(told, type=api.Decision)


def test_what_is_proposed_holds(answer: Answer) -> None:
    found = recorded(accept(answer))
    assert (found.kind, found.verdict, found.row) == ("accepted", "out_of_scope", answer.row)
    assert (found.tenant, found.reference, found.subject) == ("acme", "T-1", "incident:4")
    assert (found.text, found.answered, found.reason) == (TEXT, "Bonjour", "")


def test_a_client_is_asked_in_general_where_no_question_fits(answer: Answer) -> None:
    assert answer.question_fr == ""
    decision = ask_client(answer)
    assert (decision.answer.question_fr, decision.answer.question_en) == (
        general().fr,
        general().en,
    )
    found = recorded(decision)
    assert (found.kind, found.verdict, found.row) == ("asked", "ambiguous", answer.row)


def test_another_row_brings_its_own_verdict_and_none_leaves_it_open(answer: Answer) -> None:
    other = next(row for row in TERMS.annexe2 if row.verdict == "in_scope")
    found = recorded(override(answer, TERMS.annexe2, other.id, "it is ours"))
    assert (found.kind, found.verdict, found.row) == ("overridden", "in_scope", other.id)
    assert found.reason == "it is ours"
    none = recorded(override(answer, TERMS.annexe2, "", "nothing fits"))
    assert (none.verdict, none.row) == ("ambiguous", "")
