"""What hands expect everywhere: one line for everything, back, sort, the reason of a refusal."""

import json
from pathlib import Path

import pytest
from textual.command import CommandInput
from textual.widgets import Input

from noc_tui.console.dialogs.choose_key import letters_of
from noc_tui.console.references import FilteredMode, TenantRef
from tests.console import busy_estate, estate
from tests.console.conftest import console, shown, shows, until
from widgets.live_table import LiveTable

pytestmark = pytest.mark.anyio


async def test_one_line_finds_everything_with_its_state(tmp_path: Path) -> None:
    await busy_estate.write(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=(110, 40)) as (app, pilot, _nocd):
        await pilot.press("colon", *"globex")
        text = await shows(pilot, "tenant · ")
        assert "guest · " in text
        await pilot.press("escape", "colon", *"handov")
        await shows(pilot, "screen")
        await pilot.press("tab")
        await until(pilot, lambda: app.screen.query_one(CommandInput).value == "Handover ")
        await pilot.press("escape", "escape", "colon", *"S-2")
        await shows(pilot, "case · ")
        await pilot.press("escape")
        await pilot.press("colon", *"guests state:stopped")
        await shows(pilot, "guests state:stopped")
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.current_mode == "guests" and "acme-batch" in shown(app))
        await until(pilot, lambda: "acme-web-1" not in shown(app))
        await pilot.press("escape")
        await shows(pilot, "acme-web-1")
        await pilot.press("escape")
        await until(pilot, lambda: app.current_mode == "overview")


async def test_the_header_says_what_is_open_and_the_palette_where_one_was(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 30)) as (app, pilot, _nocd):
        await pilot.press("2")
        app.open(TenantRef("acme"))
        await shows(pilot, "2 Tenants › acme")
        await pilot.press("escape")
        await shows(pilot, "2 Tenants  3 Guests")


async def test_back_gives_up_the_filter_before_the_screen(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 30)) as (app, pilot, _nocd):
        await pilot.press("6")
        await until(pilot, lambda: app.current_mode == "suspensions")
        await pilot.press("slash", *"zzz", "enter", "escape")
        assert app.current_mode == "suspensions"
        assert app.screen.query_one(LiveTable).filter_text == ""
        await pilot.press("escape")
        await until(pilot, lambda: app.current_mode == "overview")


async def test_a_column_is_sorted_by_its_letter(tmp_path: Path) -> None:
    async with console(tmp_path, size=(140, 30)) as (app, pilot, _nocd):
        await pilot.press("3")
        await shows(pilot, "acme-db-1")
        table = app.screen.query_one("#guests", LiveTable)
        for descending in (True, False):
            await pilot.press("O")
            await shows(pilot, "Sort by")
            await pilot.press("c")
            await until(pilot, lambda: app.screen.query("#guests"))
            assert table.sorted_by == ("cpu", descending)


async def test_a_refused_key_says_what_is_missing(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 30), play="vera") as (app, pilot, _nocd):
        app.open(FilteredMode("triage", ""))
        await until(pilot, lambda: app.current_mode == "triage")
        await pilot.press("a")
        await shows(pilot, "needs the role operator")


def test_each_choice_has_a_letter_of_its_own() -> None:
    assert letters_of(["CPU", "Cluster", "État", "Pl", "Up", "CPU"]) == [
        "c", "l", "e", "p", "u", "a",
    ]  # fmt: skip


async def test_the_rows_that_are_listed_are_exported_and_no_others(tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    async with console(tmp_path, size=(120, 30)) as (app, pilot, _nocd):
        await pilot.press("3")
        await shows(pilot, "acme-db-1")
        await pilot.press("slash", *"zzz", "enter", "E")
        await shows(pilot, "there is nothing to export")
        await pilot.press("escape", "slash", *"state:stopped tenant:acme", "enter", "E")
        await shows(pilot, "Export 1 row")
        app.screen.query_one("#answer", Input).value = str(file)
        await pilot.press("enter")
        await shows(pilot, "written:")
    assert [line["name"] for line in json.loads(file.read_text())] == ["acme-batch"]
