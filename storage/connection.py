"""One aiosqlite connection, with this project's settings and errors.

A connection runs on a thread of its own. Whoever opens one closes it; one that nobody closed does
not keep the process from ending, and what it had not committed is not in the file.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import aiosqlite

from storage import files
from storage.errors import UnavailableError, translate_errors

Value = str | int | float | bytes | None
"""What a column holds."""

# SQLite gives back what the column holds; the reader of a row knows its types, a checker does not.
Row = tuple[Any, ...]

T = TypeVar("T")
BUSY_TIMEOUT_MS = 5_000


class Readable(Protocol):
    """A source of rows: a reader, a snapshot of one, or a transaction."""

    async def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """All rows of one query."""
        ...


class _Raw(aiosqlite.Connection):
    """An errand to the connection's thread costs more than most statements: so it is one a call."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._thread.daemon = True  # the interpreter waits for any other thread when it ends

    async def _ask(self, work: Callable[..., T], *given: object) -> T:
        return await self._execute(work, *given)  # type: ignore[no-any-return,no-untyped-call]

    async def changing(self, many: bool, sql: str, parameters: Iterable[Any]) -> int:
        return await self._ask(self._changing, many, sql, parameters)

    def _changing(self, many: bool, sql: str, parameters: Iterable[Any]) -> int:
        ask = self._conn.executemany if many else self._conn.execute
        cursor = ask(sql, parameters)  # type: ignore[arg-type]  # a sequence, unless there are many
        try:
            return cursor.rowcount
        finally:
            cursor.close()

    async def changing_each(
        self, sql: str, parameters: Sequence[Sequence[Value]], look: str, key: Sequence[int]
    ) -> list[tuple[bool, Row | None]]:
        return await self._ask(self._changing_each, sql, parameters, look, key)

    def _changing_each(
        self, sql: str, parameters: Sequence[Sequence[Value]], look: str, key: Sequence[int]
    ) -> list[tuple[bool, Row | None]]:
        found: list[tuple[bool, Row | None]] = []
        before: Row | None = None
        cursor = self._conn.cursor()
        try:
            for one in parameters:
                if look:
                    before = cursor.execute(look, [one[index] for index in key]).fetchone()
                found.append((cursor.execute(sql, one).rowcount > 0, before))
        finally:
            cursor.close()
        return found

    async def giving(self, take: Callable[[sqlite3.Connection, Path], T], path: Path) -> T:
        return await self._ask(lambda: take(self._conn, path))

    async def beginning(self, sql: str) -> list[Row]:
        return await self._ask(self._beginning, sql)

    def _beginning(self, sql: str) -> list[Row]:
        if self._conn.in_transaction:  # an end that failed, as a disk's errors make it
            self._conn.execute("ROLLBACK").close()
        self._conn.execute("BEGIN IMMEDIATE").close()
        return self._conn.execute(sql).fetchall()

    async def ending(self, how: str) -> None:
        await self._ask(self._ending, how)

    def _ending(self, how: str) -> None:
        if self._conn.in_transaction:
            self._conn.execute(how).close()


class Connection:
    """A connection in autocommit mode; transactions are begun and ended in so many words."""

    def __init__(self, path: Path, raw: _Raw) -> None:
        self.path = path
        self._raw = raw

    @classmethod
    async def open(cls, path: Path, *, query: str) -> "Connection":
        """`query` is the URI's: `mode=rw`, `mode=ro`, `immutable=1`."""
        with translate_errors(path):
            # A connection that cannot be opened fails here, and not on aiosqlite's thread, which
            # would answer to the loop after the loop may have ended.
            sqlite3.connect(files.uri(path, query), uri=True).close()
            raw = _Raw(lambda: _connect(files.uri(path, query)))
            await raw
        return cls(path, raw)

    async def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        with translate_errors(self.path):
            return cast(list[Row], await self._raw.execute_fetchall(sql, parameters))

    async def begin(self, sql: str) -> list[Row]:
        """Begin to write, and the rows of the first statement."""
        with translate_errors(self.path):
            return await self._raw.beginning(sql)

    async def execute(self, sql: str, parameters: Sequence[Value] = ()) -> int:
        """Run one statement; returns how many rows it changed."""
        with translate_errors(self.path):
            return await self._raw.changing(False, sql, parameters)

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Value]]) -> int:
        """Run one statement for each set of parameters; returns how many rows were changed."""
        with translate_errors(self.path):
            return await self._raw.changing(True, sql, parameters)

    async def execute_each(
        self,
        sql: str,
        parameters: Sequence[Sequence[Value]],
        look: str = "",
        key: Sequence[int] = (),
    ) -> list[tuple[bool, Row | None]]:
        """Run one statement for each set of parameters, and tell of each whether it changed a row.

        `look` is a query that is asked before each, with the parameters at the indexes of `key`:
        its first row is the second half of the answer.
        """
        with translate_errors(self.path):
            return await self._raw.changing_each(sql, parameters, look, key)

    async def give(self, take: Callable[[sqlite3.Connection, Path], T], path: Path) -> T:
        """Let `take` copy what this connection reads, on the connection's own thread."""
        with translate_errors(path):
            return await self._raw.giving(take, path)

    async def end(self, how: str) -> None:
        """End the transaction, if there is one: COMMIT or ROLLBACK. Asked on the connection's own
        thread, and so after whatever a cancelled statement was still doing, a BEGIN above all.
        """
        with translate_errors(self.path):
            await self._raw.ending(how)

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
            try:
                await self._connection.rows("BEGIN")
                yield self._connection
            finally:
                await asyncio.shield(self._connection.end("COMMIT"))

    async def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        async with self._lock:
            self._check()
            return await self._connection.rows(sql, parameters)

    async def exchange(self, connection: Connection) -> None:
        """Read through another connection from the next question on; the former one is closed."""
        async with self._lock:
            former, self._connection = self._connection, connection
            await former.close()

    async def close(self) -> None:
        async with self._lock:
            self._closed = True
            await self._connection.close()

    async def resume(self, connection: Connection) -> None:
        """Read again after `close`, through that connection."""
        async with self._lock:
            self._connection, self._closed = connection, False

    def _check(self) -> None:
        if self._closed:
            raise UnavailableError(f"{self._connection.path}: the database was closed; ask again")


def _connect(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000)
