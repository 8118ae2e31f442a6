"""Incidents declared, worked on and told of."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from noc_tui.daemon.availability import incidents, messages, requests
from noc_tui.daemon.availability.guards import need_outage
from noc_tui.daemon.availability.requests import number_of
from noc_tui.daemon.availability.routes.changing import changed
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import NotFound
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.server import answer, body, caller
from noc_tui.i18n import _
from noc_tui.roles import Caller, Role
from storage.database import Transaction
from storage.incidents import STEPS, Incident


@dataclass(frozen=True, slots=True)
class Incidents:
    """Steps of incidents, and the mails about them."""

    context: Context

    def table(self) -> Sequence[web.RouteDef]:
        """Paths and their handlers."""
        return [
            web.post("/v1/incidents", self.declare),
            web.post("/v1/incidents/{number}/message", self.message),
            web.post("/v1/incidents/{number}/{verb}", self.incident),
        ]

    async def declare(self, request: web.Request) -> web.StreamResponse:
        who = caller(request, Role.OPERATOR)
        asked = await body(request, requests.Declare)

        async def change(tx: Transaction) -> int:
            incident = await incidents.open_incident(tx, actor(who), asked.title)
            if asked.ticket:
                await incidents.set_ticket(tx, actor(who), incident, asked.ticket)
            return incident.id

        return answer({"incident": await changed(self.context, change)}, 201)

    async def incident(self, request: web.Request) -> web.StreamResponse:
        who = caller(request, Role.OPERATOR)
        number, verb = number_of(request), request.match_info["verb"]
        asked = await body(request, requests.Step)

        async def change(tx: Transaction) -> dict[str, int]:
            return await _step(tx, who, await incidents.find(tx, number), verb, asked)

        return answer(await changed(self.context, change))

    async def message(self, request: web.Request) -> web.StreamResponse:
        who = caller(request, Role.OPERATOR)
        number = number_of(request)
        asked = await body(request, requests.MessageToTenants)

        async def change(tx: Transaction) -> int:
            await messages.tell_tenants(
                tx,
                self.context.config,
                actor(who),
                await incidents.find(tx, number),
                tenants=asked.tenants,
                subject=asked.subject,
                body=asked.body,
            )
            return number

        return answer({"incident": await changed(self.context, change)})


async def _step(
    tx: Transaction, who: Caller, incident: Incident, verb: str, asked: requests.Step
) -> dict[str, int]:
    author = actor(who)
    if verb in STEPS:
        await incidents.move(tx, author, incident, STEPS[verb], asked.text)
    elif verb == "note":
        line = await incidents.note(tx, author, incident, asked.text, asked.corrects)
        return {"incident": incident.id, "line": line.id}
    elif verb == "ticket":
        await incidents.set_ticket(tx, author, incident, asked.ticket)
    elif verb == "gather":
        await incidents.gather(tx, author, incident, await need_outage(tx, asked.outage))
    elif verb == "merge":
        await incidents.merge(tx, author, incident, await incidents.find(tx, asked.into))
    elif verb == "split":
        apart = await incidents.split(tx, author, incident, asked.outages, asked.title)
        return {"incident": apart.id}
    else:
        raise NotFound(_("an incident has no step {verb}").format(verb=verb))
    return {"incident": incident.id}
