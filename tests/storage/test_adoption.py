"""Rows from before entries held digests are bound once; erased entries leave rows bound."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage import erasure
from storage.adoption import adopt_rows, find_unbound
from storage.database import Writer
from storage.oncall import SHIFT_NOTES, ShiftNote
from storage.register import SITES, Site
from storage.row_digests import ADOPTED
from storage.verdict import Verdict
from storage.verify import verify
from tests.storage.conftest import NOW, OMAR
from tests.storage.test_verify import sql, tamper

pytestmark = pytest.mark.anyio

FROM_BEFORE = sql(
    "INSERT INTO shift_note VALUES (1, 1, 'omar', 'from before', NULL, 1)",
    "INSERT INTO ledger VALUES (1, 'guest:rennes/101', 5, 4, 'down', 'stopped', 1, 1)",
    "INSERT INTO ledger VALUES (2, 'guest:rennes/101', 9, 8, 'up', '', 1, 1)",
    "INSERT INTO placement VALUES ('guest:rennes/101', 1, 'acme', 'cluster:rennes', 'n', NULL, 1,"
    " NULL, NULL)",
)


async def opened(path: Path) -> Writer:
    """As `nocd` opens it."""
    writer = await Writer.open(path, clock_now=lambda: NOW)
    unbound = find_unbound(path)
    async with writer.change(OMAR) as change:
        await adopt_rows(change, unbound)
    return writer


async def from_before(path: Path) -> None:
    writer = await Writer.open(path, clock_now=lambda: NOW)
    async with writer.change(OMAR) as change:
        await change.record("availability.observed", ["observer:cluster:rennes"], {})
    await writer.close()
    tamper(path, FROM_BEFORE)


async def test_rows_from_before_are_unbound_until_they_are_adopted(path: Path) -> None:
    await from_before(path)
    assert verify(path).verdict is Verdict.UNBOUND_ROWS
    await (await opened(path)).close()
    report = verify(path)
    assert (report.verdict, report.rows) == (Verdict.INTACT, 4)
    assert report.adopted == report.count


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE shift_note SET text = 'forged'",
        "UPDATE ledger SET state = 'up'",
        "DELETE FROM ledger WHERE seq = 2",
        "UPDATE placement SET tenant = 'zeta'",
        "INSERT INTO shift_note VALUES (2, 1, 'omar', 'forged', NULL, 1)",
    ],
)
async def test_adopted_rows_are_bound(path: Path, forgery: str) -> None:
    await from_before(path)
    await (await opened(path)).close()
    tamper(path, sql(forgery))
    assert verify(path).verdict is Verdict.ALTERED_ROWS


async def test_rows_are_adopted_once(path: Path) -> None:
    """A row that is put there later is no row from before."""
    await from_before(path)
    await (await opened(path)).close()
    tamper(path, sql("INSERT INTO shift_note VALUES (2, 1, 'omar', 'forged', NULL, 1)"))
    writer = await opened(path)
    found = await writer.rows("SELECT count(*) FROM evidence WHERE kind = ?", (ADOPTED,))
    await writer.close()
    assert found[0][0] == 3  # a table each
    assert verify(path).verdict is Verdict.ALTERED_ROWS


async def test_a_new_database_adopts_nothing(path: Path) -> None:
    writer = await opened(path)
    async with writer.change(OMAR) as change:
        await change.record("handover.noted", [], {})
        await change.put(SHIFT_NOTES, [ShiftNote(1, NOW, "omar", "true", None)])
    await writer.close()
    tamper(path, sql("INSERT INTO shift_note VALUES (2, 1, 'omar', 'forged', NULL, 1)"))
    await (await opened(path)).close()
    assert verify(path).verdict is Verdict.ALTERED_ROWS


async def test_rows_stay_bound_when_their_entry_is_erased(path: Path) -> None:
    writer = await opened(path)
    for text in ("first", "second"):
        async with writer.change(OMAR) as change:
            await change.record("register.read", [], {"title": text})
            await change.put(SITES, [Site("dc1", text, "FR")])
    async with writer.change(OMAR) as change:
        await erasure.erase(change, [1, 2], "over")
    await writer.close()
    assert verify(path).verdict is Verdict.INTACT
    with closing(sqlite3.connect(path)) as db:
        ((content,),) = db.execute("SELECT content FROM evidence_payload WHERE seq = 3")
    kept = json.loads(content)
    assert list(kept["rows_of"]) == ["2"]  # what the row was before tells nothing any more
    assert b"first" not in content
    tamper(path, sql("UPDATE site SET country = 'US'"))
    report = verify(path)
    assert (report.verdict, report.altered[0].entry) == (Verdict.ALTERED_ROWS, 2)
