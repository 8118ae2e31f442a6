"""Sentences of `nocd` that are kept in both languages, and read in the reader's.

What stands on a guest's row, in a case or in the journal outlives the language that `nocd` ran in:
a kept sentence is `⟪English␞French⟫`, wherever in a text it stands. Outside these marks nothing is
changed.
"""

import re

from noc_tui.i18n import Language, translations

_KEPT = re.compile("⟪([^⟪⟫␞]*)␞([^⟪⟫␞]*)⟫")
_MARKS = str.maketrans("", "", "⟪␞⟫")


def keep_words(text: str, **values: str) -> str:
    """Return a message of the catalogue with its values, in both languages.

    A value may hold kept sentences. What is foreign passes `without_marks` first.
    """
    english = text.format(**{key: read_words(value, "en") for key, value in values.items()})
    french = translations("fr").gettext(text)
    french = french.format(**{key: read_words(value, "fr") for key, value in values.items()})
    return keep_both(english, french)


def keep_both(english: str, french: str) -> str:
    """Return a sentence that is there in both languages already."""
    return english if english == french else f"⟪{english}␞{french}⟫"


def without_marks(text: str) -> str:
    """Return foreign text that cannot be taken for a kept sentence."""
    return text.translate(_MARKS)


def read_words(text: str, language: Language) -> str:
    """Return the text with each kept sentence in that language."""
    return _KEPT.sub(lambda kept: kept[1 if language == "en" else 2], text)
