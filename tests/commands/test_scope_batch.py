"""`scope --batch`: the protocol in a stream, whatever the lines hold."""

import io
import json

import pytest

from noc_tui.commands.scope_batch import LONGEST_LINE, answers
from noc_tui.contract.annexe2.judge import Judge, load_judge
from noc_tui.contract.terms import load_terms


@pytest.fixture(scope="module")
def judge() -> Judge:
    return load_judge({row.id: row.verdict for row in load_terms().annexe2})


def ask(judge: Judge, raw: bytes) -> list[dict[str, object]]:
    found = answers(
        io.BytesIO(raw),
        lambda text, _tenant: judge.answer(text),
        lambda _answer, tenant: tenant or "n/a",
    )
    return [json.loads(line) for line in found]


def test_answers_come_in_order_with_every_key(judge: Judge) -> None:
    raw = b'{"id":"a","text":"merci de restaurer la VM"}\n{"id":"b","text":"vpn en panne"}\n'
    first, second = ask(judge, raw)
    assert (first["id"], second["id"]) == ("a", "b")
    assert first["row"] == "restauration-sauvegarde"
    assert first["verdict"] == "out_of_scope"
    assert len(first["rows"]) == 3  # type: ignore[arg-type] # a list, as the protocol says
    assert second["verdict"] == "ambiguous"
    assert second["question"]
    assert set(first) >= {"id", "verdict", "row", "rows", "confidence", "because", "infogerance"}


@pytest.mark.parametrize(
    "bad", [b"nonsense", b"{}", b'{"id":[1],"text":"x"}', b"", b"  ", b"\xff\xfe", b"[]"]
)
def test_an_unreadable_line_is_told_and_the_rest_goes_on(judge: Judge, bad: bytes) -> None:
    told, answered = ask(judge, bad + b'\n{"id":"z","text":"serveur lent"}\n')
    assert told["id"] is None
    assert told["error"]
    assert answered["id"] == "z"


@pytest.mark.parametrize("text", ["", "   \n\t ", "\n" * 100_000, "\x00\x01\x02" * 50, "!!! ???"])
def test_a_text_without_words_is_an_error_of_that_ticket(judge: Judge, text: str) -> None:
    (told,) = ask(judge, json.dumps({"id": "e", "text": text}).encode())
    assert told["id"] == "e"
    assert told["error"]


def test_an_id_is_handed_back_as_it_came(judge: Judge) -> None:
    (answered,) = ask(judge, b'{"id":7,"text":"serveur lent"}')
    assert answered["id"] == 7


def test_a_line_without_end_is_dropped_and_the_rest_goes_on(judge: Judge) -> None:
    raw = b"x" * (2 * LONGEST_LINE + 5) + b'\n{"id":"z","text":"serveur lent"}\n'
    told, answered = ask(judge, raw)
    assert told["id"] is None
    assert answered["id"] == "z"


def test_the_last_line_needs_no_line_feed(judge: Judge) -> None:
    (answered,) = ask(judge, b'{"id":"z","text":"serveur lent"}')
    assert answered["id"] == "z"


def test_a_megabyte_of_noise_is_read_in_part_and_answered(judge: Judge) -> None:
    answer = judge.answer("qwzx plok vrtg " * 70_000)
    assert answer.truncated
    assert answer.confidence < 0.5
