"""What may not leave while an order is secret: it would say something of it, or be false.

Documents (a statement, a pack, a mail about an incident) and decisions about the time that a
sealed case covers: whose an outage was would be written down with an invented reason. A refusal
names no order. Who is not a lead is sent to one; a lead learns that it is held back.
"""

from collections.abc import Iterable, Sequence

from noc_tui.contract.calendar import Month
from noc_tui.contract.suspension.values import ENDED, PLANNED, PREPARING, Case
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict
from noc_tui.i18n import _
from noc_tui.queries.suspension_cases import read_cases
from noc_tui.roles import Caller, Role
from storage.authority import AUTHORITY_ORDERS
from storage.connection import Readable
from storage.outages import Outage
from storage.times import micros

_ENDLESS = 2**62
Span = tuple[int, int | None]
"""From one instant to another, in microseconds since the epoch; without an end it lasts."""


async def is_span_held(context: Context, tenant: str, span: Span) -> bool:
    """Return whether a sealed case took effect for that tenant, or is about to, within the span."""
    if context.sealed is None:
        return False
    cases = await read_cases(context.sealed)
    return any(case.tenant == tenant and _overlaps(case, span) for case in cases)


async def is_month_held(context: Context, tenant: str, month: Month) -> bool:
    """Return whether a sealed case took effect for that tenant within the month, so far."""
    start, end = month.span.start, min(month.span.end, micros(context.clock.now()))
    return start < end and await is_span_held(context, tenant, (start, end))


async def held_outages(context: Context, outages: Iterable[Outage]) -> list[Outage]:
    """Return those of the outages that a sealed case of their tenant covers, in part at least."""
    return [one for one in outages if await is_span_held(context, one.tenant, (one.start, one.end))]


async def is_pack_held(context: Context, names: Sequence[str]) -> bool:
    """Return whether a pack that names these things would leave out what is sealed about them."""
    sealed = context.sealed
    if sealed is None:
        return False
    concerned = await _concerned(sealed)
    return any(name in concerned for name in names)


async def _concerned(sealed: Readable) -> frozenset[str]:
    """The tenants and guests of sealed orders and cases, as evidence names them."""
    cases = await read_cases(sealed)
    orders = await AUTHORITY_ORDERS.read(sealed)
    return frozenset(
        [
            *(f"tenant:{case.tenant}" for case in cases),
            *(f"tenant:{order.tenant}" for order in orders if order.tenant),
            *(f"guest:{guest.ref}" for case in cases for guest in case.plan.guests),
        ]
    )


async def require_month_free(context: Context, who: Caller, tenant: str, month: Month) -> None:
    """Raise `Conflict` where the month's figures must not leave."""
    if await is_month_held(context, tenant, month):
        raise Conflict(word_refusal(who))


async def require_pack_free(context: Context, who: Caller, names: Sequence[str]) -> None:
    """Raise `Conflict` where a pack that names these must not leave with this account."""
    if not who.confidential and await is_pack_held(context, names):
        raise Conflict(word_refusal(who))


async def require_span_free(context: Context, who: Caller, tenant: str, span: Span) -> None:
    """Raise `Conflict` where nobody decides now why the tenant was out in the span."""
    if await is_span_held(context, tenant, span):
        raise Conflict(word_undecided(who))


def word_refusal(who: Caller) -> str:
    """Return why a document does not leave, as far as the caller may know."""
    if who.confidential:
        return _("held back: an order of an authority that is secret touches it")
    if who.may(Role.LEAD):
        return _("held back until a date that nobody may tell")
    return _("this document is not released now: ask a lead")


def word_undecided(who: Caller) -> str:
    """Return why the cause of an outage is not decided now, as far as the caller may know."""
    if who.confidential or who.may(Role.LEAD):
        return word_refusal(who)
    return _("this is not decided now: ask a lead")


def _overlaps(case: Case, span: Span) -> bool:
    """Whether the case was being carried out within the span. What was ordered and has not been
    seen to work yet may have done so all the same; what waits for its time, or was dropped before
    it began, has not.
    """
    waits = case.state in ENDED | PLANNED | PREPARING
    begun = case.started_at or (None if waits else case.begun_at)
    if begun is None or case.rehearsal:
        return False
    start, end = span
    ended = _ENDLESS if case.closed_at is None else micros(case.closed_at)
    # From the order on: an orderly shutdown takes a guest out before it is seen to be out.
    since = micros(case.begun_at or begun)
    return since < (_ENDLESS if end is None else end) and ended >= start
