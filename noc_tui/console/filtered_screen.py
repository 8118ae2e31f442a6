"""A table and the line above it that says what is listed."""

from typing import TypeVar

from textual import on
from textual.getters import query_one

from noc_tui.console.heading import Heading
from noc_tui.console.screen import NocScreen
from widgets.live_table import LiveTable

Data = TypeVar("Data")


class FilteredScreen(NocScreen[Data]):
    """A heading that says what is listed (`head`), and one table."""

    table = query_one(LiveTable)
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
