"""What `evidence verify` says on standard error, in both languages."""

import argparse
from pathlib import Path

import pytest

import storage
from noc_tui import i18n
from noc_tui.commands.record_text import _FOUND, describe_row, explain_report
from noc_tui.i18n import Language
from storage.verdict import AlteredRow, Report, Verdict, altered_sum

NO_OPTIONS = argparse.Namespace(table=None, tenant=None)
ROW = AlteredRow("outage", "[12]", 40, "no row", "ab" * 32)


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_says_what_it_means_and_what_to_do(verdict: Verdict) -> None:
    said: list[list[str]] = []
    languages: tuple[Language, ...] = ("en", "fr")
    for language in languages:
        i18n.use(language)
        report = Report(verdict, 12, "the detail", altered=[ROW], altered_count=3)
        said.append(explain_report(report, NO_OPTIONS))
    english, french = said
    assert english != french
    assert len(english) == len(french)
    if verdict not in (Verdict.INTACT, Verdict.ALTERED_ROWS):
        assert "the detail" in english[0]
        assert any(line.startswith("outage [12]: entry 40, expected no row") for line in english)
    if verdict not in (Verdict.INTACT, Verdict.RESTORED):
        assert english[-1].startswith("Next step: ")


def test_a_table_without_a_named_row_is_named_as_a_whole() -> None:
    i18n.use("en")
    (row,) = altered_sum("observer", 1, {"observer": 2})
    assert describe_row(row).startswith("observer, all rows: no entry, expected revisions and")


def test_what_storage_says_of_rows_has_its_translation() -> None:
    written = "".join(file.read_text() for file in Path(storage.__path__[0]).glob("*.py"))
    assert [text for text in _FOUND if f'"{text}"' not in written] == []
