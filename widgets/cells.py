"""Text made to fit a cell of a grid: an exact number of columns, nothing that leaks out of it.

One character here is one thing on the terminal: marks that would join the character before them,
and whatever does not print, are replaced by a stand-in of one column. So no text can change what
stands beside it, whatever the terminal thinks of joined characters.
"""

import re
import unicodedata
from typing import Literal

from rich.cells import get_character_cell_size

Align = Literal["left", "right"]

ELLIPSIS = "…"
UNPRINTABLE = "�"
JOINED = "·"

_ALONE = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u21ff\u2500-\u27bf]*")
"""Texts of which each character prints, stands alone and is composed already: nearly all that is
drawn, tables' own signs among them. They are taken as they are, without a look at each."""


def _joins(char: str) -> bool:
    """Return whether terminals may draw `char` into its neighbour: flags, skin tones, combining
    marks.
    """
    return (
        "\U0001f1e6" <= char <= "\U0001f1ff"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or get_character_cell_size(char) == 0
    )


UNBREAKABLE = "\u00a0\u202f"
"""Spaces of French typography: nothing breaks inside a cell, and fonts may lack them."""


def _guard_char(char: str) -> str:
    if char in UNBREAKABLE:
        return " "
    if not char.isprintable():
        return UNPRINTABLE
    return JOINED if _joins(char) else char


def guard(text: str) -> str:
    """`text` in one line, every character printing, in one or two columns, on its own."""
    if _ALONE.fullmatch(text):
        return text
    return "".join(map(_guard_char, unicodedata.normalize("NFC", text)))


def width_of(text: str) -> int:
    """Columns that guarded `text` takes."""
    return len(text) if text.isascii() else sum(map(get_character_cell_size, text))


def clip(text: str, width: int) -> str:
    """Guarded `text` in at most `width` columns, an ellipsis where it was cut."""
    if width_of(text) <= width:
        return text
    room = width - 1
    for index, char in enumerate(text):
        room -= get_character_cell_size(char)
        if room < 0:
            return text[:index] + ELLIPSIS if width > 0 else ""
    return text


def fit(text: str, width: int, align: Align = "left") -> str:
    """Foreign or own `text` in exactly `width` columns."""
    shown = clip(guard(text), width)
    padding = " " * (width - width_of(shown))
    return padding + shown if align == "right" else shown + padding
