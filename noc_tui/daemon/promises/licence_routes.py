"""Takes what people note about licences: supplied, ended, audited."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web
from msgspec.structs import replace

from noc_tui.api import promises as api
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, NotFound
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.instants import utc_instant
from noc_tui.daemon.core.request_values import number_of
from noc_tui.daemon.core.server import Call, route
from noc_tui.daemon.promises.routes import require_tenant
from noc_tui.i18n import _
from noc_tui.roles import Caller
from noc_tui.views.licences import judge_licences
from storage.change import Change
from storage.licences import (
    LICENCE_AUDITS,
    LICENCES,
    Licence,
    LicenceAudit,
    guest_systems,
    next_audit_id,
    next_licence_id,
)

YEARS = range(1900, 2200)


@dataclass(frozen=True, slots=True)
class LicenceRoutes:
    """The endpoints about licences; each note is an entry of the evidence log."""

    context: Context

    def table(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        return [
            route(api.SUPPLY_LICENCE, self.supply),
            route(api.END_LICENCE, self.end),
            route(api.RECORD_AUDIT, self.record_audit),
        ]

    async def supply(self, call: Call[api.SuppliedLicence]) -> api.Noted:
        """Note licences that are supplied."""
        async with self.context.writer.change(actor(call.who)) as change:
            return api.Noted(await supply_licence(change, call.who, call.body))

    async def end(self, call: Call[api.LicenceEnd]) -> api.Noted:
        """Note that licences are no longer supplied from a day on."""
        number, ended_on = number_of(call.path), call.body.ended_on
        async with self.context.writer.change(actor(call.who)) as change:
            row = await LICENCES.get(change, number)
            if row is None:
                raise NotFound(_("there is no licence {number}").format(number=number))
            if ended_on < row.supplied_from:
                raise BadRequest(_("ended_on: this lies before the licence was supplied"))
            await _record(change, "promise.licence_ended", replace(row, ended_on=ended_on))
        return api.Noted(number)

    async def record_audit(self, call: Call[api.Audit]) -> api.Noted:
        """Keep an audit, with what the inventory counts now; art. 13.2 says who pays."""
        told, now = call.body, self.context.clock.now()
        held_at = utc_instant(told.held_at, "held_at")
        if held_at > now:
            raise BadRequest(_("held_at: this lies ahead"))
        async with self.context.writer.change(actor(call.who)) as change:
            await require_tenant(change, told.tenant)
            (found,) = judge_licences(
                [told.tenant],
                await guest_systems(change, told.tenant),
                await LICENCES.read(change),
                now,
            )
            row = LicenceAudit(
                id=await next_audit_id(change),
                tenant=told.tenant,
                held_at=held_at,
                outcome=told.outcome,
                cost_borne_by="client" if told.outcome == "breach" else "hoster",
                needing=len(found.need),
                supplied=len(found.need) - len(found.uncovered),
                unread=len(found.unread),
                findings=told.findings.strip(),
                account=call.who.name,
            )
            await change.record(
                "promise.licences_audited",
                [f"tenant:{row.tenant}"],
                {"audit": row, "inventory": found},
            )
            await change.put(LICENCE_AUDITS, [row])
        return api.Noted(row.id)


async def supply_licence(change: Change, who: Caller, told: api.SuppliedLicence) -> int:
    """Put licences that are supplied on record; returns their number."""
    if told.supplied_from.year not in YEARS:
        raise BadRequest(_("supplied_from: this is no year of a licence"))
    await require_tenant(change, told.tenant)
    row = Licence(
        id=await next_licence_id(change),
        tenant=told.tenant,
        guest=told.guest or "",
        kind=told.kind,
        product=told.product.strip(),
        quantity=told.quantity,
        supplied_from=told.supplied_from,
        ended_on=None,
        note=told.note.strip(),
        account=who.name,
    )
    await _record(change, "promise.licence_supplied", row)
    return row.id


async def _record(change: Change, kind: str, row: Licence) -> None:
    about = [f"guest:{row.guest}"] if row.guest else []
    await change.record(kind, [f"tenant:{row.tenant}", *about], {"licence": row})
    await change.put(LICENCES, [row])
