"""Whether it is on record as wanted that a tenant has no guest (R6, R40)."""

import msgspec

from noc_tui.contract.calendar import Month, instant
from noc_tui.contract.spans import ENDLESS, Span
from noc_tui.daemon.availability.required_rows import need_reason, need_tenant
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.identity import actor, itself
from noc_tui.i18n import _
from noc_tui.roles import Caller
from storage.change import Change
from storage.membership import WANTED_EMPTY, WantedEmpty, first_guest, last_guest_left, wanted_empty
from storage.times import micros

_BEGINNING = -(2**62)


async def read_wanted(change: Change, tenant: str) -> list[Span]:
    """Return when the tenant may have no guest: before its first, when nothing was ordered yet, and
    where that is on record. What is on record ends with the next guest that came.
    """
    first = await first_guest(change, tenant)
    found = [Span(_BEGINNING, ENDLESS if first is None else first)]
    for row in await wanted_empty(change, tenant):
        until = row.until
        if until is None and (came := await first_guest(change, tenant, row.since)) is not None:
            until = came
            await _end(change, row, came)
        found.append(Span(row.since, ENDLESS if until is None else until))
    return found


async def _end(change: Change, row: WantedEmpty, at: int) -> None:
    entry = await change.record(
        "tenant.emptiness_ended", [f"tenant:{row.tenant}"], {"until": instant(at)}, actor=itself()
    )
    ended = msgspec.structs.replace(row, until=at, ended_by=entry)
    await change.put(WANTED_EMPTY, [ended], by=entry)


async def want_empty(change: Change, caller: Caller, tenant: str, reason: str) -> WantedEmpty:
    """Put on record that the client wants no guest; returns the row.

    From when the last one left, but no earlier than the present month: what is over is not proven
    afterwards by one person. Raises `Conflict` while the tenant has guests, or where that is on
    record already.
    """
    need_reason(reason)
    await need_tenant(change, tenant)
    now = micros(change.at)
    left = (await last_guest_left(change)).get(tenant)
    if left is None and await first_guest(change, tenant) is not None:
        raise Conflict(_("{tenant}: there are guests").format(tenant=tenant))
    if any(row.until is None for row in await wanted_empty(change, tenant)):
        text = _("it is on record already that {tenant} wants no guest")
        raise Conflict(text.format(tenant=tenant))
    since = max(now if left is None else left, Month.of(now).span.start)
    entry = await change.record(
        "tenant.emptiness_wanted",
        [f"tenant:{tenant}"],
        {"since": instant(since), "reason": reason},
        actor=actor(caller),
    )
    row = WantedEmpty(
        tenant=tenant,
        since=since,
        until=None,
        reason=reason,
        account=caller.name,
        evidence=entry,
    )
    await change.put(WANTED_EMPTY, [row], by=entry)
    return row
