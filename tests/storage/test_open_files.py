"""Files that are moved, removed or replaced while they are open: nothing is acknowledged that
nobody would find, and all that was is back at its name.
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from storage import errors, files
from storage.database import Writer
from storage.inventory import POOLS, Pool
from tests.storage.conftest import OMAR

pytestmark = pytest.mark.anyio


async def keep(writer: Writer, name: str) -> None:
    async with writer.change(OMAR) as change:
        await change.put(POOLS, [Pool("rennes", name)])


def others_read(path: Path) -> list[str]:
    """What whoever opens the file finds."""
    with closing(sqlite3.connect(files.uri(path, "mode=ro"), uri=True)) as db:
        return [name for (name,) in db.execute("SELECT name FROM pool ORDER BY name")]


def replace(path: Path, content: bytes) -> None:
    """Another file takes the name."""
    other = path.with_name("other")
    other.write_bytes(content)
    other.replace(path)


def trouble_of(writer: Writer) -> str:
    return "" if writer.trouble is None else writer.trouble.kind


def content(path: Path) -> bytes:
    return path.read_bytes()


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def names(path: Path) -> set[str]:
    """What stands in the folder of the database."""
    return {one.name for one in path.parent.iterdir()}


def remove(*suffixes: str) -> Callable[[Path], None]:
    def gone(path: Path) -> None:
        for suffix in suffixes:
            files.sidecar(path, suffix).unlink()

    return gone


GONE = [
    remove("-wal"),
    remove("-shm"),
    remove("-wal", "-shm"),
    remove(""),
    remove("", "-wal", "-shm"),
]


@pytest.mark.parametrize("spoil", GONE)
async def test_what_was_removed_is_put_back(
    writer: Writer, path: Path, spoil: Callable[[Path], None]
) -> None:
    await keep(writer, "before")
    spoil(path)
    with pytest.raises(errors.MovedError):
        await keep(writer, "refused")
    assert trouble_of(writer) == "moved"
    await writer.retake()
    await keep(writer, "after")
    assert trouble_of(writer) == ""
    assert others_read(path) == ["after", "before"]
    assert await POOLS.read(writer) == [Pool("rennes", "after"), Pool("rennes", "before")]
    assert mode(path) == files.FILE_MODE


async def test_a_file_that_went_while_a_change_was_under_way_gets_no_commit(
    writer: Writer, path: Path
) -> None:
    async def interrupted() -> None:
        async with writer.change(OMAR) as change:
            await change.put(POOLS, [Pool("rennes", "half")])
            remove("")(path)

    with pytest.raises(errors.MovedError):
        await interrupted()
    await writer.retake()
    assert others_read(path) == []


async def test_a_file_that_was_moved_is_waited_for(writer: Writer, path: Path) -> None:
    await keep(writer, "before")
    away = path.with_name("away")
    os.rename(path, away)
    writer.note_moved_files()
    assert trouble_of(writer) == "moved"
    with pytest.raises(errors.MovedError, match="another name"):
        await writer.retake()
    assert path.name not in names(path)
    os.rename(away, path)
    await keep(writer, "after")
    assert others_read(path) == ["after", "before"]


async def test_what_another_file_replaced_is_kept_beside_it(writer: Writer, path: Path) -> None:
    await keep(writer, "before")
    replace(path, b"another program's")
    for _ in range(2):
        with pytest.raises(errors.MovedError, match=r"noc\.db\.replaced"):
            await writer.retake()
    assert content(path) == b"another program's"
    assert others_read(path.with_name("noc.db.replaced")) == ["before"]
    assert "noc.db.replaced-2" not in names(path)


async def test_a_connection_that_still_reads_the_old_index_is_waited_for(
    writer: Writer, path: Path
) -> None:
    await keep(writer, "before")
    with closing(sqlite3.connect(files.uri(path, "mode=ro"), uri=True)) as other:
        other.execute("SELECT count(*) FROM pool").fetchone()
        remove("-wal", "-shm")(path)
        with pytest.raises(errors.MovedError):
            await writer.retake()
        with pytest.raises(errors.MovedError):
            await keep(writer, "refused")
    await writer.retake()
    await keep(writer, "after")
    assert others_read(path) == ["after", "before"]


async def test_a_folder_that_may_not_be_entered_moves_nothing(
    writer: Writer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_path: Path) -> None:
        raise PermissionError

    with monkeypatch.context() as patched:
        patched.setattr(Path, "stat", refused)
        writer.note_moved_files()
    assert trouble_of(writer) == ""
