"""What an exclusion or attribution must rest on, over the socket: bases, contradictions, the second
person, and what falls away with its ground (R10, R38).
"""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace

from noc_tui.alerts.checks import attribution_reopened, decision_waiting, exclusion_lasting
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.contract.calendar import instant
from noc_tui.contract.instants import format_instant
from noc_tui.contract.terms import load_terms
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.suspension.exclusion import begin_exclusion
from noc_tui.queries.incidents import read_incident
from noc_tui.queries.open_decisions import read_open_decisions
from storage.database import Writer
from storage.decisions import open_proposals
from storage.outages import (
    EXCLUSIONS,
    MAINTENANCE,
    OUTAGES,
    Maintenance,
    Outage,
    lasting_exclusions,
    reopened_outages,
)
from storage.suspension import SUSPENSIONS, Suspension
from storage.verdict import Verdict
from storage.verify import verify
from tests.daemon.availability.test_credit_decisions import Socket, agree, opened
from tests.statement.test_statement import read, written
from tests.support.cases import suspended
from tests.support.changes import recorded
from tests.support.played_estate import Estate, guest, node

pytestmark = pytest.mark.anyio

MINUTE = 60_000_000
QUOTAS = {"acme": 0, "zeta": 0}
"""The entries that say that each tenant reached a quota, before the outage."""


@pytest.fixture
async def socket(estate: Estate, writer: Writer) -> AsyncIterator[Socket]:
    """Zeta was out for an hour of a March that is not over."""
    await estate.poll(4)
    async with writer.change(itself()) as change:
        for tenant in QUOTAS:
            about = [f"tenant:{tenant}"]
            QUOTAS[tenant] = await change.record("alert.raised", about, {"rule": "quota"})
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(12)
    estate.put(guest(201, "zeta"))
    await estate.poll(2)
    async with opened(estate) as made:
        yield made


async def outage_of_zeta(writer: Writer) -> Outage:
    (row,) = [one for one in await OUTAGES.read(writer) if one.tenant == "zeta"]
    return row


async def of_outage(writer: Writer, basis: str, **values: object) -> dict[str, Any]:
    """The body that excludes the whole outage."""
    row = await outage_of_zeta(writer)
    assert row.end is not None
    span = {"start": format_instant(row.start), "end": format_instant(row.end)}
    return {"tenants": ["zeta"], **span, "basis": basis, "reason": "as the client reads", **values}


async def attribute(
    socket: Socket, writer: Writer, who: str, party: str, **values: object
) -> tuple[int, Any]:
    path = f"outages/{(await outage_of_zeta(writer)).id}/attribution"
    return await socket.ask(who, path, party=party, reason="as the client reads", **values)


async def counted(writer: Writer) -> str:
    return (await read(writer)).contractual.down_seconds


async def incident_of(writer: Writer) -> Any:
    number = (await outage_of_zeta(writer)).incident
    assert number is not None
    return await read_incident(writer, number)


@pytest.mark.parametrize(
    ("basis", "party", "values", "missing"),
    [
        ("not_attributable", "client", {}, "what shows"),
        ("not_attributable", "third_party", {"grounds": [" "]}, "what shows"),
        ("quota", "quota", {"link": "the disk was full"}, "name the entry"),
        ("quota", "quota", {"link": "x", "grounds": ["1", "999999", "x"]}, "name the entry"),
        ("emergency", "emergency", {}, "what the emergency was"),
        ("attack", "attack", {"grounds": ["DDoS"]}, "flow:"),
        ("suspension", "suspension", {}, "name the suspension"),
        ("suspension", "suspension", {"suspension": "S-0001"}, "name the suspension"),
        ("force_majeure", "force_majeure", {}, "irresistible"),
    ],
)
async def test_what_a_basis_asks_for_is_asked_for_either_way(
    socket: Socket, writer: Writer, basis: str, party: str, values: dict[str, Any], missing: str
) -> None:
    body = await of_outage(writer, basis, **values)
    status, answer = await socket.ask("lea", "exclusions", **body)
    assert (status, missing in answer["error"]) == (409, True), answer
    status, answer = await attribute(socket, writer, "lea", party, **values)
    assert (status, missing in answer["error"]) == (409, True), answer
    assert await EXCLUSIONS.read(writer) == []


async def test_a_lead_decides_force_majeure_either_way(socket: Socket, writer: Writer) -> None:
    why = {"link": "a flood that nobody could foresee or hold"}
    body = await of_outage(writer, "force_majeure", **why)
    assert (await socket.ask("omar", "exclusions", **body))[0] == 403
    assert (await attribute(socket, writer, "omar", "force_majeure", **why))[0] == 403
    assert (await socket.ask("lea", "exclusions", **body))[0] == 201
    assert await counted(writer) == "0"


async def test_evidence_of_an_attack_stands_on_the_statement(
    socket: Socket, writer: Writer
) -> None:
    body = await of_outage(writer, "attack", grounds=["flow:41 Gbit/s of UDP"])
    assert (await socket.ask("omar", "exclusions", **body))[0] == 201
    assert "flow:41 Gbit/s of UDP" in written(await read(writer))[2]


async def test_a_quota_rests_on_the_entry_about_this_client(socket: Socket, writer: Writer) -> None:
    link = {"link": "the disk was full, the database stopped"}
    for tenant, accepted in (("acme", 409), ("zeta", 200)):
        grounds = [f"evidence:{QUOTAS[tenant]}"]
        status, _ = await attribute(socket, writer, "omar", "quota", grounds=grounds, **link)
        assert status == accepted, tenant
    assert link["link"] in written(await read(writer))[2]


async def test_an_emergency_never_covers_our_own_equipment(estate: Estate, writer: Writer) -> None:
    await estate.poll(4)
    estate.nodes = {"pve1": node("pve1", "offline"), "pve2": node("pve2", "offline")}
    estate.put(*(guest(vmid, one.pool or "", one.node, "unknown")
                 for vmid, one in estate.guests.items()))  # fmt: skip
    await estate.poll(4)
    async with opened(estate) as socket:
        link = {"link": "the rack had to be switched off"}
        status, answer = await attribute(socket, writer, "lea", "emergency", **link)
    assert (status, "own equipment" in answer["error"]) == (409, True), answer
    assert "pve1 down" in answer["error"]


async def test_work_that_was_not_announced_is_contestable_whatever_is_said(
    socket: Socket, writer: Writer
) -> None:
    body = await of_outage(writer, "maintenance", contestable=False)
    assert (await socket.ask("omar", "exclusions", **body))[0] == 201
    (row,) = await EXCLUSIONS.read(writer)
    assert (row.contestable, row.maintenance) == (True, None)


def case_row(outage: Outage, *, remedied: int) -> Suspension:
    """A suspension of zeta that took effect as the outage began."""
    at, tenant = instant(outage.start), "zeta"
    document = {
        "id": "S-0001",
        "plan": {"scope": "tenant"},
        "started_at": at.isoformat(),
        "remedy": {"at": instant(remedied).isoformat()},
    }
    return Suspension(
        id="S-0001", tenant=tenant, tenant_name=tenant, ground="spam", state="closed",
        rehearsal=False, opened_at=at, started_at=at, deadline=None, closed_at=at,
        notice_owed=False, review_due=None, document=json.dumps(document),
    )  # fmt: skip


async def test_a_suspension_excludes_until_its_remedy_and_is_found_by_itself(
    socket: Socket, writer: Writer
) -> None:
    """From the remedy on it counts, also of an outage that lasted longer."""
    outage = await outage_of_zeta(writer)
    case = case_row(outage, remedied=outage.start + 600 * 1_000_000)
    async with recorded(writer) as change:
        await change.put(SUSPENSIONS, [case])
    status, answer = await attribute(socket, writer, "omar", "suspension", suspension="S-0009")
    assert (status, "name the suspension" in answer["error"]) == (409, True)
    assert (await attribute(socket, writer, "omar", "suspension"))[0] == 200
    (row,) = await EXCLUSIONS.read(writer)
    assert (row.suspension, row.start, row.end) == (
        "S-0001", outage.start, outage.start + 600 * 1_000_000
    )  # fmt: skip
    assert await counted(writer) == "3000"


async def test_a_suspension_that_becomes_known_reopens_what_was_attributed_otherwise(
    socket: Socket, writer: Writer
) -> None:
    """While its order was secret nobody could know whose the outage was."""
    assert (await attribute(socket, writer, "omar", "hoster"))[0] == 200
    outage = await outage_of_zeta(writer)
    case = replace(
        suspended("charte-breach", "tenant"), tenant="zeta", started_at=instant(outage.start)
    )
    async with writer.change(itself()) as change:
        await begin_exclusion(change, case, load_terms())
    assert await reopened_outages(writer) == [("zeta", outage.id)]
    assert (await incident_of(writer)).outages[0].party is None


async def announce(writer: Writer, *, early: bool) -> None:
    """A window over zeta's outage, announced before it began, or too late."""
    row = await outage_of_zeta(writer)
    assert row.end is not None
    told = row.start - (2 if early else 1) * MINUTE
    window = Maintenance(
        id=1, title="Switch", start=row.start - MINUTE, end=row.end + MINUTE, tenants=("zeta",),
        reason="switch", account="lea", planned_at=told, announced_at=told, cancelled_at=None,
        evidence=1,
    )  # fmt: skip
    async with recorded(writer) as change:
        await change.put(MAINTENANCE, [window])


@pytest.mark.parametrize("early", [True, False])
async def test_an_attribution_to_maintenance_rests_on_a_window_announced_before(
    socket: Socket, writer: Writer, early: bool
) -> None:
    await announce(writer, early=early)
    assert (await attribute(socket, writer, "omar", "maintenance"))[0] == 200
    (row,) = await EXCLUSIONS.read(writer)
    assert (row.contestable, row.maintenance) == ((False, 1) if early else (True, None))


async def test_an_attribution_falls_with_the_window_that_it_rests_on(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    await announce(writer, early=True)
    await attribute(socket, writer, "omar", "maintenance")
    number = (await incident_of(writer)).id
    for verb in ("resolve", "review"):
        assert (await socket.ask("omar", f"incidents/{number}/{verb}"))[0] == 200
    assert (await socket.ask("omar", "maintenance/1/cancel", reason="never done"))[0] == 200
    assert await counted(writer) == "3600"
    incident = await incident_of(writer)
    assert (incident.state, incident.outages[0].party) == ("acknowledged", None)
    assert len(incident.missing) == 1
    outage = await outage_of_zeta(writer)
    waiting = AlertInputs(now=estate.clock.now(), reopened=await reopened_outages(writer))
    (found,) = attribution_reopened.violations(waiting)
    assert found.words == ("name=zeta", f"number={outage.id}")
    # Reviewed once, it is no longer one person's, whatever it was reopened for.
    task = {"grounds": ["UPID:pve1:1"]}
    _, made = await attribute(socket, writer, "omar", "client", **task)
    assert made["proposed"] is not None
    await agree(socket, made)
    assert (await reopened_outages(writer), await counted(writer)) == ([], "0")
    assert verify(writer.path).verdict is Verdict.INTACT


async def test_an_exclusion_that_is_withdrawn_takes_its_attribution_along(
    socket: Socket, writer: Writer
) -> None:
    task = {"grounds": ["UPID:pve1:1"]}
    _, made = await attribute(socket, writer, "omar", "client", **task)
    path = f"exclusions/{made['exclusion']}/withdrawal"
    assert (await socket.ask("olga", path, reason="not their task"))[0] == 200
    incident = await incident_of(writer)
    assert incident.outages[0].party is None
    assert "not their task" in incident.timeline[-1].text
    assert [one.cause for one in (await read(writer)).intervals if one.kind == "outage"] == [
        "instances"
    ]


async def test_an_exclusion_does_not_contradict_the_attribution_that_stands(
    socket: Socket, writer: Writer
) -> None:
    number = (await outage_of_zeta(writer)).id
    assert (await attribute(socket, writer, "omar", "hoster"))[0] == 200
    body = await of_outage(writer, "not_attributable", grounds=["UPID:pve1:1"])
    status, answer = await socket.ask("omar", "exclusions", **body)
    assert (status, f"outage {number} is attributed" in answer["error"]) == (409, True)
    assert await counted(writer) == "3600"


async def test_an_attribution_does_not_contradict_an_exclusion_that_stands(
    socket: Socket, writer: Writer
) -> None:
    body = await of_outage(writer, "not_attributable", grounds=["UPID:pve1:1"])
    _, made = await socket.ask("omar", "exclusions", **body)
    status, answer = await attribute(socket, writer, "omar", "hoster")
    (number,) = made["exclusions"]
    assert (status, f"exclusion {number} takes" in answer["error"]) == (409, True)
    assert (await socket.ask("omar", f"exclusions/{number}/withdrawal", reason="a slip"))[0] == 200
    assert (await attribute(socket, writer, "omar", "hoster"))[0] == 200


async def review_incident(socket: Socket, writer: Writer) -> int:
    """Attribute to us, close and review; returns the incident."""
    await attribute(socket, writer, "omar", "hoster")
    number: int = (await incident_of(writer)).id
    for verb in ("resolve", "review"):
        assert (await socket.ask("olga", f"incidents/{number}/{verb}"))[0] == 200
    return number


async def test_what_was_reviewed_is_lowered_by_two_persons(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    await review_incident(socket, writer)
    short = {"party": "client", "reason": "DDoS", "grounds": ["UPID:pve1:1"]}
    path = f"outages/{(await outage_of_zeta(writer)).id}/attribution"
    status, answer = await socket.ask("omar", path, **short)
    assert (status, "in a sentence" in answer["error"]) == (409, True)
    _, made = await attribute(socket, writer, "omar", "client", grounds=["UPID:pve1:1"])
    (row,) = await open_proposals(writer)
    assert (made["proposed"], made["exclusion"], row.needs) == (row.id, None, ("reviewed",))
    assert await counted(writer) == "3600"
    assert [one.id for one in (await incident_of(writer)).proposed] == [row.id]
    (found,) = decision_waiting.violations(
        AlertInputs(now=estate.clock.now(), proposed=await open_proposals(writer))
    )
    assert "account=omar" in found.words

    answer = f"decisions/{row.id}/approval"
    assert (await socket.ask("omar", answer))[0] == 403
    assert (await socket.ask("vera", answer))[0] == 403
    assert (await socket.ask("olga", answer))[0] == 200
    assert (await socket.ask("lea", answer))[0] == 409
    assert await counted(writer) == "0"
    statement = await read(writer)
    told = {(one.kind, one.decided_by, one.approved_by) for one in statement.intervals}
    assert ("exclusion", "omar", "olga") in told
    assert "omar, approuvé par olga" in written(statement)[0]
    assert (await read_open_decisions(writer)).proposed == ()
    assert verify(writer.path).verdict is Verdict.INTACT


async def test_a_proposal_that_no_longer_fits_is_not_approved_and_can_be_declined(
    socket: Socket, writer: Writer
) -> None:
    await review_incident(socket, writer)
    _, made = await attribute(socket, writer, "omar", "client", grounds=["UPID:pve1:1"])
    number = made["proposed"]
    row = await outage_of_zeta(writer)
    body = await of_outage(writer, "maintenance")
    assert row.end is not None
    status, other = await socket.ask("lea", "exclusions", **body)
    assert (status, "is attributed otherwise" in other["error"]) == (409, True)
    refusal = f"decisions/{number}/refusal"
    assert (await socket.ask("olga", refusal, reason=" "))[0] == 409
    assert (await socket.ask("olga", refusal, reason="it was our node"))[0] == 200
    assert (await socket.ask("lea", f"decisions/{number}/approval"))[0] == 409
    assert await counted(writer) == "3600"


async def test_outages_do_not_leave_a_reviewed_incident(socket: Socket, writer: Writer) -> None:
    number = await review_incident(socket, writer)
    outage = (await outage_of_zeta(writer)).id
    _, made = await socket.ask("omar", "incidents", title="Another one")
    other = made["incident"]
    ways = (
        (f"incidents/{other}/gather", {"outage": outage}),
        (f"incidents/{number}/split", {"outages": [outage], "title": "apart"}),
        (f"incidents/{number}/merge", {"into": other}),
    )
    for path, body in ways:
        status, answer = await socket.ask("omar", path, **body)
        assert (status, "was reviewed" in answer["error"]) == (409, True), path


async def test_a_window_does_not_reach_back_into_what_was_reviewed(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    row = await outage_of_zeta(writer)
    window = {
        "title": "Switch",
        "start": format_instant(row.start),
        "end": format_instant(estate.at(60)),
        "tenants": ["zeta"],
        "reason": "the switch was replaced",
    }
    await review_incident(socket, writer)
    status, answer = await socket.ask("omar", "maintenance", **window)
    assert (status, f"outage {row.id}" in answer["error"]) == (409, True), answer
    assert await MAINTENANCE.read(writer) == []


async def test_an_exclusion_without_an_end_is_watched_reviewed_and_ended(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    body = await of_outage(writer, "not_attributable", grounds=["the client's mail of today"])
    del body["end"]
    _, made = await socket.ask("omar", "exclusions", **body)
    (number,) = made["exclusions"]

    async def alerts() -> list[tuple[str, Any]]:
        inputs = AlertInputs(now=estate.clock.now(), lasting=await lasting_exclusions(writer))
        return [(one.severity, one.deadline) for one in exclusion_lasting.violations(inputs)]

    (first,) = await alerts()
    await estate.clock.advance(86_400)
    assert await alerts() == [("warning", first[1])]
    assert (await socket.ask("olga", f"exclusions/{number}/review", note="still so"))[0] == 200
    ((severity, due),) = await alerts()
    assert (severity, due > first[1]) == ("", True)
    (row,) = await lasting_exclusions(writer)
    assert row.reviewed_account == "olga"

    path = f"exclusions/{number}/end"
    late = format_instant(row.start + 10**13)
    assert (await socket.ask("olga", path, end=late))[0] == 409
    assert (await socket.ask("olga", path, end=body["start"]))[0] == 409
    outage = await outage_of_zeta(writer)
    half = format_instant(outage.start + 1800 * 1_000_000)
    status, answer = await socket.ask("olga", path, end=half)
    assert (status, answer) == (200, {"exclusion": number, "end": half})
    assert (await alerts(), await counted(writer)) == ([], "1800")
    assert (await socket.ask("olga", path))[0] == 409
    assert (await socket.ask("olga", f"exclusions/{number}/review"))[0] == 409
    assert verify(writer.path).verdict is Verdict.INTACT
