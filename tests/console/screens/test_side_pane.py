"""The detail of the row under the cursor beside a list, where the terminal is wide."""

from pathlib import Path

import pytest

from tests.console import busy_estate, estate, seed_hour
from tests.console.conftest import console, shown, shows, until

pytestmark = pytest.mark.anyio


async def test_it_follows_the_cursor_and_the_width(tmp_path: Path) -> None:
    async with console(tmp_path, size=(170, 40)) as (app, pilot, _nocd):
        await pilot.press("3")
        await shows(pilot, "globex-db-1")
        await until(pilot, lambda: "acme-dr · 101" in shown(app))
        await pilot.press("j", "j")
        await shows(pilot, "acme-web-1 · 101")
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: "acme-web-1 · 101" not in shown(app))
        await pilot.press("j")
        await pilot.resize_terminal(170, 40)
        await shows(pilot, "acme-db-1 · 102")


async def test_a_tenant_is_told_with_its_hour(tmp_path: Path) -> None:
    database = estate.configuration(tmp_path).database.path
    await busy_estate.write(database)
    await seed_hour.seed(database)
    async with console(tmp_path, size=(200, 50)) as (_app, pilot, _nocd):
        await pilot.press("2")
        await shows(pilot, "Acme SARL")
        await pilot.press("j")
        seen = await shows(pilot, "compte@acme.example.fr")
        assert "CPU, 1 h" in seen
        assert "SLA used" in seen
