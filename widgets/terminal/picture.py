"""The picture on a terminal: characters and attributes of every cell, and what moves them.

A cell holds one character with what joins it, `""` in the second half of a wide one. A cell whose
attribute is `UNKNOWN` has not been drawn since the picture was last lost.
"""

from collections.abc import Sequence
from functools import lru_cache

from rich.cells import get_character_cell_size

from widgets.terminal.attributes import DEFAULT, UNKNOWN


def cells_of(text: str) -> Sequence[str]:
    """`text` cell by cell; a wide character is followed by `""`, marks stay with what they join."""
    return text if text.isascii() else _cells_of(text)


@lru_cache(256)
def _cells_of(text: str) -> tuple[str, ...]:
    out: list[str] = []
    for char in text:
        width = get_character_cell_size(char)
        if width == 0:
            _join(out, char)
        else:
            out.append(char)
            out.extend([""] * (width - 1))
    return tuple(out)


def _join(cells: list[str], mark: str) -> None:
    base = len(cells) - 1
    while base >= 0 and cells[base] == "":
        base -= 1
    if base >= 0:
        cells[base] += mark


@lru_cache(8192)
def has_disputed_width(cell: str) -> bool:
    """Return whether terminals may give `cell` another width than ours: joined marks,
    pictograms.
    """
    if len(cell) > 1:
        return True
    wide = cell != "" and get_character_cell_size(cell) == 2
    return wide and (cell >= "\U0001f000" or "\u2300" <= cell <= "\u2bff")


class Picture:
    """`rows` × `cols` cells, all unknown at first."""

    def __init__(self, rows: int, cols: int) -> None:
        self.rows, self.cols = rows, cols
        self.touched: set[int] = set()
        """Lines that may have changed since somebody last took these."""
        self.chars: list[list[str]] = []
        self.attributes: list[list[int]] = []
        self.lose()

    def lose(self) -> None:
        """Nothing is known of any cell any more."""
        self.chars = [["?"] * self.cols for _ in range(self.rows)]
        self.attributes = [[UNKNOWN] * self.cols for _ in range(self.rows)]

    def put(self, y: int, x: int, cells: Sequence[str], attribute: int) -> int:
        """Print `cells` from column `x` on, as with line wrap off; the column after them.

        What does not fit ends up in the last column, whose content is unknown then.
        """
        end = x + len(cells)
        if end > self.cols:
            cells = cells[: self.cols - x]
        self.touched.add(y)
        chars, attributes = self.chars[y], self.attributes[y]
        if x < self.cols and chars[x] == "":
            chars[x - 1] = " "
        stop = x + len(cells)
        chars[x:stop] = cells
        attributes[x:stop] = [attribute] * len(cells)
        if stop < self.cols and chars[stop] == "":
            chars[stop] = " "
        if end > self.cols:
            attributes[-1] = UNKNOWN
        return min(end, self.cols)

    def erase(self, y: int, start: int, end: int, attribute: int) -> None:
        """Blanks of `attribute` in a line, from column `start` up to `end`."""
        self.put(y, start, (" ",) * (end - start), attribute)

    def scroll(self, top: int, bottom: int, lines: int) -> None:
        """Move lines `top` to `bottom` (both included) up, or down if `lines` is negative.

        The lines that come in are blanks of the default attribute.
        """
        self.touched.update(range(top, bottom + 1))
        for _ in range(min(abs(lines), bottom - top + 1)):
            out, at = (top, bottom) if lines > 0 else (bottom, top)
            del self.chars[out], self.attributes[out]
            self.chars.insert(at, [" "] * self.cols)
            self.attributes.insert(at, [DEFAULT] * self.cols)
