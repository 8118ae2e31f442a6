"""Excluding, withdrawing, planning, mailing, merging and splitting from the console's screens."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, TextArea

from noc_tui.console.app import NocApp
from noc_tui.console.screens.incident.screen import IncidentScreen
from noc_tui.daemon.availability import decisions, incidents
from noc_tui.daemon.core import identity
from noc_tui.daemon.core.identity import itself
from noc_tui.roles import Caller, Role
from storage.database import Writer
from storage.months import CREDITS, CreditRow
from storage.reparations import REPARATIONS, Reparation
from storage.settings import ClockNumbers, put_clock
from tests.console.conftest import Answering, answering, shown, until
from tests.console.screens.sla.test_month_screens import app_of, out
from tests.support.changes import recorded
from tests.support.played_estate import Estate

pytestmark = pytest.mark.anyio


class Console:
    """The console beside a `nocd` that takes orders."""

    def __init__(self, app: NocApp, pilot: Pilot[int], nocd: Answering) -> None:
        self.app, self.pilot, self.nocd = app, pilot, nocd

    async def answer(self, question: str, *keys: str) -> None:
        """Wait for a question, then press keys."""
        await until(self.pilot, lambda: question in shown(self.app))
        await self.pilot.press(*keys)

    async def order(self) -> tuple[str, Any]:
        """The one order that came."""
        await until(self.pilot, lambda: self.nocd.orders)
        ((path, body),) = self.nocd.orders
        return path, msgspec.json.decode(body)


@asynccontextmanager
async def console(
    writer: Writer, tmp_path: Path, keys: Sequence[str], play: str | None = None
) -> AsyncIterator[Console]:
    async with (
        answering(tmp_path / "nocd.sock") as nocd,
        app_of(writer, tmp_path, play).run_test(size=(160, 40)) as pilot,
    ):
        app = pilot.app
        assert isinstance(app, NocApp)
        await pilot.press("4")
        await until(pilot, lambda: "zeta unav" in shown(app))
        await until(pilot, lambda: app.session.sight.daemon.value == "live")
        await pilot.press(*keys)
        yield Console(app, pilot, nocd)


@asynccontextmanager
async def incident(writer: Writer, tmp_path: Path, number: int = 1) -> AsyncIterator[Console]:
    async with console(writer, tmp_path, ()) as seen:
        seen.app.push_screen(IncidentScreen(number))
        await until(seen.pilot, lambda: "has no attribution" in shown(seen.app))
        yield seen


async def test_an_outage_is_excluded_with_basis_span_and_reason(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await out(estate, writer)
    async with incident(writer, tmp_path) as seen:
        await seen.answer("zeta", "e")
        await seen.answer("on which basis?", "down", "down", "enter")
        await seen.answer("Without an end", "2", "enter")
        # "2" is no instant: the form stays, and says so at the first line that is wrong.
        await seen.pilot.press(*"quota", "enter", *"evidence:9", "enter", *"full", "enter")
        await until(seen.pilot, lambda: "Until: write it as" in shown(seen.app))
        assert seen.nocd.orders == []
        await seen.pilot.press("ctrl+u", *"2026-03-01 02:30", *["enter"] * 4)
        path, body = await seen.order()
    assert path == "/v1/exclusions"
    assert body == {
        "tenants": ["zeta"],
        "start": "2026-03-01T00:15:00+01:00",
        "end": "2026-03-01T02:30:00+01:00",
        "basis": "quota",
        "reason": "quota",
        "contestable": False,
        "grounds": ["evidence:9"],
        "files": [],
        "link": "full",
        "suspension": "",
    }


async def test_an_exclusion_is_withdrawn_with_a_reason(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await out(estate, writer)
    async with writer.change(itself()) as change:
        caller = Caller(1, "omar", Role.OPERATOR)
        await decisions.exclude(change, caller, "zeta", (estate.at(3), None), "quota", "full")
    async with incident(writer, tmp_path) as seen:
        await seen.answer("quota reached · full", "w")
        await seen.answer("Which exclusion?", "enter")
        await seen.answer("count again", *"wrong", "enter")
        assert await seen.order() == ("/v1/exclusions/2/withdrawal", {"reason": "wrong"})


async def test_a_mail_leaves_only_after_tenants_text_and_a_last_yes(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await out(estate, writer)
    async with incident(writer, tmp_path) as seen:
        await seen.answer("zeta", "l")
        await seen.answer("recipients", "space", "enter")
        await until(seen.pilot, lambda: seen.app.screen.query("#body"))
        await seen.pilot.click("#subject")
        await seen.pilot.press(*"Lien")
        seen.app.screen.query_one("#body", TextArea).text = "Coupé."
        for last in ("n", "y"):
            await until(seen.pilot, lambda: seen.app.screen.query("#body"))
            # What was written is there again after a no.
            assert seen.app.screen.query_one("#body", TextArea).text == "Coupé."
            assert seen.nocd.orders == []
            await seen.pilot.click("#keep")
            await seen.answer("Mail these tenants now (1)?", last)
        path, body = await seen.order()
    assert path == "/v1/incidents/1/message"
    assert body == {"tenants": ["zeta"], "subject": "Lien", "body": "Coupé."}


async def test_an_incident_is_merged_into_another_that_is_worked_on(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await out(estate, writer)
    async with writer.change(itself()) as change:
        actor = identity.actor(Caller(1, "omar", Role.OPERATOR))
        other = await incidents.open_incident(change, actor, "Lien")
    async with incident(writer, tmp_path) as seen:
        await seen.answer("zeta", "g")
        await seen.answer("into which?", "enter")
        assert await seen.order() == ("/v1/incidents/1/merge", {"into": other.id})


async def test_outages_are_split_off_into_an_incident_with_a_title(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await out(estate, writer)
    async with incident(writer, tmp_path) as seen:
        await seen.answer("zeta", "s")
        await seen.answer("incident of their own?", "space", "enter")
        await seen.answer("title of the new", *"apart", "enter")
        path, body = await seen.order()
    assert (path, body) == ("/v1/incidents/1/split", {"outages": [1], "title": "apart"})


async def test_a_window_is_planned_from_the_timeline_after_a_last_yes(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await out(estate, writer)
    async with console(writer, tmp_path, ("p",)) as seen:
        await until(seen.pilot, lambda: "☑ Acme" in shown(seen.app))
        assert "☐ Zeta" in shown(seen.app)
        await seen.answer("which tenants are affected?", "enter")
        await seen.answer("Time in the window", *"Switch", "enter", "ctrl+u")
        await seen.pilot.press(*"2026-03-29 02:30", "enter", "enter", *"firmware", "enter")
        await until(seen.pilot, lambda: "the clock change skips" in shown(seen.app))
        await seen.pilot.press("ctrl+u", *"2026-03-29 03:30", "enter")
        await seen.pilot.press(*"29/03/2026 04:00", "enter", "enter")
        await seen.answer("mail these tenants (1)?")
        assert "2026-03-29 03:30 → 2026-03-29 04:00" in shown(seen.app)
        assert "Acme" in shown(seen.app)
        await seen.pilot.press("y")
        path, body = await seen.order()
    assert path == "/v1/maintenance"
    assert body == {
        "title": "Switch",
        "start": "2026-03-29T03:30:00+02:00",
        "end": "2026-03-29T04:00:00+02:00",
        "reason": "firmware",
        "place": "",
        "tenants": ["acme"],
    }


async def test_a_window_is_called_off_with_a_reason(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await out(estate, writer)
    async with writer.change(itself()) as change:
        caller = Caller(1, "omar", Role.OPERATOR)
        span = (estate.at(3), estate.at(5))
        await decisions.exclude(
            change,
            caller,
            "acme",
            span,
            "maintenance",
            "switch",
            support=decisions.DecisionSupport(maintenance=7),
        )
    async with console(writer, tmp_path, ("c",)) as seen:
        await seen.answer("Which maintenance window", "enter")
        await seen.answer("counts again for all", *"rain", "enter")
        assert await seen.order() == ("/v1/maintenance/7/cancel", {"reason": "rain"})


async def test_an_incident_offers_what_its_state_and_outages_leave_to_do(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await out(estate, writer)
    async with writer.change(itself()) as change:
        actor = identity.actor(Caller(1, "omar", Role.OPERATOR))
        other = await incidents.open_incident(change, actor, "Lien")
    async with console(writer, tmp_path, ()) as seen:
        seen.app.push_screen(IncidentScreen(other.id))
        await until(seen.pilot, lambda: "Outages: 0" in shown(seen.app))
        footer = shown(seen.app).splitlines()[-1]
        assert "r Resolve" in footer
        assert all(word not in footer for word in ("Reviewed", "Exclude", "Attribute"))
        await seen.pilot.press("r")
        await until(seen.pilot, lambda: "Resolve · " in shown(seen.app))
        assert "Lien" in shown(seen.app)


async def test_a_claim_is_one_form_that_keeps_what_was_typed_until_it_is_right(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await out(estate, writer)
    async with console(writer, tmp_path, ("5",)) as seen:
        await until(seen.pilot, lambda: "Budget left" in shown(seen.app))
        await seen.answer("Zeta", "c")
        await seen.answer("Credit claimed by Zeta", *"yesterday", "enter", "enter", *"e-mail")
        await seen.pilot.press("enter", "enter")
        await until(seen.pilot, lambda: "Sent: write it as" in shown(seen.app))
        assert seen.nocd.orders == []
        await seen.pilot.press("ctrl+u", *"01/03/2026 00:20", "enter", "enter", "enter", "enter")
        path, body = await seen.order()
    assert path == "/v1/credits/zeta/2026-03/claim"
    assert body == {
        "sent": "2026-03-01T00:20:00+01:00",
        "received": "2026-03-01T00:30:00+01:00",
        "channel": "e-mail",
        "reference": "",
    }


async def claimed(estate: Estate, writer: Writer) -> None:
    """A request for the month that still runs; a file from before may hold one."""
    async with recorded(writer) as change:
        await change.put(CREDITS, [claim_of("acme", estate.at(2))])


def claim_of(tenant: str, at: int) -> CreditRow:
    return CreditRow(
        tenant=tenant, month="2026-03", terms="1", sent=at, received=at, channel="e-mail",
        reference="", decided_at=None, granted=None, refused="", account="",
        claimed_by=None, decided_by=None,
    )  # fmt: skip


async def test_a_claim_for_nothing_shows_on_its_row_and_with_its_month(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await out(estate, writer)
    await claimed(estate, writer)
    async with console(writer, tmp_path, ("5", "down")) as seen:
        await until(seen.pilot, lambda: "claims to answer: 1 (2026-03)" in shown(seen.app))
        row = next(line for line in shown(seen.app).splitlines() if "Acme" in line)
        assert "not due, asked for" in row
        measured = [line for line in shown(seen.app).splitlines() if line.startswith(" Measured")]
        assert "%, unmeasured 0:" in measured[0]


async def test_a_lead_answers_claims_and_nothing_else(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await out(estate, writer)
    await claimed(estate, writer)
    async with console(writer, tmp_path, ("5",), play="lea") as seen:
        await until(seen.pilot, lambda: "not due, asked for" in shown(seen.app))
        for key in ("a", "f"):
            await seen.answer("Zeta", key)
        told = seen.app._notifications
        await until(seen.pilot, lambda: len(told) == 2)
        assert {one.message for one in told} == {"Zeta: no claim to answer"}
        await seen.pilot.press("down", "f")
        await seen.answer("Refuse the credit of Acme", *"kept", "enter")
        path, body = await seen.order()
        assert (path, body["reason"]) == ("/v1/credits/acme/2026-03/refuse", "kept")


async def test_among_the_incidents_nothing_is_excluded_for_the_tenant_that_is_out_of_sight(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await out(estate, writer)
    async with console(writer, tmp_path, ()) as seen:
        await until(seen.pilot, lambda: "e Exclude" in shown(seen.app).splitlines()[-1])
        await seen.pilot.press("i")
        await until(seen.pilot, lambda: "e Exclude" not in shown(seen.app).splitlines()[-1])
        await seen.pilot.press("e", "escape")
        await until(seen.pilot, lambda: "e Exclude" in shown(seen.app).splitlines()[-1])
        assert "on which basis?" not in shown(seen.app)


async def test_a_line_is_set_right_by_a_new_one(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await out(estate, writer)
    async with incident(writer, tmp_path) as seen:
        await seen.answer("zeta", "o")
        await seen.answer("Which line", "down", "enter")
        await seen.answer("What is the correct text?", *"at 4", "enter")
        path, body = await seen.order()
    assert (path, body) == ("/v1/incidents/1/note", {"text": "at 4", "corrects": 1})


async def test_what_a_client_measured_is_entered_into_the_incident(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await out(estate, writer)
    async with incident(writer, tmp_path) as seen:
        await seen.answer("zeta", "b")
        await seen.answer("Which client", "enter")
        await seen.answer("It counts until", *"01/03/2026 00:05", "enter")
        await seen.pilot.press(*"01/03/2026 00:12", "enter", *"graph", "enter")
        path, body = await seen.order()
    assert path == "/v1/outages"
    assert body == {
        "tenant": "acme",
        "start": "2026-03-01T00:05:00+01:00",
        "end": "2026-03-01T00:12:00+01:00",
        "reason": "graph",
        "incident": 1,
    }


async def test_a_credit_beyond_the_cap_asks_whether_in_full_or_cut(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await out(estate, writer)
    paid = Reparation(
        1, "zeta", date(2026, 2, 1), Decimal("15000.00"), "damages", "x", "", capped=True,
        uncapped_because="", account="lea",
    )  # fmt: skip
    async with recorded(writer) as change:
        await change.put(REPARATIONS, [paid])
        await change.put(CREDITS, [claim_of("zeta", estate.at(2))])
        later = estate.clock.now() + timedelta(hours=2)  # zeta has been out all that time
        await put_clock(change, ClockNumbers(later, 0.0, 1e-12))
    async with console(writer, tmp_path, ("5",), play="lea") as seen:
        await seen.answer("Zeta", "a")
        await until(seen.pilot, lambda: isinstance(seen.app.focused, OptionList))
        await seen.answer("beyond the cap of art. 12", "down", "enter")
        await seen.answer("Why?", *"reached", "enter")
        path, body = await seen.order()
    assert (path, body) == (
        "/v1/credits/zeta/2026-03/grant", {"reason": "reached", "beyond_cap": "cut"},
    )  # fmt: skip
