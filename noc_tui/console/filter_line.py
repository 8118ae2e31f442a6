"""The line in which a table's filter is typed, with what it leaves or what is wrong with it."""

from functools import cached_property
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static

from noc_tui.console.host import host_of
from noc_tui.i18n import N_, _
from noc_tui.labels import formats
from noc_tui.text import visible
from widgets.filter_language import FilterError, field_names
from widgets.live_table import LiveTable


class EntryLine(Input):
    """A line in which a filter or a search is typed; hidden until it is opened.

    Its style is in `console.tcss`, over that of every input.
    """

    @property
    def in_use(self) -> bool:
        """Whether it is open, or what was typed still holds."""
        return bool(self.value) or self.has_class("-open")

    def open(self) -> None:
        """Show it, with the focus."""
        self.add_class("-open")
        self.screen.set_focus(self)  # now: the next key may be waiting already

    def close(self) -> None:
        """Empty it and take it away."""
        self.value = ""
        self.remove_class("-open")


class FilterLine(Horizontal):
    """One for each screen, under its tables; it belongs to the table that is filtered.

    What cannot be read of a filter narrows nothing, and the line says why. What is in it is made
    for the first filter: no first frame waits for it, on any screen.
    """

    DEFAULT_CSS = """
    FilterLine { display: none; height: 1; background: $surface; }
    FilterLine.-open { display: block; }
    FilterLine > EntryLine { display: block; width: 1fr; min-width: 20; }
    FilterLine > Static { width: auto; max-width: 75%; padding: 0 1; color: $text-muted; }
    FilterLine.-wrong { height: auto; layout: vertical; }
    FilterLine.-wrong > EntryLine { width: 100%; }
    FilterLine.-wrong > Static {
        width: 100%; max-width: 100%; height: auto; color: $text-error; text-style: bold;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", N_("Unfilter"), show=False, id="filter.close"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._table: LiveTable[Any] | None = None
        self._note: Static | None = None

    @cached_property
    def entry(self) -> EntryLine:
        """The line that is typed in; it is there from when it is first asked for."""
        entry, self._note = EntryLine(id="filter"), Static("", markup=False)
        self.mount(entry, self._note)
        return entry

    @property
    def in_use(self) -> bool:
        """Whether it is open."""
        return self.has_class("-open")

    def open(self, table: LiveTable[Any]) -> None:
        """Show the filter of a table, with the focus on it."""
        self._table = table
        names = ", ".join(field_names(table.fields))
        self.entry.placeholder = _("words, or field:value, field>8G — {fields}").format(
            fields=names
        )
        self.entry.value = table.filter_text
        self.entry.cursor_position = len(table.filter_text)
        self.add_class("-open")
        self.entry.open()

    def follow(self, table: LiveTable[Any]) -> None:
        """Show the filter of a table that has the focus now, or nothing if it has none."""
        if table is self._table or (self._note is not None and self.entry.has_focus):
            return
        self._table = table
        if self._note is None and not table.filter_text:
            return
        with self.prevent(Input.Changed):
            self.entry.value = table.filter_text
        self.set_class(bool(table.filter_text), "-open")
        self._say()

    def close(self) -> None:
        """Give the filter up, and go back to its table."""
        self.apply("")
        self.entry.close()
        self.remove_class("-open")
        if self._table is not None:
            self._table.focus()

    def action_close(self) -> None:
        """Give the filter up."""
        self.close()

    def set(self, table: LiveTable[Any], text: str) -> None:
        """Filter a table without the line being typed in."""
        self._table = table
        with self.prevent(Input.Changed):
            self.entry.value = text
        self.apply(text)
        self.set_class(bool(text), "-open")

    def apply(self, text: str) -> None:
        """Filter the table, or say what is wrong."""
        if self._table is None:
            return
        now = host_of(self.app).session.clock.now().astimezone(formats.PARIS)
        try:
            self._table.filter(text, now)
        except FilterError as error:
            shown = {name: visible(value) for name, value in error.values.items()}
            self._say(_(error.message).format(**shown))
        else:
            self._say()

    def _say(self, problem: str = "") -> None:
        """What the filter leaves, or what is wrong with it."""
        table, note = self._table, self._note
        self.set_class(bool(problem), "-wrong")
        if note is None:
            return
        if problem:
            note.update(f"▲ {problem}")
        elif table is not None:
            note.update(f"{len(table.shown_keys)}/{len(table.rows)}")

    def count(self) -> None:
        """The table lists more or fewer rows than before."""
        if not self.has_class("-wrong"):
            self._say()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.apply(event.value)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if not event.value.strip():
            self.close()
        elif self._table is not None:
            self._table.focus()
