"""Takes reparations that count against the cap of art. 12."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from aiohttp import web
from msgspec.structs import replace

from noc_tui.api import liability as api
from noc_tui.contract.calendar import paris_day
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, Conflict, NotFound
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.request_values import number_of
from noc_tui.daemon.core.server import Call, route
from noc_tui.daemon.core.true_rows import require_true_rows
from noc_tui.i18n import _
from noc_tui.queries.liability import read_caps
from storage.change import Change
from storage.register import TENANTS
from storage.reparations import REPARATIONS, Reparation, next_reparation_id
from storage.times import micros

CENTS = 2
EURO_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Reparations:
    """The endpoints of `noc_tui.api.liability`."""

    context: Context

    def table(self) -> Sequence[web.RouteDef]:
        """Paths and their handlers."""
        return [
            route(api.RECORD_REPARATION, self.record),
            route(api.WITHDRAW_REPARATION, self.withdraw),
        ]

    async def record(self, call: Call[api.ReparationPaid]) -> api.ReparationNoted:
        """Put a reparation on record; what exceeds the cap is told, and stands."""
        told = call.body
        _require_euros(told.amount)
        await require_true_rows(self.context, [told.tenant])
        async with self.context.writer.change(actor(call.who)) as change:
            if await TENANTS.get(change, told.tenant) is None:
                raise NotFound(_("there is no tenant {tenant}").format(tenant=told.tenant))
            if told.decided_on > paris_day(micros(change.at)):
                raise BadRequest(_("decided_on: this lies ahead"))
            if not told.subject.strip():
                raise BadRequest(_("subject: say what it repairs"))
            row = Reparation(
                id=await next_reparation_id(change),
                tenant=told.tenant,
                decided_on=told.decided_on,
                amount=told.amount,
                kind=told.kind,
                subject=told.subject.strip(),
                reference=told.reference.strip(),
                capped=not told.uncapped_because.strip(),
                uncapped_because=told.uncapped_because.strip(),
                account=call.who.name,
            )
            return await _keep(change, "reparation.recorded", row)

    async def withdraw(self, call: Call[api.Withdrawal]) -> api.ReparationNoted:
        """Note that a reparation was entered wrongly; it stays on record."""
        number, reason = number_of(call.path), call.body.reason.strip()
        if not reason:
            raise BadRequest(_("reason: say why, for whoever reads it later"))
        await self._require_true_rows_of(number)
        async with self.context.writer.change(actor(call.who)) as change:
            row = await REPARATIONS.get(change, number)
            if row is None:
                raise NotFound(_("there is no reparation {number}").format(number=number))
            if row.withdrawn:
                raise Conflict(_("this reparation was withdrawn already"))
            gone = replace(row, withdrawn=True, withdrawn_because=reason)
            return await _keep(change, "reparation.withdrawn", gone)

    async def _require_true_rows_of(self, number: int) -> None:
        async with self.context.writer.snapshot() as db:
            known = await REPARATIONS.get(db, number)
        await require_true_rows(self.context, [] if known is None else [known.tenant])


async def _keep(change: Change, kind: str, row: Reparation) -> api.ReparationNoted:
    await change.record(kind, [f"tenant:{row.tenant}"], {"reparation": row})
    await change.put(REPARATIONS, [row])
    standing = (await read_caps(change, paris_day(micros(change.at)), row.tenant))[row.tenant]
    exceeded = standing.cap is not None and standing.used > standing.cap
    return api.ReparationNoted(row.id, standing.cap, standing.left, exceeded)


def _require_euros(amount: Decimal) -> None:
    exponent = amount.as_tuple().exponent
    if (
        not isinstance(exponent, int)
        or exponent < -CENTS
        or amount <= 0
        or amount.adjusted() >= EURO_DIGITS
    ):
        text = _("amount: {amount} is not an amount of euros and cents")
        raise BadRequest(text.format(amount=amount))
