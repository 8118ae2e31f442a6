"""Reads how each tenant stands against the cap of art. 12."""

from datetime import date
from functools import partial

from noc_tui.contract.liability import CapStanding, find_cap
from noc_tui.views.tenant_month import amount_in_force
from storage.connection import Readable
from storage.months import CREDITS
from storage.register import AMOUNTS, TENANTS
from storage.reparations import REPARATIONS


async def read_caps(
    db: Readable, today: date, tenant: str | None = None, *, without_month: str = ""
) -> dict[str, CapStanding]:
    """The standing of one tenant, or of all, on a day in Paris. The credit of `without_month` is
    left out: it is about to be decided.
    """
    amounts = await AMOUNTS.read(db)
    granted = [row for row in await CREDITS.read(db) if row.granted is not None]
    reparations = [row for row in await REPARATIONS.read(db) if row.counts]
    found = {}
    for one in await TENANTS.read(db):
        if tenant is not None and one.id != tenant:
            continue
        own = [row for row in amounts if row.tenant == one.id]
        found[one.id] = find_cap(
            today,
            one.contract_start,
            partial(amount_in_force, own),
            credits_granted=[
                row.granted
                for row in granted
                if row.tenant == one.id and row.month != without_month and row.granted is not None
            ],
            others=[row.amount for row in reparations if row.tenant == one.id],
            negotiated=one.negotiated is True,
        )
    return found
