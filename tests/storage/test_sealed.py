"""The sealed file: its owner's alone, bound to the chain that all read, carried by backups."""

import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import database_backup
from storage.database import Writer
from storage.evidence import Actor
from storage.heads import SigningKey
from storage.sealed import (
    DIGEST_KIND,
    SUBJECT,
    commit_digest,
    compare_sealed,
    salted_digest,
    sealed_copy_path,
    sealed_path,
)
from storage.verdict import Verdict

NOW = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
NOCD = Actor(990, "nocd")
TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
pytestmark = pytest.mark.anyio


async def lived(database: Path, text: str, *, committed: bool = True) -> str:
    """An entry in the sealed chain and, in its hour, a digest on the one that all read."""
    digest = ""
    sealed = await Writer.open(sealed_path(database), clock_now=lambda: NOW)
    try:
        async with sealed.change(NOCD) as change:
            await change.record("authority.recorded", ["authority:X"], {"text": text})
        if committed:
            async with sealed.change(NOCD) as change:
                digest = await commit_digest(change)
    finally:
        await sealed.close()
    writer = await Writer.open(database, clock_now=lambda: NOW)
    try:
        if committed:
            async with writer.change(NOCD) as change:
                await change.record(DIGEST_KIND, [SUBJECT], {"digest": digest})
    finally:
        await writer.close()
    return digest


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "db" / "noc.db"


def modes(directory: Path) -> set[int]:
    return {stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()}


async def test_nobody_but_its_owner_enters_whatever_the_umask_was(database: Path) -> None:
    folder = sealed_path(database).parent
    folder.mkdir(parents=True, mode=0o777)
    folder.chmod(0o777)
    await lived(database, "one")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert modes(folder) == {0o600}
    assert modes(database.parent) >= {0o640, 0o700}


async def test_the_same_content_has_another_digest_each_time(database: Path) -> None:
    first = await lived(database, "one")
    second = await lived(database, "one")
    assert first != second
    found = compare_sealed(database)
    assert (found.verdict, found.digests) == (Verdict.INTACT, 2)
    assert salted_digest(database) != salted_digest(database)


async def test_what_is_altered_or_cut_off_is_told(database: Path) -> None:
    await lived(database, "one")
    await lived(database, "two")
    path = sealed_path(database)
    original = path.read_bytes()
    with closing(sqlite3.connect(path)) as file:
        for (name,) in file.execute(TRIGGERS).fetchall():
            file.execute(f"DROP TRIGGER {name}")
        file.execute("UPDATE evidence_payload SET content = X'7B7D' WHERE seq = 1")
        file.commit()
    assert compare_sealed(database).verdict is not Verdict.INTACT
    path.write_bytes(original)
    assert compare_sealed(database).verdict is Verdict.INTACT
    # Another file in its place, whole in itself, lacks the digests that are on record.
    elsewhere = database.with_name("other.db")
    await lived(elsewhere, "three")
    path.write_bytes(sealed_path(elsewhere).read_bytes())
    assert compare_sealed(database).verdict is Verdict.TRUNCATED


async def test_a_backup_carries_it_where_nobody_else_looks(database: Path, tmp_path: Path) -> None:
    await lived(database, "one")
    key = SigningKey.generate()
    kept = tmp_path / "copies"
    kept.mkdir()
    made = [
        database_backup.make_backup(
            database, kept, NOW, version="1", key_file=tmp_path / "k", key=key
        )
        for _ in range(2)
    ]
    (first, one), (second, two) = made
    assert one.sealed != two.sealed  # two manifests do not tell whether it changed
    for backup in (first, second):
        copied = sealed_copy_path(backup)
        assert stat.S_IMODE(copied.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(copied.stat().st_mode) == 0o600
        assert "sealed" not in database_backup.check_manifest(backup)
    copied = sealed_copy_path(first)
    copied.write_bytes(copied.read_bytes() + b"x")
    assert "not the file of its manifest" in database_backup.check_manifest(first)
    copied.unlink()
    assert "is not there" in database_backup.check_manifest(first)
    database_backup.prune(kept, "noc", 1)
    assert [path.name for path in copied.parent.iterdir()] == [second.name]
