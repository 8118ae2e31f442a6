"""A matrix: named rows by named columns, in each cell a glyph or a word with its tone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from widgets.cells import fitted
from widgets.marks import N_
from widgets.tones import tone_styles


@dataclass(frozen=True, slots=True)
class Mark:
    """What a cell says, and its tone, which says nothing that `text` does not."""

    text: str
    tone: str = ""


class Matrix(ScrollView, can_focus=True):
    """`columns` are (key, title) pairs; a cell that is not given is shown as `missing`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1, 0)", N_("Row up"), show=False, id="matrix.up"),
        Binding("down", "move(1, 0)", N_("Row down"), show=False, id="matrix.down"),
        Binding("left", "move(0, -1)", N_("Column before"), show=False, id="matrix.left"),
        Binding("right", "move(0, 1)", N_("Next column"), show=False, id="matrix.right"),
        Binding("enter", "select", N_("Open"), show=False, id="matrix.select"),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"matrix--header", "matrix--cursor"}

    ALLOW_SELECT = False

    DEFAULT_CSS: ClassVar[str] = """
    Matrix {
        height: 1fr;
        overflow-x: auto;
        scrollbar-size: 0 1;
        scrollbar-gutter: stable;
        & > .matrix--header { text-style: bold; background: $panel; color: $foreground; }
        & > .matrix--cursor { text-style: bold; background: $block-cursor-blurred-background; }
        &:focus > .matrix--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
        }
        &:ansi > .matrix--header, &:nocolor > .matrix--header { text-style: bold underline; }
        &:ansi > .matrix--cursor, &:nocolor > .matrix--cursor { text-style: bold reverse; }
    }
    """

    @dataclass
    class CellSelected(Message):
        """The operator opened the cell of `row` and `column`."""

        matrix: "Matrix"
        row: str
        column: str

        @property
        def control(self) -> "Matrix":
            """The matrix, for `@on(..., "#id")`."""
            return self.matrix

    def __init__(
        self,
        *,
        title_width: int = 20,
        cell_width: int = 8,
        missing: Mark,
        empty: str,
        id: str | None = None,  # noqa: A002 - the name that every Textual widget gives it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._title_width, self._cell_width = title_width, cell_width
        self._missing, self._empty = missing, empty
        self._rows: tuple[tuple[str, str], ...] = ()
        self._columns: tuple[tuple[str, str], ...] = ()
        self._marks: dict[tuple[str, str], Mark] = {}
        self._row = self._column = 0

    def show(
        self,
        rows: Sequence[tuple[str, str]],
        columns: Sequence[tuple[str, str]],
        marks: Mapping[tuple[str, str], Mark],
    ) -> None:
        """Rows and columns as (key, title), marks by (row key, column key)."""
        self._rows, self._columns, self._marks = tuple(rows), tuple(columns), dict(marks)
        self._go(self._row, self._column)
        width = self._title_width + self._cell_width * len(self._columns)
        self.virtual_size = Size(width, len(self._rows) + 1)
        self.refresh()

    @property
    def place(self) -> tuple[str, str] | None:
        """Row and column under the cursor, by key."""
        if not self._rows or not self._columns:
            return None
        return self._rows[self._row][0], self._columns[self._column][0]

    def render_line(self, y: int) -> Strip:
        """Titles of the columns, then the rows from the scroll offset on."""
        left, top = self.scroll_offset
        index = top + y - 1
        if y == 0:
            strip = self._header()
        elif index < len(self._rows):
            strip = self._line(index)
        else:
            text = self._empty if y == 2 and not self._rows else ""
            style = tone_styles(self)["muted"]
            return Strip([Segment(fitted(text, self.size.width), style)])
        titles = strip.crop(0, self._title_width)
        start = self._title_width + left
        # A cell is shown whole or not at all.
        cells = strip.crop(start, start + self._cells_in_sight * self._cell_width)
        line = Strip.join([titles, cells])
        return line.crop_extend(0, self.size.width, self.rich_style)

    @property
    def _cells_in_sight(self) -> int:
        reserved = self._title_width + self.styles.scrollbar_size_vertical
        return max(0, self.size.width - reserved) // self._cell_width

    def _header(self) -> Strip:
        style = self.get_component_rich_style("matrix--header")
        titles = "".join(fitted(title, self._cell_width - 1) + " " for _, title in self._columns)
        return Strip([Segment(" " * self._title_width + titles, style)])

    def _line(self, index: int) -> Strip:
        styles = tone_styles(self)
        key, title = self._rows[index]
        mark = "▸ " if index == self._row else "  "
        segments = [Segment(mark + fitted(title, self._title_width - 3) + " ", self.rich_style)]
        for place, (column, _) in enumerate(self._columns):
            cursor = (index, place) == (self._row, self._column)
            segments.append(self._cell(self._marks.get((key, column)), styles, cursor=cursor))
        return Strip(segments)

    def _cell(self, mark: Mark | None, styles: dict[str, Style], *, cursor: bool) -> Segment:
        mark = mark or self._missing
        style = styles.get(mark.tone, self.rich_style)
        if cursor:
            style = self.get_component_rich_style("matrix--cursor")
        return Segment(fitted(mark.text, self._cell_width - 1) + " ", style)

    def _go(self, row: int, column: int) -> None:
        self._row = max(0, min(row, len(self._rows) - 1))
        self._column = max(0, min(column, len(self._columns) - 1))

    def action_move(self, rows: int, columns: int) -> None:
        """Another cell, brought into sight."""
        self._go(self._row + rows, self._column + columns)
        left, top = self.scroll_offset
        page = max(1, self.size.height - 1)
        room = max(1, self._cells_in_sight)
        first = -(-left // self._cell_width)
        first = max(min(first, self._column), self._column - room + 1)
        top = max(min(top, self._row), self._row - page + 1)
        self.scroll_to(x=first * self._cell_width, y=top, animate=False)
        self.refresh()

    def action_select(self) -> None:
        """Open the cell under the cursor."""
        if self.place is not None:
            self.post_message(self.CellSelected(self, *self.place))

    def on_click(self, event: events.Click) -> None:
        """The cursor goes where one clicks; a second click opens."""
        left, top = self.scroll_offset
        row, column = top + event.y - 1, (event.x - self._title_width + left) // self._cell_width
        if event.y < 1 or row >= len(self._rows) or not 0 <= column < len(self._columns):
            return
        again = (row, column) == (self._row, self._column)
        self._go(row, column)
        self.refresh()
        if again:
            self.action_select()
