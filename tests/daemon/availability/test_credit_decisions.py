"""Claims are corrected on record, and a refusal without its reason is reopened, over the socket."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import msgspec
import pytest
from aiohttp import ClientSession

from noc_tui.alerts.checks import credit_claim, credit_reopened
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.config.values import Demo, Smtp
from noc_tui.daemon.availability.routes import table
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.server import application
from noc_tui.statement.document import Statement
from storage import evidence, months
from storage.database import Writer
from storage.evidence import Entry, Query
from storage.outages import OUTAGES
from storage.outbox import MESSAGES
from storage.verdict import Verdict
from storage.verify import verify
from tests.forgeries.rows import forge, sql
from tests.statement.test_statement import month_with_an_outage, read, written
from tests.support.played_estate import Estate
from tests.support.served import served

pytestmark = pytest.mark.anyio

CLAIM = {
    "sent": "2026-04-02T09:00:00Z",
    "received": "2026-04-02T09:30:00Z",
    "channel": "e-mail",
    "reference": "TCK-7",
}
EXCLUSION = {
    "tenants": ["zeta"],
    "start": "2026-02-28T00:00:00Z",
    "end": "2026-03-20T00:00:00Z",
    "basis": "maintenance",
    "reason": "planned works on the switch",
}


@dataclass
class Socket:
    """`nocd`'s answers about downtime and credits, asked for by the cast."""

    session: ClientSession

    async def ask(self, who: str, path: str, **body: object) -> tuple[int, Any]:
        headers = {"X-Noc-As": who}
        url = f"http://nocd/v1/{path}"
        async with self.session.post(url, json=body, headers=headers) as answer:
            return answer.status, json.loads(await answer.read())


@asynccontextmanager
async def opened(estate: Estate) -> AsyncIterator[Socket]:
    config = msgspec.structs.replace(estate.context.config, demo=Demo(account=os.getuid()))
    context = replace(estate.context, config=config)
    app = application(lambda: config, Refusals(context.writer, context.clock))
    app.add_routes(table(context))
    async with served(app, config.socket.path) as session:
        yield Socket(session)


@pytest.fixture
async def socket(estate: Estate) -> AsyncIterator[Socket]:
    """Zeta was out in March, and it is the third of April."""
    await month_with_an_outage(estate)
    await estate.clock.advance(2 * 86400)
    async with opened(estate) as made:
        yield made


async def agree(socket: Socket, made: dict[str, Any], who: str = "olga") -> list[int]:
    """A second person approves what was proposed; returns the exclusions that followed."""
    found = []
    for number in made["proposed"] if isinstance(made["proposed"], list) else [made["proposed"]]:
        status, answer = await socket.ask(who, f"decisions/{number}/approval")
        assert status == 200, answer
        found.append(answer["exclusion"])
    return found


async def stated(writer: Writer) -> Statement:
    return await read(writer)


async def entries(writer: Writer, kind: str) -> list[Entry]:
    return await evidence.search(writer, Query(kind=kind))


async def alerts_of(writer: Writer, estate: Estate) -> list[str]:
    inputs = AlertInputs(now=estate.clock.now(), claims=await months.claims(writer))
    checks = (credit_claim, credit_reopened)
    return [found.rule for check in checks for found in check.violations(inputs)]


async def test_a_refusal_whose_reason_is_withdrawn_is_reopened_and_decided_anew(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    credit = "credits/zeta/2026-03"
    assert (await socket.ask("omar", f"{credit}/claim", **CLAIM))[0] == 200
    status, made = await socket.ask("omar", "exclusions", **EXCLUSION)
    assert (status, made["exclusions"], len(made["proposed"])) == (201, [], 1)
    assert (await stated(writer)).credit.state == "claimed"
    (number,) = await agree(socket, made)
    assert (await stated(writer)).credit.state == "not_due"
    assert (await socket.ask("lea", f"{credit}/grant"))[0] == 409
    assert (await socket.ask("lea", f"{credit}/refuse", reason="nothing is due"))[0] == 200
    (refusal,) = await entries(writer, "credit.refused")
    assert await alerts_of(writer, estate) == []

    status, _ = await socket.ask("olga", f"exclusions/{number}/withdrawal", reason="no window")
    assert status == 200
    (reopened,) = await entries(writer, "credit.reopened")
    said = json.loads(reopened.payload or "")
    assert (said["refusal"], said["refused"]) == (refusal.seq, "nothing is due")
    assert (said["tier_then"], said["tier"]) == (0, 10)
    assert reopened.account == "olga"
    assert await alerts_of(writer, estate) == ["credit-reopened"]
    statement = await stated(writer)
    assert (statement.credit.state, statement.credit.refused) == ("claimed", "")
    assert reopened.seq in [one.seq for one in statement.entries]

    assert (await socket.ask("lea", f"{credit}/grant"))[0] == 200
    credited = (await stated(writer)).credit
    assert (credited.state, credited.granted) == ("granted", "125.00")
    assert await alerts_of(writer, estate) == []
    assert verify(writer.path).verdict is Verdict.INTACT


async def test_an_attribution_that_is_changed_reopens_the_refusal_too(
    socket: Socket, writer: Writer
) -> None:
    credit = "credits/zeta/2026-03"
    await socket.ask("omar", f"{credit}/claim", **CLAIM)
    (outage,) = [one for one in await OUTAGES.read(writer) if one.tenant == "zeta"]
    path = f"outages/{outage.id}/attribution"
    task = {"reason": "stopped by a task of theirs", "grounds": ["UPID:pve1:1"]}
    status, made = await socket.ask("omar", path, party="client", **task)
    assert (status, made["exclusion"]) == (200, None)
    await agree(socket, made)
    assert (await socket.ask("lea", f"{credit}/refuse", reason="the client's own"))[0] == 200
    assert (await socket.ask("omar", path, party="hoster", reason="our switch"))[0] == 200
    assert (await stated(writer)).credit.state == "claimed"
    assert len(await entries(writer, "credit.reopened")) == 1


async def test_a_refusal_that_still_has_its_reason_stays(socket: Socket, writer: Writer) -> None:
    credit = "credits/zeta/2026-03"
    await socket.ask("omar", f"{credit}/claim", **CLAIM)
    assert (await socket.ask("lea", f"{credit}/refuse", reason="under dispute"))[0] == 200
    _, made = await socket.ask("omar", "exclusions", **EXCLUSION)
    for number in await agree(socket, made):
        await socket.ask("omar", f"exclusions/{number}/withdrawal", reason="a slip")
    assert (await stated(writer)).credit.state == "refused"
    assert await entries(writer, "credit.reopened") == []


LONGER = {
    "tenant": "zeta",
    "start": "2026-03-10T00:00:00Z",
    "end": "2026-03-10T09:00:00Z",
    "reason": "the client's own probe",
}


async def test_a_grant_of_less_than_is_due_is_reopened_and_stands(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    credit = "credits/zeta/2026-03"
    await socket.ask("omar", f"{credit}/claim", **CLAIM)
    assert (await socket.ask("lea", f"{credit}/grant"))[0] == 200
    (grant,) = await entries(writer, "credit.granted")
    assert (await socket.ask("omar", "outages", **LONGER))[0] == 201
    (reopened,) = await entries(writer, "credit.reopened")
    said = json.loads(reopened.payload or "")
    assert (said["grant"], said["granted"]) == (grant.seq, "125.00")
    assert (said["tier_then"], said["tier"]) == (10, 25)
    assert await alerts_of(writer, estate) == ["credit-reopened"]
    found = (await stated(writer)).credit
    assert (found.state, found.granted, found.amount) == ("claimed", "125.00", "312.50")

    status, answer = await socket.ask("lea", f"{credit}/refuse", reason="enough")
    assert (status, "what was granted stands" in answer["error"]) == (409, True)
    late = {**CLAIM, "sent": "2026-05-03T09:00:00Z"}
    status, answer = await socket.ask("lea", f"{credit}/correct", **late, reason="a slip")
    assert (status, "was granted" in answer["error"]) == (409, True)

    assert (await socket.ask("lea", f"{credit}/grant"))[0] == 200
    said = json.loads((await entries(writer, "credit.granted"))[0].payload or "")
    assert (said["before"], said["amount"]) == ("125.00", "312.50")
    found = (await stated(writer)).credit
    assert (found.state, found.granted) == ("granted", "312.50")
    assert await alerts_of(writer, estate) == []
    assert verify(writer.path).verdict is Verdict.INTACT


async def test_a_grant_of_more_than_is_due_by_now_stands_and_the_statement_says_so(
    socket: Socket, writer: Writer
) -> None:
    credit = "credits/zeta/2026-03"
    await socket.ask("omar", f"{credit}/claim", **CLAIM)
    assert (await socket.ask("lea", f"{credit}/grant"))[0] == 200
    note = "what was granted stands"
    assert note not in written(await stated(writer))[2]
    await agree(socket, (await socket.ask("omar", "exclusions", **EXCLUSION))[1])
    found = await stated(writer)
    assert (found.credit.state, found.credit.granted) == ("granted", "125.00")
    assert (found.credit.tier, found.credit.amount) == (0, "0.00")
    french, _page, english, *_ = written(found)
    assert note in english
    assert "reste acquis" in french
    assert await entries(writer, "credit.reopened") == []


@pytest.mark.parametrize(
    ("who", "path", "body"),
    [
        ("omar", "credits/zeta/2026-03/claim", CLAIM),
        ("lea", "credits/zeta/2026-03/grant", {}),
        ("lea", "credits/zeta/2026-03/refuse", {"reason": "no"}),
        ("omar", "credits/zeta/2026-03/correct", {**CLAIM, "reason": "a slip"}),
        ("omar", "exclusions", EXCLUSION),
        ("omar", "outages", LONGER),
        ("omar", "outages/1/attribution", {"party": "client", "reason": "theirs"}),
    ],
)
async def test_nothing_is_decided_on_forged_rows(
    socket: Socket, writer: Writer, who: str, path: str, body: dict[str, Any]
) -> None:
    before = await evidence.count(writer)
    forge(writer.path, sql("UPDATE tenant_amount SET amount = '99999.00' WHERE tenant = 'zeta'"))
    status, answer = await socket.ask(who, path, **body)
    assert (status, "not as recorded" in answer["error"]) == (409, True)
    assert "tenant_amount" in answer["error"]
    assert await evidence.count(writer) == before


@pytest.mark.parametrize(
    ("month", "changed", "why"),
    [
        ("2026-04", {}, "2026-04 is not over"),
        ("2199-10", {}, "2199-10 is not over"),
        ("2026-03", {"sent": "2026-12-31T00:00:00Z", "received": "2026-12-31T00:00:00Z"}, "future"),
        ("2026-03", {"received": "2026-04-20T00:00:00Z"}, "future"),
    ],
)
async def test_what_has_not_been_yet_is_not_claimed(
    socket: Socket, month: str, changed: dict[str, str], why: str
) -> None:
    status, answer = await socket.ask("omar", f"credits/zeta/{month}/claim", **{**CLAIM, **changed})
    assert (status, why in answer["error"]) == (409, True)


async def test_a_claim_entered_wrongly_is_corrected_on_record(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    credit = "credits/zeta/2026-03"
    await estate.clock.advance(40 * 86400)  # the time to claim is over
    late = {**CLAIM, "sent": "2026-05-03T09:00:00Z", "received": "2026-05-03T09:00:00Z"}
    assert (await socket.ask("omar", f"{credit}/claim", **late))[0] == 200
    assert (await stated(writer)).credit.state == "lapsed"
    assert (await socket.ask("lea", f"{credit}/refuse", reason="too late"))[0] == 200

    true = {"sent": "2026-04-03T09:00:00Z", "channel": "letter", "reference": "TCK-8"}
    status, answer = await socket.ask("omar", f"{credit}/correct", **true, reason=" ")
    assert (status, "reason" in answer["error"]) == (409, True)
    status, _ = await socket.ask("omar", f"{credit}/correct", **true, reason="month mistyped")
    assert status == 200
    (entry,) = await entries(writer, "credit.claim_corrected")
    said = json.loads(entry.payload or "")
    assert (entry.account, said["reason"]) == ("omar", "month mistyped")
    assert (said["before"]["sent"], said["after"]["sent"]) == (late["sent"], true["sent"])
    assert said["after"]["received"] == late["received"]
    found = (await stated(writer)).credit
    assert (found.state, found.sent, found.reference) == ("claimed", true["sent"], "TCK-8")
    assert len(await entries(writer, "credit.reopened")) == 1


async def test_who_entered_a_claim_does_not_make_it_late(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    credit = "credits/zeta/2026-03"
    await estate.clock.advance(40 * 86400)
    assert (await socket.ask("lea", f"{credit}/claim", **CLAIM))[0] == 200
    late = {**CLAIM, "sent": "2026-05-03T09:00:00Z", "received": "2026-05-03T09:00:00Z"}
    for who in ("omar", "lea"):
        status, _ = await socket.ask(who, f"{credit}/correct", **late, reason="a slip")
        assert status == 403, who
    assert (await stated(writer)).credit.state == "claimed"


async def mails(writer: Writer) -> dict[str, str]:
    """The plain text of every letter about a credit, by its purpose."""
    found = {}
    for one in await MESSAGES.read(writer):
        message = message_from_bytes(one.raw, policy=policy.default)
        part = message.get_body(("plain",)) if isinstance(message, EmailMessage) else None
        assert part is not None
        found[one.purpose] = str(part.get_content())
    return found


async def test_the_client_is_told_what_became_of_its_claim(estate: Estate) -> None:
    await month_with_an_outage(estate)
    await estate.clock.advance(2 * 86400)
    smtp = Smtp(host="127.0.0.1", sender="noc@example.fr", security="none")
    estate.context = replace(
        estate.context, config=msgspec.structs.replace(estate.context.config, smtp=smtp)
    )
    async with opened(estate) as socket:
        assert (await socket.ask("omar", "credits/zeta/2026-03/claim", **CLAIM))[0] == 200
        assert (await socket.ask("lea", "credits/zeta/2026-03/grant"))[0] == 200
    told = await mails(estate.context.writer)
    assert set(told) == {"credit-received", "credit-granted"}
    assert "Nous avons bien reçu votre demande" in told["credit-received"]
    assert "TCK-7" in told["credit-received"]
    assert "Nous vous accordons" in told["credit-granted"]


async def test_a_letter_that_cannot_leave_is_on_record_and_stops_nothing(
    socket: Socket, estate: Estate
) -> None:
    assert (await socket.ask("omar", "credits/zeta/2026-03/claim", **CLAIM))[0] == 200
    (entry,) = await entries(estate.context.writer, "mail.not-queued")
    assert "credit-received" in (entry.payload or "")
