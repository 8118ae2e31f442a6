"""The database as its one writer has it: transactions with revisions; `Reader` for all others.

`nocd` alone opens a `Writer`; consoles and commands open a `Reader`.

Commits are `synchronous=FULL`: an intent must be on the disk before its effect reaches the world
(design rule 1), and an evidence entry that a power cut could take back proves nothing. `NORMAL`
would lose the last commits then. The price is one fsync a commit, two in a poll of few rows.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path

from storage import files, migrations
from storage.connection import Connection, Readable, Row, Snapshots, Value
from storage.reader import Reader

__all__ = ["Reader", "Transaction", "Writer"]

_SETTINGS = (
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    # Room on the disk is given back after a checkpoint that a slow reader had held up.
    "PRAGMA journal_size_limit=67108864",
    "PRAGMA temp_store=MEMORY",
)


class Transaction:
    """One change: all of it is committed, or nothing.

    `revision` is a number no earlier change had; every row that is written carries it.
    `at` is the writer's clock when the transaction began.
    """

    def __init__(self, connection: Connection, revision: int, at: datetime) -> None:
        self._connection = connection
        self.revision = revision
        self.at = at

    async def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """All rows of one query, which sees what this transaction has written."""
        return await self._connection.rows(sql, parameters)

    async def execute(self, sql: str, parameters: Sequence[Value] = ()) -> int:
        """Run one statement; returns how many rows it changed."""
        return await self._connection.execute(sql, parameters)

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Value]]) -> int:
        """Run one statement for each set of parameters; returns how many rows were changed."""
        return await self._connection.executemany(sql, parameters)


class Writer:
    """The one writer. Coroutines take turns, in the order they asked.

    It reads committed rows through a connection of its own, so that a reader never sees half a
    transaction of another coroutine.
    """

    def __init__(
        self, writing: Connection, reading: Snapshots, clock_now: Callable[[], datetime]
    ) -> None:
        self.path = writing.path
        self._writing = writing
        self._reading = reading
        self._now = clock_now
        self._lock = asyncio.Lock()

    @classmethod
    async def open(cls, path: Path, *, clock_now: Callable[[], datetime]) -> "Writer":
        """Create or migrate the file and open it. Errors: those of `migrations.migrate`."""
        await asyncio.to_thread(migrations.migrate, path, clock_now())
        writing = await Connection.open(path, query="mode=rw")
        try:
            for setting in _SETTINGS:
                await writing.rows(setting)
            # The first read makes SQLite create `-wal` and `-shm`, which readers need.
            await writing.rows("SELECT count(*) FROM migration")
            files.leave_readable(path)
            reading = Snapshots(await Connection.open(path, query="mode=ro"))
        except BaseException:
            await writing.close()
            raise
        return cls(writing, reading, clock_now)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Take the write lock; commit at the end of the block, roll back if it raises.

        Nothing that waits for the world outside belongs into the block: others wait for it.
        """
        async with self._lock:
            try:
                ((revision,),) = await self._writing.begin(
                    "UPDATE revision SET value = value + 1 RETURNING value"
                )
                yield Transaction(self._writing, revision, self._now())
                # A commit that has begun is not left half-waited-for by a cancellation.
                await asyncio.shield(self._writing.execute("COMMIT"))
            except BaseException:
                await asyncio.shield(self._writing.end("ROLLBACK"))
                raise

    def snapshot(self) -> AbstractAsyncContextManager[Readable]:
        """Several queries that see one committed state."""
        return self._reading.snapshot()

    async def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """All rows of one query over the committed state."""
        return await self._reading.rows(sql, parameters)

    async def close(self) -> None:
        """Empty the write-ahead log into the file, close, and leave readers able to open it.

        SQLite removes `-wal` and `-shm` with the last connection, and an account without write
        permission could then not open the file: they are put back, empty, which is enough. So
        `nocd` needs no unclosed connection and no `os._exit` to keep consoles reading.
        """
        async with self._lock:
            await self._reading.close()
            try:
                await self._writing.rows("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                await self._writing.close()
                await asyncio.to_thread(files.leave_readable, self.path)
