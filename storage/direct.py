"""Rows read in the thread that asks, without a loop: for questions that are put to one snapshot.

The questions are the coroutines that also read through a `Reader`; here each query is answered at
once, so none of them ever waits.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from storage.chain_reader import connect
from storage.connection import Readable, Row, Value

T = TypeVar("T")


class _Direct:
    """A `Readable` over a connection of Python's own."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    async def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        return self._db.execute(sql, parameters).fetchall()


def answer(path: Path, question: Callable[[Readable], Awaitable[T]]) -> T:
    """The answer to a question that awaits nothing but rows. Blocks. Errors: `sqlite3.Error`."""
    with closing(connect(path)) as db:
        return answer_from(db, question)


def answer_from(db: sqlite3.Connection, question: Callable[[Readable], Awaitable[T]]) -> T:
    """As `answer`, from the snapshot of a connection that `chain_reader.connect` opened."""
    asked = question(_Direct(db)).__await__()
    try:
        next(asked)
    except StopIteration as done:
        found: T = done.value
        return found
    raise RuntimeError("a question to a snapshot waited for something else than rows")
