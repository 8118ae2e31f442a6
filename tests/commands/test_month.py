"""`noc-tui month` without `nocd`: what is open as text and JSON, credits as CSV, refusals."""

import asyncio
import json
from pathlib import Path

import pytest

from noc_tui.statement.manifest import PaperManifest, encode_manifest
from tests.console import busy_estate
from tests.support.commands import Called, call_command


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    """A configuration whose database has a claim of February without an answer."""
    asyncio.run(busy_estate.write(tmp_path / "noc.db"))
    path = tmp_path / "noc.toml"
    path.write_text(
        f'[database]\npath = "{tmp_path}/noc.db"\n[socket]\npath = "{tmp_path}/s"\n',
        encoding="utf-8",
    )
    return path


def called(config: Path, *words: str) -> Called:
    return call_command(["month", *words, "--config", str(config)])


def test_a_month_is_one_json_document(configured: Path) -> None:
    found = called(configured, "show", "2026-02", "--json")
    assert found.code == 0, found.err
    month = json.loads(found.out)
    assert (month["month"], month["state"], month["closings"]) == ("2026-02", "open", [])
    items = {one["id"]: one for one in month["open"]}
    assert items["claim:acme"]["blocking"] is False
    assert items["claim:acme"]["subject"] == "credit:acme"
    assert [one["tenant"] for one in month["tenants"]] == ["acme", "globex", "initech"]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "its request for a credit has no answer"), ("fr", "sa demande de crédit n’a pas de")],
)
def test_what_is_open_is_told_in_both_languages(configured: Path, language: str, said: str) -> None:
    found = called(configured, "show", "2026-02", "--lang", language)
    assert (found.code, said in found.out) == (0, True)


def test_a_month_that_runs_says_so_first(configured: Path) -> None:
    month = json.loads(called(configured, "show", "2099-01", "--format", "json").out)
    assert month["state"] == "running"
    assert next((one["kind"], one["blocking"]) for one in month["open"]) == ("running", True)


def test_credits_are_a_file_that_a_spreadsheet_reads(configured: Path, tmp_path: Path) -> None:
    to = tmp_path / "avoirs.csv"
    found = called(configured, "credits", "2026-02", "--out", str(to))
    assert found.code == 0, found.err
    content = to.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfreference;mois;client;")
    assert to.stat().st_mode & 0o007 == 0


def test_into_a_folder_of_statements_only_nocd_writes_the_credits(
    configured: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    made = PaperManifest(month="2026-02", closing=None, language="fr", key_id="00")
    (folder / "manifest.json").write_bytes(encode_manifest(made))
    for out in (folder, folder / "avoirs-2026-02.csv"):
        assert called(configured, "credits", "2026-02", "--out", str(out)).code == 3
    other = called(configured, "credits", "2026-02", "--out", str(folder / "x.csv"), "--lang", "en")
    assert (other.code, "avoirs-2026-02.csv" in other.err) == (2, True)
    assert called(configured, "credits", "2026-01", "--out", str(folder)).code == 2
    assert [one.name for one in folder.iterdir()] == ["manifest.json"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "2026-13"), 2),
        (("close", "2026-02"), 3),
        (("close", "2026-02", "--with-open", "--reason", "x"), 3),
        (("reopen", "2026-02", "--reason", "late evidence"), 3),
        (("statements", "2026-02", "--out", "nowhere"), 3),
        (("mail", "2026-02"), 3),
    ],
)
def test_exit_codes_without_nocd_or_with_bad_input(
    configured: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    code: int,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert called(configured, *words).code == code
