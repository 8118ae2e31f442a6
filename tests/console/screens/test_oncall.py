"""Triage, Handover and Evidence on a real database, driven by keys; `nocd` is down: read-only."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import Input

from noc_tui.console.app import NocApp
from noc_tui.console.screens.evidence.screen import query_of
from storage.database import Writer
from storage.evidence import Actor, Query
from storage.oncall import (
    ALERTS,
    HANDOVERS,
    ITEMS,
    SHIFT_NOTES,
    Alert,
    Handover,
    HandoverItem,
    ShiftNote,
)
from tests.console.conftest import app_on, shows
from tests.support.changes import recorded
from tests.support.context import START
from widgets.live_table import LiveTable

pytestmark = pytest.mark.anyio
OMAR = Actor(1001, "omar")


def alert(name: str, severity: str) -> Alert:
    return Alert(
        f"node:{name}", "node", severity, "cluster:rennes", f"node:rennes/{name}", "",
        (f"name={name}[bold]\x1b[2J",), None, "open", START, 1, None, None, "", "",
        None, "", None,
    )  # fmt: skip


async def opened(directory: Path) -> NocApp:
    """A console on a database with two alerts, a note and some evidence."""
    path = directory / "noc.db"
    writer = await Writer.open(path, clock_now=lambda: START)
    async with writer.change(OMAR) as change:
        await change.put(ALERTS, [alert("pve1", "warning"), alert("pve2", "critical")])
        await change.put(SHIFT_NOTES, [ShiftNote(1, START, "omar", "UPS test at nine", None)])
        await change.record("alert.raised", ["tenant:acme"], {"text": "\x1b[2J[bold]"})
    await writer.close()
    return app_on(path, directory / "nocd.sock")


async def test_triage_puts_the_worst_first_and_says_what_to_do(tmp_path: Path) -> None:
    app = await opened(tmp_path)
    async with app.run_test(size=(110, 30)) as pilot:
        await pilot.press("7")
        shown = await shows(pilot, "alerts nobody has: 2")
        assert shown.index("pve2") < shown.index("pve1")
        assert "✖ critical" in shown
        assert "\x1b" not in shown
        assert "[bold]" in shown
        assert "Check power and network" in shown


async def test_the_cursor_stays_on_what_something_is_done_to(tmp_path: Path) -> None:
    app = await opened(tmp_path)
    async with app.run_test(size=(110, 30)) as pilot:
        await pilot.press("7")
        await shows(pilot, "alerts nobody has: 2")
        app.screen.query_one(LiveTable).hold()
        writer = await Writer.open(tmp_path / "noc.db", clock_now=lambda: START)
        async with recorded(writer) as change:
            taken = replace(alert("pve2", "critical"), acknowledged_at=START,
                            acknowledged_by="omar", acknowledged_severity="critical")  # fmt: skip
            await change.put(ALERTS, [taken])
        await writer.close()
        shown = await shows(pilot, "alerts nobody has: 1")
        assert shown.index("pve1") < shown.index("pve2")
        assert "▸ ✖ critical" in shown


async def test_a_handover_is_previewed_with_alerts_and_notes(tmp_path: Path) -> None:
    app = await opened(tmp_path)
    async with app.run_test(size=(110, 30)) as pilot:
        await pilot.press("8")
        shown = await shows(pilot, "3 items, 3 new")
        assert "omar: UPS test at nine" in shown
        assert "on call: nobody is planned" in shown


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


async def test_evidence_is_browsed_and_searched(tmp_path: Path) -> None:
    app = await opened(tmp_path)
    async with app.run_test(size=(110, 30)) as pilot:
        await pilot.press("9")
        shown = await shows(pilot, "alert.raised")
        assert "tenant:acme" in shown
        assert "\x1b" not in shown
        await pilot.press("slash", *"by:nobody", "enter")
        await shows(pilot, "No entry matches.")


def test_what_is_typed_becomes_a_query() -> None:
    assert query_of("tenant:acme by:omar kind:mail. two words") == Query(
        subject="tenant:acme", account="omar", kind="mail.", text="two words", limit=300
    )
    day = query_of("since:2026-03-01 until:never").since
    assert day is not None
    assert day.isoformat() == "2026-03-01T00:00:00+01:00"
