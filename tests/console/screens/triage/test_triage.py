"""Triage on a real database, driven by keys; `nocd` is down: read-only."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import Input

from noc_tui.console.dialogs.confirm import Confirm
from storage.database import Writer
from storage.oncall import ALERTS
from tests.console import busy_estate, estate
from tests.console.alerted import alert, opened
from tests.console.conftest import console, cursor_to, shows, until
from tests.console.conftest import shown as shown_now
from tests.support.changes import recorded
from tests.support.context import START
from widgets.live_table import LiveTable

pytestmark = pytest.mark.anyio


async def test_triage_puts_the_worst_first_and_says_what_to_do(tmp_path: Path) -> None:
    app = await opened(tmp_path)
    async with app.run_test(size=(110, 30)) as pilot:
        await pilot.press("7")
        shown = await shows(pilot, "unacknowledged alerts: 2")
        assert shown.index("pve2") < shown.index("pve1")
        assert "✖ critical" in shown
        assert "\x1b" not in shown
        assert "[bold]" in shown
        assert "Check power and network" in shown


async def test_the_cursor_stays_on_what_something_is_done_to(tmp_path: Path) -> None:
    app = await opened(tmp_path)
    async with app.run_test(size=(110, 30)) as pilot:
        await pilot.press("7")
        await shows(pilot, "unacknowledged alerts: 2")
        app.screen.query_one(LiveTable).hold()
        writer = await Writer.open(tmp_path / "noc.db", clock_now=lambda: START)
        async with recorded(writer) as change:
            taken = replace(alert("pve2", "critical"), acknowledged_at=START,
                            acknowledged_by="omar", acknowledged_severity="critical")  # fmt: skip
            await change.put(ALERTS, [taken])
        await writer.close()
        shown = await shows(pilot, "unacknowledged alerts: 1")
        assert shown.index("pve1") < shown.index("pve2")
        assert "▸ ✖ critical" in shown


async def test_what_was_cleared_stays_listed_and_nothing_is_done_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = await opened(tmp_path)
    async with app.run_test(size=(110, 30)) as pilot:
        await pilot.press("7")
        await shows(pilot, "unacknowledged alerts: 2")
        table = app.screen.query_one(LiveTable)
        table.hold()
        writer = await Writer.open(tmp_path / "noc.db", clock_now=lambda: START)
        async with recorded(writer) as change:
            gone = replace(
                alert("pve2", "critical"), state="resolved", resolved_at=app.session.clock.now()
            )
            await change.put(ALERTS, [gone])
        await writer.close()
        shown = await shows(pilot, "▸ ✓ cleared")
        assert "unacknowledged alerts: 1 of 1 open" in shown
        await pilot.press("v")
        assert "▸ ✓ cleared" in await shows(pilot, "unacknowledged alerts: 1"), (
            "it is under the finger"
        )
        said: list[str] = []
        monkeypatch.setattr(app.screen, "say", lambda text, **_more: said.append(text))
        await pilot.press("space")
        await until(pilot, lambda: said)
        assert "nothing is left to do" in said[0]
        assert "☑" not in shown_now(app)


async def test_marks_and_one_question_for_all_of_them(tmp_path: Path) -> None:
    await busy_estate.write(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=(120, 40)) as (app, pilot, nocd):
        assert nocd is not None
        await pilot.press("7")
        await shows(pilot, "unacknowledged alerts")
        rows = app.screen.query_one(LiveTable).rows
        marked = [key for key, row in rows.items() if row.alert is not None and row.is_open]
        for key in marked:
            await cursor_to(pilot, app.screen.query_one(LiveTable), key)
            await pilot.press("space")
        await shows(pilot, f"{len(marked)} marked")
        await pilot.press("a")
        await shows(pilot, f"Acknowledge {len(marked)} alerts with one note")
        app.screen.query_one(Input).value = "power cut in rack 4"
        await pilot.press("enter")
        await until(pilot, lambda: nocd.orders)
        (order,) = nocd.orders
        assert "acknowledge-all" in str(order)
        assert "power cut in rack 4" in str(order)
        assert all(key in str(order) for key in marked)


async def test_an_incident_is_opened_only_once_its_alert_was_named_and_agreed_to(
    tmp_path: Path,
) -> None:
    await busy_estate.write(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=(120, 40)) as (app, pilot, nocd):
        assert nocd is not None
        await pilot.press("7")
        await shows(pilot, "unacknowledged alerts")
        table = app.screen.query_one(LiveTable)
        free = next(
            key for key, row in table.rows.items() if row.is_open and row.alert.incident is None
        )
        await cursor_to(pilot, table, free)
        await pilot.press("i")
        shown = await shows(pilot, "Open an incident about this?")
        assert table.rows[free].text.removeprefix("├ ").removeprefix("└ ")[:30] in shown
        await pilot.press("n")
        await until(pilot, lambda: not isinstance(app.screen, Confirm))
        assert nocd.orders == []
