"""A table and the line above it that says what is listed."""

from typing import TypeVar

from textual import on
from textual.getters import query_one
from textual.widgets import Static

from noc_tui.console.screen import NocScreen
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
