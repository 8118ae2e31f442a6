"""Takes breaches of personal data: found, assessed, told, closed (R41; GDPR art. 33, 34)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from msgspec.structs import replace

from noc_tui.api import legal as api
from noc_tui.contract.breaches import NoticeDuty, list_duties, list_open_duties
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, Conflict, NotFound
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.instants import utc_instant
from noc_tui.daemon.core.request_values import number_of
from noc_tui.daemon.core.server import Call, route
from noc_tui.i18n import _
from noc_tui.labels.legal import addressee_word
from storage.change import Change
from storage.legal_registers import (
    BREACH_NOTICES,
    BREACHES,
    BreachNotice,
    DataBreach,
    next_breach_id,
    notices_of,
)
from storage.register import TENANTS


@dataclass(frozen=True, slots=True)
class BreachRoutes:
    """The endpoints about breaches."""

    context: Context

    def table(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        return [
            route(api.OPEN_BREACH, self.open),
            route(api.ASSESS_BREACH, self.assess),
            route(api.TELL_BREACH, self.tell),
            route(api.CLOSE_BREACH, self.close),
        ]

    async def open(self, call: Call[api.BreachFound]) -> api.Registered:
        """Put a breach on record: from `discovered_at` its hours run."""
        async with self.context.writer.change(actor(call.who)) as change:
            row = await _described(change, call.body, await next_breach_id(change), call.who.name)
            await _record(change, "breach.opened", row)
        return api.Registered(row.id)

    async def assess(self, call: Call[api.BreachFound]) -> api.Registered:
        """Describe a breach anew; the entries keep what was known before. The hours still run from
        the first discovery unless an earlier one is entered.
        """
        async with self.context.writer.change(actor(call.who)) as change:
            before = await _open_breach(change, number_of(call.path))
            row = await _described(change, call.body, before.id, call.who.name)
            if row.discovered_at > before.discovered_at:
                raise BadRequest(_("discovered_at: the hours run from the first discovery"))
            told = {one.addressee for one in await notices_of(change, row.id)}
            if lost := sorted(told - _addressees(row) - {"authority", "persons"}):
                text = _("tenants: these were told already: {tenants}")
                raise Conflict(text.format(tenants=", ".join(map(addressee_word, lost))))
            await _record(change, "breach.assessed", row)
        return api.Registered(row.id)

    async def tell(self, call: Call[api.BreachTold]) -> api.Registered:
        """Note that somebody was told. After its hours by law the reason of the delay is asked."""
        told = call.body
        async with self.context.writer.change(actor(call.who)) as change:
            row = await _open_breach(change, number_of(call.path))
            duties = {duty.addressee: duty for duty in _duties(row)}
            duty = duties.get(told.addressee)
            if duty is None:
                text = _("addressee: owed to: {names}")
                raise BadRequest(text.format(names=", ".join(duties) or "—"))
            if await BREACH_NOTICES.get(change, row.id, told.addressee) is not None:
                raise Conflict(_("this addressee was told already"))
            at = _past(told.told_at, "told_at", change.at)
            if at < row.discovered_at:
                raise BadRequest(_("told_at: this lies before the discovery"))
            if duty.by_law and at > duty.due_at and not told.delay_reason.strip():
                raise BadRequest(_("delay_reason: after 72 hours the reasons are given (33(1))"))
            notice = BreachNotice(
                breach=row.id,
                addressee=told.addressee,
                told_at=at,
                channel=told.channel.strip(),
                reference=told.reference.strip(),
                delay_reason=told.delay_reason.strip(),
                account=call.who.name,
            )
            about = [f"breach:{row.id}"]
            if told.addressee.startswith("tenant:"):
                about.append(told.addressee)
            await change.record("breach.told", about, {"notice": notice})
            await change.put(BREACH_NOTICES, [notice])
        return api.Registered(row.id)

    async def close(self, call: Call[api.BreachClosing]) -> api.Registered:
        """Close a breach: once its risk was judged, and everybody was told who must be."""
        async with self.context.writer.change(actor(call.who)) as change:
            row = await _open_breach(change, number_of(call.path))
            if row.risk == "unknown":
                raise Conflict(_("the risk for the persons was not assessed yet"))
            told = [one.addressee for one in await notices_of(change, row.id)]
            if left := [duty.addressee for duty in list_open_duties(_duties(row), told)]:
                text = _("not told yet: {names}")
                raise Conflict(text.format(names=", ".join(map(addressee_word, left))))
            closing = call.body.closing.strip()
            if not closing:
                raise BadRequest(_("closing: say how it ended"))
            gone = replace(row, closed_at=change.at, closing=closing, account=call.who.name)
            await _record(change, "breach.closed", gone)
        return api.Registered(row.id)


async def _open_breach(change: Change, number: int) -> DataBreach:
    row = await BREACHES.get(change, number)
    if row is None:
        raise NotFound(_("there is no breach {number}").format(number=number))
    if row.closed_at is not None:
        raise Conflict(_("breach {number} is closed").format(number=number))
    return row


async def _described(
    change: Change, told: api.BreachFound, number: int, account: str
) -> DataBreach:
    if not told.nature.strip():
        raise BadRequest(_("nature: say what happened"))
    if told.risk == "none" and not told.risk_reason.strip():
        raise BadRequest(_("risk_reason: say why no risk is likely; it is kept (33(5))"))
    tenants = tuple(sorted(set(told.tenants)))
    for tenant in tenants:
        if await TENANTS.get(change, tenant) is None:
            raise NotFound(_("there is no tenant {tenant}").format(tenant=tenant))
    if told.role == "processor" and not tenants:
        raise BadRequest(_("tenants: a processor’s breach touches a client’s data: name them"))
    began = None if told.began_at is None else _past(told.began_at, "began_at", change.at)
    ended = None if told.ended_at is None else _past(told.ended_at, "ended_at", change.at)
    if began is not None and ended is not None and ended < began:
        raise BadRequest(_("ended_at: it ends before it began"))
    return DataBreach(
        id=number,
        role=told.role,
        discovered_at=_past(told.discovered_at, "discovered_at", change.at),
        began_at=began,
        ended_at=ended,
        tenants=tenants,
        nature=told.nature.strip(),
        data=told.data.strip(),
        people=told.people.strip(),
        consequences=told.consequences.strip(),
        measures=told.measures.strip(),
        risk=told.risk,
        risk_reason=told.risk_reason.strip(),
        closed_at=None,
        closing="",
        account=account,
    )


async def _record(change: Change, kind: str, row: DataBreach) -> None:
    subjects = [f"breach:{row.id}", *(f"tenant:{tenant}" for tenant in row.tenants)]
    await change.record(kind, subjects, {"breach": row})
    await change.put(BREACHES, [row])


def _duties(row: DataBreach) -> list[NoticeDuty]:
    return list(list_duties(row.role, row.risk, row.tenants, row.discovered_at))


def _addressees(row: DataBreach) -> set[str]:
    return {duty.addressee for duty in _duties(row)}


def _past(at: datetime, field: str, now: datetime) -> datetime:
    found = utc_instant(at, field)
    if found > now:
        raise BadRequest(_("{field}: this lies ahead").format(field=field))
    return found
