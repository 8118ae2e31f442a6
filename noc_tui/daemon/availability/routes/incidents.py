"""Routes of incidents: declare them, work on them, mail their tenants."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from noc_tui.api import incidents as api
from noc_tui.daemon.availability import incidents, messages
from noc_tui.daemon.availability.required_rows import need_outage
from noc_tui.daemon.availability.routes.decision_write import write_decision
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict, NotFound
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.release import held_outages, word_refusal
from noc_tui.daemon.core.request_values import number_of
from noc_tui.daemon.core.server import Call, route
from noc_tui.i18n import _
from noc_tui.roles import Caller
from storage.change import Change
from storage.incidents import STEPS, Incident
from storage.outages import of_incident


@dataclass(frozen=True, slots=True)
class Incidents:
    """Steps of incidents, and the mails about them."""

    context: Context

    def table(self) -> Sequence[web.RouteDef]:
        """Paths and their handlers."""
        return [
            route(api.DECLARE, self.declare),
            route(api.MESSAGE, self.message),
            route(api.STEP, self.incident),
        ]

    async def declare(self, call: Call[api.Declaration]) -> api.Incident:
        who, asked = call.who, call.body

        async def decide(change: Change) -> int:
            incident = await incidents.open_incident(change, actor(who), asked.title)
            if asked.ticket:
                await incidents.set_ticket(change, actor(who), incident, asked.ticket)
            return incident.id

        return api.Incident(await write_decision(self.context, who, decide))

    async def incident(self, call: Call[api.Step]) -> api.Incident:
        who, asked = call.who, call.body
        number, verb = number_of(call.path), call.path["verb"]

        async def decide(change: Change) -> api.Incident:
            return await _step(change, who, await incidents.find(change, number), verb, asked)

        return await write_decision(self.context, who, decide)

    async def message(self, call: Call[api.Message]) -> api.Incident:
        who, asked = call.who, call.body
        number = number_of(call.path)
        gathered = await of_incident(self.context.writer, number)
        held = await held_outages(self.context, gathered)
        if any(outage.tenant in asked.tenants for outage in held):
            raise Conflict(word_refusal(who))

        async def decide(change: Change) -> int:
            await messages.tell_tenants(
                change,
                self.context.config,
                actor(who),
                await incidents.find(change, number),
                tenants=asked.tenants,
                subject=asked.subject,
                body=asked.body,
            )
            return number

        return api.Incident(await write_decision(self.context, who, decide))


async def _step(
    change: Change, who: Caller, incident: Incident, verb: str, asked: api.Step
) -> api.Incident:
    author = actor(who)
    if verb in STEPS:
        await incidents.move(change, author, incident, STEPS[verb], asked.text)
    elif verb == "note":
        line = await incidents.note(change, author, incident, asked.text, asked.corrects)
        return api.Incident(incident.id, line.id)
    elif verb == "ticket":
        await incidents.set_ticket(change, author, incident, asked.ticket)
    elif verb == "gather":
        await incidents.gather(change, author, incident, await need_outage(change, asked.outage))
    elif verb == "merge":
        await incidents.merge(change, author, incident, await incidents.find(change, asked.into))
    elif verb == "split":
        apart = await incidents.split(change, author, incident, asked.outages, asked.title)
        return api.Incident(apart.id)
    else:
        raise NotFound(_("an incident has no step {verb}").format(verb=verb))
    return api.Incident(incident.id)
