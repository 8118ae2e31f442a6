"""Decisions on tickets: recorded with what was proposed, searched, counted (R27)."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from msgspec.structs import replace

from noc_tui.config.values import Demo
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.server import application
from noc_tui.daemon.scope import service as part
from noc_tui.queries.own_cases import read_own_cases
from storage import evidence, scope
from storage.erasure import erase
from storage.register import TENANTS, Tenant
from tests.support.changes import recorded
from tests.support.context import made_context
from tests.support.served import served

pytestmark = pytest.mark.anyio
TICKET = "Pouvez-vous mettre à jour Windows sur SRV-LABO ?"
ACME = Tenant(
    id="acme",
    name="Acme",
    email="it@example.fr",
    contract_start=None,
    contract_end=None,
    pools=(),
    users=(),
    groups=(),
    guest_users=(),
    endpoints=(),
    support="infogerance",
    support_billing="hourly",
    support_perimeter=("os",),
)


class Operators:
    """Requests on the socket, each as a member of the demo's cast."""

    def __init__(self, context: Context, session: ClientSession) -> None:
        self.context = context
        self._session = session

    async def decide(self, name: str = "omar", **change: Any) -> tuple[int, dict[str, Any]]:
        body = {
            "text": TICKET,
            "kind": "accepted",
            "verdict": "out_of_scope",
            "row": "gestion-os-vm",
            "tenant": "acme",
            "reference": "T-1",
        }
        async with self._session.post(
            "http://nocd/v1/scope/decisions", json=body | change, headers={"X-Noc-As": name}
        ) as response:
            return response.status, await response.json()

    async def judge(self, name: str, number: int, verb: str, reason: str = "") -> int:
        url = f"http://nocd/v1/scope/decisions/{number}/{verb}"
        async with self._session.post(
            url, json={"reason": reason}, headers={"X-Noc-As": name}
        ) as response:
            return response.status

    async def payload(self, entry: int) -> dict[str, Any]:
        found = await evidence.get(self.context.writer, entry)
        assert found is not None
        told: dict[str, Any] = json.loads(found.payload or "{}")
        return told


@asynccontextmanager
async def at_work(directory: Path) -> AsyncIterator[Operators]:
    async with made_context(directory) as made:
        demo = replace(made.config, demo=Demo(account=os.getuid()))
        context = Context(
            demo, made.secrets, made.terms, made.clock, made.writer, made.gateways,
            made.estate, made.bus, made.logger,
        )  # fmt: skip
        async with recorded(context.writer) as change:
            await change.put(TENANTS, [ACME])
        app = application(lambda: demo, Refusals(context.writer, context.clock))
        app.add_routes(part.build(context).routes())
        async with served(app, directory / "nocd.sock") as session:
            yield Operators(context, session)


async def test_a_decision_is_kept_with_what_was_proposed(tmp_path: Path) -> None:
    async with at_work(tmp_path) as desk:
        assert await desk.decide(answered="Bonjour", language="fr") == (200, {"id": 1})
        (row,) = await scope.newest(desk.context.writer)
        assert (row.account, row.reference, row.text) == ("omar", "T-1", TICKET)
        assert row.proposed_verdict == "out_of_scope"
        assert len(row.proposed_rows) == 3
        assert row.because
        assert row.infogerance == "billed"
        assert row.answered == "Bonjour"
        assert row.evidence > 0


async def test_an_override_needs_its_reason_and_is_counted(tmp_path: Path) -> None:
    async with at_work(tmp_path) as desk:
        status, told = await desk.decide(kind="overridden", verdict="in_scope", row="hyperviseurs")
        assert status == 400
        assert told["code"] == 2
        await desk.decide(
            kind="overridden", verdict="in_scope", row="hyperviseurs", reason="geste commercial"
        )
        counts = await scope.counts(desk.context.writer)
        assert counts.overridden == 1
        assert counts.overrides[0] == scope.Override("out_of_scope", "in_scope", 1)


async def test_accepting_something_else_than_proposed_is_no_acceptance(tmp_path: Path) -> None:
    async with at_work(tmp_path) as desk:
        status, _told = await desk.decide(verdict="in_scope", row="hyperviseurs")
        assert status == 400
        assert await scope.newest(desk.context.writer) == []


async def test_tickets_without_a_row_are_listed_for_the_owner(tmp_path: Path) -> None:
    async with at_work(tmp_path) as desk:
        await desk.decide(kind="asked", verdict="ambiguous", row="", text="zorglub fnrp tagada")
        await desk.decide()
        (row,) = await scope.unmatched_decisions(desk.context.writer)
        assert row.text == "zorglub fnrp tagada"
        assert (await scope.counts(desk.context.writer)).unmatched == 1


async def test_history_is_searched_by_words_of_any_field(tmp_path: Path) -> None:
    async with at_work(tmp_path) as desk:
        await desk.decide(reference="T-77")
        await desk.decide(reference="50%_x")
        found = await scope.search(desk.context.writer, "windows T-77")
        assert [row.reference for row in found] == ["T-77"]
        assert [row.reference for row in await scope.search(desk.context.writer, "50%_")] == [
            "50%_x"
        ]
        assert len(await scope.search(desk.context.writer, "")) == 2


@pytest.mark.parametrize(
    ("change", "status"),
    [({"row": "nothing"}, 404), ({"tenant": "nobody"}, 404), ({"text": "  "}, 400)],
)
async def test_what_cannot_be_recorded_is_told(
    tmp_path: Path, change: dict[str, str], status: int
) -> None:
    async with at_work(tmp_path) as desk:
        assert (await desk.decide(**change))[0] == status


async def test_a_viewer_decides_nothing(tmp_path: Path) -> None:
    async with at_work(tmp_path) as desk:
        assert (await desk.decide("vera"))[0] == 403


async def overridden(desk: Operators, **change: Any) -> None:
    body = {"kind": "overridden", "verdict": "in_scope", "row": "hyperviseurs", "reason": "ours"}
    assert (await desk.decide(**(body | change)))[0] == 200


async def test_an_approved_override_is_what_nocd_proposes_next(tmp_path: Path) -> None:
    async with at_work(tmp_path) as desk:
        await overridden(desk)
        assert await desk.judge("lea", 1, "approve") == 200
        ((decision, review),) = await scope.list_overrides(desk.context.writer)
        assert review is not None
        assert (decision.id, review.state, review.account) == (1, "approved", "lea")
        told = await desk.payload(review.evidence)
        assert TICKET not in json.dumps(told, ensure_ascii=False)
        await desk.decide(verdict="in_scope", row="hyperviseurs")
        newest = (await scope.newest(desk.context.writer))[0]
        assert (newest.kind, newest.proposed_verdict) == ("accepted", "in_scope")


async def test_an_approval_is_taken_back_with_a_reason(tmp_path: Path) -> None:
    async with at_work(tmp_path) as desk:
        await overridden(desk)
        assert await desk.judge("lea", 1, "approve") == 200
        assert await desk.judge("lea", 1, "approve") == 409
        assert await desk.judge("lea", 1, "decline") == 400
        assert await desk.judge("lea", 1, "decline", "a favour") == 200
        assert await read_own_cases(desk.context.writer) == ()


async def test_an_erased_ticket_is_no_case_any_more(tmp_path: Path) -> None:
    async with at_work(tmp_path) as desk:
        await overridden(desk)
        assert await desk.judge("lea", 1, "approve") == 200
        (case,) = await read_own_cases(desk.context.writer)
        assert case.text == TICKET
        (decision,) = await scope.newest(desk.context.writer)
        async with desk.context.writer.change(itself()) as change:
            await erase(change, [decision.evidence], "asked by the client")
        assert await read_own_cases(desk.context.writer) == ()
        assert await desk.judge("lea", 1, "decline", "erased") == 200
        assert await desk.judge("lea", 1, "approve") == 409


async def test_who_is_no_lead_and_what_is_no_override_make_no_case(tmp_path: Path) -> None:
    async with at_work(tmp_path) as desk:
        await overridden(desk)
        await desk.decide()
        await overridden(desk, verdict="out_of_scope")
        assert await desk.judge("omar", 1, "approve") == 403
        assert await desk.judge("lea", 2, "approve") == 409
        assert await desk.judge("lea", 3, "approve") == 409  # its row has another verdict
        assert await desk.judge("lea", 99, "approve") == 404
        assert await read_own_cases(desk.context.writer) == ()
