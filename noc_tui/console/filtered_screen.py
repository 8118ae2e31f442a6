"""A table that is filtered as one types, and the lines above it."""

from typing import TypeVar

from textual import on
from textual.getters import query_one
from textual.widgets import Input, Static

from noc_tui.console.commands import Command
from noc_tui.console.screen import NocScreen
from noc_tui.i18n import N_
from widgets.live_table import LiveTable

Data = TypeVar("Data")


class Heading(Static):
    """A line of text above a table, drawn again only when it says something else; never markup."""

    DEFAULT_CSS = "Heading { height: 1; width: 100%; }"

    def __init__(
        self,
        text: str = "",
        *,
        id: str | None = None,  # noqa: A002 - the name that every Textual widget gives it
        classes: str | None = None,
    ) -> None:
        super().__init__(text, id=id, classes=classes, markup=False)
        self._said = text

    def say(self, text: str) -> None:
        """Show `text` from now on. The line stays where it is, so nothing is laid out again."""
        if text != self._said:
            self._said = text
            self.update(text, layout=False)


class EntryLine(Input):
    """The line in which a filter or a search is typed; hidden until it is opened.

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


def filter_command(screen: str) -> Command:
    """The key that opens the line for the filter; `screen` begins the id for remapping."""
    words = N_("Show what holds these words")
    return Command(f"{screen}.filter", "slash", "filter", N_("Filter"), words, priority=True)


class FilteredScreen(NocScreen[Data]):
    """A heading that says what is listed (`head`), the line for the filter, and one table."""

    table = query_one(LiveTable)
    entry = query_one(EntryLine)
    heading = query_one(Heading)

    def head(self) -> str:
        """Return the heading: which rows are listed."""
        raise NotImplementedError

    def show_head(self) -> None:
        """Update the heading."""
        self.heading.say(self.head())

    @on(LiveTable.Shown)
    def _counted(self) -> None:
        self.show_head()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.table.filter(event.value)
        self.show_head()

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.table.focus()

    def action_filter(self) -> None:
        """Open the line for the filter."""
        self.entry.open()
