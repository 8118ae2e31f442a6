"""Routes about downtime: the client's own evidence, attributions, exclusions."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from noc_tui.api import downtime as api
from noc_tui.daemon.authority.release import require_span_free
from noc_tui.daemon.availability import decisions, incidents
from noc_tui.daemon.availability.month_figures import refresh_figures_since
from noc_tui.daemon.availability.routes.decision_write import write_decision
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.request_values import closed_span, number_of, span_of
from noc_tui.daemon.core.server import Call, route
from noc_tui.daemon.core.true_rows import require_true_rows
from storage.change import Change
from storage.outages import EXCLUSIONS, OUTAGES


@dataclass(frozen=True, slots=True)
class Downtime:
    """Answers requests about downtime; each recomputes the figures from where its change begins."""

    context: Context

    def table(self) -> Sequence[web.RouteDef]:
        """Return the routes of downtime."""
        return [
            route(api.REPORT_OUTAGE, self.client_evidence),
            route(api.ATTRIBUTE, self.attribute),
            route(api.EXCLUDE, self.exclude),
            route(api.WITHDRAW, self.withdraw),
        ]

    async def client_evidence(self, call: Call[api.ClientEvidence]) -> api.Outage:
        who, asked = call.who, call.body
        span = closed_span(asked.start, asked.end)
        await require_true_rows(self.context, [asked.tenant])

        async def decide(change: Change) -> int:
            row = await decisions.claim_outage(change, who, asked.tenant, span, asked.reason)
            if asked.incident is not None:
                incident = await incidents.find(change, asked.incident)
                await incidents.gather(change, actor(who), incident, row)
            await refresh_figures_since(change, {asked.tenant: span[0]}, self.context)
            return row.id

        return api.Outage(await write_decision(self.context, who, decide))

    async def attribute(self, call: Call[api.Attribution]) -> api.Attributed:
        who, asked = call.who, call.body
        number = number_of(call.path)
        known = await OUTAGES.get(self.context.writer, number)
        if known is not None:
            await require_span_free(self.context, who, known.tenant, (known.start, known.end))
        await require_true_rows(self.context, [] if known is None else [known.tenant])

        async def decide(change: Change) -> int | None:
            row = await decisions.attribute(
                change, who, number, asked.party, asked.reason, asked.grounds
            )
            outage = await OUTAGES.get(change, number)
            if outage is not None:
                await refresh_figures_since(change, {outage.tenant: outage.start}, self.context)
            return row.exclusion

        return api.Attributed(number, await write_decision(self.context, who, decide))

    async def exclude(self, call: Call[api.Exclusion]) -> api.Excluded:
        who, asked = call.who, call.body
        span = span_of(asked.start, asked.end)
        for tenant in asked.tenants:
            await require_span_free(self.context, who, tenant, span)
        await require_true_rows(self.context, asked.tenants)

        async def decide(change: Change) -> tuple[int, ...]:
            rows = [
                await decisions.exclude(
                    change,
                    who,
                    tenant,
                    span,
                    asked.basis,
                    asked.reason,
                    contestable=asked.contestable,
                )
                for tenant in dict.fromkeys(asked.tenants)
            ]
            since = dict.fromkeys(asked.tenants, span[0])
            await refresh_figures_since(change, since, self.context)
            return tuple(row.id for row in rows)

        return api.Excluded(await write_decision(self.context, who, decide))

    async def withdraw(self, call: Call[api.Withdrawal]) -> api.Withdrawn:
        who, asked = call.who, call.body
        number = number_of(call.path)
        known = await EXCLUSIONS.get(self.context.writer, number)
        await require_true_rows(self.context, [] if known is None else [known.tenant])

        async def decide(change: Change) -> int:
            row = await decisions.withdraw(change, who, number, asked.reason)
            await refresh_figures_since(change, {row.tenant: row.start}, self.context)
            return row.id

        return api.Withdrawn(await write_decision(self.context, who, decide))
