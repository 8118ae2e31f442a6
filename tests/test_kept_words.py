"""Sentences that are kept in both languages: read in one, whatever they are woven into."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.cluster.actions import NOTES, StepNote
from noc_tui.daemon.suspension.planner import keep_note, word_note
from noc_tui.i18n import LANGUAGES, Language, speak_language
from noc_tui.kept_words import keep_both, keep_words, read_words, without_marks

GONE = "the guest is no longer there"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_note_is_read_as_it_would_be_said_in_that_language(language: Language) -> None:
    for code in NOTES:
        note = StepNote(code, "net0")
        with speak_language(language):
            assert read_words(keep_note(note), language) == word_note(note)


def test_a_kept_sentence_is_read_inside_others_and_inside_any_text() -> None:
    outer = keep_words(
        "in force: {means} · not in force: {reason}", means="x", reason=keep_words(GONE)
    )
    assert read_words(f"a; {outer}; b", "en") == f"a; in force: x · not in force: {GONE}; b"
    french = read_words(f"a; {outer}; b", "fr")
    assert french.startswith("a; ")
    assert GONE not in french
    assert not set("⟪␞⟫") & set(french)


@given(st.text(), st.text())
def test_foreign_text_is_never_taken_for_a_kept_sentence(one: str, other: str) -> None:
    kept = keep_both(without_marks(one), without_marks(other))
    assert read_words(kept, "en") == without_marks(one)
    assert read_words(kept, "fr") == without_marks(other)
    assert read_words(without_marks(one), "fr") == without_marks(one)
