"""`noc-tui sla compute` as scripts meet it: standard input, standard output, exit codes."""

import argparse
import io
import json
import sys
from types import SimpleNamespace

import pytest

from noc_tui.commands import sla

GOOD = '{"month":"2026-03","now":"2026-04-10T09:00:00+02:00"}'


def run(monkeypatch: pytest.MonkeyPatch, text: str, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    sla.add_arguments(parser)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))
    return sla.run(parser.parse_args(["compute", *arguments]))


def test_one_document_in_one_result_out(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, GOOD) == 0
    out, err = capfd.readouterr()
    assert json.loads(out)["base_seconds"] == "2674800"
    assert err == ""


def test_bad_input_is_exit_2_and_one_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, '{"month":"2026-14"}') == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "month" in err


def test_a_bad_line_of_a_batch_answers_an_error_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, f"{GOOD}\nnonsense\n\n{GOOD}", "--batch") == 0
    results = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [next(iter(result)) for result in results] == [
        "base_seconds",
        "error",
        "error",
        "base_seconds",
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"month": "2" * 100_000},
        {"monthly_amount": "9" * 100_000},
        {"now": "x" * 100_000},
        {"exclusions": [{"start": "2026-03-02T00:00:00Z", "basis": "y" * 100_000}]},
    ],
)
def test_of_a_value_without_end_only_the_beginning_is_said(
    changes: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, json.dumps({"month": "2026-03", **changes})) == 2
    err = capfd.readouterr().err
    assert (err.count("\n"), len(err) < 300, "…" in err) == (1, True, True)
