"""A big live table on Textual's line API: ten thousand rows that change while one scrolls.

Rows come in by key (`update`, `drop`, `sync`), the operator's choice goes out as messages.
Only rows that are on the screen and look different are drawn again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Generic

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from widgets.columns import Column, Row
from widgets.filter_language import FilterField, column_fields, read_filter
from widgets.line_cache_view import LineCacheView
from widgets.marks import N_
from widgets.row_cursor import RowCursor
from widgets.rows import Rows
from widgets.table_lines import TableLines
from widgets.tones import Look, look_of
from widgets.words import READING, translate

WHEEL_LINES = 3


class _TableMessage(Message):
    def __init__(self, table: "LiveTable[Any]") -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> "LiveTable[Any]":
        """The table, for `@on(..., "#id")`."""
        return self.table


class _LatestTableMessage(_TableMessage):
    def can_replace(self, message: Message) -> bool:
        """Only the newest of its kind matters."""
        return type(message) is type(self) and message.table is self.table


class LiveTable(LineCacheView, Generic[Row], can_focus=True):
    """Rows of `columns`; `words` gives the text of a row that a filter looks through, `fields` what
    a filter may name besides the columns.

    Until rows were given for the first time, be it none, it says that it is being read. `empty` is
    said when there is no row, `no_match` (with `{filter}`) when the filter or the scope hides all;
    both come translated. With `opens`, Enter does something with a row, and the footer
    says so. `row_tone` gives the tone of a whole row, for rows that are
    stale. The cursor stays on its row's key through changes, sorts and filters.

    Without `titles` the rows begin in the first line. A `quiet` table shows its cursor only while
    it has the focus, where several tables stand on one screen.

    The table draws edge to edge: give borders and padding to a container around it. Keep it as
    wide as the screen where it can be: then a scrolled line costs a slow link one line.
    The cursor takes its colours from `$block-cursor-background` and `$block-cursor-foreground`,
    so a theme that sets the first to `#ff0000` makes it findable for measurements from outside.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", N_("Row up"), show=False, id="table.up"),
        Binding("down,j", "move(1)", N_("Row down"), show=False, id="table.down"),
        Binding("pageup", "page(-1)", N_("Page up"), show=False, id="table.page-up"),
        Binding("pagedown", "page(1)", N_("Page down"), show=False, id="table.page-down"),
        Binding("home,ctrl+home,g", "first", N_("First row"), show=False, id="table.first"),
        Binding("end,ctrl+end,G", "last", N_("Last row"), show=False, id="table.last"),
        Binding("enter", "select", N_("Open"), show=False, id="table.select"),
        Binding("less_than_sign", "sort_beside(-1)", N_("Sort by the column before"), show=False,
                id="table.sort-before"),
        Binding("greater_than_sign", "sort_beside(1)", N_("Sort by the next column"), show=False,
                id="table.sort-next"),
        Binding("exclamation_mark", "reverse", N_("Reverse the order"), show=False,
                id="table.reverse"),
    ]  # fmt: skip

    COMPONENT_CLASSES: ClassVar[set[str]] = {"live-table--header", "live-table--cursor"}

    ALLOW_SELECT = False

    DEFAULT_CSS: ClassVar[str] = """
    LiveTable {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        background: $background;
        color: $foreground;
        & > .live-table--header { text-style: bold; background: $panel; color: $foreground; }
        & > .live-table--cursor {
            background: $block-cursor-blurred-background;
            color: $block-cursor-blurred-foreground;
            text-style: $block-cursor-blurred-text-style;
        }
        &:focus > .live-table--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
        &:ansi > .live-table--header { background: ansi_default; text-style: bold underline; }
        &:nocolor > .live-table--header { text-style: bold underline; }
        &:nocolor:focus > .live-table--cursor { text-style: bold reverse; }
        &:ansi:focus > .live-table--cursor { text-style: bold reverse; }
    }
    """

    class RowHighlighted(_LatestTableMessage):
        """The cursor is on another row; `key` is None when no row is left."""

        def __init__(self, table: "LiveTable[Any]", key: str | None) -> None:
            super().__init__(table)
            self.key = key

    class RowSelected(_TableMessage):
        """The operator opened a row: Enter, or a click on it while the cursor was there."""

        def __init__(self, table: "LiveTable[Any]", key: str) -> None:
            super().__init__(table)
            self.key = key

    class Shown(_LatestTableMessage):
        """Another number of rows is shown: `shown` of `total`."""

        def __init__(self, table: "LiveTable[Any]", shown: int, total: int) -> None:
            super().__init__(table)
            self.shown = shown
            self.total = total

    class Arranged(_LatestTableMessage):
        """It is sorted, filtered or laid out in another way than before."""

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        *,
        words: Callable[[Row], str],
        empty: str,
        no_match: str,
        row_tone: Callable[[Row], str] | None = None,
        fields: Sequence[FilterField[Row]] = (),
        opens: bool = False,
        titles: bool = True,
        quiet: bool = False,
        id: str | None = None,  # noqa: A002 - the name that every Textual widget gives it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        if opens:
            self._bindings.key_to_bindings["enter"] = [
                replace(one, show=True) for one in self._bindings.key_to_bindings["enter"]
            ]
        self._rows: Rows[Row] = Rows(words)
        self._lines = TableLines(columns, row_tone)
        self._empty, self._no_match = empty, no_match
        self._was_read = False
        self._titles = int(titles)
        self._quiet = quiet
        self._filter = ""
        self._filter_timed = False
        self._fields = (*column_fields(columns), *fields)
        self._sort_key: str | None = None
        self._descending = False
        self._cursor = RowCursor()
        self._look: Look | None = None
        self._counts = (0, 0)

    # What the program reads.

    @property
    def cursor_row(self) -> Row | None:
        """The row under the cursor."""
        return None if self._cursor.key is None else self._rows.by_key[self._cursor.key]

    @property
    def rows(self) -> Mapping[str, Row]:
        """Every row by key, hidden ones too."""
        return self._rows.by_key

    @property
    def shown_keys(self) -> Sequence[str]:
        """The keys as they are listed now."""
        return self._rows.shown

    @property
    def was_read(self) -> bool:
        """Whether rows were given: only then no row means that there is none."""
        return self._was_read

    @property
    def filter_text(self) -> str:
        """What the rows are filtered by."""
        return self._filter

    @property
    def columns(self) -> Sequence[Column[Row]]:
        """Its columns, those that do not fit among them."""
        return self._lines.columns

    @property
    def hidden(self) -> frozenset[str]:
        """The keys of the columns that are not shown, however wide it is."""
        return self._lines.hidden

    @property
    def sorted_by(self) -> tuple[str | None, bool]:
        """The key of the column that it is sorted by, and whether from the greatest on."""
        return self._sort_key, self._descending

    @property
    def fields(self) -> Sequence[FilterField[Row]]:
        """What a filter may name: the columns, and what is not shown."""
        return self._fields

    # What the program does.

    def update(self, changed: Mapping[str, Row]) -> None:
        """Add rows, or put new ones in the place of those with the same key."""
        self._note_read()
        visible = self._visible_among(changed)
        before = {key: self._rows.by_key[key] for key in visible}
        moved = self._rows.put(changed)
        if moved:
            for key in changed:
                self._lines.forget(key)
            self._settle()
            return
        for key, old in before.items():
            self._repaint_changes(visible[key], key, old)
        for key in changed.keys() - before.keys():
            self._lines.forget(key)

    def drop(self, keys: Iterable[str]) -> None:
        """Forget rows; the cursor goes to what takes the place of its row."""
        self._note_read()
        gone = list(keys)
        if self._rows.drop(gone):
            for key in gone:
                self._lines.forget(key)
            self._settle()

    def sync(self, rows: Mapping[str, Row]) -> None:
        """Show these rows and no others; only what differs is touched, and so drawn again."""
        self._note_read()
        known = self._rows.by_key
        gone = known.keys() - rows.keys()
        if gone:
            self.drop(gone)
        changed = {key: row for key, row in rows.items() if known.get(key) != row}
        if changed:
            self.update(changed)

    def await_rows(self) -> None:
        """Show no row and say that they are being read: others are to come."""
        self.drop([*self._rows.by_key])
        self._was_read = False
        self.refresh()

    def _note_read(self) -> None:
        """What is there now is all there is: an empty table says so from now on."""
        if not self._was_read:
            self._was_read = True
            self.refresh()

    def draw_anew(self) -> None:
        """Draw all rows again: they look different although none changed."""
        self._lines.forget()
        self.refresh()

    def filter(self, text: str, now: datetime | None = None) -> None:
        """Show only rows that `text` describes, in the language of `widgets.filter_language`; cheap
        enough for every key typed. `now` is what ages in it count from.

        Raises `FilterError` for what cannot be read, once the rest of it is applied.
        """
        wanted = read_filter(text, self._fields, now)
        self._filter, self._filter_timed = text, wanted.timed
        self._rows.filter(wanted)
        self._settle(elsewhere=0)
        self.post_message(self.Arranged(self))
        if wanted.problem is not None:
            raise wanted.problem

    def age_filter(self, now: datetime) -> None:
        """Filter again if the filter counts from the present."""
        if self._filter_timed:
            self._rows.filter(read_filter(self._filter, self._fields, now))
            self._settle()

    def scope(self, predicate: Callable[[Row], bool] | None) -> None:
        """Show only rows for which `predicate` holds (those of one tenant); `None` ends it."""
        self._rows.scope(predicate)
        self._settle(elsewhere=0)

    def sort_by(self, key: str, *, descending: bool = False) -> None:
        """Sort by the column `key`."""
        column = next(column for column in self._lines.columns if column.key == key)
        self._sort_key, self._descending = key, descending
        self._rows.sort(column.sort_value, descending=descending)
        self._settle()
        self.post_message(self.Arranged(self))

    def hide_columns(self, keys: Iterable[str]) -> None:
        """Show all columns but these, as far as they fit."""
        self._lines.hidden = frozenset(keys)
        if self.size.width:
            self._lines.resize(self.size.width, self.styles.scrollbar_size_vertical)
        self.post_message(self.Arranged(self))
        self.refresh()

    def hold(self) -> None:
        """Keep the cursor on its row, as when it was moved there: something is done to it."""
        self._cursor.hold()

    # Drawing.

    @property
    def _page(self) -> int:
        return max(1, self.size.height - self._titles)

    def _visible_among(self, keys: Mapping[str, Row]) -> dict[str, int]:
        top = self.scroll_offset.y
        window = self._rows.shown[top : top + self._page]
        return {key: index for index, key in enumerate(window, top) if key in keys}

    def _repaint_changes(self, index: int, key: str, old: Row) -> None:
        span = self._lines.changed_span(old, self._rows.by_key[key])
        if span is None:
            return
        self._lines.forget(key)
        start, end = span
        y = self._titles + index - self.scroll_offset.y
        self.refresh(Region(start, y, end - start, 1))

    def _repaint_row(self, index: int) -> None:
        y = self._titles + index - self.scroll_offset.y
        if self._titles <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def _styles_now(self) -> Look:
        if self._look is None:
            self._look = look_of(self, "live-table")
        return self._look

    def notify_style_update(self) -> None:
        """Theme or focus changed: every line looks different."""
        super().notify_style_update()
        self._look = None
        self._lines.forget()

    def render_line(self, y: int) -> Strip:
        """The header, then the rows from the scroll offset on."""
        look = self._styles_now()
        if y < self._titles:
            return self._lines.header(look, self._sort_key, descending=self._descending)
        shown = self._rows.shown
        index = self.scroll_offset.y + y - self._titles
        if index < len(shown):
            key = shown[index]
            row = self._rows.by_key[key]
            cursor = index == self._cursor.index and (self.has_focus or not self._quiet)
            return self._lines.row(key, row, look, cursor=cursor)
        if not shown and y == 2 * self._titles:
            return self._lines.message(self._message(), look)
        return Strip.blank(self.size.width, look.base)

    def _message(self) -> str:
        """Return what is said in the place of rows: three states, never taken for each other."""
        if len(self._rows):
            return self._no_match.format(filter=self._filter)
        return self._empty if self._was_read else translate(self, READING)

    def on_resize(self) -> None:
        """Columns are laid out for the new width."""
        self._lines.resize(self.size.width, self.styles.scrollbar_size_vertical)
        self._fit()
        self._show_cursor()
        self.refresh()

    # The cursor.

    def _fit(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._rows.shown) + self._titles)

    def _settle(self, elsewhere: int | None = None) -> None:
        """After the list changed: the cursor on its key, at its place on the screen; see
        `RowCursor.settle` for `elsewhere`."""
        offset = self._cursor.index - self.scroll_offset.y
        self._cursor.settle(self._rows.shown, self._rows.by_key, elsewhere)
        self._fit()
        self.scroll_to(y=max(0, self._cursor.index - offset), animate=False, force=True)
        if 0 <= offset < self._page:
            self._show_cursor()
        self._announce()
        self.refresh()

    def _announce(self) -> None:
        shown = self._rows.shown
        if self._cursor.follow(shown):
            self.post_message(self.RowHighlighted(self, self._cursor.key))
        counts = (len(shown), len(self._rows))
        if counts != self._counts:
            self._counts = counts
            self.post_message(self.Shown(self, *counts))

    def _show_cursor(self) -> None:
        top, index = self.scroll_offset.y, self._cursor.index
        if index < top:
            self.scroll_to(y=index, animate=False, force=True)
        elif index >= top + self._page:
            self.scroll_to(y=index - self._page + 1, animate=False, force=True)

    def _move_cursor(self, index: int) -> None:
        last = len(self._rows.shown) - 1
        if last < 0:
            return
        index = max(0, min(index, last))
        if not self._cursor.choose(self._rows.shown, index):
            return
        self._repaint_row(self._cursor.index)
        self._cursor.index = index
        self._show_cursor()
        self._repaint_row(index)
        self._announce()

    # What the operator does.

    def action_move(self, lines: int) -> None:
        """Move the cursor by `lines`."""
        self._move_cursor(self._cursor.index + lines)

    def action_page(self, pages: int) -> None:
        """Move the cursor and the window by whole pages."""
        step = pages * (self._page - 1)
        top = self.scroll_offset.y + step
        self._move_cursor(self._cursor.index + step)
        self.scroll_to(y=max(0, top), animate=False, force=True)
        self._show_cursor()

    def action_first(self) -> None:
        """The first row."""
        self._move_cursor(0)

    def action_last(self) -> None:
        """The last row."""
        self._move_cursor(len(self._rows.shown) - 1)

    def action_select(self) -> None:
        """Open the row under the cursor."""
        if self._cursor.key is not None:
            self.post_message(self.RowSelected(self, self._cursor.key))

    def action_reverse(self) -> None:
        """The same order from the other end."""
        key = self._sort_key or self._lines.columns[0].key
        self.sort_by(key, descending=not self._descending)

    def action_sort_beside(self, step: int) -> None:
        """Sort by the column beside the one that is sorted by."""
        keys = [spot.column.key for spot in self._lines.placed]
        here = keys.index(self._sort_key) if self._sort_key in keys else -1 if step > 0 else 0
        self.sort_by(keys[(here + step) % len(keys)])

    def on_click(self, event: events.Click) -> None:
        """A title sorts, a row takes the cursor, the row under the cursor opens."""
        if event.y < self._titles:
            self._sort_at(event.x)
            return
        index = self.scroll_offset.y + event.y - self._titles
        if index >= len(self._rows.shown):
            return
        if index == self._cursor.index and self._cursor.was_moved:
            self.action_select()
        self._move_cursor(index)

    def _sort_at(self, x: int) -> None:
        column = self._lines.column_at(x)
        if column is not None:
            again = column.key == self._sort_key
            self.sort_by(column.key, descending=again and not self._descending)

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop().prevent_default()
        self._wheel_by(WHEEL_LINES)

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop().prevent_default()
        self._wheel_by(-WHEEL_LINES)

    def _wheel_by(self, lines: int) -> None:
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)
