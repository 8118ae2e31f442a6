"""A handover as a file: nothing that somebody wrote is read as markup."""

from datetime import UTC, datetime

import pytest

from noc_tui.handover.diff import Form, as_file
from storage.oncall import Handover, HandoverItem

AT = datetime(2026, 3, 10, 22, 59, tzinfo=UTC)
EVIL = "<img src=x onerror=alert(1)> [click](javascript:x) \x1b[31m\r\n# big"


def handed(form: Form) -> str:
    handover = Handover(7, AT, "omar", "olga", "signed", AT, AT, 1)
    words = ("id=1", "state=open", f"title={EVIL}")
    item = HandoverItem(7, 1, "incident", "incident:1", words, AT, "omar", None)
    return as_file(handover, [item], [], form)


@pytest.mark.parametrize("form", ["md", "html"])
def test_foreign_text_stays_text(form: Form) -> None:
    text = handed(form)
    assert "<img" not in text.replace("\\<", "")
    assert "\x1b" not in text
    assert "\n# big" not in text


def test_markdown_escapes_links_and_times_are_of_paris() -> None:
    text = handed("md")
    assert "\\[click\\]" in text
    assert "2026-03-10 23:59+01:00" in text


@pytest.mark.parametrize("form", ["md", "html"])
def test_the_document_names_both_shifts_when_and_what_changed(form: Form) -> None:
    handover = Handover(7, AT, "omar", "olga", "signed", AT, AT, 1)
    words = ("id=1", "state=open", "title=lost node")
    kept = HandoverItem(7, 1, "incident", "incident:1", words, None, "olga", AT)
    fresh = HandoverItem(7, 2, "incident", "incident:2", words, AT, "omar", None)
    ended = HandoverItem(6, 2, "incident", "incident:9", words, None, "omar", None)
    text = as_file(handover, [kept, fresh], [kept, ended], form)
    lines = text.splitlines()
    for said in ("From", "To", "Opened", "Signed", "Taken over", "olga", "2026-03-10 23:59"):
        assert said in text
    assert [("new since the handover before" in line) for line in lines].count(True) == 1
    assert "no more since the handover before" in text


def test_nobody_signs_for_an_open_handover() -> None:
    text = as_file(Handover(7, AT, "omar", "", "open", None, AT, 1), [], [])
    assert "not signed yet" in text
    assert "nobody yet" in text
