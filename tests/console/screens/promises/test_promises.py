"""A tenant's promises on screen: frames, the months, and what is asked of `nocd`."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from noc_tui import i18n
from noc_tui.console.app import NocApp
from noc_tui.console.references import PromisesRef
from storage.backup_nights import BACKUP_NIGHTS, RESTORE_TESTS, BackupNight, RestoreTest
from storage.cloud_edges import EDGE_STATES, EdgeState
from storage.database import Writer
from storage.licences import LICENCES, Licence
from storage.resources import (
    GUEST_INSIDES,
    GUEST_STRAINS,
    WATCH_MONTHS,
    GuestInside,
    GuestStrain,
    WatchMonth,
)
from tests.console import estate
from tests.console.conftest import console, cursor_to, shown, shows, until
from tests.console.estate import NOW
from tests.forgeries.rows import forge, sql
from tests.support.changes import recorded
from widgets.live_table import LiveTable

pytestmark = pytest.mark.anyio
Frame = Callable[[NocApp, str], None]
VPN = "tcp://vpn.acme.example.fr:443"


async def write_promises(path: Path) -> None:
    """Acme with a hole, a guest at its limit, a silent VPN and a licence, on the small estate."""
    await estate.write(path)
    since = NOW - timedelta(minutes=40)
    night = date(2026, 3, 8)
    writer = await Writer.open(path, clock_now=lambda: NOW)
    try:
        async with recorded(writer) as change:
            await change.put(
                BACKUP_NIGHTS,
                [BackupNight("acme", night, NOW, 2, 1, ("rennes/102",), (), ("rennes/102",))],
            )
            await change.put(RESTORE_TESTS, [
                RestoreTest(
                    id=1, tenant="acme", cluster="rennes", vmid=101, tested_at=since,
                    backup_at=None, outcome="ok", note="[b]boots[/]", account="omar",
                    recorded_at=since,
                )
            ])  # fmt: skip
            await change.put(LICENCES, [
                Licence(
                    id=1, tenant="acme", guest="", kind="os", product="Windows Server 2022",
                    quantity=2, supplied_from=date(2026, 1, 1), ended_on=None, note="",
                    account="omar",
                )
            ])  # fmt: skip
            await change.put(GUEST_INSIDES, [
                GuestInside(
                    "rennes", 101, since, "win11", "answers", "", 91, "C:\\", 91, 100, since,
                ),
                GuestInside("rennes", 102, since, "l26", "silent", "agent is not running"),
            ])  # fmt: skip
            await change.put(GUEST_STRAINS, [
                GuestStrain("rennes", 101, "disk", "acme", "acme-web-1", 91, 90, since, NOW)
            ])  # fmt: skip
            await change.put(EDGE_STATES, [
                EdgeState("acme", "vpn", VPN, "silent", since, NOW, 5, since, "timeout")
            ])  # fmt: skip
            await change.put(WATCH_MONTHS, [
                WatchMonth("2026-03", "acme", "", "looked", 700_000),
                WatchMonth("2026-03", "acme", "guest:rennes/101", "disk", 600_000, 90_000, 2400, 91,
                           NOW, 90),
                WatchMonth("2026-03", "acme", f"edge:{VPN}", "vpn", 690_000, 0, 2400),
            ])  # fmt: skip
    finally:
        await writer.close()


@pytest.mark.parametrize(
    ("size", "language"), [((80, 24), "en"), ((120, 40), "en"), ((120, 40), "fr")]
)
async def test_the_sheet_of_a_tenant(
    tmp_path: Path, same_frame: Frame, size: tuple[int, int], language: i18n.Language
) -> None:
    i18n.use(language)
    await write_promises(estate.configuration(tmp_path).database.path)
    suffix = f"{size[0]}x{size[1]}" + ("" if language == "en" else f"-{language}")
    async with console(tmp_path, size=size) as (app, pilot, _nocd):
        app.open(PromisesRef("acme"))
        await shows(pilot, "acme-web-1")
        same_frame(app, f"promises-{suffix}")


async def test_a_month_that_is_not_as_recorded_shows_no_figure(tmp_path: Path) -> None:
    path = estate.configuration(tmp_path).database.path
    await write_promises(path)
    forge(path, sql("UPDATE restore_test SET outcome = 'failed'"))
    async with console(tmp_path, size=(120, 60)) as (app, pilot, _nocd):
        app.open(PromisesRef("acme"))
        text = await shows(pilot, "Not as recorded")
        assert "restore_test" in text
        assert "Windows Server 2022" not in text


async def test_it_is_opened_from_the_tenants(tmp_path: Path) -> None:
    await write_promises(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=(120, 60)) as (app, pilot, _nocd):
        await pilot.press("2")
        await shows(pilot, "Initech")
        await cursor_to(pilot, app.screen.query_one("#tenants", LiveTable), "acme")
        await pilot.press("p")
        text = await shows(pilot, "rennes/102 (agent silent)")
        assert "[b]boots[/]" in text
        assert "No. 1 · 2 × Windows Server 2022" in text
        await pilot.press("left_square_bracket")
        await shows(pilot, "2026-02")


async def test_limits_and_restore_tests_are_asked_of_nocd(tmp_path: Path) -> None:
    await write_promises(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=(120, 40)) as (app, pilot, nocd):
        assert nocd is not None
        app.open(PromisesRef("acme"))
        await shows(pilot, "acme-web-1")
        await pilot.press("l")
        await shows(pilot, "Disk, in percent")
        await pilot.press("tab", "tab", "tab", *"95", "tab", *"small", "enter")
        await until(pilot, lambda: nocd.orders)
        path, body = nocd.orders[-1]
        assert path == "/v1/promises/limits"
        assert json.loads(body)["disk"] == 95
        await until(pilot, lambda: "Disk, in percent" not in shown(app))
        await pilot.press("r")
        await shows(pilot, "Outcome: ok or failed")
        await pilot.press(*"101", "enter", "enter", "enter", *"boots", "enter")
        await shows(pilot, "This is no guest")
