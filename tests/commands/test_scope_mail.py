"""`noc-tui scope --mail`: a whole mail is judged, and a notice leads on to a case."""

import json
from pathlib import Path

import pytest

from noc_tui.cli import main

NOTICE = (
    b"From: abuse@reporter.example\nDate: Tue, 03 Mar 2026 03:11:00 +0000\nSubject: Abuse\n"
    b"Message-ID: <1@reporter.example>\n\nYour IP 192.0.2.55 is port scanning our network.\n"
)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOC_CONFIG", raising=False)


def test_a_notice_leads_on_with_what_could_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "abuse.eml"
    file.write_bytes(NOTICE)
    assert main(["scope", "--mail", str(file), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["verdict"] == "not_annexe2"
    assert document["notice"]["reporter"] == "abuse@reporter.example"
    command = document["leads_to"]["command"]
    assert command[:3] == ["noc-tui", "suspension", "plan"]
    assert f"C7={file}" in command
    assert not any("reporter.example" in word for word in command if word.startswith("observed"))


def test_a_ticket_leads_nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "ticket.eml"
    file.write_bytes(b"From: a@b.example\nSubject: RAM\n\nMerci d'ajouter 8 Go de RAM a la VM\n")
    assert main(["scope", "--mail", str(file), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["verdict"] == "in_scope"
    assert "leads_to" not in document


def test_a_file_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scope", "--mail", str(tmp_path / "none.eml")]) == 2
    assert "none.eml" in capsys.readouterr().err
