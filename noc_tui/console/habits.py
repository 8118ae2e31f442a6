"""What a console remembers of its operator: theme, last screen, order, columns and filters.

A small file of the operator's own, under `$XDG_STATE_HOME` (`~/.local/state`), never the database:
nothing of it is anybody else's matter. In a demo it stands in the demo's directory and ends with
it. A damaged one is told, kept beside as `.damaged`, and begun anew.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from noc_tui.config import Configuration
from widgets.live_table import LiveTable

LARGEST = 256 * 1024
"""Bytes: a larger file is none of ours."""


class TableHabit(msgspec.Struct, frozen=True):
    """How a table was left: sorted by `sort`, filtered, and without the columns `hidden`."""

    sort: str | None = None
    descending: bool = False
    filter: str = ""
    hidden: tuple[str, ...] = ()

    @classmethod
    def of(cls, table: LiveTable[Any]) -> "TableHabit":
        """Return how a table is now."""
        sort, descending = table.sorted_by
        return cls(sort, descending, table.filter_text, tuple(sorted(table.hidden)))


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. `filters` are the saved ones: by table, then by name."""

    theme: str = ""
    mode: str = ""
    tables: Mapping[str, TableHabit] = {}
    filters: Mapping[str, Mapping[str, str]] = {}
    visited: tuple[tuple[str, str], ...] = ()
    toured: bool = False


class HabitsError(Exception):
    """The file is damaged or cannot be read; the text says which and why."""


def habits_file(config: Configuration, name: str) -> Path | None:
    """Return where the habits of that operator stand; None where none are to be kept."""
    if not config.console.remember:
        return None
    if config.demo is not None:
        return config.database.path.with_name(f"console-{name}.json")
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(state).expanduser() / "noc-tui" / "console.json"


def read_habits(file: Path) -> Habits:
    """Return what is remembered; nothing where there is no file.

    Raises `HabitsError`.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except FileNotFoundError:
        return Habits()
    except OSError as error:
        raise HabitsError(f"{file}: {error.strerror}") from error
    try:
        if len(content) > LARGEST:
            raise ValueError(f"{LARGEST} B")
        return msgspec.json.decode(content, type=Habits)
    except (ValueError, RecursionError) as error:
        raise HabitsError(f"{file}: {error}") from error


def keep_damaged(file: Path) -> None:
    """Put a damaged file aside, so that nothing of it is lost when the next one is written."""
    try:
        file.replace(file.with_name(f"{file.name}.damaged"))
    except OSError:
        return  # it cannot be written either: `write_habits` says so


def write_habits(file: Path, habits: Habits) -> None:
    """Write the file whole or not at all, for its owner alone.

    Raises `OSError`.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(msgspec.json.format(msgspec.json.encode(habits), indent=1))
    fresh.replace(file)
