"""A file that SQLite calls malformed: a disk that failed to read it ends nothing, damage does."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.supervision import supervise
from noc_tui.daemon.database.service import DatabaseWatch
from storage import damage, errors, files
from storage.damage import LOOKS, Examination, find_damage
from storage.evidence import Query, search
from storage.reader import Reader
from tests.daemon.database.test_interruption import made_estate
from tests.faults import shims
from tests.support.waiting import until

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[3]


def spoil(path: Path) -> None:
    """Overwrite the middle of the file: what a bad disk leaves, or another hand."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    with path.open("r+b") as file:
        size = path.stat().st_size
        for page in range(4096, size, 4096):
            file.seek(page)
            file.write(b"\xa5" * 2048)


async def test_a_failed_read_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with made_estate(tmp_path) as estate:
        context, watch = estate.context, DatabaseWatch(estate.context)
        reading = context.writer._reading  # what a failing disk makes SQLite say is put there

        async def malformed(*_given: object) -> None:
            raise errors.CorruptError("database disk image is malformed")

        with monkeypatch.context() as patched:
            patched.setattr(reading, "rows", malformed)
            with pytest.raises(errors.SuspectError, match="malformed"):
                await context.writer.rows("SELECT 1")
        trouble = context.writer.trouble
        assert trouble is not None
        assert trouble.kind == "suspect"
        with pytest.raises(errors.SuspectError):
            async with context.writer.change(itself()):
                pytest.fail("nothing is written to a file that may be damaged")
        await watch.look()
        assert context.writer.trouble is None
        assert context.writer.writable.is_set()
        async with context.writer.change(itself()) as change:
            await change.record("test.after", [], {})
        assert await search(context.writer, Query(kind="test.after"))


async def test_a_change_that_was_under_way_clears_no_suspicion(tmp_path: Path) -> None:
    async with made_estate(tmp_path) as estate:
        writer, watch = estate.context.writer, DatabaseWatch(estate.context)
        async with writer.change(itself()) as change:
            await change.record("test.under.way", [], {})
            writer.suspect(errors.CorruptError("malformed"))
        assert not writer.writable.is_set()
        await watch.look()
        assert writer.writable.is_set()
        assert writer.trouble is None
        assert await search(writer, Query(kind="test.under.way"))


async def test_a_console_opens_the_file_anew_after_a_read_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with made_estate(tmp_path) as estate:
        reader = await Reader.open(estate.context.writer.path, daemon_alive=lambda: True)
        try:
            first = await reader._current()

            async def malformed(*_given: object) -> None:
                raise errors.CorruptError("database disk image is malformed")

            with monkeypatch.context() as patched:
                patched.setattr(first, "rows", malformed)
                with pytest.raises(errors.CorruptError):
                    await reader.rows("SELECT 1")
            assert await reader.rows("SELECT 1") == [(1,)]
            assert await reader._current() is not first
        finally:
            await reader.close()


async def test_a_service_that_meets_it_waits_for_the_look(tmp_path: Path) -> None:
    async with made_estate(tmp_path) as estate:
        tries: list[int] = []

        async def reads_by_itself() -> None:
            tries.append(1)
            if len(tries) == 1:
                raise errors.CorruptError("database disk image is malformed")

        kept = asyncio.create_task(supervise(estate.context, "reader", reads_by_itself))
        for _ in range(5):
            await asyncio.sleep(0)
        assert len(tries) == 1
        await DatabaseWatch(estate.context).look()
        await until(kept.done, meanwhile=lambda: estate.clock.advance(1))
        await kept
        assert len(tries) == 2


async def test_a_damaged_copy_puts_the_database_under_no_suspicion(tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(b"\xa5" * 8192)
    async with made_estate(tmp_path) as estate:
        tries: list[int] = []

        async def reads_a_copy() -> None:
            tries.append(1)
            if len(tries) == 1:
                files.check_application(copy)

        kept = asyncio.create_task(supervise(estate.context, "copies", reads_a_copy))
        await until(kept.done, meanwhile=lambda: estate.clock.advance(1))
        await kept
        assert estate.context.writer.trouble is None
        assert "not a database" in estate.context.failures.services["copies"]


async def test_damage_is_looked_for_more_than_once_and_ends_the_daemon(tmp_path: Path) -> None:
    async with made_estate(tmp_path) as estate:
        context, watch = estate.context, DatabaseWatch(estate.context)
        spoil(context.writer.path)
        context.writer.suspect(errors.CorruptError("malformed"))
        for _ in range(LOOKS - 1):
            await watch.look()
            assert context.writer.trouble is not None
        with pytest.raises(errors.DamagedError, match=r"noc\.db: the database is damaged, restore"):
            await supervise(context, "database", watch.look)


def test_a_look_that_finds_nothing_begins_the_count_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = iter(["bad page", "bad page", "", "bad page", "bad page", "bad page"])
    monkeypatch.setattr(damage, "find_damage", lambda _path: next(found))
    examination = Examination(tmp_path / "noc.db")
    assert [examination.look() for _ in range(5)] == [False, False, True, False, False]
    with pytest.raises(errors.DamagedError, match="bad page"):
        examination.look()


def test_a_file_that_is_none_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "noc.db"
    path.write_bytes(b"\0" * 100_000)
    assert "not a database" in find_damage(path)


_SICK = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from storage import errors
from storage.damage import find_damage
from storage.database import Writer
from storage.evidence import Actor, Query, search

path, page = Path(sys.argv[1]), Path(sys.argv[2])

def sick(kind):
    with page.open("r+b", buffering=0) as file:
        file.write(bytes([kind]))

def told(ask):
    try:
        return ask()
    except errors.StorageError as error:
        return type(error).__name__

async def main():
    writer = await Writer.open(path, clock_now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    async with writer.change(Actor(0, "root")) as change:
        for number in range(400):
            await change.record("test.many", [], {"n": number, "text": "x" * 200})
    await writer.close()
    writer = await Writer.open(path, clock_now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    await writer.rows("SELECT count(*) FROM migration")
    sick(4)
    try:
        await search(writer, Query(kind="test.", limit=500))
        print("read")
    except errors.StorageError as error:
        print(type(error).__name__)
    print(told(lambda: find_damage(path)))
    sick(0)
    print(repr(find_damage(path)))
    await writer.reopen()
    async with writer.change(Actor(0, "root")) as change:
        await change.record("test.after", [], {})
    print(len(await search(writer, Query(kind="test.", limit=500))))
    await writer.close()

asyncio.run(main())
"""


def test_a_disk_that_cannot_be_read_is_told_from_damage(tmp_path: Path) -> None:
    """Real `EIO` at each read of the file, by a library that stands before libc."""
    if not shims.can_compile():
        pytest.skip("no C compiler: no disk that fails to read")
    shim, page = tmp_path / "disk.so", tmp_path / "page"
    assert shims.compiled("disk", shim)
    page.write_bytes(bytes(2))
    done = subprocess.run(
        [sys.executable, "-c", _SICK, str(tmp_path / "noc.db"), str(page)],
        env={"LD_PRELOAD": str(shim), "NOC_FAULT_PAGE": str(page), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.split() == ["SuspectError", "DiskError", "''", "401"], done.stderr
