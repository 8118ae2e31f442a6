"""The columns of a table, declared as values, and their place on a line of a given width."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, Literal, TypeVar

import msgspec

from widgets.cells import Align

Row = TypeVar("Row")

Kind = Literal["text", "number", "size", "percent", "duration", "since", "until"]
"""What a filter compares in a column: words, or what it sorts by: a number, bytes, per cent,
seconds, a time whose age counts, a time that is awaited."""
GAP = 1


class Column(msgspec.Struct, Generic[Row], frozen=True):
    """One column: `key` names it to the program, `title` (translated) to the operator.

    `text` gives what a cell shows. `order` gives what it sorts by, by default the text; `None` is
    unknown and sorts last in both directions. `tone` names how the cell is drawn, one of
    `widgets.tones.TONES`; it must never be the only thing that says something: put the word
    or a glyph in the text too. A filter looks through `words`, by default the text, or compares
    what the column sorts by where its `kind` says that this is a figure. `width` is in columns of
    the terminal, and `stretch` is the share of what is left over. Columns with the highest
    `priority` leave first when the terminal is
    narrow; those with 0 never do.
    """

    key: str
    title: str
    width: int
    text: Callable[[Row], str]
    order: Callable[[Row], Any] | None = None
    tone: Callable[[Row], str] | None = None
    align: Align = "left"
    priority: int = 0
    stretch: int = 0
    kind: Kind = "text"
    words: Callable[[Row], str] | None = None

    def sort_value(self, row: Row) -> Any:
        """Return what `row` sorts by; `None` when that is not known."""
        return self.text(row).casefold() if self.order is None else self.order(row)


class PlacedColumn(msgspec.Struct, Generic[Row], frozen=True):
    """A column at its place: it starts at `x` and is `width` wide."""

    column: Column[Row]
    x: int
    width: int


def place_columns(
    columns: Sequence[Column[Row]], width: int, margin: int = 0
) -> tuple[PlacedColumn[Row], ...]:
    """The columns that fit `width` after `margin`, in their order, the spare room shared out."""
    kept = list(columns)
    room = width - margin
    while _width_needed(kept) > room and (droppable := [c for c in kept if c.priority > 0]):
        kept.remove(max(reversed(droppable), key=lambda column: column.priority))
    spare = max(0, room - _width_needed(kept))
    shares = sum(column.stretch for column in kept)
    out: list[PlacedColumn[Row]] = []
    x = margin
    for column in kept:
        extra = spare * column.stretch // shares if shares else 0
        out.append(PlacedColumn(column, x, column.width + extra))
        x += column.width + extra + GAP
    return tuple(out)


def _width_needed(columns: Sequence[Column[Row]]) -> int:
    return sum(column.width + GAP for column in columns) - GAP if columns else 0
