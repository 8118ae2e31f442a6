"""Forgeries of what no entry holds: numbers of changes, and columns that move without an entry."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from noc_tui.daemon.core.errors import Conflict, Forbidden
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.evidence.fault_acceptance import accept_fault
from noc_tui.queries.record_check import check_record
from noc_tui.roles import Caller, Role
from storage import heads, settings
from storage.bound_tables import SIGNED_TABLES
from storage.database import Writer
from storage.direct import answer_from
from storage.ledger import OBSERVERS
from storage.oncall import ALERTS, Alert
from storage.resources import WATCH_MONTHS, WatchMonth
from storage.row_sums import SUMMED, read_state, read_sums
from storage.tables import Table
from tests.forgeries.rows import (
    ALLOWED,
    LEA,
    Forgery,
    Lived,
    forge,
    lived_database,
    sample_row,
    sql,
)

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
WATCHED = WatchMonth("2026-03", "zeta", "guest:rennes/201", "cpu", known=3600, bad=60)
NAMES = [table.name for table in (*SUMMED, *SIGNED_TABLES)]


async def with_every_row(directory: Path) -> Lived:
    lived = await lived_database(directory)
    writer = await Writer.open(lived.path, clock_now=lambda: NOW)
    async with writer.change(itself()) as change:
        await heads.use_key(change, lived.key)
        await change.put(WATCH_MONTHS, [WATCHED])
        await settings.put(change, "sample", 1)
    await writer.close()
    return lived


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    return asyncio.run(with_every_row(tmp_path_factory.mktemp("lived")))


@pytest.fixture
def copied(lived: Lived, tmp_path: Path) -> Path:
    return Path(shutil.copy(lived.path, tmp_path / "noc.db"))


def named(path: Path) -> set[str]:
    """The tables that verify names; nothing where it says intact."""
    report = check_record(path)
    assert report.verdict in ("intact", "altered-rows"), report.reason
    assert bool(report.altered) == (report.verdict == "altered-rows")
    return {row.table for row in report.altered}


def test_what_nobody_forged_is_intact(lived: Lived) -> None:
    assert named(lived.path) == set()
    with closing(sqlite3.connect(lived.path)) as db:
        for name in NAMES:
            ((count,),) = db.execute(f'SELECT count(*) FROM "{name}"')  # noqa: S608 - from code
            assert count, name


@pytest.mark.parametrize("name", [*NAMES, "evidence_head"])
@pytest.mark.parametrize("step", [-1, 1])
def test_the_revision_of_a_row(copied: Path, name: str, step: int) -> None:
    last = f'(SELECT max(revision) FROM "{name}")'  # noqa: S608 - from code
    forge(copied, sql(f'UPDATE "{name}" SET revision = revision + {step} WHERE revision = {last}'))  # noqa: S608 - from code
    report = check_record(copied)
    assert report.verdict in ("altered-rows", "altered"), report.reason
    assert name in report.reason


def test_the_change_of_an_entry_shifted_between_its_neighbours(copied: Path) -> None:
    """No hash holds it, and the numbers go on rising: the sum over the entries tells."""
    one = "(SELECT min(seq) FROM evidence WHERE kind = 'rows.scopes_begun')"
    forge(copied, sql(f"UPDATE evidence SET revision = revision - 1 WHERE seq = {one}"))  # noqa: S608 - from here
    assert named(copied) == {"evidence"}


def test_sums_of_a_version_that_had_none_of_the_entries_gain_it(lived: Lived, copied: Path) -> None:
    def as_before(db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM row_sum WHERE kind = 'evidence'")
        state, sums = answer_from(db, read_state), answer_from(db, read_sums)
        assert state is not None
        state = state.signed(lived.key, sums)
        db.execute("UPDATE row_state SET signature = ?", (state.signature,))

    forge(copied, as_before)
    assert named(copied) == set()
    asyncio.run(later(copied, lived, entry=True))
    assert named(copied) == set()
    forge(copied, sql("UPDATE evidence SET revision = 1 WHERE seq = 2"))
    assert named(copied) == {"evidence"}


@pytest.mark.parametrize(
    ("table", "column"),
    [(table, column) for table in SUMMED for column in table.unbound],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_a_column_that_moves_without_an_entry(copied: Path, table: Table[Any], column: str) -> None:
    def other(db: sqlite3.Connection) -> None:
        found = db.execute(f'SELECT rowid, "{column}" FROM "{table.name}" LIMIT 1')  # noqa: S608 - from code
        row, value = found.fetchone()
        values: list[object]
        if (table.name, column) in ALLOWED:
            values = ["done", "accepted", "sending", "failed", "notice", "warning"]
        else:
            values = [value + 1 if isinstance(value, int) else f"{value or ''}1", 1]
        for one in values:
            try:
                db.execute(f'UPDATE "{table.name}" SET "{column}" = ? WHERE rowid = ?', (one, row))  # noqa: S608 - from code
            except sqlite3.IntegrityError:
                continue
            return
        raise AssertionError("nothing could be put there")

    forge(copied, other)
    assert table.name in named(copied)


FORGERIES: dict[str, Forgery] = {
    "the number of the last change": sql("UPDATE revision SET value = value + 1"),
    "a sum": sql("UPDATE row_sum SET sum = zeroblob(512) WHERE kind = 'alert'"),
    "a sum less": sql("DELETE FROM row_sum WHERE kind = 'alert'"),
    "all sums": sql("DELETE FROM row_sum"),
    "the state": sql("DELETE FROM row_state"),
    "the state and the sums": sql("DELETE FROM row_state", "DELETE FROM row_sum"),
    "a signature of nobody": sql("UPDATE row_state SET signature = zeroblob(64)"),
    "another key's": sql("UPDATE row_state SET key_id = 'x'"),
    "the state's number": sql("UPDATE row_state SET revision = revision + 1"),
    "the state's fault": sql("UPDATE row_state SET fault = 1"),
    "a head less": sql("DELETE FROM evidence_head WHERE number = 1"),
    "all kept heads": sql("DELETE FROM evidence_head"),
    "an alert less": sql("DELETE FROM alert"),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_what_is_signed_of_them(copied: Path, what: str) -> None:
    forge(copied, FORGERIES[what])
    report = check_record(copied)
    assert report.verdict in ("altered-rows", "altered"), report.reason


async def later(path: Path, lived: Lived, *, entry: bool) -> None:
    """More was watched, perhaps with an entry."""
    writer = await Writer.open(path, clock_now=lambda: NOW)
    async with writer.change(itself()) as change:
        await heads.use_key(change, lived.key)
        await change.put(WATCH_MONTHS, [replace(WATCHED, known=7200, bad=1800)])
        if entry:
            await change.record("incident.note", ["tenant:zeta"], {})
    await writer.close()


def put_back(tables: list[str], before: Path) -> Forgery:
    def change(db: sqlite3.Connection) -> None:
        db.execute("ATTACH ? AS before", (str(before),))
        for table in tables:
            db.execute(f"DELETE FROM main.{table}")  # noqa: S608 - from code
            db.execute(f"INSERT INTO main.{table} SELECT * FROM before.{table}")  # noqa: S608 - from code

    return change


SIGNATURES = ["watch_month", "row_signature"]
STATES = [*SIGNATURES, "row_state", "row_sum"]


@pytest.mark.parametrize(
    ("tables", "entry"),
    [(SIGNATURES, False), (SIGNATURES, True), (STATES, True), ([*STATES, "revision"], True)],
)
def test_a_running_month_put_back_as_it_was(
    lived: Lived, copied: Path, tables: list[str], entry: bool
) -> None:
    """Its own signature is genuine; the state that the last commit signed is another."""
    before = Path(shutil.copy(copied, copied.with_name("before.db")))
    asyncio.run(later(copied, lived, entry=entry))
    assert named(copied) == set()
    forge(copied, put_back(tables, before))
    report = check_record(copied)
    assert report.verdict in ("altered-rows", "altered"), report.reason


@pytest.mark.parametrize("while_running", [True, False])
def test_nocd_signs_over_no_forged_row_as_if_it_were_its_own(
    lived: Lived, copied: Path, while_running: bool
) -> None:
    """Whoever writes the row anew: the sum never agrees again."""
    forgery = sql("UPDATE observer SET seen = seen + 60000000")

    async def run() -> None:
        writer = await Writer.open(copied, clock_now=lambda: NOW)
        async with writer.change(itself()) as change:
            await heads.use_key(change, lived.key)
        if while_running:
            forge(copied, forgery)
        for seconds in (1, 2):
            async with writer.change(itself()) as change:
                rows = await OBSERVERS.read(change)
                moved = [replace(one, seen=one.seen + seconds * 1_000_000) for one in rows]
                await change.put(OBSERVERS, moved)
        await writer.close()

    if not while_running:
        forge(copied, forgery)
    asyncio.run(run())
    assert named(copied) == {"observer"}


def test_a_state_that_was_taken_away_is_never_made_anew_in_silence(
    lived: Lived, copied: Path
) -> None:
    forge(copied, sql("DELETE FROM row_state", "DELETE FROM row_sum"))
    asyncio.run(later(copied, lived, entry=True))
    assert "row_state" in named(copied)


async def test_rows_that_are_written_and_removed_leave_the_sum_as_it_was(tmp_path: Path) -> None:
    """Also where the key came later, a change failed, and a row was removed and put again."""
    path = tmp_path / "noc.db"
    key = heads.SigningKey.generate()
    writer = await Writer.open(path, clock_now=lambda: NOW)
    trouble = sample_row(ALERTS)

    async def put(*rows: Alert, remove: bool = False, fail: bool = False) -> None:
        async with writer.change(itself()) as change:
            await change.record("alert.raised", ["tenant:zeta"], {})
            if remove:
                await change.remove(ALERTS, [(trouble.fingerprint,)])
            await change.put(ALERTS, rows)
            if fail:
                raise LookupError

    await put(replace(trouble, fingerprint="first"))
    async with writer.change(itself()) as change:
        await heads.use_key(change, key)
        await change.put(ALERTS, [replace(trouble, fingerprint="first", incident=3)])
    await put(trouble)
    with pytest.raises(LookupError):
        await put(replace(trouble, incident=9), fail=True)
    await put(remove=True)
    await put(replace(trouble, incident=4), replace(trouble, fingerprint="other"))
    await put(replace(trouble, incident=5), remove=True)
    await writer.close()
    writer = await Writer.open(path, clock_now=lambda: NOW)
    async with writer.change(itself()) as change:  # before the key is there
        await change.put(ALERTS, [replace(trouble, incident=6)])
    async with writer.change(itself()) as change:
        await heads.use_key(change, key)
    await writer.close()
    assert named(path) == set()


OTHER = Caller(1003, "lou", Role.LEAD)


def test_two_leads_accept_a_fault_and_verify_says_from_when_on_it_is_proven(
    lived: Lived, copied: Path
) -> None:
    forge(copied, sql("UPDATE observer SET seen = seen + 60000000", "DELETE FROM row_state"))

    async def accept(reason: str, who: Caller = LEA, at: datetime = NOW) -> bool:
        writer = await Writer.open(copied, clock_now=lambda: at)
        try:
            async with writer.change(itself()) as change:
                await heads.use_key(change, lived.key)
                await change.record("incident.note", ["tenant:zeta"], {})
            async with writer.change(itself()) as change:
                return (await accept_fault(change, who, reason)).accepted
        finally:
            await writer.close()

    asyncio.run(later(copied, lived, entry=True))
    assert {"observer", "row_state"} <= named(copied)
    assert asyncio.run(accept("the disk was restored by hand")) is False
    assert {"observer", "row_state"} <= named(copied), "one lead alone accepts nothing"
    with pytest.raises(Forbidden):
        asyncio.run(accept("the disk was restored by hand"))
    assert {"observer", "row_state"} <= named(copied)
    late = NOW + timedelta(days=2)
    assert asyncio.run(accept("too late, so this asks", OTHER, late)) is False
    assert asyncio.run(accept("the disk was restored by hand", LEA, late)) is True
    asyncio.run(later(copied, lived, entry=True))
    report = check_record(copied)
    assert report.verdict == "intact", report.reason
    (said,) = report.accepted_faults
    assert said.fault.tables == ("observer", "row_state")
    assert (said.fault.requested_by, said.account) == (OTHER.name, LEA.name)
    assert said.fault.request < said.entry
    with pytest.raises(Conflict):
        asyncio.run(accept("again"))
    forge(copied, sql("UPDATE observer SET seen = seen - 60000000"))
    assert named(copied) == {"observer"}, "what is changed after it is named"
