"""`noc-tui promises` without `nocd`: the month and the present, as text and as JSON."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.console.screens.promises.test_promises import write_promises
from tests.support.commands import Called, call_command


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    """A configuration whose database has acme's promises of March 2026."""
    asyncio.run(write_promises(tmp_path / "noc.db"))
    path = tmp_path / "noc.toml"
    path.write_text(
        f'[database]\npath = "{tmp_path}/noc.db"\n[socket]\npath = "{tmp_path}/s"\n',
        encoding="utf-8",
    )
    return path


def called(config: Path, *words: str) -> Called:
    return call_command(["promises", *words, "--config", str(config)])


def test_a_month_is_one_json_document_with_what_is_unknown_apart(configured: Path) -> None:
    found = called(configured, "month", "2026-03", "--tenant", "acme", "--json")
    assert found.code == 0, found.err
    (sheet,) = json.loads(found.out)
    assert sheet["backups"]["holes"] == [{"night": "2026-03-08", "guests": ["rennes/102"]}]
    assert (sheet["backups"]["kept"], sheet["backups"]["owed"]) == (1, 2)
    assert sheet["resources"]["unknown"] == {"cpu": None, "memory": None, "disk": 14}
    (strained,) = sheet["resources"]["strained"]
    assert (strained["guest"], strained["bad"], strained["peak"]) == ("rennes/101", 2400, 91)
    assert sheet["edges"][0]["silent"] == 2400
    assert sheet["licences"]["inventory"]["need"] == ["rennes/101"]


def test_the_present_is_told_in_both_languages(configured: Path) -> None:
    english = called(configured, "show", "acme", "--lang", "en")
    assert english.code == 0
    assert "disk 91 % ≥ 90 %" in english.out.replace("\N{NO-BREAK SPACE}", " ")
    assert "rennes/102 (agent silent)" in english.out
    french = called(configured, "show", "acme", "--lang", "fr")
    assert "rennes/102 (agent muet)" in french.out
    (strain,) = json.loads(called(configured, "show", "acme", "--json").out)["strains"]
    assert (strain["measure"], strain["percent"]) == ("disk", 91)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("month", "2026-13"), "2026-13"),
        (("month", "2026-03", "--tenant", "nobody"), "nobody"),
        (("show", "nobody"), "nobody"),
        (("licence", "--tenant", "acme", "--product", "x", "--from", "1/1"), "1/1"),
        (("restore-test", "--tenant", "acme", "--guest", "r/1", "--outcome", "ok", "--at", "now"),
         "--at"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(configured: Path, words: tuple[str, ...], said: str) -> None:
    found = called(configured, *words)
    assert found.code == 2
    assert said in found.err


def test_a_note_needs_nocd(configured: Path) -> None:
    words = ("limit", "--tenant", "acme", "--disk", "95", "--reason", "small")
    assert called(configured, *words).code == 3
