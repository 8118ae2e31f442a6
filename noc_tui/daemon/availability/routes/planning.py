"""What is announced to tenants: maintenance, and changes of the service."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from noc_tui.daemon.availability import maintenance, messages, requests
from noc_tui.daemon.availability.ingest import AvailabilityIngest
from noc_tui.daemon.availability.requests import closed_span, number_of
from noc_tui.daemon.availability.routes.changing import changed
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.server import answer, body, caller
from noc_tui.roles import Role
from storage.database import Transaction


@dataclass(frozen=True, slots=True)
class Planning:
    """Windows planned and called off, and news of the service."""

    context: Context
    watch: AvailabilityIngest

    def table(self) -> Sequence[web.RouteDef]:
        """Paths and their handlers."""
        return [
            web.post("/v1/maintenance", self.plan),
            web.post("/v1/maintenance/{number}/cancel", self.cancel),
            web.post("/v1/service-changes", self.service_change),
        ]

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

        return answer({"maintenance": await changed(self.context, change)}, 201)

    async def cancel(self, request: web.Request) -> web.StreamResponse:
        who = caller(request, Role.OPERATOR)
        number = number_of(request)
        asked = await body(request, requests.Reason)

        async def change(tx: Transaction) -> int:
            config = self.context.config
            window = await maintenance.cancel(tx, who, number, asked.reason, config=config)
            await self.watch.refreshed(tx, window.tenants, window.start)
            return window.id

        return answer({"maintenance": await changed(self.context, change)})

    async def service_change(self, request: web.Request) -> web.StreamResponse:
        who = caller(request, Role.LEAD)
        asked = await body(request, requests.ServiceChange)

        async def change(tx: Transaction) -> int:
            return await messages.tell_change(
                tx,
                self.context.config,
                actor(who),
                tenants=asked.tenants,
                subject=asked.subject,
                body=asked.body,
            )

        return answer({"entry": await changed(self.context, change)}, 201)
