"""Guesses whether a text is French or English, by its function words.

For a warning only: what an operator types into a letter stands there as it is. A short text, or one
of names and figures, is neither.
"""

import re
from typing import Literal

_WORD = re.compile(r"[a-zà-öø-ÿœæ]+")
_FRENCH = """
au aux avec ce ces cette dans de depuis des dont du elle en est et il ils jusque l la le les leur
mais ne nous ont ou où par pas plus pour qu que qui sa se ses son sont sous sur un une vers vos
votre vous à été être
"""
_ENGLISH = """
about after all an and are at been before but by for from had has have his if in into is it its not
of on or our that the their them then there these they this to was were which who will with you your
"""
_KNOWN = (frozenset(_FRENCH.split()), frozenset(_ENGLISH.split()))
_LEAST = 2
"""So many words of a language, and more than twice those of the other, make a text its own."""


def guess_language(text: str) -> Literal["fr", "en"] | None:
    """Return the language of a text; None where it does not show."""
    words = _WORD.findall(text.casefold().replace("’", "'"))
    french, english = (sum(word in known for word in words) for known in _KNOWN)
    if french >= _LEAST and french > 2 * english:
        return "fr"
    return "en" if english >= _LEAST and english > 2 * french else None
