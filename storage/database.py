"""The database as its one writer has it: changes with revisions; `Reader` for all others.

`nocd` alone opens a `Writer`; consoles and commands open a `Reader`.

Commits are `synchronous=FULL`: an intent must be on the disk before its effect reaches the world
(rule 1 of ARCHITECTURE.md), and an evidence entry that a power cut could remove proves nothing.
With `NORMAL` a power cut loses the last commits. The price is one fsync per commit.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path

import msgspec

from storage import commit_signing, files, migrations
from storage.change import Change, HeadKey, finish
from storage.commit_signing import ChainEnd, CommitSigner
from storage.connection import Connection, Readable, Row, Snapshots, Value
from storage.errors import (
    SUSPICIOUS,
    BusyError,
    MovedError,
    StorageError,
    SuspectError,
    UnwritableError,
)
from storage.evidence import Actor
from storage.open_files import OpenFiles, Whereabouts, check_forgotten
from storage.reader import Reader
from storage.transaction import Transaction

__all__ = ["Reader", "Writer"]

_SETTINGS = (
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    # Room on the disk is given back after a checkpoint that a slow reader had held up.
    "PRAGMA journal_size_limit=67108864",
    "PRAGMA temp_store=MEMORY",
    # What is freed is overwritten, so that an erasure leaves nothing of what a row was before.
    "PRAGMA secure_delete=ON",
)


HELD_SECONDS = 1.0
"""For how long after a wait for another program's lock no other change waits for it."""


class WriteObstacle(msgspec.Struct, frozen=True):
    """Why and since when nothing can be written; `kind` is that of `UnwritableError`."""

    kind: str
    text: str
    since: datetime


class Writer:
    """The one writer. Coroutines take turns, in the order they asked.

    It reads committed rows through a connection of its own, so that a reader never sees half a
    change of another coroutine. `committed` is told the revision of each change that is committed.

    `trouble` is why the last change could not be written, None where it was; `writable` is set
    while it is None.

    Once SQLite has found the file damaged, nothing is written: every change is a `SuspectError`
    until `reopen`, for which somebody has to look whether it is. Once its files no longer stand at
    their names, every change is a `MovedError`, until they do or `retake` has put them back.
    """

    def __init__(
        self,
        writing: Connection,
        reading: Snapshots,
        clock_now: Callable[[], datetime],
        committed: Callable[[int], None],
        signer: CommitSigner,
    ) -> None:
        self.path = writing.path
        self._committed = committed
        self._writing = writing
        self._reading = reading
        self._now = clock_now
        self._lock = asyncio.Lock()
        self.trouble: WriteObstacle | None = None
        self.writable = asyncio.Event()
        self.writable.set()
        self._held: tuple[BusyError, float] | None = None
        self._suspect: SuspectError | None = None
        self._files: OpenFiles | None = OpenFiles(self.path)
        self._kept: Path | None = None
        self._signer = signer

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        clock_now: Callable[[], datetime],
        committed: Callable[[int], None] = lambda _revision: None,
    ) -> "Writer":
        """Create or migrate the file and open it. Errors: those of `migrations.migrate`."""
        await asyncio.to_thread(migrations.migrate, path, clock_now())
        writing, reading = await _connect(path)
        signer = await CommitSigner.over(reading)
        return cls(writing, Snapshots(reading), clock_now, committed, signer)

    @property
    def found(self) -> int:
        """How many entries there were before the first that is surely of this process."""
        return self._signer.found

    @property
    def opened(self) -> int:
        """The number of the last signed change before those of this writer, or of the last."""
        return self._signer.opened

    @property
    def key(self) -> HeadKey | None:
        """The key that commits are signed with; None before one is taken (`heads.use_key`)."""
        return self._signer.key

    async def reopen(self) -> None:
        """Go on with connections that hold nothing of the file in memory, and write again.

        Errors: `StorageError` where they cannot be had; it is all as before then.
        """
        async with self._lock:
            self._check_files()
            writing, reading = await _connect(self.path)
            former, self._writing = self._writing, writing
            await self._reading.exchange(reading)
            await former.close()
            self._suspect = None

    def note_moved_files(self) -> None:
        """Take note of files that no longer stand at their names, also while nothing is written."""
        try:
            self._check_files()
        except MovedError as error:
            self._note(error)

    def _check_files(self) -> None:
        if self._files is None:
            raise MovedError(f"{self.path}: the database could not be opened again")
        self._files.check()

    async def retake(self) -> bool:
        """Put the files back that no longer stand at their names, with all that was committed, and
        go on with them. Where another file has the name, what was held is kept beside it, once.

        Returns whether that was needed. Errors: `MovedError` where nothing can be put back;
        `StorageError` where that failed.
        """
        async with self._lock:
            if self._files is None:
                await self._open_again()
                return True
            whereabouts = self._files.whereabouts()
            if whereabouts is Whereabouts.IN_PLACE:
                return False
            if whereabouts is Whereabouts.REPLACED and self._kept is None:
                self._kept = await self._writing.give(files.keep_beside, self.path)
            if whereabouts in (Whereabouts.REPLACED, Whereabouts.ELSEWHERE):
                kept = "" if self._kept is None else f"; what was held is in {self._kept}"
                raise MovedError(f"{self.path}: {whereabouts.value}{kept}")
            ((_busy, frames, moved),) = await self._writing.rows("PRAGMA wal_checkpoint(TRUNCATE)")
            if frames != moved:
                raise MovedError(f"{self.path}: a reader needs the log that was removed")
            if whereabouts is Whereabouts.REMOVED:
                await self._writing.give(files.put_back, self.path)
            await self._reading.close()
            await self._writing.close()
            self._files.close()
            self._files = None
            await self._open_again()
            return True

    async def _open_again(self) -> None:
        check_forgotten(self.path)
        writing, reading = await _connect(self.path)
        self._writing = writing
        await self._reading.resume(reading)
        self._files = OpenFiles(self.path)

    def suspect(self, error: BaseException) -> SuspectError:
        """Take note that SQLite found the file damaged; the error that callers are to get."""
        found = SuspectError(str(error))
        self._suspect = found
        self._note(found)
        return found

    @asynccontextmanager
    async def change(self, actor: Actor, *, quiet: bool = False) -> AsyncIterator[Change]:
        """Take the write lock; commit at the end of the block, roll back if it raises.

        Nothing that waits for the world outside belongs into the block: others wait for it.
        `quiet`: nobody is told of this change; its rows are read with the next one that is told.
        Errors: `UnwritableError` where the file cannot be written now; at the end
        `UnrecordedRowError`. Nothing is committed then.
        """
        async with self._lock:
            self._refuse_while_held()
            if self._suspect is not None:
                raise SuspectError(str(self._suspect))
            self.note_moved_files()
            self._check_files()
            try:
                ((revision, *last),) = await self._writing.begin(commit_signing.BEGIN)
                end = ChainEnd.of(*last)
                change = Change(Transaction(self._writing, revision, self._now()), actor)
                await self._signer.begin(change, end)
                yield change
                await finish(change)
                await self._signer.finish(change, end)
                self._check_files()
                # A commit that has begun is not left half-waited-for by a cancellation.
                await asyncio.shield(self._commit(change, end, quiet))
            except BaseException as error:
                if isinstance(error, UnwritableError):
                    self._note(error)
                with suppress(StorageError):  # the next change begins with it
                    await asyncio.shield(self._writing.end("ROLLBACK"))
                if isinstance(error, SUSPICIOUS):
                    raise self.suspect(error) from error
                raise
            self._held = None
            if self._suspect is None:  # a read beside this change may have found damage
                self.trouble = None
                self.writable.set()

    def _refuse_while_held(self) -> None:
        """Whoever queued behind one that waited for the lock in vain does not wait as long again.

        Raises that `BusyError` for `HELD_SECONDS`.
        """
        if self._held is not None and time.monotonic() - self._held[1] < HELD_SECONDS:
            raise BusyError(str(self._held[0]))

    def _note(self, error: UnwritableError) -> None:
        since = self._now() if self.trouble is None else self.trouble.since
        self.trouble = WriteObstacle(error.kind, str(error), since)
        self.writable.clear()
        self._held = (error, time.monotonic()) if isinstance(error, BusyError) else None

    async def _commit(self, change: Change, end: ChainEnd, quiet: bool) -> None:
        await self._writing.execute("COMMIT")
        self._signer.committed(change, end)
        if not quiet:
            self._committed(change.revision)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Readable]:
        """Several queries that see one committed state. Errors: `SuspectError`."""
        try:
            async with self._reading.snapshot() as view:
                yield view
        except SUSPICIOUS as error:
            raise self.suspect(error) from error

    async def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """All rows of one query over the committed state. Errors: `SuspectError`."""
        try:
            return await self._reading.rows(sql, parameters)
        except SUSPICIOUS as error:
            raise self.suspect(error) from error

    async def empty_log(self) -> bool:
        """Move the write-ahead log into the file and cut it off; False while a reader needs it."""
        async with self._lock:
            ((busy, _frames, _moved),) = await self._writing.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        return not busy

    async def close(self) -> None:
        """Empty the write-ahead log into the file, close, and leave readers able to open it.

        SQLite removes `-wal` and `-shm` with the last connection, and an account without write
        permission could then not open the file: they are put back, empty, which is enough. So
        `nocd` needs no unclosed connection and no `os._exit` to keep consoles reading.
        """
        async with self._lock:
            if self._files is None:  # closed already, to be opened again
                return
            await self._reading.close()
            try:
                with suppress(StorageError):  # what is in the log stays there
                    await self._writing.rows("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                await self._writing.close()
                self._files.close()
                self._files = None
                await asyncio.to_thread(files.leave_readable, self.path)


async def _connect(path: Path) -> tuple[Connection, Connection]:
    """The connection that writes and the one that reads. Errors: `StorageError`."""
    writing = await Connection.open(path, query="mode=rw")
    try:
        for setting in _SETTINGS:
            await writing.rows(setting)
        # The first read makes SQLite create `-wal` and `-shm`, which readers need.
        await writing.rows("SELECT count(*) FROM migration")
        files.leave_readable(path)
        return writing, await Connection.open(path, query="mode=ro")
    except BaseException:
        await writing.close()
        raise
