"""What may not leave while an order is secret: it would say something of it, or be false.

A refusal names no order. Who is not a lead is sent to one; a lead learns that it is held back.
"""

from noc_tui.contract.calendar import Month
from noc_tui.contract.suspension.values import Case
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.suspension import store
from noc_tui.i18n import _
from noc_tui.roles import Caller, Role
from storage.authority import AUTHORITY_ORDERS
from storage.connection import Readable
from storage.times import micros


async def is_month_held(context: Context, tenant: str, month: Month) -> bool:
    """Return whether a sealed case took effect for that tenant within the month."""
    if context.sealed is None:
        return False
    now = micros(context.clock.now())
    return any(
        case.tenant == tenant and _overlaps(case, month, now)
        for case in await store.every(context.sealed)
    )


async def is_pack_held(context: Context, subject: str) -> bool:
    """Return whether a pack of the subject would leave out what is sealed about it."""
    sealed = context.sealed
    if sealed is None:
        return False
    kind, _colon, name = subject.partition(":")
    if kind == "tenant":
        return await _names_tenant(sealed, name)
    if kind == "guest":
        cases = await store.every(sealed)
        return any(str(guest.ref) == name for case in cases for guest in case.plan.guests)
    return False


async def _names_tenant(sealed: Readable, tenant: str) -> bool:
    cases = await store.every(sealed)
    orders = await AUTHORITY_ORDERS.where(sealed, "tenant = ?", tenant)
    return bool(orders) or any(case.tenant == tenant for case in cases)


async def require_month_free(context: Context, who: Caller, tenant: str, month: Month) -> None:
    """Raise `Conflict` where the month's figures must not leave."""
    if await is_month_held(context, tenant, month):
        raise Conflict(word_refusal(who))


async def require_pack_free(context: Context, who: Caller, subject: str) -> None:
    """Raise `Conflict` where a pack of the subject must not leave with this account."""
    if not who.confidential and await is_pack_held(context, subject):
        raise Conflict(word_refusal(who))


def word_refusal(who: Caller) -> str:
    """Return why a document does not leave, as far as the caller may know."""
    if who.confidential:
        return _("held back: an order of an authority that is secret touches it")
    if who.may(Role.LEAD):
        return _("held back until a date that nobody may tell")
    return _("this document is not released now: ask a lead")


def _overlaps(case: Case, month: Month, now: int) -> bool:
    if case.started_at is None or case.rehearsal:
        return False
    end = now if case.closed_at is None else micros(case.closed_at)
    return micros(case.started_at) < month.span.end and end >= month.span.start
