"""The database as a console reads it: never writing, with or without `nocd` at work.

The file is opened `mode=ro`, which needs `-wal` and `-shm` to be there. Only if that fails, `-wal`
is absent or empty, and no `nocd` answers, it is opened `immutable=1`; that one sees no later
commit and would lie beside a live `-wal`, so it is given up as soon as `-wal` returns or `nocd`
answers. A file that was replaced (a restore) is opened again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from storage import files
from storage.connection import Connection, Readable, Row, Snapshots, Value
from storage.errors import (
    SUSPICIOUS,
    NewerSchemaError,
    OlderSchemaError,
    ReadOnlyError,
    StorageError,
    UnavailableError,
)
from storage.migrations import migration_numbers

CACHE_KIB = 128
"""Room for pages in each console: what is read once is shown from then on, and the system keeps
the file in its own cache for all of them."""


class Reader:
    """A read-only view that follows the file. One query or one snapshot at a time."""

    def __init__(self, path: Path, daemon_alive: Callable[[], bool]) -> None:
        self._path = path
        self._daemon_alive = daemon_alive
        self._opening = asyncio.Lock()
        self._view: Snapshots | None = None
        self._immutable = False
        self._identity: tuple[int, int] | None = None

    @classmethod
    async def open(cls, path: Path, *, daemon_alive: Callable[[], bool]) -> "Reader":
        """Errors: `UnavailableError`, `NotADatabaseError`, `NewerSchemaError`,
        `OlderSchemaError`.
        """
        reader = cls(path, daemon_alive)
        await reader._current()
        return reader

    async def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """All rows of one query."""
        view = await self._current()
        async with self._forgotten_if_damaged(view):
            return await view.rows(sql, parameters)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Readable]:
        """Several queries that see one and the same state."""
        view = await self._current()
        async with self._forgotten_if_damaged(view), view.snapshot() as seen:
            yield seen

    @asynccontextmanager
    async def _forgotten_if_damaged(self, view: Snapshots) -> AsyncIterator[None]:
        """What a disk that failed to read left in a connection's memory is read no more."""
        try:
            yield
        except SUSPICIOUS:
            async with self._opening:
                if self._view is view:
                    await self._drop()
            raise

    async def close(self) -> None:
        """Idempotent. An unclosed reader would keep the process from ending."""
        async with self._opening:
            await self._drop()

    async def _current(self) -> Snapshots:
        async with self._opening:
            identity = _identity(self._path)
            if self._view is not None and (identity != self._identity or self._outlived()):
                await self._drop()
            if self._view is None:
                self._view = await self._open()
                self._identity = identity
            return self._view

    def _outlived(self) -> bool:
        return self._immutable and (_backlog(self._path) or self._daemon_alive())

    async def _drop(self) -> None:
        view, self._view = self._view, None
        if view is not None:
            await view.close()

    async def _open(self) -> Snapshots:
        try:
            view = await _opened(self._path, "mode=ro")
            self._immutable = False
        except (UnavailableError, ReadOnlyError) as error:
            if _identity(self._path) is None or _backlog(self._path) or self._daemon_alive():
                raise _explained(self._path, error) from error
            view = await _opened(self._path, "mode=ro&immutable=1")
            self._immutable = True
        return view


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _backlog(path: Path) -> bool:
    try:
        return files.sidecar(path, "-wal").stat().st_size > 0
    except OSError:
        return False


def _explained(path: Path, error: StorageError) -> StorageError:
    if _identity(path) is None:
        return UnavailableError(f"{path}: there is no database, or it may not be reached")
    return error


async def _opened(path: Path, query: str) -> Snapshots:
    """A connection that has been proven by a query: opening alone touches nothing."""
    connection = await Connection.open(path, query=query)
    try:
        await connection.rows(f"PRAGMA cache_size=-{CACHE_KIB}")
        applied = {number for (number,) in await connection.rows("SELECT number FROM migration")}
    except BaseException:
        await connection.close()
        raise
    if applied - migration_numbers():
        await connection.close()
        raise NewerSchemaError(f"{path}: a newer program writes this database: update noc-tui")
    if migration_numbers() - applied:
        await connection.close()
        raise OlderSchemaError(
            f"{path}: an older nocd wrote this database: restart nocd, which brings it up to date"
        )
    return Snapshots(connection)
