"""Credits claimed, granted and refused."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from noc_tui.contract.calendar import Month
from noc_tui.contract.credits import Claim
from noc_tui.daemon.availability import claims, requests
from noc_tui.daemon.availability.ingest import AvailabilityIngest
from noc_tui.daemon.availability.routes.changing import Change, changed
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import NotFound
from noc_tui.daemon.core.server import answer, body, caller
from noc_tui.i18n import _
from noc_tui.roles import Caller, Role
from storage.times import micros


@dataclass(frozen=True, slots=True)
class Credits:
    """The client's claim, and the hoster's decision."""

    context: Context
    watch: AvailabilityIngest

    def table(self) -> Sequence[web.RouteDef]:
        """Paths and their handlers."""
        return [web.post("/v1/credits/{tenant}/{month}/{verb}", self.credit)]

    async def credit(self, request: web.Request) -> web.StreamResponse:
        verb, tenant = request.match_info["verb"], request.match_info["tenant"]
        who = caller(request, Role.OPERATOR if verb == "claim" else Role.LEAD)
        month = requests.month_of(request)
        change = await self._credit(request, who, verb, tenant, month)
        await changed(self.context, change)
        return answer({"tenant": tenant, "month": str(month)})

    async def _credit(
        self, request: web.Request, who: Caller, verb: str, tenant: str, month: Month
    ) -> Change[object]:
        terms = self.context.terms
        if verb == "claim":
            asked = await body(request, requests.CreditClaim)
            sent = requests.instant("sent", asked.sent)
            received = (
                micros(self.context.clock.now())
                if asked.received is None
                else requests.instant("received", asked.received)
            )
            made = Claim(sent, received, asked.channel, asked.reference)
            return lambda tx: claims.claim(tx, who, tenant, month, made, terms=terms)
        if verb not in {"grant", "refuse"}:
            raise NotFound(_("a credit has no step {verb}").format(verb=verb))
        reason = (await body(request, requests.Decide)).reason
        return lambda tx: claims.decide(
            tx, who, tenant, month, grant=verb == "grant", reason=reason, terms=terms
        )
