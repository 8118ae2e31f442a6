"""What `nocd` answers on its socket about incidents, exclusions and credits.

    POST /v1/incidents                       {"title", "ticket"?}             → {"incident": 12}
    POST /v1/incidents/{number}/{verb}       ack, mitigate, resolve, review: {"text"?}; note:
                                             {"text", "corrects"?} → {"incident", "line"};
                                             ticket: {"ticket"};
                                             gather: {"outage"}; merge: {"into"};
                                             split: {"outages", "title"}
    POST /v1/incidents/{number}/message      {"tenants", "subject", "body"}: the one way to a mail
    POST /v1/outages                         {"tenant", "start", "end", "reason", "incident"?}: the
                                             client's own evidence
    POST /v1/outages/{number}/attribution    {"party", "reason", "grounds"?}
    POST /v1/exclusions                      {"tenants", "start", "end"?, "basis", "reason"}
    POST /v1/exclusions/{number}/withdrawal  {"reason"}
    POST /v1/maintenance                     {"title", "start", "end", "tenants", "reason"}
    POST /v1/maintenance/{number}/cancel     {"reason"}
    POST /v1/service-changes                 {"subject", "body", "tenants"?}: mailed and on record
    POST /v1/credits/{tenant}/{month}/{verb} claim: {"sent", "received"?, "channel", "reference"?};
                                             grant: {}; refuse: {"reason"}   (grant, refuse: leads)

Operators and leads; a change of the service is told by a lead. Instants are RFC 3339 with their
offset.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import web

from noc_tui.contract.calendar import Month
from noc_tui.contract.credits import Claim
from noc_tui.daemon import identity
from noc_tui.daemon.availability import (
    claims,
    decisions,
    exclusions,
    incidents,
    maintenance,
    messages,
    requests,
)
from noc_tui.daemon.availability.needs import need_outage
from noc_tui.daemon.availability.requests import closed_span, number_of, span_of
from noc_tui.daemon.availability.watch import Watch
from noc_tui.daemon.context import Context
from noc_tui.daemon.errors import NotFound
from noc_tui.daemon.server import answer, body, caller
from noc_tui.i18n import _
from noc_tui.roles import Caller, Role
from storage.database import Transaction
from storage.incidents import STEPS, Incident
from storage.outages import OUTAGES
from storage.times import micros

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Routes:
    """The handlers, over one context."""

    context: Context
    watch: Watch

    def table(self) -> Sequence[web.RouteDef]:
        """Paths and their handlers."""
        return [
            web.post("/v1/incidents", self.declare),
            web.post("/v1/incidents/{number}/message", self.message),
            web.post("/v1/incidents/{number}/{verb}", self.incident),
            web.post("/v1/outages", self.client_evidence),
            web.post("/v1/outages/{number}/attribution", self.attribute),
            web.post("/v1/exclusions", self.exclude),
            web.post("/v1/exclusions/{number}/withdrawal", self.withdraw),
            web.post("/v1/maintenance", self.plan),
            web.post("/v1/maintenance/{number}/cancel", self.cancel),
            web.post("/v1/service-changes", self.service_change),
            web.post("/v1/credits/{tenant}/{month}/{verb}", self.credit),
        ]

    async def declare(self, request: web.Request) -> web.StreamResponse:
        who = caller(request, Role.OPERATOR)
        asked = await body(request, requests.Declare)

        async def change(tx: Transaction) -> int:
            incident = await incidents.open_incident(tx, identity.actor(who), asked.title)
            if asked.ticket:
                await incidents.set_ticket(tx, identity.actor(who), incident, asked.ticket)
            return incident.id

        return answer({"incident": await self._changed(change)}, 201)

    async def incident(self, request: web.Request) -> web.StreamResponse:
        who = caller(request, Role.OPERATOR)
        number, verb = number_of(request), request.match_info["verb"]
        asked = await body(request, requests.Step)

        async def change(tx: Transaction) -> dict[str, int]:
            return await _step(tx, who, await incidents.find(tx, number), verb, asked)

        return answer(await self._changed(change))

    async def message(self, request: web.Request) -> web.StreamResponse:
        who = caller(request, Role.OPERATOR)
        number = number_of(request)
        asked = await body(request, requests.MessageToTenants)

        async def change(tx: Transaction) -> int:
            await messages.tell_tenants(
                tx,
                self.context.config,
                identity.actor(who),
                await incidents.find(tx, number),
                tenants=asked.tenants,
                subject=asked.subject,
                body=asked.body,
            )
            return number

        return answer({"incident": await self._changed(change)})

    async def client_evidence(self, request: web.Request) -> web.StreamResponse:
        who = caller(request, Role.OPERATOR)
        asked = await body(request, requests.ClientEvidence)
        span = closed_span(asked.start, asked.end)

        async def change(tx: Transaction) -> int:
            row = await decisions.claim_outage(tx, who, asked.tenant, span, asked.reason)
            if asked.incident is not None:
                incident = await incidents.find(tx, asked.incident)
                await incidents.gather(tx, identity.actor(who), incident, row)
            await self.watch.refreshed(tx, [asked.tenant], span[0])
            return row.id

        return answer({"outage": await self._changed(change)}, 201)

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

        return answer({"outage": number, "exclusion": await self._changed(change)})

    async def exclude(self, request: web.Request) -> web.StreamResponse:
        who = caller(request, Role.OPERATOR)
        asked = await body(request, requests.Exclude)
        span = span_of(asked.start, asked.end)

        async def change(tx: Transaction) -> list[int]:
            rows = [
                await exclusions.exclude(
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

        return answer({"exclusions": await self._changed(change)}, 201)

    async def withdraw(self, request: web.Request) -> web.StreamResponse:
        who = caller(request, Role.OPERATOR)
        number = number_of(request)
        asked = await body(request, requests.Reason)

        async def change(tx: Transaction) -> int:
            row = await exclusions.withdraw(tx, who, number, asked.reason)
            await self.watch.refreshed(tx, [row.tenant], row.start)
            return row.id

        return answer({"exclusion": await self._changed(change)})

    async def plan(self, request: web.Request) -> web.StreamResponse:
        who = caller(request, Role.OPERATOR)
        asked = await body(request, requests.Plan)
        span = closed_span(asked.start, asked.end)

        async def change(tx: Transaction) -> int:
            window = await maintenance.plan(
                tx,
                who,
                asked.title,
                span,
                asked.tenants,
                asked.reason,
                config=self.context.config,
            )
            await self.watch.refreshed(tx, asked.tenants, span[0])
            return window.id

        return answer({"maintenance": await self._changed(change)}, 201)

    async def cancel(self, request: web.Request) -> web.StreamResponse:
        who = caller(request, Role.OPERATOR)
        number = number_of(request)
        asked = await body(request, requests.Reason)

        async def change(tx: Transaction) -> int:
            config = self.context.config
            window = await maintenance.cancel(tx, who, number, asked.reason, config=config)
            await self.watch.refreshed(tx, window.tenants, window.start)
            return window.id

        return answer({"maintenance": await self._changed(change)})

    async def service_change(self, request: web.Request) -> web.StreamResponse:
        who = caller(request, Role.LEAD)
        asked = await body(request, requests.ServiceChange)

        async def change(tx: Transaction) -> int:
            return await messages.tell_change(
                tx,
                self.context.config,
                identity.actor(who),
                tenants=asked.tenants,
                subject=asked.subject,
                body=asked.body,
            )

        return answer({"entry": await self._changed(change)}, 201)

    async def credit(self, request: web.Request) -> web.StreamResponse:
        verb, tenant = request.match_info["verb"], request.match_info["tenant"]
        who = caller(request, Role.OPERATOR if verb == "claim" else Role.LEAD)
        month = requests.month_of(request)
        change = await self._credit(request, who, verb, tenant, month)
        await self._changed(change)
        return answer({"tenant": tenant, "month": str(month)})

    async def _credit(
        self, request: web.Request, who: Caller, verb: str, tenant: str, month: Month
    ) -> Callable[[Transaction], Awaitable[object]]:
        commitment = self.watch.commitment
        if verb == "claim":
            asked = await body(request, requests.CreditClaim)
            sent = requests.instant("sent", asked.sent)
            received = (
                micros(self.context.clock.now())
                if asked.received is None
                else requests.instant("received", asked.received)
            )
            made = Claim(sent, received, asked.channel, asked.reference)
            terms = self.context.terms.version
            return lambda tx: claims.claim(
                tx, who, tenant, month, made, commitment=commitment, terms=terms
            )
        if verb not in {"grant", "refuse"}:
            raise NotFound(_("a credit has no step {verb}").format(verb=verb))
        reason = (await body(request, requests.Decide)).reason
        return lambda tx: claims.decide(
            tx, who, tenant, month, grant=verb == "grant", reason=reason, commitment=commitment
        )

    async def _changed(self, change: Callable[[Transaction], Awaitable[T]]) -> T:
        """Make the change in one transaction and tell the consoles."""
        async with self.context.writer.transaction() as tx:
            result = await change(tx)
        self.context.bus.publish(tx.revision)
        return result


async def _step(
    tx: Transaction, who: Caller, incident: Incident, verb: str, asked: requests.Step
) -> dict[str, int]:
    actor = identity.actor(who)
    if verb in STEPS:
        await incidents.move(tx, actor, incident, STEPS[verb], asked.text)
    elif verb == "note":
        line = await incidents.note(tx, actor, incident, asked.text, asked.corrects)
        return {"incident": incident.id, "line": line.id}
    elif verb == "ticket":
        await incidents.set_ticket(tx, actor, incident, asked.ticket)
    elif verb == "gather":
        await incidents.gather(tx, actor, incident, await need_outage(tx, asked.outage))
    elif verb == "merge":
        await incidents.merge(tx, actor, incident, await incidents.find(tx, asked.into))
    elif verb == "split":
        apart = await incidents.split(tx, actor, incident, asked.outages, asked.title)
        return {"incident": apart.id}
    else:
        raise NotFound(_("an incident has no step {verb}").format(verb=verb))
    return {"incident": incident.id}
