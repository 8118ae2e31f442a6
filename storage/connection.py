"""One aiosqlite connection, with our settings and our errors.

A connection runs on a thread of its own, which is not a daemon thread: a connection that nobody
closes keeps the process from ending. Whoever opens one closes it.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol, cast

import aiosqlite

from storage import files
from storage.errors import UnavailableError, translated

Value = str | int | float | bytes | None
"""What a column holds."""

# SQLite gives back what the column holds; the reader of a row knows its types, a checker does not.
Row = tuple[Any, ...]

BUSY_TIMEOUT_MS = 5_000


class Readable(Protocol):
    """What rows are read from: a reader, a snapshot of one, or a transaction."""

    async def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """All rows of one query."""
        ...


class Connection:
    """A connection in autocommit mode; transactions are begun and ended in so many words."""

    def __init__(self, path: Path, raw: aiosqlite.Connection) -> None:
        self.path = path
        self._raw = raw

    @classmethod
    async def open(cls, path: Path, *, query: str) -> "Connection":
        """`query` is the URI's: `mode=rw`, `mode=ro`, `immutable=1`."""
        with translated(path):
            # A connection that cannot be opened fails here, and not on aiosqlite's thread, which
            # would answer to the loop after the loop may have ended.
            sqlite3.connect(files.uri(path, query), uri=True).close()
            raw = await aiosqlite.connect(
                files.uri(path, query),
                uri=True,
                isolation_level=None,
                timeout=BUSY_TIMEOUT_MS / 1000,
            )
        return cls(path, raw)

    async def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        with translated(self.path):
            return cast(list[Row], await self._raw.execute_fetchall(sql, parameters))

    async def execute(self, sql: str, parameters: Sequence[Value] = ()) -> int:
        """Run one statement; returns how many rows it changed."""
        with translated(self.path):
            cursor = await self._raw.execute(sql, parameters)
            changed = cursor.rowcount
            await cursor.close()
        return changed

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Value]]) -> int:
        """Run one statement for each set of parameters; returns how many rows were changed."""
        with translated(self.path):
            cursor = await self._raw.executemany(sql, parameters)
            changed = cursor.rowcount
            await cursor.close()
        return changed

    @property
    def in_transaction(self) -> bool:
        return self._raw.in_transaction

    async def close(self) -> None:
        await self._raw.close()


class Snapshots:
    """A connection that is read in snapshots, one at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = asyncio.Lock()
        self._closed = False

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Readable]:
        """Several queries that see one and the same state. Keep it short: it holds up the WAL."""
        async with self._lock:
            self._check()
            await self._connection.rows("BEGIN")  # one errand to the thread; `execute` makes two
            try:
                yield self._connection
            finally:
                await asyncio.shield(self._end())

    async def _end(self) -> None:
        if self._connection.in_transaction:
            await self._connection.rows("COMMIT")

    async def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        async with self._lock:
            self._check()
            return await self._connection.rows(sql, parameters)

    async def close(self) -> None:
        async with self._lock:
            self._closed = True
            await self._connection.close()

    def _check(self) -> None:
        if self._closed:
            raise UnavailableError(f"{self._connection.path}: the database was closed; ask again")
