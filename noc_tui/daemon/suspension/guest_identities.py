"""Adds identities to planned guests, because a number may be given to another guest before the
order.
"""

import asyncio

from msgspec.structs import replace

from noc_tui.cluster import errors
from noc_tui.cluster.guest_location import GuestGone
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.values import Case, PlannedGuest
from noc_tui.daemon.suspension.planner import Measures


async def add_identities(event: ev.Edited, case: Case, measures: Measures) -> ev.Edited:
    """Return the edit with the identities of its guests; guests that cannot be read have none."""
    if event.plan is None:
        return event
    known = {guest.ref: guest for guest in case.plan.guests}

    async def one(guest: PlannedGuest) -> PlannedGuest:
        if guest.ref in known and known[guest.ref].identity:
            return replace(guest, identity=known[guest.ref].identity)
        return await with_identity(guest, measures)

    guests = tuple(await asyncio.gather(*(one(guest) for guest in event.plan.guests)))
    return replace(event, plan=replace(event.plan, guests=guests))


async def with_identity(guest: PlannedGuest, measures: Measures) -> PlannedGuest:
    """The guest with what tells it from a later one; as it was where it cannot be read."""
    try:
        return replace(guest, identity=await measures.identity(guest))
    except (GuestGone, errors.GatewayError):
        return guest
