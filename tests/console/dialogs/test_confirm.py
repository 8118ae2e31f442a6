"""Yes or no: the answers are seen however long the text is."""

from pathlib import Path

import pytest
from textual.containers import VerticalScroll
from textual.widgets import Button

from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.confirm import Confirm
from tests.console.conftest import console, shown, until

pytestmark = pytest.mark.anyio


async def test_a_long_text_scrolls_and_leaves_the_answers_in_sight(tmp_path: Path) -> None:
    text = "\n".join(f"nantes/{n}" for n in range(40))
    async with console(tmp_path, size=(80, 24)) as (app, pilot, _nocd):
        app.push_screen(Confirm("Approve?", text))
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.pause()
        assert all(button.region.bottom <= 24 for button in app.screen.query(Button))
        await pilot.press("down", "down")
        await until(pilot, lambda: app.screen.query_one(VerticalScroll).scroll_y == 2)
        assert "read on" in shown(app)


async def test_the_text_over_a_line_to_fill_in_scrolls_too(tmp_path: Path) -> None:
    text = "\n".join(f"nantes/{n}" for n in range(40))
    async with console(tmp_path, size=(80, 24)) as (app, pilot, _nocd):
        app.push_screen(Ask("Type the tenant's name", text))
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("down", "pagedown", "a")
        await until(pilot, lambda: app.screen.query_one(VerticalScroll).scroll_y > 2)
        await pilot.press(*["pagedown"] * 8)
        await until(pilot, lambda: "nantes/39" in shown(app))


async def test_a_text_that_fits_says_nothing_of_scrolling(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as (app, pilot, _nocd):
        app.push_screen(Confirm("Approve?", "nantes/101"))
        await until(pilot, lambda: "nantes/101" in shown(app))
        assert "read on" not in shown(app)
