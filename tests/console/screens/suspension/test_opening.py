"""A case begins where its cause is seen: tenant and VM are filled in, the rest is asked."""

import json
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from noc_tui.console.references import CaseRef, GuestRef, NewCase, ScopeTicket, TenantRef
from noc_tui.console.screens.suspension.opening import first_edit
from noc_tui.console.screens.suspension.screen import SuspensionScreen
from noc_tui.console.screens.triage.screen import case_of
from noc_tui.daemon.suspension import store
from storage.database import Writer
from tests.console import estate
from tests.console.busy_estate import alert
from tests.console.conftest import Answering, console, shown, shows, until
from tests.console.estate import NOW
from tests.support.cases import TERMS, suspended
from tests.support.changes import recorded
from widgets.live_table import LiveTable

pytestmark = pytest.mark.anyio


async def asked_of(pilot: Pilot[int], nocd: Answering) -> dict[str, Any]:
    """What `nocd` is asked once a ground is chosen, by what was seen."""
    await shows(pilot, "On which ground?")
    await pilot.press(*"spam", "enter")  # not the contract's word for it
    await until(pilot, lambda: [one for one in nocd.orders if one[0] == "/v1/suspensions"])
    body = next(body for path, body in nocd.orders if path == "/v1/suspensions")
    asked: dict[str, Any] = json.loads(body)
    return asked


async def test_from_a_vm_the_tenant_and_the_vm_are_filled_in(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 40)) as (app, pilot, nocd):
        assert nocd is not None
        app.open(GuestRef("rennes", 101))
        await shows(pilot, "acme-web-1 (rennes/101)")
        await pilot.press("S")
        asked = await asked_of(pilot, nocd)
        assert (asked["tenant"], asked["ground"]) == ("acme", "charte-breach")
        assert (asked["edit"]["scope"], asked["edit"]["guests"]) == ("guests", ["rennes/101"])
        await until(pilot, lambda: isinstance(app.screen, SuspensionScreen))


async def test_from_the_list_of_vms_it_is_the_one_under_the_cursor(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 40)) as (app, pilot, nocd):
        assert nocd is not None
        await pilot.press("3")
        await shows(pilot, "globex")
        table: LiveTable[Any] = app.screen.query_one(LiveTable)
        line = table.cursor_row
        assert line is not None
        await pilot.press("S")
        asked = await asked_of(pilot, nocd)
        assert asked["tenant"] == line.tenant
        assert asked["edit"]["guests"] == [f"{line.cluster}/{line.vmid}"]


async def test_from_a_tenants_page_the_scope_is_left_to_the_ground(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 40)) as (app, pilot, nocd):
        assert nocd is not None
        app.open(TenantRef("globex"))
        await shows(pilot, "Globex (globex)")
        await pilot.press("S")
        asked = await asked_of(pilot, nocd)
        assert (asked["tenant"], asked.get("edit")) == ("globex", None)


async def test_from_a_ticket_in_the_look_up_a_function_key_begins_it(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 40)) as (app, pilot, nocd):
        assert nocd is not None
        app.open(ScopeTicket("You send spam.", "acme", "T-7"))
        await shows(pilot, "You send spam.")
        await pilot.press("f10")
        assert (await asked_of(pilot, nocd))["tenant"] == "acme"


async def test_an_open_case_of_the_tenant_is_offered_before_another_is_begun(
    tmp_path: Path,
) -> None:
    path = estate.configuration(tmp_path).database.path
    await estate.write(path)
    writer = await Writer.open(path, clock_now=lambda: NOW)
    async with recorded(writer) as change:
        await store.put(change, suspended(), TERMS)
    await writer.close()
    async with console(tmp_path, size=(120, 40)) as (app, pilot, nocd):
        assert nocd is not None
        app.open(NewCase("acme"))
        await shows(pilot, "This tenant has open cases")
        assert "A new case" in shown(app)
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, SuspensionScreen))
        assert isinstance(app.screen, SuspensionScreen)
        assert app.screen.identifier == "S-1"
        assert nocd.orders == []


async def test_a_viewer_begins_none(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 40), play="vera") as (app, pilot, nocd):
        assert nocd is not None
        app.open(GuestRef("rennes", 101))
        await shows(pilot, "acme-web-1 (rennes/101)")
        await pilot.press("S")
        await pilot.pause(0.1)
        assert "On which ground?" not in shown(app)


@pytest.mark.parametrize(
    ("subject", "tenant", "case"),
    [
        ("guest:rennes/101", "acme", NewCase("acme", ("rennes/101",))),
        ("ha:rennes/vm:101", "acme", NewCase("acme", ("rennes/101",))),
        ("tenant:globex", "globex", NewCase("globex")),
        ("node:rennes/ren-pve1", "", NewCase()),
        ("suspension:S-3", "acme", CaseRef("S-3")),
    ],
)
def test_an_alert_says_whose_case_it_is(subject: str, tenant: str, case: object) -> None:
    assert case_of(alert("traffic", "warning", subject, tenant=tenant)) == case


def test_nothing_known_is_no_first_edit() -> None:
    assert first_edit(NewCase("acme")) is None
    made = first_edit(NewCase("acme", facts={"invoice_ref": "F-1"}))
    assert made is not None
    assert (made.scope, made.guests, made.facts) == (None, None, {"invoice_ref": "F-1"})
