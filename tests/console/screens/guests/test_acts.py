"""The daily acts from the console: asked for, shown, ordered, never without a yes."""

from pathlib import Path

import msgspec
import pytest

from noc_tui.console.references import GuestRef, NodeRef
from tests.console.conftest import console, shows, until

pytestmark = pytest.mark.anyio


async def test_a_snapshot_is_previewed_and_then_ordered(tmp_path: Path) -> None:
    async with console(tmp_path, size=(100, 40)) as (app, pilot, nocd):
        assert nocd is not None
        app.open(GuestRef("rennes", 101))
        await shows(pilot, "203.0.113.7/24")
        await pilot.press("a")
        assert "Unlock" in await shows(pilot, "Take a snapshot")
        await pilot.press("enter")
        await shows(pilot, "Memory (y/n)")
        await pilot.press(*"upd", "enter", "enter")
        seen = await shows(pilot, "Take a snapshot?")
        assert "moved to pve2 while it runs on" in seen
        assert [path for path, _body in nocd.orders] == ["/v1/acts/preview"]
        await pilot.press("y")
        await until(pilot, lambda: len(nocd.orders) == 2)
        path, body = nocd.orders[1]
        order = msgspec.json.decode(body)
        assert path == "/v1/acts"
        assert order["guests"] == ["rennes/101"]
        assert order["act"]["act"] == "snapshot"


async def test_going_back_asks_which_and_why_and_is_not_ordered_without_a_yes(
    tmp_path: Path,
) -> None:
    async with console(tmp_path, size=(100, 40)) as (app, pilot, nocd):
        assert nocd is not None
        app.open(GuestRef("rennes", 101))
        await shows(pilot, "qmstart")
        await pilot.press("a", "down", "enter")
        await shows(pilot, "before-update · [bold]x[/]")
        await pilot.press("enter")
        await shows(pilot, "What was written since is lost")
        await pilot.press(*"bad", "enter")
        await shows(pilot, "Go back to a snapshot?")
        await pilot.press("n")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        assert [path for path, _body in nocd.orders] == ["/v1/acts/preview"]


async def test_one_act_is_ordered_for_all_that_are_listed(tmp_path: Path) -> None:
    async with console(tmp_path, size=(100, 40)) as (_app, pilot, nocd):
        assert nocd is not None
        await pilot.press("3")
        await shows(pilot, "globex")
        await pilot.press("slash", *"globex", "enter", "A")
        seen = await shows(pilot, "2 guests")
        assert "Unlock" not in seen
        await pilot.press(*"back", "enter")
        await shows(pilot, "the guest's own backup job")
        await pilot.press("enter", "enter")
        await shows(pilot, "Back up now?")
        await pilot.press("y")
        await until(pilot, lambda: len(nocd.orders) == 2)
        assert len(msgspec.json.decode(nocd.orders[1][1])["guests"]) == 2


async def test_a_node_is_emptied_by_the_plan_that_was_shown(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 44)) as (app, pilot, nocd):
        assert nocd is not None
        app.open(NodeRef("rennes", "ren-pve1"))
        await shows(pilot, "What the node says of itself")
        await pilot.press("a")
        await shows(pilot, "Into HA")
        await pilot.press("enter")
        await shows(pilot, "At once (1 to 8)")
        await pilot.press("enter", "enter", "enter", "enter")
        seen = await shows(pilot, "Move every guest away from")
        assert "Wave 1: 1 guest" in seen
        assert "it is locked (backup)" in seen
        await pilot.press("y")
        await until(pilot, lambda: len(nocd.orders) == 2)
        path, body = nocd.orders[1]
        assert path.endswith("/evacuation")
        assert msgspec.json.decode(body)["plan"] == "00"
