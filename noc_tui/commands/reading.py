"""Reads the database for a command, with or without `nocd`."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from typing import Any, TypeVar

from noc_tui.alive import listens
from noc_tui.commands.failure import BadInput, CommandFailure, OutOfReach
from noc_tui.config import Configuration
from noc_tui.i18n import N_, _
from noc_tui.queries.kept_heads import read_kept_heads
from noc_tui.queries.record_check import UNREADABLE_ROWS, RecordCheck, check_snapshot
from storage.bound_tables import MONTH_TABLES
from storage.chain_reader import connect
from storage.connection import Readable
from storage.direct import answer_from
from storage.errors import StorageError, UnstorableError
from storage.reader import Reader
from storage.tables import Table
from storage.verdict import Verdict

T = TypeVar("T")
SAID = (
    N_("there is no database, or it may not be reached"),
    N_("a newer program writes this database: update noc-tui"),
    N_("an older nocd wrote this database: restart nocd, which brings it up to date"),
    N_("the database cannot be opened: permission denied"),
)
"""What `storage`, which knows no catalogue, says of a file that it cannot read."""


def read(config: Configuration, question: Callable[[Readable], Awaitable[T]]) -> T:
    """Return the answer to `question`, asked in one snapshot. Exits with 3 if the database cannot
    be read, 2 for a number out of its range.
    """
    try:
        return asyncio.run(_asked(config, question))
    except UnstorableError as error:
        raise BadInput(_("a number here is too large")) from error
    except StorageError as error:
        file, _colon, said = str(error).partition(": ")
        raise OutOfReach(f"{file}: {_(said)}") from error


def read_checked(
    config: Configuration,
    question: Callable[[Readable, RecordCheck], Awaitable[T]],
    tables: Sequence[Table[Any]] = MONTH_TABLES,
) -> tuple[T, RecordCheck]:
    """The answer and what the record was found to be, as to the rows of `tables`, both from one
    snapshot; the heads at hand are compared as well. Exits as `read` does, and with 1 where a row
    that is not as recorded cannot even be read.
    """
    read(config, _nothing)  # says why a file is none that can be read
    heads = read_kept_heads(config)
    try:
        with closing(connect(config.database.path)) as db:
            check = check_snapshot(db, heads, tables)
            return _answered(db, check, question), check
    except sqlite3.Error as error:
        raise OutOfReach(f"{config.database.path}: {error}") from error


def _answered(
    db: sqlite3.Connection,
    check: RecordCheck,
    question: Callable[[Readable, RecordCheck], Awaitable[T]],
) -> T:
    try:
        return answer_from(db, lambda view: question(view, check))
    except UNREADABLE_ROWS as error:
        if not check.altered and check.verdict in (Verdict.INTACT, Verdict.RESTORED):
            if isinstance(error, OverflowError):
                raise BadInput(_("a number here is too large")) from error
            raise
        raise CommandFailure(f"{check.verdict}: {check.reason}", 1) from error


async def _nothing(_db: Readable) -> None:
    """The file was opened, and that is all."""


def explain_coverage(outside: int, covered: int, count: int) -> list[str]:
    """What no head that was kept outside covers, a line each."""
    if not outside:
        return [_("not compared with a head kept outside")]
    if covered >= count:
        return []
    text = _("entries {first} to {last} are not covered by a head kept outside")
    return [text.format(first=covered + 1, last=count)]


async def _asked(config: Configuration, question: Callable[[Readable], Awaitable[T]]) -> T:
    socket = config.socket.path
    reader = await Reader.open(config.database.path, daemon_alive=lambda: listens(socket))
    try:
        async with reader.snapshot() as db:
            return await question(db)
    finally:
        await reader.close()
