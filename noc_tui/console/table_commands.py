"""What can be done with every table of every screen: filter, sort, lay out, copy, export it.

The commands act on the table in use: the one with the focus, else the one that had it last. What
they ask with is imported when they are given: the first frame does not wait for it.
"""

from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from textual import events, on, work
from textual.getters import query_one
from textual.screen import Screen

from noc_tui.console.commands import Command
from noc_tui.console.filter_line import FilterLine
from noc_tui.console.host import host_of
from noc_tui.i18n import N_, _, ngettext
from noc_tui.labels import formats
from noc_tui.text import visible
from noc_tui.threads import in_thread
from widgets.live_table import LiveTable

GREATEST_FIRST = ("size", "percent")
"""Kinds of columns of which one looks for the greatest figures."""
TABLE_COMMANDS: tuple[Command, ...] = (
    Command(
        "table.filter", "slash", "filter_table", N_("Filter"),
        N_("Words, or field:value: mem>8G node:pve3 state:!running"), priority=True,
    ),
    Command(
        "table.saved", "F", "saved_filters", N_("Filters"),
        N_("Saved filters: take one, save this one, forget one"), show=False,
    ),
    Command(
        "table.columns", "L", "choose_columns", N_("Columns"),
        N_("Which columns are shown, as far as they fit"), show=False,
    ),
    Command(
        "table.copy", "Y", "copy_table", N_("Copy"),
        N_("A row, a cell or the table to your terminal’s clipboard"), show=False,
    ),
    Command(
        "table.export", "E", "export_table", N_("Export"),
        N_("The rows that are listed, to a file: CSV, JSON or Markdown"), show=False,
    ),
    Command(
        "table.order", "O", "order_table", N_("Sort"),
        N_("Sort by a column: one letter for each; again for the other end"), show=False,
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
        self._restored = False

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

    @work
    async def action_order_table(self) -> None:
        """Sort by the column whose letter is typed next; by the same one from the other end."""
        from noc_tui.console.dialogs.choose_key import ChooseKey

        table = self.table_in_use
        if table is None:
            return
        key, descending = table.sorted_by
        choices = [(column.key, column.title or column.key) for column in table.columns]
        chosen = await self.app.push_screen_wait(ChooseKey(_("Sort by"), choices))
        if chosen is None:
            return
        column = next(one for one in table.columns if one.key == chosen)
        greatest_first = column.kind in GREATEST_FIRST
        table.sort_by(chosen, descending=not descending if chosen == key else greatest_first)

    def restore_tables(self) -> None:
        """Bring each table to where this operator left it; from now on changes are remembered."""
        keeper = host_of(self.app).habits
        for table in self.query(LiveTable):
            habit = keeper.known.tables.get(table.id or "")
            keeper.restore_table(table)
            if habit is not None and habit.filter and not table.filter_text:
                self.filter_line.set(table, habit.filter)
        self._restored = True

    @on(LiveTable.Arranged)
    def _keep_arranged(self, event: LiveTable.Arranged) -> None:
        if self._restored:
            host_of(self.app).habits.keep_table(event.table)

    @work
    async def action_saved_filters(self) -> None:
        """Take a saved filter, save the present one, or forget one."""
        from noc_tui.console.dialogs.ask import Ask
        from noc_tui.console.dialogs.choose_one import ChooseOne

        table, keeper = self.table_in_use, host_of(self.app).habits
        if table is None:
            return
        saved = keeper.saved_filters(table)
        choices = [(f"={name}", f"{name} · {text}") for name, text in saved.items()]
        if table.filter_text:
            choices.append(("save", _("Save this filter: {text}").format(text=table.filter_text)))
        choices += [(f"-{name}", _("Forget: {name}").format(name=name)) for name in saved]
        if not choices:
            host_of(self.app).say(_("No filter is saved for this table: type one with / first."))
            return
        chosen = await self.app.push_screen_wait(ChooseOne(_("Saved filters"), choices))
        if chosen == "save":
            name = await self.app.push_screen_wait(Ask(_("Save the filter as"), table.filter_text))
            if name is not None:
                keeper.save_filter(table, name, table.filter_text)
        elif chosen is not None and chosen.startswith("-"):
            keeper.save_filter(table, chosen[1:], "")
        elif chosen is not None:
            self.filter_line.set(table, saved[chosen[1:]])

    @work
    async def action_choose_columns(self) -> None:
        """Choose which columns are shown."""
        from noc_tui.console.dialogs.choose_many import ChooseMany

        table = self.table_in_use
        if table is None:
            return
        keys = [column.key for column in table.columns]
        choices = [(column.key, column.title or column.key) for column in table.columns]
        asked = ChooseMany(_("Columns"), choices, set(keys) - table.hidden)
        chosen = await self.app.push_screen_wait(asked)
        if chosen is not None:
            table.hide_columns(set(keys) - set(chosen))

    def _listed_rows(self, table: LiveTable[Any]) -> list[Any]:
        return [table.rows[key] for key in table.shown_keys]

    @work
    async def action_copy_table(self) -> None:
        """Copy a row, a cell, or all rows that are listed."""
        from noc_tui.console.dialogs.choose_one import ChooseOne
        from noc_tui.console.table_texts import (
            FORMS,
            cell_text,
            form_of,
            row_text,
            table_text,
        )

        table = self.table_in_use
        row = None if table is None else table.cursor_row
        if table is None or row is None:
            host_of(self.app).say(_("There is no row to copy."))
            return
        choices = [("row", _("the row"))]
        choices += [(form, _("the table as {form}").format(form=form)) for form in FORMS]
        choices += [
            (f"={column.key}", f"{column.title or column.key}: {text}")
            for column in table.columns
            if (text := cell_text(column, row))
        ]
        chosen = await self.app.push_screen_wait(ChooseOne(_("Copy"), choices))
        if chosen is None:
            return
        if chosen == "row":
            text = row_text(table.columns, row)
        elif chosen.startswith("="):
            column = next(one for one in table.columns if one.key == chosen[1:])
            text = cell_text(column, row)
        else:
            text = table_text(form_of(chosen), table.columns, self._listed_rows(table))
        self.app.copy_to_clipboard(text)
        host_of(self.app).say(_("copied to your terminal’s clipboard"))

    @work
    async def action_export_table(self) -> None:
        """Write the rows that are listed to a file, in the form that its name ends in."""
        from noc_tui.console.dialogs.ask import Ask
        from noc_tui.console.table_texts import form_of, table_text

        table, host = self.table_in_use, host_of(self.app)
        if table is None:
            return
        now = host.session.clock.now().astimezone(formats.PARIS)
        name = Path.home() / f"{table.id or 'table'}-{now:%Y%m%d-%H%M}.csv"
        rows = self._listed_rows(table)
        if not rows:
            host.say(_("No row is listed now: there is nothing to export."), severity="warning")
            return
        title = ngettext("Export {n} row", "Export {n} rows", len(rows)).format(n=len(rows))
        asked = Ask(title, _("A file ending in .csv, .json or .md"), value=str(name))
        to = await self.app.push_screen_wait(asked)
        if to is None:
            return
        form = form_of(Path(to).suffix.removeprefix("."))
        try:
            await in_thread(_write_new, to, table_text(form, table.columns, rows))
        except OSError as error:
            host.say(f"{visible(to)}: {error.strerror}", severity="error")
        else:
            host.say(_("written: {file}").format(file=visible(to)))

    def action_filter_table(self) -> None:
        """Open the line for the filter."""
        if (table := self.table_in_use) is not None:
            self.filter_line.open(table)


def _write_new(file: str, text: str) -> None:
    """Write a file that is not there yet: an export takes nothing's place. Raises OSError."""
    with Path(file).expanduser().open("x", encoding="utf-8", newline="") as opened:
        opened.write(text)
