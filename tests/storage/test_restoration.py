"""A restore loses nothing and says what it did; copies and backups are never overwritten."""

import sqlite3
from asyncio import to_thread
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from noc_tui.queries.record_check import check_record
from storage import copies, database_backup, erasure, files, restoration
from storage.database import Writer
from storage.errors import UnavailableError
from storage.evidence import Actor, Query, search
from storage.head_comparison import compare_heads
from storage.heads import HEAD, Head, SigningKey, sign_head, use_key
from storage.intents import create, open_intents
from storage.restoration import Comparison, HeldItems
from storage.verdict import Verdict
from storage.verify import verify
from tests.forgeries.chains import append
from tests.forgeries.rows import forge

NOW = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
LEA = Actor(1003, "lea")
KEY = SigningKey.generate()

pytestmark = pytest.mark.anyio


async def lived(path: Path, *texts: str) -> Head:
    """Some entries more, and a head signed over all of them."""
    writer = await Writer.open(path, clock_now=lambda: NOW)
    try:
        async with writer.change(LEA) as change:
            await use_key(change, KEY)
            for text in texts:
                await change.record("test.lived", ["tenant:acme"], {"text": text})
            return await sign_head(change, KEY)
    finally:
        await writer.close()


async def entries(path: Path) -> list[tuple[str, str]]:
    writer = await Writer.open(path, clock_now=lambda: NOW)
    try:
        found = await search(writer, Query(limit=1000))
        return [(entry.kind, entry.payload or "") for entry in reversed(found)]
    finally:
        await writer.close()


async def restored(backup: Path, path: Path) -> tuple[Comparison, Path | None]:
    """As the command does it, on a thread of its own."""
    found = await to_thread(restoration.compare, backup, path)
    return found, await to_thread(restoration.restore, backup, path, found, LEA, NOW, KEY)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "db" / "noc.db"


async def test_the_wrong_copy_first_and_the_right_one_second_lose_nothing(
    path: Path, tmp_path: Path
) -> None:
    await lived(path, "one")
    old = tmp_path / "old.db"
    files.copy(path, old)
    await lived(path, "two", "three")
    right = tmp_path / "right.db"
    files.copy(path, right)
    today = await lived(path, "four")
    before = await entries(path)

    wrong_found, first = await restored(old, path)
    assert (wrong_found.lost, wrong_found.copy.count) == (3, 2)
    assert first is not None
    found, second = await restored(right, path)
    assert second is not None
    assert first != second
    assert await entries(first) == before, "the database of today is whole"
    assert [kind for kind, _ in await entries(second)][-1] == "database.restored"
    assert found.lost == 1, "the restore of the wrong copy is the one entry that is put aside"

    kind, payload = (await entries(path))[-1]
    said = msgspec.json.decode(payload)
    assert kind == "database.restored"
    assert (said["file"], said["common"], said["lost"]) == ("right.db", 2, 1)
    assert said["replaced"]["file"] == second.name
    assert said["replaced"]["extent"]["count"] == 3
    assert [line["file"] for line in said["restores"]] == ["old.db"]
    assert verify(path, [today]).verdict is Verdict.RESTORED, "named through both restores"
    assert {file: verify(file).verdict for file in (path, first, second)} == dict.fromkeys(
        (path, first, second), Verdict.INTACT
    )


async def test_a_head_of_the_other_life_is_told_from_a_forgery(path: Path, tmp_path: Path) -> None:
    kept = await lived(path, "one")
    backup = tmp_path / "backup.db"
    files.copy(path, backup)
    other = await lived(path, "two")
    await restored(backup, path)
    await lived(path, "another two", "another three", "another four")
    assert verify(path, [kept]).verdict is Verdict.INTACT
    writer = await Writer.open(path, clock_now=lambda: NOW)
    assert (await compare_heads(writer, [kept, other])).verdict == "intact", "at a start"
    await writer.close()
    report = verify(path, [kept, other])
    assert report.verdict is Verdict.RESTORED
    assert "entry 3" in report.reason
    assert check_record(path, [kept, other]).verdict is Verdict.RESTORED
    added = tmp_path / "added.db"
    files.copy(path, added)
    forge(added, lambda db: append(db, "incident.note", ["tenant:acme"], {}))
    assert check_record(added, [kept, other]).verdict is Verdict.UNSIGNED

    forger = tmp_path / "elsewhere" / "noc.db"
    files.prepare(forger)
    files.restore(backup, forger)
    unknown = await lived(forger, "never happened here")
    assert verify(path, [other, unknown]).verdict is Verdict.FORKED
    stranger = HEAD.decode(other.line().replace(other.key_id, "0" * len(other.key_id)))
    assert verify(path, [stranger]).verdict is Verdict.KEY_CHANGED


async def test_what_was_under_way_is_held_until_it_is_resumed(path: Path, tmp_path: Path) -> None:
    writer = await Writer.open(path, clock_now=lambda: NOW)
    async with writer.change(LEA) as change:
        number = await create(
            change, kind="guest.power", subject="guest:r/1", payload={}, uid=1, account="o"
        )
        await change.record("guest.power.ordered", [], {})
    assert await restoration.hold_of(writer) is None
    await writer.close()
    backup = tmp_path / "backup.db"
    files.copy(path, backup)
    await restored(backup, path)

    writer = await Writer.open(path, clock_now=lambda: NOW)
    try:
        hold = await restoration.hold_of(writer)
        assert hold is not None
        assert hold.items.orders == (number,)
        assert [row.id for row in await open_intents(writer)] == [number]
        async with writer.change(LEA) as change:
            still = HeldItems(cases=("S-0001",))
            await restoration.resume(change, hold, HeldItems(), still)
        left = await restoration.hold_of(writer)
        assert left is not None
        assert left.items == still
        async with writer.change(LEA) as change:
            await restoration.resume(change, left, HeldItems(), HeldItems())
        assert await restoration.hold_of(writer) is None
    finally:
        await writer.close()


async def test_what_was_erased_since_the_copy_is_erased_again(path: Path, tmp_path: Path) -> None:
    await lived(path, "private")
    backup = tmp_path / "backup.db"
    files.copy(path, backup)
    writer = await Writer.open(path, clock_now=lambda: NOW)
    async with writer.change(LEA) as change:
        await erasure.erase(change, [2], "asked by the client")
    await writer.close()
    await restored(backup, path)
    assert "private" not in str(await entries(path))
    assert b"private" not in await to_thread(path.read_bytes)
    assert verify(path).verdict is Verdict.INTACT


async def test_copies_obey_erasure_and_age(path: Path) -> None:
    await lived(path, "private")
    copy = path.with_name("noc.db.before-0099_next")
    files.copy(path, copy)
    writer = await Writer.open(path, clock_now=lambda: NOW)
    try:
        async with writer.change(LEA) as change:
            await erasure.erase(change, [2], "asked by the client")
        erased = await copies.erased_entries(writer)
    finally:
        await writer.close()
    made = copy.stat().st_mtime
    assert copies.copies_of(path) == [copy]
    await copies.erase(copy, copies.still_there(copy, erased), LEA, NOW)
    assert copies.still_there(copy, erased) == []
    assert b"private" not in await to_thread(copy.read_bytes)
    assert verify(copy).verdict is Verdict.INTACT
    assert copy.stat().st_mtime == made
    there = datetime.fromtimestamp(made, UTC)
    assert copies.remove_old(path, there - timedelta(seconds=1)) == []
    assert copies.remove_old(path, there + timedelta(seconds=1)) == [copy]
    assert copies.copies_of(path) == []


async def test_no_copy_takes_the_name_of_another(path: Path, tmp_path: Path) -> None:
    await lived(path, "one")
    target = tmp_path / "copy.db"
    files.copy(path, target)
    before = target.read_bytes()
    with pytest.raises(UnavailableError, match="already"):
        files.copy(path, target)
    assert target.read_bytes() == before


async def test_a_reader_does_not_take_the_last_commits_away(path: Path, tmp_path: Path) -> None:
    """A console holds the write-ahead log open: what is in it goes along with the file."""
    await lived(path, "one")
    backup = tmp_path / "backup.db"
    files.copy(path, backup)
    with closing(sqlite3.connect(path, isolation_level=None)) as console:
        console.execute("BEGIN")
        console.execute("SELECT count(*) FROM evidence").fetchone()
        await lived(path, "two")
        before_count = 3
        _found, kept = await restored(backup, path)
    assert kept is not None
    assert len(await entries(kept)) == before_count


async def test_a_backup_says_what_it_is_and_damage_is_seen(path: Path, tmp_path: Path) -> None:
    await lived(path, "one")
    made = [
        database_backup.make_backup(
            path, tmp_path, NOW, version="1", key_file=tmp_path / "k", key=KEY
        )
        for _ in range(3)
    ]
    names = [backup.name for backup, _ in made]
    assert names == [f"noc-20261130T030000Z{end}.db" for end in ("", "-2", "-3")]
    backup, manifest = made[0]
    assert (manifest.count, manifest.verdict, manifest.signed_by) == (2, "intact", KEY.key_id)
    assert HEAD.decode(manifest.head).count == 2
    assert database_backup.check_manifest(backup) == ""
    forged = msgspec.structs.replace(manifest, count=99)
    database_backup.manifest_of(backup).write_bytes(msgspec.json.encode(forged))
    assert "not signed" in database_backup.check_manifest(backup)
    second = made[1][0]
    second.write_bytes(second.read_bytes()[:-1] + b"x")
    assert "not the file" in database_backup.check_manifest(second)
    gone = database_backup.prune(tmp_path, "noc", 1)
    assert [one.name for one in gone] == names[:2]
    assert made[2][0].is_file()


async def test_a_restore_makes_no_other_history_honest(path: Path, tmp_path: Path) -> None:
    await lived(path, "one")
    backup = tmp_path / "backup.db"
    files.copy(path, backup)
    true = await lived(path, "two")
    await to_thread(files.restore, backup, path)
    await lived(path, "forged two")
    found = await to_thread(restoration.compare, backup, path, [true])
    await to_thread(restoration.restore, backup, path, found, LEA, NOW, KEY)
    assert verify(path, [true]).verdict is not Verdict.RESTORED


async def test_a_head_kept_outside_tells_of_a_file_that_is_gone(path: Path, tmp_path: Path) -> None:
    await lived(path, "one")
    backup = tmp_path / "backup.db"
    files.copy(path, backup)
    lost = await lived(path, "two")
    await to_thread(path.unlink)
    found = await to_thread(restoration.compare, backup, path, [lost])
    assert found.place is None
    await to_thread(restoration.restore, backup, path, found, LEA, NOW, KEY)
    assert verify(path, [lost]).verdict is Verdict.RESTORED
