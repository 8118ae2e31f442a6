"""`noc-tui scope evaluate FILE`: a hoster's own labelled tickets measured."""

import json
from pathlib import Path

import pytest

from noc_tui.cli import main

TICKET = {
    "id": "1", "text": "Merci d'ajouter 8 Go de RAM à la VM SRV-LABO",
    "expected_row": "hyperviseurs", "expected_verdict": "in_scope",
    "acceptable_rows": ["couche-virtualisation"], "difficulty": "easy", "writer": "x",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOC_CONFIG", raising=False)


def test_right_and_wrong_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "own.jsonl"
    wrong = {**TICKET, "id": "2", "expected_verdict": "out_of_scope"}
    file.write_text(f"{json.dumps(TICKET)}\n\n{json.dumps(wrong)}\n", encoding="utf-8")
    assert main(["scope", "evaluate", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["tickets"], found["verdict"]) == (2, 0.5)
    assert [one["id"] for one in found["wrong"]] == ["2"]
    assert sum(step["tickets"] for step in found["reliability"]) == 2


def test_a_ticket_may_have_a_verdict_and_no_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    thanks = {"id": "t", "text": "Merci !", "expected_row": None, "expected_verdict": "in_scope"}
    two = {**TICKET, "expected_row": None, "acceptable_rows": ["hyperviseurs"]}
    file = tmp_path / "own.jsonl"
    file.write_text(f"{json.dumps(thanks)}\n{json.dumps(two)}\n", encoding="utf-8")
    assert main(["scope", "evaluate", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["tickets"], found["row_among_three"]) == (2, 1.0)
    assert main(["scope", "evaluate", str(file)]) == 0
    assert "(–)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "told"),
    [("{}", "own.jsonl:1"), ('{"id":1', "own.jsonl:1"),
     (json.dumps({**TICKET, "expected_row": "nothing"}), "'nothing'")],
)  # fmt: skip
def test_a_line_that_is_no_labelled_ticket_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, told: str
) -> None:
    file = tmp_path / "own.jsonl"
    file.write_text(line, encoding="utf-8")
    assert main(["scope", "evaluate", str(file)]) == 2
    assert told in capsys.readouterr().err


def test_two_words_that_are_no_order_to_evaluate_are_refused() -> None:
    assert main(["scope", "le", "serveur"]) == 2
