"""What counts as downtime: the client's own evidence, attributions, exclusions."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from noc_tui.daemon.availability import decisions, incidents, requests
from noc_tui.daemon.availability.ingest import AvailabilityIngest
from noc_tui.daemon.availability.requests import closed_span, number_of, span_of
from noc_tui.daemon.availability.routes.changing import changed
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.server import answer, body, caller
from noc_tui.roles import Role
from storage.database import Transaction
from storage.outages import OUTAGES


@dataclass(frozen=True, slots=True)
class Counting:
    """Each works the figures out anew from where it begins."""

    context: Context
    watch: AvailabilityIngest

    def table(self) -> Sequence[web.RouteDef]:
        """Paths and their handlers."""
        return [
            web.post("/v1/outages", self.client_evidence),
            web.post("/v1/outages/{number}/attribution", self.attribute),
            web.post("/v1/exclusions", self.exclude),
            web.post("/v1/exclusions/{number}/withdrawal", self.withdraw),
        ]

    async def client_evidence(self, request: web.Request) -> web.StreamResponse:
        who = caller(request, Role.OPERATOR)
        asked = await body(request, requests.ClientEvidence)
        span = closed_span(asked.start, asked.end)

        async def change(tx: Transaction) -> int:
            row = await decisions.claim_outage(tx, who, asked.tenant, span, asked.reason)
            if asked.incident is not None:
                incident = await incidents.find(tx, asked.incident)
                await incidents.gather(tx, actor(who), incident, row)
            await self.watch.refreshed(tx, [asked.tenant], span[0])
            return row.id

        return answer({"outage": await changed(self.context, change)}, 201)

    async def attribute(self, request: web.Request) -> web.StreamResponse:
        who = caller(request, Role.OPERATOR)
        number = number_of(request)
        asked = await body(request, requests.Attribute)

        async def change(tx: Transaction) -> int | None:
            row = await decisions.attribute(
                tx, who, number, asked.party, asked.reason, asked.grounds
            )
            outage = await OUTAGES.get(tx, number)
            if outage is not None:
                await self.watch.refreshed(tx, [outage.tenant], outage.start)
            return row.exclusion

        return answer({"outage": number, "exclusion": await changed(self.context, change)})

    async def exclude(self, request: web.Request) -> web.StreamResponse:
        who = caller(request, Role.OPERATOR)
        asked = await body(request, requests.Exclude)
        span = span_of(asked.start, asked.end)

        async def change(tx: Transaction) -> list[int]:
            rows = [
                await decisions.exclude(
                    tx,
                    who,
                    tenant,
                    span,
                    asked.basis,
                    asked.reason,
                    contestable=asked.contestable,
                )
                for tenant in dict.fromkeys(asked.tenants)
            ]
            await self.watch.refreshed(tx, asked.tenants, span[0])
            return [row.id for row in rows]

        return answer({"exclusions": await changed(self.context, change)}, 201)

    async def withdraw(self, request: web.Request) -> web.StreamResponse:
        who = caller(request, Role.OPERATOR)
        number = number_of(request)
        asked = await body(request, requests.Reason)

        async def change(tx: Transaction) -> int:
            row = await decisions.withdraw(tx, who, number, asked.reason)
            await self.watch.refreshed(tx, [row.tenant], row.start)
            return row.id

        return answer({"exclusion": await changed(self.context, change)})
