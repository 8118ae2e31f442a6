"""Handover on a real database, driven by keys; `nocd` is down: read-only."""

from datetime import timedelta
from pathlib import Path

import pytest
from textual.widgets import Input

from storage.database import Writer
from storage.oncall import HANDOVERS, ITEMS, Handover, HandoverItem
from tests.console.alerted import opened
from tests.console.conftest import shows
from tests.support.changes import recorded
from tests.support.context import START

pytestmark = pytest.mark.anyio


async def test_a_handover_is_previewed_with_alerts_and_notes(tmp_path: Path) -> None:
    app = await opened(tmp_path)
    async with app.run_test(size=(110, 30)) as pilot:
        await pilot.press("8")
        shown = await shows(pilot, "3 items, 3 new")
        assert "omar: UPS test at nine" in shown
        assert "on call: no one is scheduled" in shown


def item(handover: int, position: int, subject: str) -> HandoverItem:
    words = ("account=omar", f"title={subject} [bold]\x1b[2J")
    return HandoverItem(handover, position, "note", subject, words, None, "omar", START)


async def test_earlier_handovers_are_opened_compared_and_kept(tmp_path: Path) -> None:
    app = await opened(tmp_path)
    writer = await Writer.open(tmp_path / "noc.db", clock_now=lambda: START)
    async with recorded(writer) as change:
        for number in (1, 2):
            later = START + timedelta(days=number)
            await change.put(
                HANDOVERS, [Handover(number, later, "omar", "ines", "signed", later, later, number)]
            )
        await change.put(ITEMS, [item(1, 1, "lift"), item(1, 2, "ups"), item(2, 1, "ups")])
        await change.put(ITEMS, [item(2, 2, "fan")])
    await writer.close()
    kept = tmp_path / "kept.html"
    async with app.run_test(size=(110, 40), notifications=True) as pilot:
        await pilot.press("8")
        await shows(pilot, "Hand over")
        await pilot.press("h")
        shown = await shows(pilot, "1 new, 1 no more")
        assert "handover 2 of omar, 2 items" in shown
        assert "+ ✔ 2. omar: fan" in shown
        assert "−   omar: lift" in shown
        assert "\x1b" not in shown
        await pilot.press("down")
        await shows(pilot, "handover 1 of omar, 2 items")
        await pilot.press("up")
        await shows(pilot, "handover 2 of omar, 2 items")
        await pilot.press("e")
        await shows(pilot, "Export the handover")
        app.screen.query_one("#answer", Input).value = str(kept)
        await pilot.press("enter")
        await shows(pilot, "written:")
    text = kept.read_text()
    assert text.index("omar: ups") < text.index("omar: fan") < text.index("omar: lift")
    assert "<h2>no more since the handover before</h2>" in text
    assert "\x1b" not in text
