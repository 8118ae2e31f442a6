"""`noc-tui scope export-cases`: what is written is what `scope evaluate` reads."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from noc_tui.cli import main
from noc_tui.commands import scope_cases
from noc_tui.commands.failure import BadInput
from noc_tui.commands.scope_cases import run_cases
from storage import scope

TICKET = "Merci d'ajouter 8 Go de RAM à la VM SRV-LABO"


def override(number: int, row: str) -> scope.Decision:
    return scope.Decision(
        number, datetime(2026, 3, 10, tzinfo=UTC), "omar", "acme", "T-1", "", TICKET,
        "out_of_scope", ("gestion-os-vm",), (), 900, "overridden",
        "in_scope" if row else "ambiguous", row, "n/a", "ours", "", "fr", 1,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _kept(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [override(1, "hyperviseurs"), override(2, "")]
    monkeypatch.delenv("NOC_CONFIG", raising=False)
    monkeypatch.setattr(scope_cases, "load_configuration", lambda arguments: None)
    monkeypatch.setattr(
        scope_cases,
        "read",
        lambda config, look: (
            [(one, None) for one in found] if look is scope.list_overrides else found
        ),
    )


def told(text: str, file: str | None = None) -> Any:
    return SimpleNamespace(text=text, file=file, reason="", json=False, config=None, play=None)


def test_what_is_exported_can_be_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.jsonl"
    assert run_cases(told("export-cases", str(file))) == 0
    assert main(["scope", "evaluate", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "cases written: 1" in shown
    assert "left out, as no row fits: 1" in shown
    assert "right verdict: 100" in shown
    with pytest.raises(BadInput, match="exists already"):
        run_cases(told("export-cases", str(file)))


def test_overrides_are_listed_with_their_state(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cases(told("overrides")) == 0
    assert capsys.readouterr().out.count("proposed") == 2


@pytest.mark.parametrize(("verb", "number"), [("approve", None), ("decline", "one")])
def test_a_number_is_needed(verb: str, number: str | None) -> None:
    with pytest.raises(BadInput):
        run_cases(told(verb, number))
