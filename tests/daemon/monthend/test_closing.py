"""A month is closed once, with what is open said; then no figure of it changes until reopened."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from noc_tui.contract.calendar import Month
from noc_tui.contract.month_end import OpenKind
from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.daemon.availability.month_figures import refresh_figures_since
from noc_tui.daemon.core.identity import itself
from noc_tui.queries.closed_months import ClosedMonths
from noc_tui.queries.granted_credits import read_granted_credits
from noc_tui.queries.month_end import read_month_end
from noc_tui.queries.record_check import INTACT_RECORD
from noc_tui.views.credit_export import list_credit_rows
from noc_tui.views.month_end import MonthEnd
from storage import evidence
from storage.database import Writer
from storage.evidence import Query
from storage.incidents import live
from storage.month_closes import closings_of
from storage.outages import OUTAGES
from storage.times import micros
from storage.verdict import Verdict
from storage.verify import verify
from tests.daemon.availability.test_credit_decisions import CLAIM, EXCLUSION, LONGER, Socket
from tests.forgeries.rows import forge, sql
from tests.support.played_estate import Estate

pytestmark = pytest.mark.anyio

MARCH = Month(2026, 3)
WHY = "the incident is reviewed next week"


async def stands(estate: Estate, writer: Writer) -> MonthEnd:
    async with writer.snapshot() as db:
        now = micros(estate.clock.now())
        return await read_month_end(db, MARCH, now, load_shipped_book(), INTACT_RECORD)


async def close(socket: Socket, estate: Estate, writer: Writer, **body: object) -> tuple[int, Any]:
    """Close March with all that may stay open, for a reason."""
    left = [one.id for one in (await stands(estate, writer)).closable]
    return await socket.ask("lea", "months/2026-03/close", left_open=left, reason=WHY, **body)


async def test_what_is_open_is_named_and_accepted_by_a_lead_with_a_reason(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    found = await stands(estate, writer)
    assert (found.state, found.blocking) == ("open", ())
    kinds = {one.kind for one in found.open}
    assert kinds == {OpenKind.UNATTRIBUTED, OpenKind.UNMEASURED, OpenKind.INCIDENT}
    path = "months/2026-03/close"
    assert (await socket.ask("omar", path))[0] == 403
    status, answer = await socket.ask("lea", path)
    assert status == 409
    (outage,) = await OUTAGES.read(writer)
    assert f"outage {outage.id} is attributed to nobody" in answer["error"]
    left = [one.id for one in found.closable]
    assert (await socket.ask("lea", path, left_open=left[1:], reason=WHY))[0] == 409
    assert (await socket.ask("lea", path, left_open=left))[1]["error"] == "a reason is needed"
    assert await closings_of(writer, "2026-03") == []

    status, made = await socket.ask("lea", path, left_open=left, reason=WHY)
    assert (status, made["number"]) == (201, 1)
    (row,) = await closings_of(writer, "2026-03")
    assert (row.account, row.reason, row.left_open) == ("lea", WHY, tuple(left))
    assert (row.tenants["zeta"].counted, row.tenants["zeta"].tier) == (3_600_000_000, 10)
    assert row.tenants["zeta"].amount == "1250.00"
    (entry,) = await evidence.search(writer, Query(kind="month.closed"))
    assert (entry.seq, entry.account) == (row.evidence, "lea")
    assert entry.subjects == ("month:2026-03",), "a tenant's pack has no other tenant's figures"
    assert (await stands(estate, writer)).state == "closed"
    assert (await socket.ask("lea", path, left_open=left, reason=WHY))[0] == 409
    assert verify(writer.path).verdict is Verdict.INTACT


@pytest.mark.parametrize(
    ("month", "said"),
    [("2026-04", "is not over"), ("2026-13", "month"), ("2199-01", "is not over")],
)
async def test_a_month_that_is_not_over_in_paris_is_not_closed(
    socket: Socket, month: str, said: str
) -> None:
    status, answer = await socket.ask("lea", f"months/{month}/close")
    assert status in (400, 409)
    assert said in answer["error"]


async def test_what_waits_for_a_second_person_is_in_the_way(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    _, made = await socket.ask("omar", "exclusions", **EXCLUSION)
    (number,) = made["proposed"]
    found = await stands(estate, writer)
    assert [one.id for one in found.blocking] == [f"proposed:{number}"]
    status, answer = await close(socket, estate, writer)
    assert (status, f"decision {number} waits" in answer["error"]) == (409, True)
    assert (await socket.ask("olga", f"decisions/{number}/refusal", reason="no window"))[0] == 200
    assert (await close(socket, estate, writer))[0] == 201


async def test_an_exclusion_without_an_end_is_in_the_way(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    lasting = {**EXCLUSION, "tenants": ["acme"], "start": "2026-03-25T00:00:00Z", "end": None}
    status, made = await socket.ask("omar", "exclusions", **lasting)
    assert status == 201
    for number in made["proposed"]:
        await socket.ask("olga", f"decisions/{number}/approval")
    assert [one.kind for one in (await stands(estate, writer)).blocking] == [OpenKind.LASTING]


async def test_rows_that_are_not_as_recorded_are_in_the_way(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    forge(writer.path, sql("UPDATE tenant_amount SET amount = '9.00' WHERE tenant = 'zeta'"))
    status, answer = await close(socket, estate, writer)
    assert (status, "not as recorded" in answer["error"]) == (409, True)


@pytest.mark.parametrize(
    "forgery",
    ["DELETE FROM proposed_decision", "UPDATE proposed_decision SET state = 'declined'"],
)
async def test_what_waits_is_not_taken_out_of_the_way_in_the_file(
    socket: Socket, estate: Estate, writer: Writer, forgery: str
) -> None:
    made = (await socket.ask("omar", "exclusions", **EXCLUSION))[1]
    forge(writer.path, sql(forgery))
    status, answer = await close(socket, estate, writer)
    assert made["proposed"]
    assert (status, "not as recorded" in answer["error"]) == (409, True)


async def test_a_proposal_that_was_changed_in_the_file_is_not_approved(
    socket: Socket, writer: Writer
) -> None:
    (number,) = (await socket.ask("omar", "exclusions", **EXCLUSION))[1]["proposed"]
    forge(writer.path, sql("UPDATE proposed_decision SET start = start - 600000000"))
    status, answer = await socket.ask("olga", f"decisions/{number}/approval")
    assert (status, "not as recorded" in answer["error"]) == (409, True)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("exclusions", EXCLUSION),
        ("outages", LONGER),
        (
            "outages/1/attribution",
            {"party": "client", "reason": "stopped by them", "grounds": ["UPID:pve1:1"]},
        ),
        (
            "maintenance",
            {**EXCLUSION, "title": "works"} | {"tenants": ["zeta"]},
        ),
    ],
)
async def test_no_decision_changes_a_figure_of_a_closed_month(
    socket: Socket, estate: Estate, writer: Writer, path: str, body: dict[str, object]
) -> None:
    assert (await close(socket, estate, writer))[0] == 201
    before = await evidence.count(writer)
    asked = {
        name: value for name, value in body.items() if path != "maintenance" or name != "basis"
    }
    status, answer = await socket.ask("omar", path, **asked)
    assert status == 409, answer
    assert await evidence.count(writer) == before
    if path != "maintenance":
        assert "noc-tui month reopen 2026-03" in answer["error"]

    assert (await socket.ask("omar", "months/2026-03/reopen", reason="x"))[0] == 403
    assert (await socket.ask("lea", "months/2026-03/reopen", reason=" "))[0] == 409
    status, _ = await socket.ask("lea", "months/2026-03/reopen", reason="the window was forgotten")
    assert status == 200
    assert (await stands(estate, writer)).state == "reopened"
    if path == "maintenance":
        return
    status, made = await socket.ask("omar", path, **asked)
    assert status in (200, 201)
    if path != "outages":  # what lowers a figure waits for a second person all the same
        assert made["proposed"]


async def test_what_changes_no_figure_is_still_decided(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    """Whose an outage is, where it goes on counting; and claims, whose time runs on."""
    assert (await close(socket, estate, writer))[0] == 201
    (outage,) = await OUTAGES.read(writer)
    path = f"outages/{outage.id}/attribution"
    assert (await socket.ask("omar", path, party="hoster", reason="our own switch"))[0] == 200
    assert (await socket.ask("omar", "credits/zeta/2026-03/claim", **CLAIM))[0] == 200
    assert (await socket.ask("lea", "credits/zeta/2026-03/grant"))[0] == 200
    later = {**EXCLUSION, "start": "2026-04-02T00:00:00Z", "end": "2026-04-02T01:00:00Z"}
    assert (await socket.ask("omar", "exclusions", **later))[0] == 201
    assert [one.changed for one in (await stands(estate, writer)).tenants] == [False, False]


async def test_a_reopened_month_is_closed_again_and_keeps_both_closings(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    await close(socket, estate, writer)
    assert (await socket.ask("lea", "months/2026-03/reopen", reason="late evidence"))[0] == 200
    assert (await socket.ask("lea", "months/2026-03/reopen", reason="again"))[0] == 409
    assert (await socket.ask("omar", "outages", **LONGER))[0] == 201
    status, made = await close(socket, estate, writer)
    assert (status, made["number"]) == (201, 2)
    first, second = await closings_of(writer, "2026-03")
    assert (first.reopened_account, first.reopened_reason) == ("lea", "late evidence")
    assert second.in_force
    assert second.tenants["zeta"].counted > first.tenants["zeta"].counted
    (entry,) = await evidence.search(writer, Query(kind="month.reopened"))
    assert json.loads(entry.payload or "")["closed"] == first.evidence
    assert verify(writer.path).verdict is Verdict.INTACT


async def test_an_outage_that_is_excluded_whole_asks_for_no_attribution(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    _, made = await socket.ask("omar", "exclusions", **EXCLUSION)
    for number in made["proposed"]:
        await socket.ask("olga", f"decisions/{number}/approval")
    kinds = {one.kind for one in (await stands(estate, writer)).open}
    assert OpenKind.UNATTRIBUTED not in kinds


async def test_what_is_measured_late_is_kept_and_the_month_says_so(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    await close(socket, estate, writer)
    assert await live(writer)
    async with writer.change(itself()) as change:
        row = (await OUTAGES.read(change))[0]

        entry = await change.record("availability.outage_extended", ["tenant:zeta"], {})
        await change.put(
            OUTAGES, [replace(row, end=(row.end or 0) + 60_000_000, ended_by=entry)], by=entry
        )
    found = {one.tenant: one.changed for one in (await stands(estate, writer)).tenants}
    assert found == {"acme": False, "zeta": True}


async def test_credits_are_exported_as_they_were_granted_and_the_same_again(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    async def exported() -> list[tuple[str, str, str]]:
        async with writer.snapshot() as db:
            now = micros(estate.clock.now())
            found = await read_granted_credits(db, MARCH, now, load_shipped_book())
        rows = list_credit_rows(str(MARCH), found)
        return [(one.reference, str(one.amount), one.completes) for one in rows]

    await close(socket, estate, writer)
    await socket.ask("omar", "credits/zeta/2026-03/claim", **CLAIM)
    assert await exported() == []
    await socket.ask("lea", "credits/zeta/2026-03/grant")
    (first,) = await exported()
    assert first[1:] == ("125.00", "")
    await socket.ask("lea", "months/2026-03/reopen", reason="late evidence")
    await socket.ask("omar", "outages", **LONGER)
    await socket.ask("lea", "credits/zeta/2026-03/grant")
    again, more = await exported()
    assert again == first
    assert more[1:] == ("187.50", first[0])


async def test_an_alert_names_the_figures_that_changed_after_the_closing(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    await close(socket, estate, writer)
    months = ClosedMonths()

    async def differing() -> tuple[tuple[str, str], ...]:
        async with writer.snapshot() as db:
            return await months.read(db)

    assert await differing() == ()
    async with writer.change(itself()) as change:
        row = (await OUTAGES.read(change))[0]
        entry = await change.record("availability.outage_extended", ["tenant:zeta"], {})
        later = replace(row, end=(row.end or 0) + 60_000_000, ended_by=entry)
        await change.put(OUTAGES, [later], by=entry)
        await refresh_figures_since(change, {"zeta": row.start}, estate.context)
    assert await differing() == await differing() == (("zeta", "2026-03"),)
    await socket.ask("lea", "months/2026-03/reopen", reason="late evidence")
    assert await differing() == ()
    await close(socket, estate, writer)
    assert await differing() == ()
