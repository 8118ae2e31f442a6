"""The guess of a text's language warns, and never takes one for the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.text_language import guess_language

FRENCH = (
    "envoi massif de courriels non sollicités depuis la VM",
    "arrêter ces envois, en trouver la cause et nous l’indiquer",
    "rendre inaccessible depuis internet le site servi par la machine « web »",
)
ENGLISH = (
    "mass sending of unsolicited emails from the VM",
    "stop these emails, find the cause and tell us what it was",
    "other clients are being attacked by this VM",
)


@pytest.mark.parametrize("text", FRENCH)
def test_french_is_french(text: str) -> None:
    assert guess_language(text) == "fr"


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_english(text: str) -> None:
    assert guess_language(text) == "en"


@pytest.mark.parametrize(
    "text", ["", "spam", "12 000 mails", "203.0.113.7:25", "web courriel", "OK"]
)
def test_what_does_not_show_is_neither(text: str) -> None:
    assert guess_language(text) is None


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    assert guess_language(text) in ("fr", "en", None)
