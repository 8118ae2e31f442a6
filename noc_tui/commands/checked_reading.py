"""Reads the database for a command, with what the record was found to be beside the answer."""

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from typing import Any, TypeVar

from noc_tui.commands.failure import BadInput, CommandFailure, OutOfReach
from noc_tui.commands.reading import read
from noc_tui.config import Configuration
from noc_tui.i18n import _
from noc_tui.queries.kept_heads import read_kept_heads
from noc_tui.queries.record_check import UNREADABLE_ROWS, RecordCheck, check_snapshot
from storage.bound_tables import MONTH_TABLES
from storage.chain_reader import connect
from storage.connection import Readable
from storage.direct import answer_from
from storage.tables import Table
from storage.verdict import Verdict

T = TypeVar("T")


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
