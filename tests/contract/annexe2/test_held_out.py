"""The look-up on tickets that it never learnt from: no worse than it was when they were written."""

import json
from pathlib import Path

import msgspec
import pytest

from noc_tui.contract.annexe2 import judge
from noc_tui.contract.terms import load_terms

TICKETS = Path(__file__).with_name("tickets_held3.jsonl")


class Labelled(msgspec.Struct, frozen=True):
    """A ticket and what is right for it."""

    id: str
    text: str
    expected_row: str
    expected_verdict: str
    acceptable_rows: tuple[str, ...]


def test_most_verdicts_are_right_and_hardly_any_confident_one_is_wrong() -> None:
    look_up = judge.load_judge({row.id: row.verdict for row in load_terms().annexe2})
    lines = TICKETS.read_text(encoding="utf-8").splitlines()
    tickets = [msgspec.json.decode(line, type=Labelled) for line in lines]
    right = hit = confidently_wrong = 0
    for ticket in tickets:
        answer = look_up.answer(ticket.text)
        good = answer.verdict.value == ticket.expected_verdict
        accepted = {ticket.expected_row, *ticket.acceptable_rows}
        right += good
        hit += not accepted.isdisjoint(found.row for found in answer.candidates)
        confidently_wrong += not good and answer.confidence >= 0.8
    assert right >= 0.92 * len(tickets)
    assert hit >= 0.97 * len(tickets)
    assert confidently_wrong <= 0.02 * len(tickets)


FILES = [
    *(f"tickets_{name}.jsonl" for name in ("dev", "dev2", "held1", "held2", "held3")),
    *(f"voices/{file.name}" for file in sorted(TICKETS.with_name("voices").glob("*.jsonl"))),
]


@pytest.mark.parametrize("name", FILES)
def test_labelled_tickets_name_rows_and_verdicts_that_exist(name: str) -> None:
    verdicts = {row.id: row.verdict for row in load_terms().annexe2}
    path = TICKETS.parent / name
    texts = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        ticket = json.loads(line)
        assert {ticket["expected_row"], *ticket["acceptable_rows"]} <= set(verdicts), ticket["id"]
        expected = ticket["expected_verdict"]
        assert expected in ("ambiguous", verdicts[ticket["expected_row"]]), ticket["id"]
        assert ticket["text"] not in texts, ticket["id"]
        texts.add(ticket["text"])
