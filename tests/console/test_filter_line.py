"""One filter line for every table of every screen."""

from pathlib import Path

import pytest

from noc_tui import i18n
from tests.console.conftest import console, shown, shows, until
from widgets.filter_language import field_names
from widgets.live_table import LiveTable

pytestmark = pytest.mark.anyio


async def test_guests_by_fields_and_what_is_wrong_with_a_filter(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 24)) as (app, pilot, _nocd):
        await pilot.press("3")
        await shows(pilot, "acme-db-1")
        await pilot.press("slash", *"state:!running memory>4G")
        await until(pilot, lambda: "acme-db-1" not in shown(app))
        assert "acme-batch" in shown(app)
        await pilot.press(*" foo:1")
        text = await shows(pilot, "no field foo here; there are: id, name, state")
        assert "acme-batch" in text, "what was listed stays"
        await pilot.press("escape")
        await shows(pilot, "acme-db-1")
        await pilot.press("G")
        assert app.screen.query_one("#guests").cursor_row.name == "lab"  # type: ignore[attr-defined]
        await pilot.press("g", "j", "k")


async def test_the_focused_table_of_several_is_filtered_in_french(tmp_path: Path) -> None:
    i18n.use("fr")
    async with console(tmp_path, size=(120, 36)) as (app, pilot, _nocd):
        await shows(pilot, "ren-pve1")
        app.screen.query_one("#nodes").focus()
        table = app.screen.query_one("#nodes", LiveTable)
        await pilot.press("slash", *"noeud:nan", "enter")
        await until(pilot, lambda: 0 < len(table.shown_keys) < len(table.rows))
        assert all("nan" in key for key in table.shown_keys)


async def test_what_is_wrong_with_a_filter_is_said_whole_at_80_by_24(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as (app, pilot, _nocd):
        await pilot.press("3")
        await shows(pilot, "acme-db-1")
        await pilot.press("slash", *"foo>1")
        await shows(pilot, "no field foo here")
        names = field_names(app.screen.query_one("#guests", LiveTable).fields)
        await shows(pilot, f"{names[-2]}, {names[-1]}")
