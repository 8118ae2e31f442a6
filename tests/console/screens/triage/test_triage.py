"""Triage on a real database, driven by keys; `nocd` is down: read-only."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from storage.database import Writer
from storage.oncall import ALERTS
from tests.console.alerted import alert, opened
from tests.console.conftest import shows
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
