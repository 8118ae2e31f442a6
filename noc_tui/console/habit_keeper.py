"""Keeps an operator's habits while a console is open, and writes them down a moment later."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from noc_tui.console.habits import (
    Habits,
    HabitsError,
    TableHabit,
    keep_damaged,
    read_habits,
    write_habits,
)
from noc_tui.threads import in_thread
from widgets.live_table import LiveTable

VISITS = 8


class HabitKeeper:
    """Without a `file` nothing outlives the console. `problem` is told once: why what was
    remembered could not be read, or is not written.
    """

    def __init__(self, file: Path | None, problem: Callable[[str], object]) -> None:
        self.known = Habits()
        self._file, self._problem = file, problem
        self._written = self.known
        self._turn = asyncio.Lock()
        self._told = False

    def load(self) -> None:
        """Read the file; a damaged one is told and put aside."""
        if self._file is None:
            return
        try:
            self.known = self._written = read_habits(self._file)
        except HabitsError as error:
            keep_damaged(self._file)
            self._tell(str(error))

    def change(self, **values: Any) -> None:
        """Remember something else from now on."""
        self.known = replace(self.known, **values)

    def visit(self, place: tuple[str, str]) -> None:
        """Put a place first among those that were gone to."""
        others = [one for one in self.known.visited if one != place]
        self.change(visited=tuple([place, *others][:VISITS]))

    def keep_table(self, table: LiveTable[Any]) -> None:
        """Remember how a table is now."""
        if table.id is not None:
            self.change(tables={**self.known.tables, table.id: TableHabit.of(table)})

    def restore_table(self, table: LiveTable[Any]) -> None:
        """Bring a table to where it was left, as far as it still has such columns."""
        habit = self.known.tables.get(table.id or "")
        if habit is None:
            return
        keys = {column.key for column in table.columns}
        table.hide_columns(keys & set(habit.hidden))
        if habit.sort in keys and habit.sort is not None:
            table.sort_by(habit.sort, descending=habit.descending)

    def saved_filters(self, table: LiveTable[Any]) -> dict[str, str]:
        """The filters that were saved for a table, by name."""
        return dict(self.known.filters.get(table.id or "", {}))

    def save_filter(self, table: LiveTable[Any], name: str, text: str) -> None:
        """Save a filter of a table under a name; an empty text forgets it."""
        of_table = {**self.saved_filters(table), name: text}
        kept = {name: one for name, one in of_table.items() if one}
        self.change(filters={**self.known.filters, table.id or "": kept})

    async def write(self) -> None:
        """Write what has changed since the last time."""
        async with self._turn:
            if self._file is None or self.known == self._written:
                return
            known = self.known
            try:
                await in_thread(write_habits, self._file, known)
            except OSError as error:
                self._tell(f"{self._file}: {error.strerror}")
            else:
                self._written = known

    def _tell(self, why: str) -> None:
        if not self._told:
            self._told = True
            self._problem(why)
