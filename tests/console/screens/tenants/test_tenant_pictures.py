"""A tenant's page: its month as a calendar, what holds now with its incident, what was sent."""

from pathlib import Path

import pytest

from noc_tui import i18n
from noc_tui.console.references import TenantRef
from tests.console import busy_estate, estate
from tests.console.conftest import console, shown, shows, until

pytestmark = pytest.mark.anyio


async def test_a_tenant_that_is_out_says_so_on_its_page(tmp_path: Path) -> None:
    i18n.use("en")
    await busy_estate.write(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=(120, 40)) as (app, pilot, _nocd):
        app.open(TenantRef("globex"))
        page = await shows(pilot, "Globex (globex) · ✖ OUT 52 min")
        assert "all instances unreachable · incident 2" in page
        assert "1   5    10   15   20   25   30" in page
        assert "·······MM✖" in page, "not counted on two days, out today"
        assert "10 % due of 44 min 34 s left" in page or "10 % due" in page
        assert "25 % due from" in page
        await pilot.press("i")
        await until(pilot, lambda: "globex unavailable" in shown(app))


async def test_a_tenant_under_a_suspension_says_so(tmp_path: Path) -> None:
    i18n.use("en")
    await busy_estate.write(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=(120, 40)) as (app, pilot, _nocd):
        app.open(TenantRef("acme"))
        page = await shows(pilot, "Acme SARL (acme)")
        assert "S-1 · ‖ in force" in page
        assert "Nothing was sent." in page
        await pilot.press("i")
        await shows(pilot, "No incident is open about this tenant.")
