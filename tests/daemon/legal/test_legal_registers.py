"""Breaches and sub-processors on record: each step with its entry, its hours, and its proof."""

from datetime import timedelta
from typing import Any

import pytest

from noc_tui.alerts.checks import breach_notice, subprocessor_unannounced
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.daemon.core.context import Context
from noc_tui.queries.legal import read_breach_duties, read_breaches, read_unannounced
from noc_tui.queries.retention import read_facts
from storage.evidence import Query, search
from storage.legal_registers import BREACHES, SUBPROCESSORS
from tests.daemon.promises.conftest import Post
from tests.support.context import START

pytestmark = pytest.mark.anyio
FOUND = START - timedelta(hours=70)


def breach(**changes: Any) -> dict[str, Any]:
    return {
        "role": "both",
        "discovered_at": FOUND.isoformat(),
        "nature": "a backup disk was lost",
        "tenants": ["acme"],
        **changes,
    }


def told(addressee: str, hours: float = 71, **changes: Any) -> dict[str, Any]:
    at = (FOUND + timedelta(hours=hours)).isoformat()
    return {"addressee": addressee, "told_at": at, "channel": "mail", **changes}


async def inputs(context: Context) -> AlertInputs:
    now = context.clock.now()
    async with context.writer.snapshot() as db:
        return AlertInputs(
            now=now,
            breach_duties=await read_breach_duties(db),
            unannounced=await read_unannounced(db, now.date()),
        )


async def test_a_breach_runs_until_everybody_was_told(noc: tuple[Context, Post]) -> None:
    context, post = noc
    assert await post("omar", "breaches", **breach()) == (201, {"number": 1})
    alerts = {str(one.subject): one for one in breach_notice.violations(await inputs(context))}
    assert set(alerts) == {"breach:1/tenant/acme", "breach:1/authority"}
    authority = alerts["breach:1/authority"]
    assert authority.severity == "critical"  # two hours are left of 72
    assert authority.deadline == FOUND + timedelta(hours=72)
    assert (await post("lea", "breaches/1/close", closing="x"))[0] == 409
    await post("lea", "breaches/1/assess", **breach(risk="high", risk_reason="names"))
    for addressee in ("tenant:acme", "authority"):
        body = told(addressee, hours=69)
        assert (await post("omar", "breaches/1/told", **body))[0] == 200
    status, said = await post("lea", "breaches/1/close", closing="found again")
    assert (status, "persons" in said["error"]) == (409, True)
    assert (await post("omar", "breaches/1/told", **told("persons", hours=69)))[0] == 200
    assert (await post("lea", "breaches/1/close", closing="found again"))[0] == 200
    assert not list(breach_notice.violations(await inputs(context)))
    entries = await search(context.writer, Query(subject="breach:1"))
    assert [one.kind for one in entries[::-1]] == [
        "breach.opened", "breach.assessed", *["breach.told"] * 3, "breach.closed",
    ]  # fmt: skip
    async with context.writer.snapshot() as db:
        (record,) = await read_breaches(db)
        facts = await read_facts(db, context.terms, context.clock.now())
    assert record.open_duties == []
    assert facts.closings["breach:1"] == START.date()


async def test_after_72_hours_the_reasons_are_given(noc: tuple[Context, Post]) -> None:
    context, post = noc
    early = FOUND - timedelta(hours=10)
    await post("omar", "breaches", **breach(discovered_at=early.isoformat()))
    late = told("authority", hours=69)
    status, said = await post("omar", "breaches/1/told", **late)
    assert (status, "delay_reason" in said["error"]) == (400, True)
    late["delay_reason"] = "the disk was thought to be in the vault"
    assert (await post("omar", "breaches/1/told", **late))[0] == 200
    # Nobody sets the hours of a client by law.
    assert (await post("omar", "breaches/1/told", **told("tenant:acme", hours=69)))[0] == 200
    assert len(await BREACHES.read(context.writer)) == 1


@pytest.mark.parametrize(
    ("who", "path", "body", "status", "word"),
    [
        ("vera", "breaches", breach(), 403, "vera"),
        ("omar", "breaches", breach(tenants=["nobody"]), 404, "nobody"),
        ("omar", "breaches", breach(role="processor", tenants=[]), 400, "tenants"),
        ("omar", "breaches", breach(nature=" "), 400, "nature"),
        ("omar", "breaches", breach(risk="none"), 400, "risk_reason"),
        ("omar", "breaches", breach(discovered_at="2027-01-01T00:00:00Z"), 400, "discovered_at"),
        ("omar", "breaches/1/assess", breach(), 403, "omar"),
        ("lea", "breaches/1/assess",
         breach(discovered_at=(FOUND + timedelta(hours=1)).isoformat()), 400, "discovered_at"),
        ("omar", "breaches/2/told", told("authority"), 404, "2"),
        ("omar", "breaches/1/told", told("tenant:zeta", hours=1), 400, "tenant:acme"),
        ("omar", "breaches/1/told", told("authority", hours=-1), 400, "told_at"),
        ("omar", "subprocessors", {}, 403, "omar"),
    ],
)  # fmt: skip
async def test_what_cannot_be_is_refused(
    noc: tuple[Context, Post], who: str, path: str, body: dict[str, Any], status: int, word: str
) -> None:
    context, post = noc
    await post("omar", "breaches", **breach())
    before = await BREACHES.read(context.writer)
    said = await post(who, path, **body)
    assert said[0] == status, said
    assert word in said[1]["error"]
    assert await BREACHES.read(context.writer) == before


async def test_a_client_that_was_told_stays_among_those_touched(
    noc: tuple[Context, Post],
) -> None:
    _context, post = noc
    await post("omar", "breaches", **breach())
    await post("omar", "breaches/1/told", **told("tenant:acme", hours=1))
    status, said = await post("lea", "breaches/1/assess", **breach(tenants=["zeta"]))
    assert (status, "acme" in said["error"]) == (409, True)


SUBPROCESSOR = {
    "name": "Hébergeur du second site",
    "kind": "sub-processor",
    "service": "housing",
    "country": "FR",
    "since": "2026-03-20",
    "data": "backups",
}


async def test_a_sub_processor_is_alerted_until_clients_were_told(
    noc: tuple[Context, Post],
) -> None:
    context, post = noc
    assert await post("lea", "subprocessors", **SUBPROCESSOR) == (201, {"number": 1})
    quiet = {**SUBPROCESSOR, "kind": "subcontractor", "data": ""}
    assert await post("lea", "subprocessors", **quiet) == (201, {"number": 2})
    (alert,) = subprocessor_unannounced.violations(await inputs(context))
    assert alert.words == ("name=Hébergeur du second site", "day=2026-03-20")
    said = {"numbers": [1], "announced_on": "2026-03-10", "announcement": "entry 12"}
    assert (await post("lea", "subprocessor-announcements", **said))[0] == 200
    assert not list(subprocessor_unannounced.violations(await inputs(context)))
    assert (await post("lea", "subprocessors/1/end", ended_on="2026-03-19"))[0] == 400
    assert (await post("lea", "subprocessors/1/end", ended_on="2026-06-01"))[0] == 200
    first, _second = await SUBPROCESSORS.read(context.writer)
    assert (first.announcement, str(first.ended_on)) == ("entry 12", "2026-06-01")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"data": ""}, "data"),
        ({"name": " "}, "name"),
        ({"country": "France"}, "country"),
        ({"since": "0026-01-01"}, "since"),
    ],
)
async def test_a_sub_processor_without_what_matters_is_refused(
    noc: tuple[Context, Post], changes: dict[str, str], word: str
) -> None:
    context, post = noc
    status, said = await post("lea", "subprocessors", **{**SUBPROCESSOR, **changes})
    assert (status, word in said["error"]) == (400, True)
    assert await SUBPROCESSORS.read(context.writer) == []
