"""Maintenance windows (R10, R35): planned ahead, they silence alerts and exclude time."""

from collections.abc import Sequence, Set

import msgspec

from noc_tui.config import Configuration
from noc_tui.contract.calendar import instant
from noc_tui.daemon.availability import messages
from noc_tui.daemon.availability.decisions import DecisionSupport, exclude, withdraw
from noc_tui.daemon.availability.required_rows import need_reason
from noc_tui.daemon.core.errors import Conflict, NotFound
from noc_tui.daemon.core.identity import actor
from noc_tui.i18n import _
from noc_tui.roles import Caller
from storage.change import Change
from storage.ledger import next_id
from storage.outages import MAINTENANCE, Maintenance, of_maintenance
from storage.times import micros


async def plan(
    change: Change,
    caller: Caller,
    title: str,
    span: tuple[int, int],
    tenants: Sequence[str],
    reason: str,
    *,
    config: Configuration,
    guests: Set[tuple[str, int]] | None = None,
) -> Maintenance:
    """Plan a maintenance window: its tenants' time in it does not count (R10). The mail names the
    `guests` that it is about, by cluster and number, or all of the tenant's.

    Each is mailed (R35). One that starts before it is planned, or that nobody can be told of for
    want of a mail server, is unannounced work: excluded, and marked contestable.
    """
    need_reason(reason)
    start, end = span
    if end <= start or not tenants:
        raise Conflict(_("a maintenance window needs a span and its tenants"))
    if end <= micros(change.at):
        raise Conflict(_("a window that is over cannot be planned: exclude its time"))
    tenants = tuple(dict.fromkeys(tenants))
    number = await next_id(change, MAINTENANCE)
    entry = await change.record(
        "maintenance.planned",
        [f"maintenance:{number}", *(f"tenant:{one}" for one in tenants)],
        {"title": title, "start": instant(start), "end": instant(end), "reason": reason},
        actor=actor(caller),
    )
    window = Maintenance(
        id=number,
        title=title,
        start=start,
        end=end,
        tenants=tenants,
        reason=reason,
        account=caller.name,
        planned_at=micros(change.at),
        announced_at=None,
        cancelled_at=None,
        evidence=entry,
    )
    late = start < micros(change.at)
    if config.smtp is not None:
        await messages.announce(change, config, actor(caller), window, guests=guests)
        window = msgspec.structs.replace(window, announced_at=micros(change.at))
    await change.put(MAINTENANCE, [window], by=entry)
    contestable = late or window.announced_at is None
    for tenant in tenants:
        await exclude(
            change,
            caller,
            tenant,
            span,
            "maintenance",
            reason,
            support=DecisionSupport(maintenance=number, contestable=contestable),
        )
    return window


async def cancel(
    change: Change, caller: Caller, number: int, reason: str, *, config: Configuration
) -> Maintenance:
    """Call a window off: its exclusions are withdrawn.

    Who was told of one that has not begun is told that it does not take place.
    """
    window = await MAINTENANCE.get(change, number)
    if window is None:
        raise NotFound(_("there is no maintenance window {number}").format(number=number))
    if window.cancelled_at is not None:
        raise Conflict(
            _("maintenance window {number} was called off already").format(number=number)
        )
    entry = await change.record(
        "maintenance.cancelled",
        [f"maintenance:{number}", *(f"tenant:{one}" for one in window.tenants)],
        {"reason": reason},
        actor=actor(caller),
    )
    for row in await of_maintenance(change, number):
        if row.withdrawn_at is None:
            await withdraw(change, caller, row.id, reason)
    if window.announced_at is not None and micros(change.at) < window.start:
        await messages.call_off(change, config, actor(caller), window)
    gone = msgspec.structs.replace(window, cancelled_at=micros(change.at))
    await change.put(MAINTENANCE, [gone], by=entry)
    return gone
