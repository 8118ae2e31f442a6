"""Routes about downtime: the client's own evidence, attributions, exclusions, and decisions that
wait for a second person.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from noc_tui.api import downtime as api
from noc_tui.contract.instants import format_instant
from noc_tui.daemon.availability import decision_requests as requests
from noc_tui.daemon.availability import decisions, incidents
from noc_tui.daemon.availability.decision_files import keep_decision_files, name_files
from noc_tui.daemon.availability.month_figures import refresh_figures_since
from noc_tui.daemon.availability.routes.decision_write import write_decision
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.release import require_span_free
from noc_tui.daemon.core.request_values import closed_span, instant, number_of, span_of
from noc_tui.daemon.core.server import Call, route
from noc_tui.daemon.core.true_rows import require_true_rows
from noc_tui.roles import Role
from storage.change import Change
from storage.decisions import PROPOSED, ProposedDecision
from storage.outages import EXCLUSIONS, OUTAGES, Exclusion


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
            route(api.END, self.end),
            route(api.REVIEW, self.review),
            route(api.APPROVE, self.approve),
            route(api.DECLINE, self.decline),
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
        grounds = name_files(asked.grounds, asked.files)
        known = await OUTAGES.get(self.context.writer, number)
        if known is not None:
            await require_span_free(self.context, who, known.tenant, (known.start, known.end))
        await require_true_rows(self.context, [] if known is None else [known.tenant])

        async def decide(change: Change) -> api.Attributed:
            lead = who.may(Role.LEAD)
            ask = await requests.ask_of_outage(change, number, asked.party, asked.reason, lead=lead)
            ask = replace(ask, grounds=grounds, link=asked.link, case=asked.suspension)
            made = await requests.attribute(change, who, ask, self.context.terms)
            await keep_decision_files(change, ask.tenant, asked.files, made.evidence)
            if isinstance(made, ProposedDecision):
                return api.Attributed(number, None, made.id)
            await refresh_figures_since(change, {ask.tenant: ask.span[0]}, self.context)
            return api.Attributed(number, made.exclusion)

        return await write_decision(self.context, who, decide)

    async def exclude(self, call: Call[api.Exclusion]) -> api.Excluded:
        who, asked = call.who, call.body
        span = span_of(asked.start, asked.end)
        grounds = name_files(asked.grounds, asked.files)
        for tenant in asked.tenants:
            await require_span_free(self.context, who, tenant, span)
        await require_true_rows(self.context, asked.tenants)

        async def decide(change: Change) -> api.Excluded:
            made = [
                await requests.exclude(
                    change,
                    who,
                    requests.DecisionAsk(
                        tenant=tenant,
                        span=span,
                        basis=asked.basis,
                        reason=asked.reason,
                        grounds=grounds,
                        link=asked.link,
                        case=asked.suspension,
                        contestable=asked.contestable,
                        lead=who.may(Role.LEAD),
                    ),
                    self.context.terms,
                )
                for tenant in dict.fromkeys(asked.tenants)
            ]
            for row in made:
                await keep_decision_files(change, row.tenant, asked.files, row.evidence)
            since = dict.fromkeys(asked.tenants, span[0])
            await refresh_figures_since(change, since, self.context)
            return api.Excluded(
                tuple(row.id for row in made if isinstance(row, Exclusion)),
                tuple(row.id for row in made if isinstance(row, ProposedDecision)),
            )

        return await write_decision(self.context, who, decide)

    async def end(self, call: Call[api.End]) -> api.Ended:
        who, number = call.who, number_of(call.path)
        asked = None if call.body.end is None else instant("end", call.body.end)
        await self._require_true_rows_of(number)

        async def decide(change: Change) -> api.Ended:
            row = await decisions.end_by_hand(change, who, number, asked)
            await refresh_figures_since(change, {row.tenant: row.start}, self.context)
            return api.Ended(row.id, format_instant(row.end or row.start))

        return await write_decision(self.context, who, decide)

    async def review(self, call: Call[api.Review]) -> api.Reviewed:
        number = number_of(call.path)

        async def decide(change: Change) -> int:
            return (await decisions.review(change, call.who, number, call.body.note)).id

        return api.Reviewed(await write_decision(self.context, call.who, decide))

    async def approve(self, call: Call[api.Approval]) -> api.Answered:
        who, number = call.who, number_of(call.path)
        known = await PROPOSED.get(self.context.writer, number)
        if known is not None:
            await require_span_free(self.context, who, known.tenant, (known.start, known.end))
        await require_true_rows(self.context, [] if known is None else [known.tenant])

        async def decide(change: Change) -> ProposedDecision:
            row = await requests.approve(change, who, number, call.body.note, self.context.terms)
            await refresh_figures_since(change, {row.tenant: row.start}, self.context)
            return row

        return _answered(await write_decision(self.context, who, decide))

    async def decline(self, call: Call[api.Refusal]) -> api.Answered:
        who, number = call.who, number_of(call.path)

        async def decide(change: Change) -> ProposedDecision:
            return await requests.decline(change, who, number, call.body.reason)

        return _answered(await write_decision(self.context, who, decide))

    async def _require_true_rows_of(self, number: int) -> None:
        known = await EXCLUSIONS.get(self.context.writer, number)
        await require_true_rows(self.context, [] if known is None else [known.tenant])

    async def withdraw(self, call: Call[api.Withdrawal]) -> api.Withdrawn:
        who, asked = call.who, call.body
        number = number_of(call.path)
        await self._require_true_rows_of(number)

        async def decide(change: Change) -> int:
            row = await decisions.withdraw(change, who, number, asked.reason)
            await refresh_figures_since(change, {row.tenant: row.start}, self.context)
            return row.id

        return api.Withdrawn(await write_decision(self.context, who, decide))


def _answered(row: ProposedDecision) -> api.Answered:
    return api.Answered(row.id, row.state, row.exclusion)
