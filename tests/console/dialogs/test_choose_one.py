"""One of several: what is typed narrows the list, digits too."""

from pathlib import Path

import pytest
from textual.widgets import OptionList

from noc_tui.console.dialogs.choose_one import ChooseOne
from tests.console.conftest import console, shows, until

pytestmark = pytest.mark.anyio


async def test_a_digit_narrows_the_list_and_opens_no_mode(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot, _nocd):
        chosen: list[str | None] = []
        choices = [("a", "rennes/103 web"), ("b", "rennes/204 db")]
        app.push_screen(ChooseOne("Which guest?", choices), chosen.append)
        await until(pilot, lambda: isinstance(app.screen, ChooseOne))
        await pilot.press("2", "0", "4")
        await until(pilot, lambda: app.screen.query_one(OptionList).option_count == 1)
        await pilot.press("enter")
        await until(pilot, lambda: chosen == ["b"])
        await pilot.press("2")
        await until(pilot, lambda: app.current_mode == "tenants")


async def test_escape_takes_back_what_was_typed_before_it_leaves(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot, _nocd):
        chosen: list[str | None] = []
        app.push_screen(ChooseOne("Which guest?", [("a", "web"), ("b", "db")]), chosen.append)
        await until(pilot, lambda: isinstance(app.screen, ChooseOne))
        await pilot.press(*"xyz")
        await shows(pilot, "/xyz: no such choice")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.query_one(OptionList).option_count == 2)
        await pilot.press("x", "ctrl+u")
        await until(pilot, lambda: app.screen.query_one(OptionList).option_count == 2)
        assert chosen == []
        await pilot.press("escape")
        await until(pilot, lambda: chosen == [None])


async def test_a_long_list_says_that_it_can_be_narrowed(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot, _nocd):
        app.push_screen(ChooseOne("Whose?", [(str(n), f"tenant {n}") for n in range(12)]))
        await shows(pilot, "Type to narrow the list.")
