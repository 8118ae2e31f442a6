"""Forgeries with a state that was signed: an earlier one, or one by a key that was replaced."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from noc_tui import cli
from noc_tui.daemon.core.identity import itself
from noc_tui.queries.record_check import check_record
from storage import heads, rotation
from storage.database import Writer
from storage.heads import HEAD, Head, SigningKey, build_head
from storage.resources import WATCH_MONTHS
from storage.row_digests import rows_digest
from storage.row_sums import sign_anew
from storage.signed_rows import RowSignature, message, scope_text
from storage.verdict import Verdict
from tests.forgeries.chains import append
from tests.forgeries.rows import Lived, forge, sql
from tests.forgeries.test_sums import NAMES, NOW, STATES, later, named, put_back, with_every_row


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    return asyncio.run(with_every_row(tmp_path_factory.mktemp("lived")))


@pytest.fixture
def copied(lived: Lived, tmp_path: Path) -> Path:
    return Path(shutil.copy(lived.path, tmp_path / "noc.db"))


def last_head(path: Path) -> Head:
    """The head of the last commit, as somebody outside may have it."""
    with closing(sqlite3.connect(path)) as db:
        ((line,),) = db.execute("SELECT line FROM evidence_current")
    return HEAD.decode(line)


async def started(path: Path, key: SigningKey) -> None:
    """A run of `nocd` that does nothing but note something."""
    writer = await Writer.open(path, clock_now=lambda: NOW)
    async with writer.change(itself()) as change:
        await heads.use_key(change, key)
        await change.record("incident.note", ["tenant:zeta"], {})
    await writer.close()


@pytest.mark.parametrize("and_heads", [False, True])
def test_a_start_takes_no_state_that_was_put_back_for_its_own(
    lived: Lived, copied: Path, *, and_heads: bool
) -> None:
    before = Path(shutil.copy(copied, copied.with_name("before.db")))
    asyncio.run(later(copied, lived, entry=True))
    forge(copied, put_back([*STATES, "evidence_head"] if and_heads else STATES, before))
    for _run in range(2):
        asyncio.run(started(copied, lived.key))
        assert named(copied) == {"row_state"}


@pytest.mark.parametrize("tables", [STATES, [*STATES, "evidence_current"]])
def test_an_outside_head_does_not_stand_for_the_state_of_its_commit(
    lived: Lived, copied: Path, tables: list[str]
) -> None:
    """The entries since are genuine, and somebody outside has the head over them."""
    before = Path(shutil.copy(copied, copied.with_name("before.db")))
    asyncio.run(later(copied, lived, entry=True))
    outside = [last_head(copied)]
    assert check_record(copied, outside).verdict is Verdict.INTACT
    forge(copied, put_back(tables, before))
    if "evidence_current" not in tables:
        forge(copied, sql("DELETE FROM evidence_current"))
    report = check_record(copied, outside)
    assert report.verdict is Verdict.ALTERED_ROWS
    assert {row.table for row in report.altered} == {"row_state"}


def test_the_head_of_the_last_commit_is_there(copied: Path) -> None:
    forge(copied, sql("DELETE FROM evidence_current"))
    assert "row_state" in named(copied)


def signed_by(db: sqlite3.Connection, key: SigningKey) -> None:
    """Every month that was watched, and the state, under that key."""
    for scope in db.execute(WATCH_MONTHS.scopes).fetchall():
        rows = db.execute(WATCH_MONTHS.of_scope, scope).fetchall()
        digest = rows_digest([WATCH_MONTHS.canonical(row) for row in rows])
        said = RowSignature(len(rows), 0, 1, key.key_id, b"")
        signature = key.sign(message(WATCH_MONTHS.name, scope_text(scope), digest, said))
        db.execute(
            "UPDATE row_signature SET count = ?, fault = ?, at = ?, key_id = ?, signature = ?"
            " WHERE kind = 'watch_month' AND scope = ?",
            (*msgspec.structs.astuple(said)[:-1], signature, scope_text(scope)),
        )
    sign_anew(db, key, NAMES)


async def rotated(path: Path, old: SigningKey, new: SigningKey) -> None:
    """A new key is in force, which the old one endorses."""
    writer = await Writer.open(path, clock_now=lambda: NOW)
    async with writer.change(itself()) as change:
        await heads.use_key(change, old)
    async with writer.change(itself()) as change:
        await rotation.rotate(change, old, new)
    await writer.close()


def test_a_key_that_was_replaced_signs_no_entry(lived: Lived, copied: Path) -> None:
    asyncio.run(rotated(copied, lived.key, SigningKey.generate()))

    def add(db: sqlite3.Connection) -> None:
        seq = append(db, "incident.note", ["incident:1"], {})
        ((last,),) = db.execute("SELECT hash FROM evidence WHERE seq = ?", (seq,))
        head = build_head(lived.key, seq, last, NOW)
        db.execute("UPDATE evidence_current SET line = ?", (head.line(),))

    forge(copied, add)
    report = check_record(copied)
    assert report.verdict == "key-changed"
    assert report.unsigned.endswith(f"to {report.count}")


@pytest.mark.parametrize("and_start", [False, True])
def test_a_key_that_was_replaced_signs_no_state(
    lived: Lived, copied: Path, *, and_start: bool
) -> None:
    """It may be known to others: that is why it was replaced."""
    new = SigningKey.generate()
    asyncio.run(rotated(copied, lived.key, new))
    assert named(copied) == set()
    forge(copied, sql("UPDATE watch_month SET bad = 1800"))
    forge(copied, lambda db: signed_by(db, lived.key))
    if and_start:
        asyncio.run(started(copied, new))
    assert named(copied) == {"row_state"}


@pytest.mark.parametrize(
    ("forgery", "table"),
    [
        ("UPDATE observer SET seen = seen - 60000000", "observer"),
        ("UPDATE alert SET severity = 'notice'", "alert"),
        ("UPDATE watch_month SET bad = 0", "watch_month"),
        ("DELETE FROM row_sum", "row_state"),
        ("DELETE FROM observer", ""),  # that is what rebuilding is for
    ],
)
def test_rebuilding_signs_nothing_that_another_hand_changed(
    lived: Lived, copied: Path, forgery: str, table: str
) -> None:
    lived.key.save(copied.with_name("evidence.key"))
    forge(copied, sql(forgery))
    into = copied.with_name("rebuilt.db")
    cli.nocd(["rebuild", "--from-evidence", "--database", str(copied), "--into", str(into)])
    assert named(into) >= ({table} if table else set())
    assert bool(named(into)) == bool(table)
