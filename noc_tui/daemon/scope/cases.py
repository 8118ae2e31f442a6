"""A lead makes an override a case of the hoster's own, or declines it."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from noc_tui.api import scope as api
from noc_tui.contract.annexe2.own_cases import fits_terms
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, Conflict, NotFound
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.request_values import number_of
from noc_tui.daemon.core.server import Call, route
from noc_tui.i18n import _
from noc_tui.queries.own_cases import own_case
from storage import scope
from storage.change import Change

_KINDS = {scope.APPROVED: "scope.learned", scope.DECLINED: "scope.declined"}


@dataclass(frozen=True, slots=True)
class CaseApproval:
    """The endpoints of a lead's word on an override. Approved may be declined later, and back."""

    context: Context

    def table(self) -> Sequence[web.RouteDef]:
        """Paths and their handlers."""
        return [route(api.LEARN, self.approve), route(api.DECLINE, self.decline)]

    async def approve(self, call: Call[api.Judgement]) -> api.Decided:
        """From now on the look-up says of this ticket what the override says."""
        return await self._judge(call, scope.APPROVED)

    async def decline(self, call: Call[api.Judgement]) -> api.Decided:
        """The override was right for its ticket alone, or wrong; the reason says which."""
        if not call.body.reason.strip():
            raise BadRequest(_("reason: say why, for whoever reads it later"))
        return await self._judge(call, scope.DECLINED)

    async def _judge(self, call: Call[api.Judgement], state: str) -> api.Decided:
        number = number_of(call.path)
        async with self.context.writer.change(actor(call.who)) as change:
            decision = await self._override(change, number, state)
            entry = await change.record(
                _KINDS[state],
                _subjects(decision),
                {
                    "decision": number,
                    "decided": decision.evidence,
                    "verdict": decision.verdict,
                    "row": decision.row,
                    "reason": call.body.reason.strip(),
                },
            )
            row = scope.OverrideReview(
                decision=number,
                state=state,
                at=change.at,
                account=call.who.name,
                reason=call.body.reason.strip(),
                evidence=entry,
            )
            await change.put(scope.CASES, [row], by=entry)
        return api.Decided(number)

    async def _override(self, change: Change, number: int, state: str) -> scope.Decision:
        decision = await scope.DECISIONS.get(change, number)
        if decision is None:
            raise NotFound(_("there is no decision {number}").format(number=number))
        if decision.kind != scope.OVERRIDDEN:
            raise Conflict(_("only an override can become a case"))
        known = await scope.CASES.get(change, number)
        if known is not None and known.state == state:
            raise Conflict(_("a lead has said so already"))
        if state == scope.APPROVED:
            self._require_fit(decision)
        return decision

    def _require_fit(self, decision: scope.Decision) -> None:
        """Refuse what no look-up could ever answer with: no ticket, a row with another verdict."""
        if not decision.text:
            raise Conflict(_("the ticket was erased"))
        today = paris_day(micros(self.context.clock.now()))
        terms = self.context.terms.for_tenant(decision.tenant, today)
        if not fits_terms(own_case(decision), {row.id: row.verdict for row in terms.annexe2}):
            raise Conflict(_("annexe 2 gives that row another verdict"))


def _subjects(decision: scope.Decision) -> list[str]:
    named = (f"tenant:{decision.tenant}" if decision.tenant else "", decision.subject)
    ticket = f"ticket:{decision.reference}" if decision.reference else ""
    return [subject for subject in (*named, ticket) if subject] or [f"scope:{decision.id}"]
