"""What can be done with every table of every screen: filter it.

The commands act on the table in use: the one with the focus, else the one that had it last.
"""

from datetime import datetime
from typing import Any, ClassVar

from textual import events, on
from textual.getters import query_one
from textual.screen import Screen

from noc_tui.console.commands import Command
from noc_tui.console.filter_line import FilterLine
from noc_tui.i18n import N_
from noc_tui.labels import formats
from widgets.live_table import LiveTable

TABLE_COMMANDS: tuple[Command, ...] = (
    Command(
        "table.filter", "slash", "filter_table", N_("Filter"),
        N_("Words, or field:value: mem>8G node:pve3 state:!running"), priority=True,
    ),
)  # fmt: skip


class TableCommands(Screen[None]):
    """A screen whose tables can be filtered; `NocScreen` is one."""

    OFFERS: ClassVar[tuple[Command, ...]] = TABLE_COMMANDS
    BINDINGS = [command.binding for command in TABLE_COMMANDS]  # noqa: RUF012 -- as Textual declares it
    filter_line = query_one(FilterLine)

    def __init__(self) -> None:
        super().__init__()
        self._table_in_use: LiveTable[Any] | None = None

    @property
    def table_in_use(self) -> LiveTable[Any] | None:
        """The table that a command is about; None on a screen without one."""
        if isinstance(self.focused, LiveTable):
            return self.focused
        if self._table_in_use is not None and self._table_in_use.is_attached:
            return self._table_in_use
        return next((one for one in self.query(LiveTable) if one.display), None)

    @property
    def has_table(self) -> bool:
        """Whether there is a table to do something with."""
        return self.table_in_use is not None

    @on(events.DescendantFocus)
    def _use_table(self, event: events.DescendantFocus) -> None:
        """The table that has the focus is the one in use, and the line is its."""
        if isinstance(event.widget, LiveTable):
            self._table_in_use = event.widget
            self.filter_line.follow(event.widget)

    def age_filters(self, now: datetime) -> None:
        """Filters that count from the present are applied to it."""
        for table in self.query(LiveTable):
            table.age_filter(now.astimezone(formats.PARIS))

    @on(LiveTable.Shown)
    def _count_rows(self) -> None:
        self.filter_line.count()

    def action_filter_table(self) -> None:
        """Open the line for the filter."""
        if (table := self.table_in_use) is not None:
            self.filter_line.open(table)
