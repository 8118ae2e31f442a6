"""The sealed file through backup, restore, copies, verification and rebuilding."""

import asyncio
import json
import os
import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from noc_tui import cli
from noc_tui.clock import SteppedClock
from noc_tui.daemon.restoration.service import RestorationService
from storage import erasure, evidence
from storage.authority import AUTHORITY_ORDERS, OrderRow
from storage.copies import copies_of
from storage.database import Writer
from storage.evidence import Actor
from storage.sealed import (
    DIGEST_KIND,
    SUBJECT,
    commit_digest,
    compare_sealed,
    sealed_copy_path,
    sealed_path,
)
from storage.verdict import Verdict
from tests.support.context import START, made_context
from tests.support.leaks import files_below, find_leaks

NOCD = Actor(990, "nocd")
SECRET = "Zqreference"


def order(reference: str = SECRET) -> OrderRow:
    return OrderRow(
        id="K7QX2M9P", kind="criminal", authority="x", reference=reference, tenant="acme",
        state="open", received_at=START, due_at=None, review_due=None, silent_until=None,
        document=json.dumps({"reference": reference}),
    )  # fmt: skip


async def written(database: Path, reference: str) -> None:
    """A secret order, and the hour's digest of it on the chain that all read."""
    sealed = await Writer.open(sealed_path(database), clock_now=lambda: START)
    async with sealed.change(NOCD) as change:
        entry = await change.record("authority.recorded", ["authority:X"], {"text": reference})
        await change.put(AUTHORITY_ORDERS, [order(reference)], by=entry)
    async with sealed.change(NOCD) as change:
        digest = await commit_digest(change)
    await sealed.close()
    writer = await Writer.open(database, clock_now=lambda: START)
    async with writer.change(NOCD) as change:
        await change.record(DIGEST_KIND, [SUBJECT], {"digest": digest})
    await writer.close()


def reference_in(database: Path) -> str:
    with closing(sqlite3.connect(sealed_path(database))) as file:
        ((found,),) = file.execute("SELECT reference FROM authority_order").fetchall()
    return str(found)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    file = tmp_path / "noc.toml"
    file.write_text(
        f'[database]\npath = "{tmp_path / "db" / "noc.db"}"\n[socket]\npath = "{tmp_path / "s"}"\n',
        encoding="utf-8",
    )
    return file


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "db" / "noc.db"
    asyncio.run(written(path, SECRET))
    return path


@pytest.mark.parametrize("whole", [False, True], ids=["file", "directory"])
def test_a_sealed_file_that_was_taken_away_is_told(
    config: Path, database: Path, capsys: pytest.CaptureFixture[str], *, whole: bool
) -> None:
    shutil.rmtree(sealed_path(database).parent)
    if not whole:
        sealed_path(database).parent.mkdir(mode=0o700)
    assert cli.main(["evidence", "verify", "--config", str(config)]) == 1
    assert "truncated, digests on record that agree: 0" in capsys.readouterr().err


def backed_up(config: Path, tmp_path: Path) -> Path:
    assert cli.nocd(["backup", str(tmp_path / "backups"), "--config", str(config)]) == 0
    (made,) = (tmp_path / "backups").glob("noc-*.db")
    return made


def restored(config: Path, backup: Path) -> int:
    return cli.nocd(["restore", str(backup), "--yes", "--config", str(config)])


def test_a_restore_brings_the_sealed_file_back_to_the_same_instant(
    config: Path, database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backup = backed_up(config, tmp_path)
    assert find_leaks(files_below(tmp_path / "backups", "noc.sealed"), [SECRET]) == []
    asyncio.run(written(database, "Zqlaterone"))
    assert reference_in(database) == "Zqlaterone"
    assert restored(config, backup) == 0
    assert reference_in(database) == SECRET
    found = compare_sealed(database)
    assert (found.verdict, found.digests) == (Verdict.INTACT, 1)
    # What came since is kept where nobody else looks, and said to whoever restored.
    kept = sealed_path(database).with_name("sealed.db.replaced")
    assert str(kept) in capsys.readouterr().out
    assert find_leaks({"kept": kept.read_bytes()}, ["Zqlaterone"])
    modes = {stat.S_IMODE(path.stat().st_mode) for path in kept.parent.iterdir()}
    assert (modes, stat.S_IMODE(kept.parent.stat().st_mode)) == ({0o600}, 0o700)
    assert find_leaks(files_below(tmp_path / "db", "noc.db.sealed"), [SECRET, "Zqlaterone"]) == []


def test_without_its_copy_the_sealed_file_stays_as_it_is(
    config: Path, database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backup = backed_up(config, tmp_path)
    sealed_copy_path(backup).unlink()
    backup.with_suffix(".json").unlink()  # its manifest would say that it is not whole
    asyncio.run(written(database, "Zqlaterone"))
    assert restored(config, backup) == 0
    assert "stays as it is" in capsys.readouterr().out
    assert reference_in(database) == "Zqlaterone"
    assert compare_sealed(database).verdict is Verdict.INTACT


def test_verify_says_what_the_sealed_file_is(
    config: Path, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--config", str(config), "--lang", "en", "evidence", "verify"]

    def said() -> str:
        cli.main(words)
        return capsys.readouterr().err

    assert "sealed file: intact, digests on record that agree: 1" in said()
    place = sealed_path(database)
    elsewhere = database.parent.parent / "other" / "noc.db"
    asyncio.run(written(elsewhere, "Zqanother"))
    original = place.read_bytes()
    place.write_bytes(sealed_path(elsewhere).read_bytes())
    assert cli.main(words) == 1
    assert "sealed file: truncated" in capsys.readouterr().err
    place.write_bytes(original)
    cli.main([*words, "--json"])
    shown = json.loads(capsys.readouterr().out)["sealed"]
    assert (shown["looked_at"], shown["verdict"], shown["digests"]) == (True, "intact", 1)
    copy = shutil.copy(database, database.parent.parent / "copy.db")  # nothing sealed beside it
    cli.main([*words, "--database", str(copy)])
    assert "was not looked at" in capsys.readouterr().err


def test_the_tables_of_the_sealed_file_are_worked_out_of_its_own_log(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["rebuild", "--from-evidence", "--database"]
    sealed = sealed_path(database)
    assert cli.nocd([*words, str(sealed)]) == 0
    assert SECRET not in capsys.readouterr().out
    with closing(sqlite3.connect(sealed)) as file:
        for (name,) in file.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            file.execute(f"DROP TRIGGER {name}")
        file.execute("UPDATE authority_order SET reference = 'Zqforged1'")
        file.commit()
    assert cli.nocd([*words, str(sealed)]) == 1
    assert SECRET in capsys.readouterr().out  # to who may read the file
    cli.nocd([*words, str(database)])
    assert SECRET not in capsys.readouterr().out


@pytest.mark.anyio
async def test_copies_beside_the_sealed_file_are_tended_like_the_others(tmp_path: Path) -> None:
    clock = SteppedClock(START)
    async with made_context(tmp_path, clock=clock, sealing=True) as context:
        sealed = context.sealed
        assert sealed is not None
        async with sealed.change(NOCD) as change:
            entry = await change.record("authority.told", ["authority:X"], {"text": SECRET})
        for name in ("sealed.db.before-0001_first", "sealed.db.replaced"):
            copy = sealed.path.with_name(name)
            with closing(sqlite3.connect(sealed.path)) as one, closing(sqlite3.connect(copy)) as to:
                one.backup(to)
            copy.chmod(0o600)
            os.utime(copy, (START.timestamp(), START.timestamp()))
        async with sealed.change(NOCD) as change:
            await erasure.erase(change, [entry], "its time is over")
        service = RestorationService(context)
        await service.tend_copies()
        copies = copies_of(sealed.path)
        assert len(copies) == 2
        assert find_leaks({path.name: path.read_bytes() for path in copies}, [SECRET]) == []
        assert {stat.S_IMODE(path.stat().st_mode) for path in copies} == {0o600}
        await clock.advance(timedelta(days=400).total_seconds())
        await service.tend_copies()
        assert copies_of(sealed.path) == []
        assert await evidence.count(context.writer) == 0
