"""The lines of a big table as strips: header, rows, and the message when there are none."""

from collections.abc import Callable, Sequence
from typing import Generic

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from widgets.cells import Align, clip, fit, guard, width_of
from widgets.columns import Column, PlacedColumn, Row, place_columns
from widgets.tones import Look

MARGIN = 2
"""Columns before the first cell: the mark of the cursor, which must not be a colour alone."""

CURSOR_MARK = "▸ "
SORTED_UP, SORTED_DOWN = " ▲", " ▼"


class TableLines(Generic[Row]):
    """Draws lines of `width` columns; remembers each row's strip until it is forgotten."""

    LIMIT = 128
    """A few screens: Textual keeps some three kilobytes with each strip."""

    def __init__(
        self, columns: Sequence[Column[Row]], row_tone: Callable[[Row], str] | None
    ) -> None:
        self.columns = tuple(columns)
        self.hidden: frozenset[str] = frozenset()
        self.placed: tuple[PlacedColumn[Row], ...] = ()
        self.width = 0
        self._row_tone = row_tone
        self._strips: dict[tuple[str, bool], Strip] = {}

    def resize(self, width: int, reserved: int = 0) -> None:
        """Lay the columns out again, `reserved` columns at the right being another's."""
        self.width = width
        shown = [column for column in self.columns if column.key not in self.hidden]
        self.placed = place_columns(shown or self.columns, width - reserved, MARGIN)
        self._strips.clear()

    def forget(self, key: str | None = None) -> None:
        """The strips of one row, or of all, are stale."""
        if key is None:
            self._strips.clear()
            return
        self._strips.pop((key, False), None)
        self._strips.pop((key, True), None)

    def row(self, key: str, row: Row, look: Look, *, cursor: bool) -> Strip:
        """The line of `row`."""
        strip = self._strips.get((key, cursor))
        if strip is None:
            if len(self._strips) >= self.LIMIT:
                del self._strips[next(iter(self._strips))]  # the oldest
            strip = self._cursor_row(row, look) if cursor else self._plain_row(row, look)
            self._strips[key, cursor] = strip
        return strip

    def changed_span(self, old: Row, new: Row) -> tuple[int, int] | None:
        """First and past-the-last column of the line in which the two rows look different."""
        if self._tone_of_row(old) != self._tone_of_row(new):
            return 0, self.width
        spots = [spot for spot in self.placed if _looks(spot, old) != _looks(spot, new)]
        if not spots:
            return None
        return spots[0].x, min(self.width, spots[-1].x + spots[-1].width)

    def header(self, look: Look, sort_key: str | None, *, descending: bool) -> Strip:
        """The titles, the one sorted by marked."""
        text = " " * MARGIN
        for spot in self.placed:
            mark = SORTED_DOWN if descending else SORTED_UP
            mark = mark if spot.column.key == sort_key else ""
            title = clip(guard(spot.column.title), spot.width - len(mark)) + mark
            text += fit(title, spot.width, spot.column.align) + " "
        return self._line([Segment(text, look.header)], look.header)

    def message(self, text: str, look: Look) -> Strip:
        """A line that speaks for an empty table."""
        shown = " " * MARGIN + clip(guard(text), self.width - MARGIN)
        return self._line([Segment(shown, look.tones["muted"])], look.base)

    def column_at(self, x: int) -> Column[Row] | None:
        """The column under `x`, its gap included."""
        for spot in self.placed:
            if spot.x <= x <= spot.x + spot.width:
                return spot.column
        return None

    def _cursor_row(self, row: Row, look: Look) -> Strip:
        cells = (fit(spot.column.text(row), *_box(spot)) for spot in self.placed)
        return self._line([Segment(CURSOR_MARK + " ".join(cells), look.cursor)], look.cursor)

    def _plain_row(self, row: Row, look: Look) -> Strip:
        row_style = look.tones.get(self._tone_of_row(row), look.base)
        runs: list[tuple[str, Style]] = [(" " * MARGIN, row_style)]
        for spot in self.placed:
            text = fit(spot.column.text(row), *_box(spot)) + " "
            tone = spot.column.tone(row) if spot.column.tone else ""
            style = look.tones.get(tone, row_style)
            if style is runs[-1][1]:
                text = runs.pop()[0] + text
            runs.append((text, style))
        return self._line([Segment(text, style) for text, style in runs], row_style)

    def _tone_of_row(self, row: Row) -> str:
        return self._row_tone(row) if self._row_tone else ""

    def _line(self, segments: list[Segment], fill: Style) -> Strip:
        length = sum(width_of(segment.text) for segment in segments)
        if length < self.width:
            last = segments[-1]
            if last.style is fill:
                segments[-1] = Segment(last.text + " " * (self.width - length), fill)
            else:
                segments.append(Segment(" " * (self.width - length), fill))
            return Strip(segments, self.width)
        return Strip(segments, length).crop(0, self.width)


def _box(spot: PlacedColumn[Row]) -> tuple[int, Align]:
    return spot.width, spot.column.align


def _looks(spot: PlacedColumn[Row], row: Row) -> tuple[str, str]:
    column = spot.column
    return column.text(row), column.tone(row) if column.tone else ""
