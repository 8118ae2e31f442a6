"""Credits claimed, corrected, granted and refused."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from noc_tui.api import credits as api
from noc_tui.contract.credits import CreditClaimed
from noc_tui.daemon.availability import claims
from noc_tui.daemon.availability.credit_letters import tell_claim, tell_decision
from noc_tui.daemon.availability.routes.decision_write import write_decision
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.release import require_month_free
from noc_tui.daemon.core.request_values import instant, month_of
from noc_tui.daemon.core.server import Call, route, unknown_verb
from noc_tui.daemon.core.true_rows import require_true_rows
from noc_tui.i18n import _
from noc_tui.roles import Role
from storage.change import Change
from storage.months import CREDITS
from storage.times import micros


@dataclass(frozen=True, slots=True)
class Credits:
    """The client's claim, and the hoster's decision."""

    context: Context

    def table(self) -> Sequence[web.RouteDef]:
        """Paths and their handlers."""
        return [
            route(api.CLAIM, self.claim),
            route(api.CORRECT, self.correct),
            route(api.GRANT, self.grant),
            route(api.REFUSE, self.refuse),
            unknown_verb("/v1/credits/{tenant}/{month}", Role.LEAD, _unknown),
        ]

    async def claim(self, call: Call[api.Claim]) -> api.Credit:
        """Put the client's request on record."""
        who, asked = call.who, call.body
        tenant, month = call.path["tenant"], month_of(call.path)
        sent = instant("sent", asked.sent)
        received = (
            micros(self.context.clock.now())
            if asked.received is None
            else instant("received", asked.received)
        )
        made = CreditClaimed(sent, received, asked.channel, asked.reference)
        await require_true_rows(self.context, [tenant])

        async def decide(change: Change) -> object:
            row = await claims.claim(change, who, tenant, month, made, terms=self.context.terms)
            await tell_claim(change, self.context, who, row)
            return row

        await write_decision(self.context, who, decide)
        return api.Credit(tenant, str(month))

    async def correct(self, call: Call[api.Correction]) -> api.Credit:
        """Put what the client truly sent in the place of a request entered wrongly."""
        who, asked = call.who, call.body
        tenant, month = call.path["tenant"], month_of(call.path)
        sent = instant("sent", asked.sent)
        received = None if asked.received is None else instant("received", asked.received)
        await require_true_rows(self.context, [tenant])

        async def decide(change: Change) -> object:
            kept = received
            if kept is None and (old := await CREDITS.get(change, tenant, str(month))) is not None:
                kept = old.received
            made = CreditClaimed(
                sent, sent if kept is None else kept, asked.channel, asked.reference
            )
            row = await claims.correct(
                change, who, tenant, month, made, asked.reason, terms=self.context.terms
            )
            await tell_claim(change, self.context, who, row)
            return row

        await write_decision(self.context, who, decide)
        return api.Credit(tenant, str(month))

    async def grant(self, call: Call[api.Decision]) -> api.Credit:
        """Grant what was claimed."""
        return await self._decide(call, grant=True)

    async def refuse(self, call: Call[api.Decision]) -> api.Credit:
        """Refuse what was claimed, for a reason."""
        return await self._decide(call, grant=False)

    async def _decide(self, call: Call[api.Decision], *, grant: bool) -> api.Credit:
        who, reason = call.who, call.body.reason
        tenant, month = call.path["tenant"], month_of(call.path)
        await require_month_free(self.context, who, tenant, month)
        await require_true_rows(self.context, [tenant])

        async def decide(change: Change) -> object:
            row = await claims.decide(
                change,
                who,
                tenant,
                month,
                grant=grant,
                reason=reason,
                beyond_cap=call.body.beyond_cap,
                terms=self.context.terms,
            )
            await tell_decision(change, self.context, who, row)
            return row

        await write_decision(self.context, who, decide)
        return api.Credit(tenant, str(month))


def _unknown(verb: str) -> str:
    return _("a credit has no step {verb}").format(verb=verb)
