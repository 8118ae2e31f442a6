"""Breaks lines at spaces, and never at one that does not break: French sets such a space before
`;` `:` `?` `!` `%` `€` and within amounts.

Rich and Textual take each for a space like any other; neither has a setting for it. Each finds its
words by one expression, which `keep_glued` replaces for all widgets of the process.
"""

import re

from rich import _wrap as of_rich
from textual import _wrap as of_textual

_GLUE = "\N{NO-BREAK SPACE}\N{FIGURE SPACE}\N{NARROW NO-BREAK SPACE}"
_SPACE, _INK = rf"[^\S{_GLUE}]", rf"[\S{_GLUE}]"
WORDS = re.compile(rf"{_INK}+{_SPACE}*|{_SPACE}+")
"""A word with the spaces behind it; at the beginning of a text, spaces alone."""


def keep_glued() -> None:
    """Break no line at a space that does not break, from now on, in any widget."""
    of_rich.re_word = re.compile(rf"{_SPACE}*{_INK}+{_SPACE}*")
    of_textual.re_chunk = WORDS
