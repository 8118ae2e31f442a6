"""Counted things have the form of their number, in each language."""

import pytest

from noc_tui.i18n import Language, ngettext, speak_language
from noc_tui.letters.writing import Writing

ONE, MANY = "{count} item accepted", "{count} items accepted"


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [
        ("en", 0, "0 items accepted"),
        ("en", 1, "1 item accepted"),
        ("en", 2, "2 items accepted"),
        ("fr", 0, "0 point accepté"),
        ("fr", 1, "1 point accepté"),
        ("fr", 2, "2 points acceptés"),
    ],
)
def test_a_number_has_its_form(language: Language, number: int, said: str) -> None:
    with speak_language(language):
        assert ngettext(ONE, MANY, number).format(count=number) == said


def test_a_letter_counts_in_its_own_language_and_keeps_the_figure_with_its_noun() -> None:
    with speak_language("en"):
        text = Writing("fr").ngettext("{n} day", "{n} days", 1)
    assert text.format(n=1) == "1\u00a0jour"
