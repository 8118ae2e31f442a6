"""Annexe 2 on screen: a real database, keys only; `nocd` is down, so nothing can be decided."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import TextArea

from noc_tui.console.app import NocApp
from noc_tui.console.references import ScopeTicket
from noc_tui.console.screens.scope.data import judge_ticket
from noc_tui.console.screens.scope.screen import ScopeScreen
from noc_tui.contract.terms import load_terms
from noc_tui.i18n import speak_language
from storage import scope
from storage.database import Writer
from storage.register import TENANTS, Tenant
from storage.resources import GUEST_INSIDES, GuestInside
from tests.console.conftest import app_on, console, shows
from tests.console.estate import NOW
from tests.support.changes import recorded

pytestmark = pytest.mark.anyio
START = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
ACME = Tenant(
    "acme", "Acme", "it@example.fr", None, None, (), (), (), (), (), "infogerance", "hourly",
    ("os",),
)  # fmt: skip
OCEANE = replace(ACME, id="boulangerie-oceane", name="Boulangerie Océane SARL", support="none")


def decision(number: int, kind: str, row: str, text: str) -> scope.Decision:
    return scope.Decision(
        number, START, "omar", "acme", f"T-{number}", "", text, "out_of_scope",
        ("gestion-os-vm",), ("Windows",), 900, kind, "in_scope" if row else "ambiguous", row,
        "billed", "a reason", "Bonjour", "fr", 1,
    )  # fmt: skip


async def opened(directory: Path) -> NocApp:
    path = directory / "noc.db"
    writer = await Writer.open(path, clock_now=lambda: START)
    async with recorded(writer) as change:
        await change.put(TENANTS, [ACME, OCEANE])
        await change.put(
            scope.DECISIONS,
            [
                decision(1, "overridden", "hyperviseurs", "first \x1b[2J[bold] ticket"),
                decision(2, "overridden", "", "strange ticket"),
            ],
        )
    await writer.close()
    return app_on(path, directory / "nocd.sock")


async def test_it_answers_as_one_types(tmp_path: Path) -> None:
    app = await opened(tmp_path)
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.press("0")
        await shows(pilot, "the matrix answers as you write")
        await pilot.press(*"installez les mises a jour windows")
        shown = await shows(pilot, "Gestion du système d'exploitation")
        assert "out of scope: the client's" in shown
        assert "Non" in shown
        assert "windows" in shown
        assert "ours with infogérance: whose ticket?" in shown


async def test_the_tenants_contract_changes_what_is_said(tmp_path: Path) -> None:
    app = await opened(tmp_path)
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.press("0")
        await shows(pilot, "tenant: (unknown)")
        await pilot.press(*"installez les mises a jour windows")
        await shows(pilot, "out of scope")
        await pilot.press("f5")
        await shows(pilot, "Whose ticket is it?")
        await shows(pilot, "Acme")
        await pilot.press("down", "enter")
        shown = await shows(pilot, "billed by the hour")
        assert "tenant: Acme" in shown
        assert "● ours, under the support contract, billed by the hour" in shown
        assert "out of scope" not in shown


async def test_the_keys_work_while_one_types_and_none_erases_the_ticket(tmp_path: Path) -> None:
    app = await opened(tmp_path)
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.press("0")
        await shows(pilot, "tenant: (unknown)")
        text = "installez les mises a jour windows"
        await pilot.press(*text)
        shown = await shows(pilot, "out of scope")
        assert "Esc Back" in shown
        await pilot.press("f7")
        assert app.clipboard.startswith("Bonjour")
        await pilot.press("x")
        assert app.screen.query_one("#ticket", TextArea).text == f"{text}x"
        await pilot.press("f6")
        await shows(pilot, "The ticket's reference")


async def test_the_tenant_that_a_ticket_names_is_proposed_until_one_is_chosen(
    tmp_path: Path,
) -> None:
    app = await opened(tmp_path)
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.press("0")
        await shows(pilot, "tenant: (unknown)")
        await pilot.press(*"installez windows merci boulangerie oceane")
        await shows(pilot, "tenant: Boulangerie Océane SARL (named in the ticket)")
        await pilot.press("f5")
        await shows(pilot, "Whose ticket is it?")
        await pilot.press("home", "enter")
        await shows(pilot, "tenant: (unknown)")


async def test_control_characters_are_made_visible_in_the_ticket(tmp_path: Path) -> None:
    from noc_tui.console.screens.scope.screen import ScopeScreen

    app = await opened(tmp_path)
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.press("0")
        await shows(pilot, "Paste or type")
        screen = app.screen
        assert isinstance(screen, ScopeScreen)
        screen.ticket.insert("VPN \x1b[2J[bold] en panne \u202e")
        shown = await shows(pilot, "ambiguous: ask")
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "[bold]" in shown


async def test_the_matrix_is_browsed_on_its_own(tmp_path: Path) -> None:
    app = await opened(tmp_path)
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.press("0")
        await shows(pilot, "Paste or type")
        await pilot.press("f8")
        shown = await shows(pilot, "Gestion des sauvegardes des VM")
        assert "Oui" in shown
        await pilot.press("escape")
        await shows(pilot, "Paste or type")


async def test_history_counts_overrides_and_lists_the_unmatched(tmp_path: Path) -> None:
    app = await opened(tmp_path)
    async with app.run_test(size=(160, 40)) as pilot:
        await pilot.press("0")
        await shows(pilot, "Paste or type")
        await pilot.press("f9")
        shown = await shows(pilot, "overridden 2")
        assert "no row 1" in shown
        assert "\x1b" not in shown
        await pilot.press("u")
        shown = await shows(pilot, "only tickets that no row matched")
        assert "first" not in shown
        await pilot.press("escape")
        await shows(pilot, "[bold]")
        await pilot.press("slash", *"zorglub", "enter")
        await shows(pilot, "accepted 0")


async def test_without_nocd_nothing_is_decided(tmp_path: Path) -> None:
    app = await opened(tmp_path)
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.press("0")
        await pilot.press(*"installez windows")
        await shows(pilot, "out of scope")
        await pilot.press("f2")
        await pilot.pause()
        assert not any("recorded" in note.message for note in app._notifications)


async def test_history_says_what_a_lead_made_of_an_override(tmp_path: Path) -> None:
    app = await opened(tmp_path)
    writer = await Writer.open(tmp_path / "noc.db", clock_now=lambda: START)
    async with recorded(writer) as change:
        review = scope.OverrideReview(
            decision=2, state="declined", at=START, account="lea", reason="a favour", evidence=1
        )
        await change.put(scope.CASES, [review])
    await writer.close()
    async with app.run_test(size=(160, 40)) as pilot:
        await pilot.press("0")
        await shows(pilot, "Paste or type")
        await pilot.press("f9")
        await shows(pilot, "declined · lea · a favour")
        await pilot.press("down")
        await shows(pilot, "proposed")


async def test_a_ticket_that_waits_for_its_answer_is_not_denied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ScopeScreen, "_judge", lambda _self, _text: None)
    app = await opened(tmp_path)
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.press("0")
        await shows(pilot, "No ticket yet.")
        await pilot.press(*"nginx")
        shown = await shows(pilot, "reading …")
        assert "No ticket yet." not in shown
        assert "the matrix answers as you write" not in shown


async def test_the_tenant_of_an_address_that_only_its_agent_tells_is_proposed(
    tmp_path: Path,
) -> None:
    async with console(tmp_path, size=(140, 40)) as (app, pilot, _nocd):
        writer = await Writer.open(tmp_path / "noc.db", clock_now=lambda: NOW)
        async with recorded(writer) as change:
            row = GuestInside("rennes", 101, NOW, "l26", "answers", addresses=("10.99.0.103",))
            await change.put(GUEST_INSIDES, [row])
        await writer.close()
        app.open(ScopeTicket("Abuse report: SSH brute force from 10.99.0.103 of your network."))
        await shows(pilot, "tenant: Acme")


async def test_a_ticket_without_words_is_refused_in_the_readers_language() -> None:
    with speak_language("fr"):
        assert (await judge_ticket(load_terms(), None, (), "?")).error == "le ticket n’a aucun mot"
