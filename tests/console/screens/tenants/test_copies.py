"""The copy of art. 16.2 on a tenant's page: frames, and its steps asked of `nocd`."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from noc_tui import i18n
from noc_tui.console.app import NocApp
from noc_tui.console.references import TenantRef
from storage.data_copies import DATA_COPIES, DataCopy
from storage.database import Writer
from storage.register import TENANTS
from tests.console import estate
from tests.console.conftest import console, shown, shows, until
from tests.console.estate import NOW
from tests.support.changes import recorded

pytestmark = pytest.mark.anyio
Frame = Callable[[NocApp, str], None]
END = date(2026, 3, 1)
ASKED = NOW - timedelta(days=3)
COPY = DataCopy(1, "acme", "requested", ASKED, "M. [b]Roux[/]", "courriel", "R-7", account="omar")


async def write_copy(path: Path, copy: DataCopy = COPY) -> None:
    """Acme's contract is over, and it waits for its copy."""
    await estate.write(path)
    writer = await Writer.open(path, clock_now=lambda: NOW)
    try:
        async with recorded(writer) as change:
            acme = replace(estate.TENANTS[0], contract_end=END, data_confirmed=END)
            await change.put(TENANTS, [acme])
            await change.put(DATA_COPIES, [copy])
    finally:
        await writer.close()


@pytest.mark.parametrize(("size", "language"), [((80, 24), "en"), ((120, 40), "fr")])
async def test_the_copy_on_a_tenants_page(
    tmp_path: Path, same_frame: Frame, size: tuple[int, int], language: i18n.Language
) -> None:
    i18n.use(language)
    handed = replace(
        COPY, state="handed-over", made_at=ASKED + timedelta(hours=4), digest="ab" * 32,
        guests=("rennes/101", "rennes/102"), medium="disque chiffré", account="olga",
        handed_at=ASKED + timedelta(days=1), handed_to="M. Roux", handover_proof="6A 123 456",
    )  # fmt: skip
    await write_copy(estate.configuration(tmp_path).database.path, handed)
    suffix = f"{size[0]}x{size[1]}" + ("" if language == "en" else f"-{language}")
    async with console(tmp_path, size=size) as (app, pilot, _nocd):
        app.open(TenantRef("acme"))
        await shows(pilot, "Acme SARL")
        if size[1] < 40:
            await pilot.press(*["down"] * 6)
            await shows(pilot, "6A 123 456")
        await shows(pilot, "6A 123 456")
        same_frame(app, f"tenant-copy-{suffix}")


async def test_a_step_is_asked_of_nocd(tmp_path: Path) -> None:
    await write_copy(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=(120, 50)) as (app, pilot, nocd):
        assert nocd is not None
        app.open(TenantRef("acme"))
        assert "M. [b]Roux[/]" in await shows(pilot, "R-7")
        await pilot.press("c")
        await shows(pilot, "Copy 1: what happened?")
        await pilot.press("enter")
        await shows(pilot, "rennes/101")
        # It stands on the first line that is empty: why guests are left out.
        await pilot.press("tab", *"disk", "tab", *"xy", "enter")
        await shows(pilot, "This is no SHA-256")
        await pilot.press("backspace", "backspace", *"a" * 64, "enter")
        await until(pilot, lambda: nocd.orders)
        path, body = nocd.orders[-1]
        assert path == "/v1/reversibility/1/make"
        made = json.loads(body)
        assert made["medium"] == "disk"
        assert set(made["guests"]) == {
            "rennes/101", "rennes/102", "rennes/103", "nantes/101",
        }  # fmt: skip


async def test_a_tenant_whose_contract_runs_can_ask_beforehand(tmp_path: Path) -> None:
    await write_copy(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=(120, 50)) as (app, pilot, nocd):
        assert nocd is not None
        app.open(TenantRef("globex"))
        await shows(pilot, "Globex")
        assert "Copy at the end" not in shown(app)
        await pilot.press("c")
        await shows(pilot, "globex asks for its copy")
        await pilot.press(*"Mr X", "tab", "tab", *"mail", "enter", "enter")
        await until(pilot, lambda: nocd.orders)
        assert json.loads(nocd.orders[-1][1])["requested_by"] == "Mr X"
