"""The debts on screen: what is left, how long the formal notice runs, and what a key does."""

import base64
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual.widgets import Input

from noc_tui import i18n
from noc_tui.console.app import NocApp
from noc_tui.console.references import PaymentsRef
from noc_tui.console.screens.suspension.screen import SuspensionScreen
from noc_tui.contract.suspension.values import Case, FormalNoticeLetter
from noc_tui.daemon.suspension import store
from storage.database import Writer
from storage.invoices import INVOICES, InvoiceRow
from tests.console import estate
from tests.console.conftest import console, cursor_to, shown, shows, until
from tests.console.estate import NOW
from tests.support.cases import TERMS, filled
from tests.support.changes import recorded
from widgets.live_table import LiveTable

pytestmark = pytest.mark.anyio
Frame = Callable[[NocApp, str], None]


def invoice(tenant: str, reference: str, paid: int = 0, **changes: Any) -> InvoiceRow:
    row = InvoiceRow(
        tenant=tenant, reference=reference, issued=date(2026, 1, 5), amount=144_750, paid=paid,
        as_of=NOW - timedelta(hours=2), presented=date(2026, 2, 10), rejected=date(2026, 2, 12),
        disputed=None, answered=None,
    )  # fmt: skip
    return replace(row, **changes)


def late_case() -> Case:
    letter = FormalNoticeLetter(
        invoice="F-2026-001", amount="1447.50", until=date(2026, 3, 15),
        sent_at=NOW - timedelta(days=3), message_id="<1@example.fr>", delivery="accepted",
    )  # fmt: skip
    made = filled("late-payment", "tenant")
    facts = {**made.facts, "unpaid_part": "1447.50", "administrator_told_on": "2026-03-02"}
    return replace(made, formal_notice=letter, facts=facts)


async def write_debts(path: Path) -> None:
    """One of each: a term that runs, a dispute, an old figure, a part paid, one that is paid."""
    await estate.write(path)
    writer = await Writer.open(path, clock_now=lambda: NOW)
    try:
        async with recorded(writer) as change:
            await store.put(change, late_case(), TERMS)
            await change.put(INVOICES, [
                invoice("acme", "F-2026-001"),
                invoice("acme", "F-2026-002", 144_750),
                invoice("globex", "F-2026-003", 44_750),
                invoice("globex", "F-2026-004[/]", disputed=date(2026, 1, 12)),
                invoice("initech", "F-2026-005", as_of=NOW - timedelta(days=3)),
            ])  # fmt: skip
    finally:
        await writer.close()


@pytest.mark.parametrize(
    ("size", "language"), [((80, 24), "fr"), ((80, 24), "en"), ((120, 40), "en")]
)
async def test_the_debts_of_all_tenants(
    tmp_path: Path, same_frame: Frame, size: tuple[int, int], language: i18n.Language
) -> None:
    i18n.use(language)
    await write_debts(estate.configuration(tmp_path).database.path)
    suffix = f"{size[0]}x{size[1]}" + ("" if language == "en" else f"-{language}")
    async with console(tmp_path, size=size) as (app, pilot, _nocd):
        app.open(PaymentsRef())
        await shows(pilot, "F-2026-005")
        table: LiveTable[Any] = app.screen.query_one("#debts", LiveTable)
        await cursor_to(pilot, table, "acme F-2026-001")
        await until(pilot, lambda: "F-2026-001 ·" in shown(app))
        same_frame(app, f"payments-{suffix}")


async def test_it_is_opened_from_cases_and_from_a_tenant_and_opens_the_case(tmp_path: Path) -> None:
    await write_debts(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=(120, 40)) as (app, pilot, _nocd):
        await pilot.press("6")
        await shows(pilot, "S-1")
        await pilot.press("f")
        text = await shows(pilot, "4 invoices unpaid")
        assert "F-2026-004[/]" in text
        await pilot.press("escape", "2")
        await shows(pilot, "Initech")
        await cursor_to(pilot, app.screen.query_one("#tenants", LiveTable), "acme")
        await pilot.press("f")
        text = await shows(pilot, "1 invoice unpaid")
        assert "F-2026-003" not in text
        await cursor_to(pilot, app.screen.query_one("#debts", LiveTable), "acme F-2026-001")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SuspensionScreen))


async def test_a_case_begins_with_what_accounting_says(tmp_path: Path) -> None:
    await write_debts(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=(120, 40)) as (app, pilot, nocd):
        assert nocd is not None
        app.open(PaymentsRef("globex"))
        await shows(pilot, "F-2026-003")
        await cursor_to(pilot, app.screen.query_one("#debts", LiveTable), "globex F-2026-004[/]")
        await pilot.press("enter")
        await shows(pilot, "S begins one")
        await pilot.press("S")
        await until(pilot, lambda: nocd.orders)
        path, body = nocd.orders[0]
        asked = json.loads(body)
        assert (path, asked["tenant"], asked["ground"]) == (
            "/v1/suspensions", "globex", "late-payment",
        )  # fmt: skip
        assert asked["edit"]["facts"] == {
            "invoice_ref": "F-2026-004[/]", "issue_date": "2026-01-05", "amount": "1447.50",
            "unpaid_part": "1447.50", "debit_presented_on": "2026-02-10",
            "dispute_raised_on": "2026-01-12",
        }  # fmt: skip


async def test_an_export_is_shown_then_kept(tmp_path: Path) -> None:
    export = tmp_path / "factures.csv"
    export.write_bytes(b"client;facture\n")
    async with console(tmp_path, size=(120, 40)) as (app, pilot, nocd):
        assert nocd is not None
        app.open(PaymentsRef())
        await shows(pilot, "import what accounting exports")
        await pilot.press("i")
        await shows(pilot, "True for")
        app.screen.query_one("#file", Input).value = str(export)
        await pilot.press("enter", "enter")
        text = await shows(pilot, "Keep these facts?")
        assert "€1,250.00 left of €1,250.00" in text
        assert "line 3 left out" in text
        assert len(nocd.orders) == 1
        await pilot.press("y")
        await until(pilot, lambda: len(nocd.orders) == 2)
        first, second = (json.loads(body) for _, body in nocd.orders)
        assert base64.b64decode(first["content"]) == b"client;facture\n"
        assert (first.get("confirm", False), second["confirm"]) == (False, True)
        assert first["as_of"] == second["as_of"]


async def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 40)) as (app, pilot, nocd):
        assert nocd is not None
        app.open(PaymentsRef())
        await pilot.press("i")
        await shows(pilot, "True for")
        app.screen.query_one("#file", Input).value = str(tmp_path / "none.csv")
        await pilot.press("enter", "enter")
        await shows(pilot, "No such file")
        assert nocd.orders == []


async def test_a_refused_import_keeps_what_was_typed_and_names_its_columns(tmp_path: Path) -> None:
    await write_debts(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=(80, 24)) as (app, pilot, nocd):
        assert nocd is not None
        app.open(PaymentsRef())
        await shows(pilot, "F-2026-005")
        await pilot.press("i")
        text = await shows(pilot, "Columns of its heading row")
        assert "facture" in text
        app.screen.query_one("#file", Input).value = "/nowhere/export.csv"
        await pilot.press("enter", "enter")
        await shows(pilot, "No such file")
        assert app.screen.query_one("#file", Input).value == "/nowhere/export.csv"
        assert nocd.orders == []
