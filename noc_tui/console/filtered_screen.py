"""A table that is filtered as one types."""

from typing import TypeVar

from textual import on
from textual.getters import query_one
from textual.widgets import Input

from noc_tui.console.commands import Command
from noc_tui.console.filter_entry import EntryLine
from noc_tui.console.heading import Heading
from noc_tui.console.screen import NocScreen
from noc_tui.i18n import N_
from widgets.live_table import LiveTable

Data = TypeVar("Data")


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
        """What is listed, in words."""
        raise NotImplementedError

    def show_head(self) -> None:
        """Say anew what is listed."""
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
        """Type what to look for."""
        self.entry.open()
