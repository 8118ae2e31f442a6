"""Routes that announce maintenance and changes of the service to tenants."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from noc_tui.api import announcements as api
from noc_tui.api.evidence import Recorded
from noc_tui.contract.calendar import paris_day
from noc_tui.daemon.availability import maintenance, messages
from noc_tui.daemon.availability.decision_requests import require_plannable
from noc_tui.daemon.availability.month_figures import refresh_figures_since
from noc_tui.daemon.availability.routes.decision_write import write_decision
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.request_values import closed_span, number_of
from noc_tui.daemon.core.server import Call, route
from noc_tui.i18n import _
from noc_tui.views.worked_on import list_interrupted
from storage.change import Change
from storage.connection import Readable
from storage.guests import GUESTS
from storage.register import guest_tenants


async def find_interrupted(
    db: Readable, asked: api.Maintenance, start: int
) -> frozenset[tuple[str, int]]:
    """Return the guests, by cluster and number, that the work interrupts. Raises `Conflict` for a
    tenant of which none runs there: it would be told of an interruption that is none.
    """
    owners = await guest_tenants(db, paris_day(start))
    there = list_interrupted(await GUESTS.read(db), asked.place)
    found = {(one.cluster, one.vmid) for one in there}
    touched = {owners.get(key) for key in found}
    for tenant in asked.tenants:
        if tenant not in touched:
            text = _("{tenant} has no VM that runs on {place}: the work does not interrupt it")
            raise Conflict(text.format(tenant=tenant, place=asked.place))
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Planning:
    """Windows planned and called off, and news of the service."""

    context: Context

    def table(self) -> Sequence[web.RouteDef]:
        """Paths and their handlers."""
        return [
            route(api.PLAN_MAINTENANCE, self.plan),
            route(api.CANCEL_MAINTENANCE, self.cancel),
            route(api.TELL_CHANGE, self.service_change),
        ]

    async def plan(self, call: Call[api.Maintenance]) -> api.Window:
        who, asked = call.who, call.body
        span = closed_span(asked.start, asked.end)

        async def decide(change: Change) -> int:
            for tenant in dict.fromkeys(asked.tenants):
                await require_plannable(change, tenant, span, asked.reason, self.context.terms)
            window = await maintenance.plan(
                change,
                who,
                asked.title,
                span,
                asked.tenants,
                asked.reason,
                config=self.context.config,
                guests=await find_interrupted(change, asked, span[0]) if asked.place else None,
            )
            since = dict.fromkeys(asked.tenants, span[0])
            await refresh_figures_since(change, since, self.context)
            return window.id

        return api.Window(await write_decision(self.context, who, decide))

    async def cancel(self, call: Call[api.Cancellation]) -> api.Window:
        who, asked = call.who, call.body
        number = number_of(call.path)

        async def decide(change: Change) -> int:
            config = self.context.config
            window = await maintenance.cancel(change, who, number, asked.reason, config=config)
            since = dict.fromkeys(window.tenants, window.start)
            await refresh_figures_since(change, since, self.context)
            return window.id

        return api.Window(await write_decision(self.context, who, decide))

    async def service_change(self, call: Call[api.ServiceChange]) -> Recorded:
        who, asked = call.who, call.body

        async def decide(change: Change) -> int:
            return await messages.tell_change(
                change,
                self.context.config,
                actor(who),
                tenants=asked.tenants,
                subject=asked.subject,
                body=asked.body,
            )

        return Recorded(await write_decision(self.context, who, decide))
