"""A framed table whose title says what is listed; where there is room, the detail of one row."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.getters import query_one

from noc_tui.console.screen import NocScreen
from widgets.live_table import LiveTable
from widgets.pane import Pane
from widgets.toned_lines import TonedLine, TonedLines

Data = TypeVar("Data")


class FilteredScreen(NocScreen[Data]):
    """One table (`make_table`) in a pane whose title says what is listed (`head`). Where the
    terminal is wide, `describe_row` tells more of the row under the cursor beside it.
    """

    DEFAULT_CSS: ClassVar[str] = """
    FilteredScreen {
        #listing { height: 1fr; visibility: hidden; }
        #listing > Pane { visibility: visible; }
        #side-pane { width: 50; display: none; }
        &.-broad #side-pane { display: block; }
    }
    """

    table = query_one(LiveTable)
    pane = query_one("#list-pane", Pane)
    side_pane = query_one("#side-pane", Pane)
    side = query_one("#side", TonedLines)

    def make_table(self) -> LiveTable[Any]:
        """Return the table."""
        raise NotImplementedError

    def head(self) -> str:
        """Return the title: which rows are listed."""
        raise NotImplementedError

    def describe_row(self) -> tuple[str, Sequence[TonedLine]]:
        """Return name and detail of the row under the cursor; nothing where there is none."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        with Horizontal(id="listing"):
            yield Pane(self.make_table(), id="list-pane")
            yield Pane(TonedLines(id="side"), id="side-pane")

    def show_head(self) -> None:
        """Update the title, and the detail of the row under the cursor."""
        self.pane.entitle(self.head())
        self._show_side()

    def on_resize(self) -> None:
        """There is room for the detail, or no more."""
        self.call_after_refresh(self._show_side)

    @on(LiveTable.Shown)
    def _counted(self) -> None:
        self.show_head()

    @on(LiveTable.RowHighlighted)
    def _show_side(self) -> None:
        if not self.has_class("-broad") or not self.table.was_read:
            return
        title, lines = self.describe_row()
        self.side_pane.entitle(title)
        self.side.show(lines)
