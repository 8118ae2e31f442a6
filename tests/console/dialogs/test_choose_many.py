"""Some of several: what was taken counts, however fast the keys come."""

from pathlib import Path

import pytest
from textual import events
from textual.app import App

from noc_tui.console.dialogs.choose_many import Boxes, ChooseMany
from tests.console.conftest import console, shows, until

pytestmark = pytest.mark.anyio


async def test_a_space_counts_when_enter_comes_in_the_same_burst() -> None:
    taken: list[list[str] | None] = []
    app: App[None] = App()
    async with app.run_test() as pilot:
        await app.push_screen(ChooseMany("Which?", [("a", "first"), ("b", "second")]), taken.append)
        await pilot.pause()
        for key, character in (("space", " "), ("enter", "\r")):
            app.post_message(events.Key(key, character))
        await pilot.pause()
        await app.workers.wait_for_complete()
    assert taken == [["a"]]


async def test_a_typed_number_goes_to_its_line_and_opens_no_mode(tmp_path: Path) -> None:
    choices = [(str(n), f"rennes/{n}") for n in (100, 101, 102, 210)]
    async with console(tmp_path) as (app, pilot, _nocd):
        mode = app.current_mode
        taken: list[list[str] | None] = []
        app.push_screen(ChooseMany("Which guests?", choices), taken.append)
        await until(pilot, lambda: isinstance(app.screen, ChooseMany))
        await pilot.press("1", "0", "1", "space", "2", "1", "space")
        assert app.screen.query_one(Boxes).highlighted == 3
        await pilot.press("enter")
        await until(pilot, lambda: taken == [["101", "210"]])
        assert app.current_mode == mode


async def test_enter_with_nothing_ticked_says_so_and_stays(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot, _nocd):
        taken: list[list[str] | None] = []
        app.push_screen(ChooseMany("Which?", [("a", "first")]), taken.append)
        await until(pilot, lambda: isinstance(app.screen, ChooseMany))
        await pilot.press("enter")
        await shows(pilot, "Nothing is ticked")
        assert taken == []
        await pilot.press("space", "enter")
        await until(pilot, lambda: taken == [["a"]])
