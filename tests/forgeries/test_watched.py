"""Forgeries of what sums up many looks: how long guests and endpoints were watched in a month.

There is no entry for each look; the rows of a tenant's month are signed together.
"""

import asyncio
import json
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from noc_tui import cli
from noc_tui.daemon.core.identity import itself
from noc_tui.queries.record_check import check_record
from storage import heads
from storage.bound_tables import SIGNED_TABLES
from storage.cloud_edges import EDGE_SEEN, EDGE_STATES, EdgeState
from storage.database import Writer
from storage.heads import SigningKey
from storage.register import TENANTS
from storage.resources import WATCH_MONTHS, WatchMonth, close_months
from storage.signed_rows import begin_signing
from tests.forgeries.rows import Forgery, forge, sample_row, sql

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
KEY = SigningKey.generate()
FEBRUARY, MARCH = "2026-02", "2026-03"
GUEST = "guest:rennes/101"


def watched(month: str, tenant: str, bad: int = 60) -> list[WatchMonth]:
    return [
        WatchMonth(month, tenant, "", "looked", known=3600),
        WatchMonth(month, tenant, GUEST, "cpu", known=3600, bad=bad, peak=97, peak_at=NOW),
    ]


async def opened(path: Path) -> Writer:
    writer = await Writer.open(path, clock_now=lambda: NOW)
    async with writer.change(itself()) as change:
        await heads.use_key(change, KEY)
        await begin_signing(change, KEY, SIGNED_TABLES)
    return writer


async def put(writer: Writer, *rows: WatchMonth) -> None:
    async with writer.change(itself()) as change:
        await change.put(WATCH_MONTHS, rows)


async def written(path: Path, *, closed: bool = True) -> None:
    writer = await opened(path)
    async with writer.change(itself()) as change:
        tenants = [replace(sample_row(TENANTS), id=one) for one in ("acme", "zeta")]
        await change.put(TENANTS, tenants)
        await change.record("register.read", ["tenant:acme", "tenant:zeta"], {})
    for month in (FEBRUARY, MARCH):
        await put(writer, *watched(month, "acme"), *watched(month, "zeta"))
    if closed:
        async with writer.change(itself()) as change:
            await close_months(change, MARCH)
    async with writer.change(itself()) as change:
        edge = EdgeState("acme", "vpn", "icmp://vpn", "silent", NOW, NOW, 2, NOW, "timeout")
        entry = await change.record(EDGE_SEEN, ["tenant:acme"], {"state": "silent"})
        await change.put(EDGE_STATES, [edge], by=entry)
    await writer.close()


@pytest.fixture(scope="module")
def true_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("watched") / "noc.db"
    asyncio.run(written(path))
    return path


@pytest.fixture
def copied(true_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(true_file, tmp_path / "noc.db"))


def signed_by_another(db: sqlite3.Connection) -> None:
    db.execute("UPDATE watch_month SET bad = 0 WHERE tenant = 'acme'")
    db.execute("UPDATE row_signature SET signature = zeroblob(64)")


def month_gone(month: str) -> Forgery:
    return sql(
        f"DELETE FROM watch_month WHERE month = '{month}' AND tenant = 'acme'",  # noqa: S608
        f'DELETE FROM row_signature WHERE scope = \'["{month}","acme"]\'',  # noqa: S608
    )


FORGERIES: dict[str, Forgery] = {
    "a figure": sql("UPDATE watch_month SET bad = 0 WHERE tenant = 'acme'"),
    "a peak's date": sql("UPDATE watch_month SET peak_at = peak_at + 1"),
    "a row less": sql("DELETE FROM watch_month WHERE measure = 'cpu' AND tenant = 'acme'"),
    "a row more": sql(
        "INSERT INTO watch_month SELECT month, tenant, 'guest:x/1', measure, known, unknown, bad,"
        " peak, peak_at, threshold, revision FROM watch_month WHERE measure = 'cpu'"
    ),
    "another tenant's row": sql(
        "UPDATE watch_month SET tenant = 'zeta', subject = 'guest:x/2' WHERE measure = 'cpu'"
        " AND tenant = 'acme'"
    ),
    "a month nobody watched": sql(
        "INSERT INTO watch_month SELECT '2026-01', tenant, subject, measure, known, unknown, bad,"
        " peak, peak_at, threshold, revision FROM watch_month WHERE month = '2026-02'"
    ),
    "no signatures": sql("DELETE FROM row_signature"),
    "a signature of nobody": signed_by_another,
    "a fault taken away": sql("UPDATE row_signature SET fault = 1 - fault"),
    "a signature's instant": sql("UPDATE row_signature SET at = at + 1"),
    "a closed month gone": month_gone(FEBRUARY),
    "the running month gone": month_gone(MARCH),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_no_figure_of_a_month_is_changed_unseen(copied: Path, what: str) -> None:
    assert check_record(copied).verdict == "intact"
    forge(copied, FORGERIES[what])
    report = check_record(copied)
    assert report.verdict == "altered-rows", report.reason
    assert "watch_month" in {row.table for row in report.altered}


def test_a_closed_month_is_not_put_back_as_it_was_once(tmp_path: Path) -> None:
    path, before = tmp_path / "noc.db", tmp_path / "before.db"

    async def later() -> None:
        writer = await opened(path)
        await put(writer, *watched(FEBRUARY, "acme", bad=1800))
        async with writer.change(itself()) as change:
            await close_months(change, MARCH)
        await writer.close()

    def put_back(db: sqlite3.Connection) -> None:
        db.execute("ATTACH ? AS before", (str(before),))
        for table in ("watch_month", "row_signature"):
            db.execute(f"DELETE FROM main.{table}")  # noqa: S608
            db.execute(f"INSERT INTO main.{table} SELECT * FROM before.{table}")  # noqa: S608

    asyncio.run(written(path, closed=False))
    shutil.copy(path, before)
    asyncio.run(later())
    assert check_record(path).verdict == "intact"
    forge(path, put_back)
    assert check_record(path).verdict == "altered-rows"


@pytest.mark.parametrize("what", ["a figure", "no signatures", "the running month gone"])
@pytest.mark.parametrize("while_running", [True, False])
def test_nocd_signs_no_forged_month_as_if_it_were_its_own(
    copied: Path, what: str, while_running: bool
) -> None:
    """It goes on counting, and the month says for ever that it was changed."""

    async def count_on() -> None:
        writer = await opened(copied)
        if while_running:
            await put(writer, *watched(MARCH, "acme", bad=61))
            forge(copied, FORGERIES[what])
        await put(writer, *watched(MARCH, "acme", bad=62))
        await put(writer, *watched(MARCH, "acme", bad=63))
        await writer.close()

    if not while_running:
        forge(copied, FORGERIES[what])
    asyncio.run(count_on())
    report = check_record(copied)
    assert report.verdict == "altered-rows", report.reason
    assert any(row.key == f'["{MARCH}","acme"]' for row in report.altered)


def test_months_that_are_no_longer_kept_leave_no_trace_to_miss(copied: Path) -> None:
    async def forget() -> None:
        writer = await opened(copied)
        async with writer.change(itself()) as change:
            keys = [WATCH_MONTHS.key_of(one) for one in watched(FEBRUARY, "acme")]
            await change.remove(WATCH_MONTHS, keys)
        await writer.close()

    asyncio.run(forget())
    assert check_record(copied).verdict == "intact"


@pytest.mark.parametrize("column", ["state = 'answers'", "since = since + 1", "kind = 'firewall'"])
def test_since_when_an_endpoint_is_silent_is_on_record(copied: Path, column: str) -> None:
    forge(copied, sql(f"UPDATE edge_state SET {column}"))  # noqa: S608
    assert check_record(copied).verdict == "altered-rows"


def test_the_months_command_states_no_forged_figure(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = copied.with_name("noc.toml")
    config.write_text(
        f'[database]\npath = "{copied}"\n[socket]\npath = "{copied.parent / "s"}"\n'
        '[hoster]\nname = "Hébergeur"\n'
    )
    words = ["promises", "month", MARCH, "--json", "--config", str(config)]
    assert cli.main(words) == 0
    assert {one["tenant"] for one in json.loads(capsys.readouterr().out)} == {"acme", "zeta"}
    forge(copied, sql("UPDATE watch_month SET bad = 0 WHERE tenant = 'acme'"))
    assert cli.main(words) == 1
    told = capsys.readouterr()
    assert {one["tenant"] for one in json.loads(told.out)} == {"zeta"}
    assert "watch_month" in told.err
