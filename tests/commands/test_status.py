"""`status` says what is wrong by the rows: before an alert is confirmed, and with nocd down."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from noc_tui.commands.status import lines
from noc_tui.commands.status_document import StatusDocument, document
from noc_tui.config.values import Configuration, Database, Socket
from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.views.next_order import NextOrder
from storage.database import Writer
from storage.guests import GUESTS
from storage.inventory import NODES, SOURCES, Node, Source
from storage.oncall import ALERTS, Alert
from storage.suspension import SUSPENSIONS, Suspension
from tests.console import busy_estate, estate
from tests.console.estate import node
from tests.support.changes import recorded
from tests.support.guests import stored_guest

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
HALTED = stored_guest(name="web-1", status="io-error", template=None)


WAITS = Suspension(
    "S-1", "acme", "Acme", "spam", "scheduled", False, NOW, None, None, None, False, None, "{}",
    starts_at=NOW + timedelta(hours=2, minutes=13),
)  # fmt: skip


async def told(
    directory: Path,
    *,
    nodes: list[Node],
    alerts: list[Alert],
    cases: Sequence[Suspension] = (),
    secret: Sequence[NextOrder] = (),
) -> StatusDocument:
    writer = await Writer.open(directory / "noc.db", clock_now=lambda: NOW)
    source = Source("rennes", "fast", NOW - timedelta(seconds=5), NOW, None, None, 45)
    async with recorded(writer) as change:
        await change.put(SOURCES, [source])
        await change.put(NODES, nodes)
        await change.put(GUESTS, [HALTED])
        await change.put(ALERTS, alerts)
        await change.put(SUSPENSIONS, cases)
    config = Configuration(database=Database(path=writer.path), socket=Socket(path=directory / "s"))
    found = await document(writer, config, load_shipped_book(), NOW, False, secret)
    await writer.close()
    return found


async def test_what_no_alert_says_yet_is_said_from_the_rows(tmp_path: Path) -> None:
    found = await told(tmp_path, nodes=[node("rennes", "pve1", "offline")], alerts=[])
    assert [(one.fingerprint, one.state, one.text) for one in found.alerts] == [
        ("node:node:rennes/pve1", "critical", "node rennes/pve1 is offline"),
        ("guest:guest:rennes/101", "critical", "guest rennes/101 (web-1): I/O error"),
    ]
    assert {one.age_seconds for one in found.alerts} == {5.0}


async def test_what_an_alert_says_is_said_once(tmp_path: Path) -> None:
    alert = Alert(
        "guest:guest:rennes/101", "guest", "critical", "cluster:rennes", "guest:rennes/101", "",
        ("guest=rennes/101", "name=web-1", "status=io-error"), None, "open", NOW, 1, None, None,
        "", "", None, "", None,
    )  # fmt: skip
    found = await told(tmp_path, nodes=[], alerts=[alert])
    assert [one.fingerprint for one in found.alerts] == [alert.fingerprint]


async def test_the_orders_that_wait_are_told_with_the_time_left(tmp_path: Path) -> None:
    secret = NextOrder("ABCD2345", "Zq", NOW + timedelta(hours=5), secret=True)
    found = await told(tmp_path, nodes=[], alerts=[], cases=[WAITS], secret=[secret])
    assert [(one.case, one.seconds_left, one.secret) for one in found.orders] == [
        ("S-1", 7980.0, False),
        ("ABCD2345", 18_000.0, True),
    ]
    assert any("S-1" in line and "02:13" in line for line in lines(found))


async def test_a_tenant_that_is_out_says_since_when_and_why(tmp_path: Path) -> None:
    path = estate.configuration(tmp_path).database.path
    await busy_estate.write(path)
    writer = await Writer.open(path, clock_now=lambda: estate.NOW)
    found = await document(
        writer, estate.configuration(tmp_path), load_shipped_book(), estate.NOW, False
    )
    await writer.close()
    globex = next(one for one in found.tenants if one.id == "globex")
    assert (globex.state, globex.cause, globex.incident) == ("out", "instances", 2)
    assert globex.out_since == estate.NOW - timedelta(minutes=52)
    acme = next(one for one in found.tenants if one.id == "acme")
    assert (acme.state, acme.cases) == ("available", ("S-1", "S-2"))
    told = "\n".join(lines(found))
    assert "incident 2" in told
    assert "S-1 in force" in told
