"""Records decisions on tickets: the look-up proposes, an operator decides (R27).

What was proposed is worked out again by the daemon, so that the record holds what the look-up said
and not what a client claims it said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from aiohttp import web

from noc_tui.api import scope as api
from noc_tui.contract.annexe2 import judge
from noc_tui.contract.annexe2.answer import Answer
from noc_tui.contract.annexe2.reading import UnreadableTicketError
from noc_tui.contract.annexe2.support_coverage import contract_of, judge_coverage
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.contract.terms import Terms
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, NotFound
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.server import Call, route
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.scope.cases import CaseApproval
from noc_tui.i18n import _
from noc_tui.queries.own_cases import read_own_cases
from noc_tui.roles import Caller
from noc_tui.threads import in_thread
from storage import scope
from storage.change import Change
from storage.register import TENANTS


def build(context: Context) -> "Scope":
    """Build the service for the daemon's list."""
    return Scope(context)


@dataclass(slots=True)
class Scope:
    """Takes decisions on tickets."""

    context: Context
    name: str = "scope"

    def routes(self) -> Sequence[web.RouteDef]:
        return [route(api.DECIDE, self.decide), *CaseApproval(self.context).table()]

    async def run(self) -> None:
        """Do nothing in the background."""

    async def polled(self, result: PollResult) -> None:
        """Do nothing: decisions come from people."""

    async def decide(self, call: Call[api.Decision]) -> api.Decided:
        """Record a decision with what was proposed, in one transaction with its evidence."""
        who, decided = call.who, call.body
        today = paris_day(micros(self.context.clock.now()))
        terms = self.context.terms.for_tenant(decided.tenant, today)
        proposed = await self._proposed(decided, terms)
        _checked(decided, proposed)
        async with self.context.writer.change(actor(who)) as change:
            number = await self._record(change, who, decided, proposed, terms)
        return api.Decided(number)

    async def _proposed(self, decided: api.Decision, terms: Terms) -> Answer:
        rows = {row.id: row.verdict for row in terms.annexe2}
        if decided.row and decided.row not in rows:
            raise NotFound(_("annexe 2 has no row {row}").format(row=repr(decided.row)))
        words = self.context.config.contract.vocabulary_file
        cases = await read_own_cases(self.context.writer)
        try:
            return await in_thread(
                lambda: judge.load_judge(rows, words, cases).answer(decided.text)
            )
        except UnreadableTicketError as error:
            raise BadRequest(str(error)) from error

    async def _record(
        self, change: Change, who: Caller, decided: api.Decision, proposed: Answer, terms: Terms
    ) -> int:
        number = await scope.next_id(change)
        covered = await self._covered(change, decided, terms)
        entry = await change.record(
            "scope.decided",
            _subjects(decided),
            {
                "decision": msgspec.to_builtins(decided),
                "proposed": msgspec.to_builtins(proposed),
                "infogerance": covered,
                "terms": terms.version,
            },
        )
        row = _decision(number, who, decided, proposed, covered, entry, change)
        await change.put(scope.DECISIONS, [row], by=entry)
        return number

    async def _covered(self, change: Change, decided: api.Decision, terms: Terms) -> str:
        tenant = await TENANTS.get(change, decided.tenant) if decided.tenant else None
        if decided.tenant and tenant is None:
            raise NotFound(_("no tenant is called {name}").format(name=repr(decided.tenant)))
        support = None
        if tenant is not None:
            support = contract_of(tenant.support, tenant.support_billing, tenant.support_perimeter)
        return judge_coverage(terms, decided.verdict, decided.row, support)


def _checked(decided: api.Decision, proposed: Answer) -> None:
    if decided.kind == "overridden" and not decided.reason.strip():
        raise BadRequest(_("an override needs its reason"))
    if decided.kind == "accepted" and decided.verdict != proposed.verdict:
        raise BadRequest(_("the look-up says otherwise: that is an override, with its reason"))


def _subjects(decided: api.Decision) -> list[str]:
    named = [f"tenant:{decided.tenant}" if decided.tenant else "", decided.subject]
    ticket = f"ticket:{decided.reference}" if decided.reference else ""
    return [subject for subject in (*named, ticket) if subject]


def _decision(
    number: int,
    who: Caller,
    decided: api.Decision,
    proposed: Answer,
    covered: str,
    entry: int,
    change: Change,
) -> scope.Decision:
    return scope.Decision(
        id=number,
        at=change.at,
        account=who.name,
        tenant=decided.tenant,
        reference=decided.reference,
        subject=decided.subject,
        text=decided.text,
        proposed_verdict=proposed.verdict.value,
        proposed_rows=tuple(candidate.row for candidate in proposed.candidates),
        because=proposed.because,
        confidence=round(proposed.confidence * 1000),
        kind=decided.kind,
        verdict=decided.verdict.value,
        row=decided.row,
        infogerance=covered,
        reason=decided.reason,
        answered=decided.answered,
        language=decided.language,
        evidence=entry,
    )
