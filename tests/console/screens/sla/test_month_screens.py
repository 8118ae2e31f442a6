"""The month on screen: timeline, incident, SLA; a real database, and a `nocd` that takes orders."""

from pathlib import Path

import msgspec
import pytest
from textual.widgets import Static

from noc_tui import i18n
from noc_tui.console.app import NocApp
from noc_tui.console.dialogs.page import PageDialog
from noc_tui.console.screens.incident.screen import IncidentScreen
from noc_tui.console.screens.sla.tables import line_of, state_label
from noc_tui.contract.availability import Commitment
from noc_tui.contract.calendar import Month
from noc_tui.contract.credits import CreditClaimed
from noc_tui.contract.terms import load_terms
from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.daemon.availability import claims, decisions
from noc_tui.daemon.availability.month_figures import refresh_figures_since
from noc_tui.daemon.core.identity import itself
from noc_tui.roles import Caller, Role
from noc_tui.views.tenant_month import Outline
from storage.database import Writer
from storage.inventory import SOURCES, Source
from storage.months import MonthFigure, put_month_figures
from storage.settings import ClockNumbers, put_clock
from tests.console.conftest import answering, app_on, shown, until
from tests.support.played_estate import Estate, guest

pytestmark = pytest.mark.anyio


async def out(estate: Estate, writer: Writer) -> None:
    """Zeta has been out for a while, an hour of acme is excluded; the clock is published."""
    await estate.poll(2)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(4)
    async with writer.change(itself()) as change:
        span = (estate.at(1), estate.at(13))
        caller = Caller(1, "omar", Role.OPERATOR)
        await decisions.exclude(change, caller, "acme", span, "maintenance", "switch")
        await refresh_figures_since(change, {"acme": span[0]}, estate.context)
        now = estate.clock.now()
        await change.put(SOURCES, [Source("rennes", "fast", now, now, None, None, 10**9)])
        await put_clock(change, ClockNumbers(now, 0.0, 1e-12))


def app_of(writer: Writer, tmp_path: Path, play: str | None = None) -> NocApp:
    i18n.use("en")
    return app_on(writer.path, tmp_path / "nocd.sock", play)


async def test_the_table_says_who_is_out_and_when_it_tips_over(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await out(estate, writer)
    async with app_of(writer, tmp_path).run_test(size=(160, 40)) as pilot:
        await pilot.press("5")
        app = pilot.app
        assert isinstance(app, NocApp)
        await until(pilot, lambda: "Zeta" in shown(app))
        text = shown(app)
        first = next(line for line in text.splitlines() if line.startswith("▸"))
        assert "Zeta" in first
        assert "✖ out now" in first
        # Down since 00:15; 2 674.8 s of March later, with a microsecond, the credit is due.
        assert "2026-03-01 00:59:34" in text
        assert "€125.00" in text
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "2026-02" in shown(app))


@pytest.mark.parametrize(("unmeasured", "said"), [(0, "● kept"), (10**8, "? unproven")])
async def test_what_nobody_measured_is_not_drawn_as_kept(unmeasured: int, said: str) -> None:
    i18n.use("en")
    figure = MonthFigure("acme", "2026-02", 10**9, 10**9, 0, 0, unmeasured, unmeasured, 0, False)
    commitment = Commitment.of(load_terms().availability)
    line = line_of(Outline("acme", "Acme", None, None), figure, None, commitment, 0)
    assert state_label(line).text == said


async def test_what_nobody_measures_grows_on_screen_while_nobody_does(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await estate.poll(2)
    seen = estate.clock.now()
    await estate.fail(8)
    async with writer.change(itself()) as change:
        now = estate.clock.now()
        await change.put(SOURCES, [Source("rennes", "fast", seen, seen, now, "no answer", 600)])
        await put_clock(change, ClockNumbers(now, 0.0, 1e-12))
    async with app_of(writer, tmp_path).run_test(size=(160, 40)) as pilot:
        await pilot.press("5")
        app = pilot.app
        assert isinstance(app, NocApp)
        # Five of fifty minutes and a moment were measured.
        await until(pilot, lambda: "9.9 % ?" in shown(app))
        assert "out now: 0" in shown(app)


async def test_credits_of_the_month_before_that_would_lapse_are_announced(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await out(estate, writer)
    february = MonthFigure("acme", "2026-02", 10**9, 10**9, 10**8, 10**8, 0, 10**8, 1, False)
    async with writer.change(itself()) as change:
        await put_month_figures(change, "2026-02", [february], itself())
    async with app_of(writer, tmp_path).run_test(size=(160, 40)) as pilot:
        await pilot.press("5")
        app = pilot.app
        assert isinstance(app, NocApp)
        await until(pilot, lambda: "2026-02: claimable until 2026-03-30: 1" in shown(app))


async def test_the_statement_of_the_tenant_under_the_cursor_is_read_there(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await out(estate, writer)
    async with app_of(writer, tmp_path).run_test(size=(120, 40)) as pilot:
        await pilot.press("5")
        app = pilot.app
        assert isinstance(app, NocApp)
        await until(pilot, lambda: "Zeta" in shown(app))
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, PageDialog))
        page = app.screen.query_one("VerticalScroll Static", Static)
        text = str(page.content)
        assert "Zeta" in text
        assert "sla statement --tenant zeta --month 2026-03" in text


async def test_on_a_narrow_terminal_the_incidents_stand_under_the_timeline(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await out(estate, writer)
    async with app_of(writer, tmp_path).run_test(size=(80, 24)) as pilot:
        app = pilot.app
        assert isinstance(app, NocApp)
        await pilot.press("4")
        await until(pilot, lambda: "zeta unavailable" in shown(app))
        assert shown(app).index("▸ Acme") < shown(app).index("zeta unavailable")
        await pilot.press("i", "enter")
        await until(pilot, lambda: "Missing before it can be resolved" in shown(app))


async def test_the_timeline_has_a_glyph_for_each_kind_and_leads_to_the_incident(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await out(estate, writer)
    async with (
        answering(tmp_path / "nocd.sock") as nocd,
        app_of(writer, tmp_path).run_test(size=(160, 40)) as pilot,
    ):
        await pilot.press("4")
        app = pilot.app
        assert isinstance(app, NocApp)
        await until(pilot, lambda: "zeta unav" in shown(app))
        lanes = {line.lstrip("│┃▸ ")[:4]: line for line in shown(app).splitlines()}
        assert "M" in lanes["Acme"]
        assert "█" in lanes["Zeta"]
        await pilot.press("i", "enter")
        await until(pilot, lambda: isinstance(app.screen, IncidentScreen))
        await until(pilot, lambda: "has no attribution" in shown(app))
        await until(pilot, lambda: app.session.sight.daemon.value == "live")
        await pilot.press("t")
        await until(pilot, lambda: "Attribute outage" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Why?" in shown(app))
        await pilot.press(*"node", "enter")
        await until(pilot, lambda: nocd.orders)
    path, body = nocd.orders[0]
    assert path == "/v1/outages/1/attribution"
    assert msgspec.json.decode(body) == {
            "party": "hoster", "reason": "node", "grounds": [], "link": "", "suspension": "",
            "files": [],
    }  # fmt: skip


async def test_a_request_entered_wrongly_is_corrected_from_what_is_on_record(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await out(estate, writer)
    at = estate.at(3)
    claim = CreditClaimed(at, at, "e-mail", "TCK-7")
    async with writer.change(itself()) as change:
        february = MonthFigure("acme", "2026-02", 10**9, 10**9, 10**8, 10**8, 0, 10**8, 1, False)
        await put_month_figures(change, "2026-02", [february], itself())
        caller, terms = Caller(1, "omar", Role.OPERATOR), load_shipped_book()
        await claims.claim(change, caller, "acme", Month(2026, 2), claim, terms=terms)
    async with (
        answering(tmp_path / "nocd.sock") as nocd,
        app_of(writer, tmp_path).run_test(size=(160, 40)) as pilot,
    ):
        app = pilot.app
        assert isinstance(app, NocApp)
        await until(pilot, lambda: app.session.sight.daemon.value == "live")
        await pilot.press("5", "left_square_bracket")
        await until(pilot, lambda: "2026-02 ·" in shown(app) and "Acme" in shown(app))
        await pilot.press("e")
        await until(pilot, lambda: "Correct the request of Acme" in shown(app))
        assert "TCK-7" in shown(app)
        await pilot.press(*"slip", "enter")  # the one field that is empty
        await until(pilot, lambda: nocd.orders)
    path, body = nocd.orders[0]
    assert path == "/v1/credits/acme/2026-02/correct"
    said = msgspec.json.decode(body)
    assert (said["channel"], said["reference"], said["reason"]) == ("e-mail", "TCK-7", "slip")
