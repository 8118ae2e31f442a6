"""Reads the rows that a decision requires, and refuses the decision without them."""

from noc_tui.daemon.core.errors import Conflict, NotFound
from noc_tui.i18n import _
from storage.change import Change
from storage.outages import EXCLUSIONS, OUTAGES, Exclusion, Outage
from storage.register import TENANTS


def need_reason(reason: str) -> None:
    """Raise `Conflict` if the reason is empty."""
    if not reason.strip():
        raise Conflict(_("a reason is needed"))


async def need_outage(change: Change, number: int) -> Outage:
    """Return the outage of that number; raises `NotFound` if there is none."""
    found = await OUTAGES.get(change, number)
    if found is None:
        raise NotFound(_("there is no outage {number}").format(number=number))
    return found


async def need_exclusion(change: Change, number: int) -> Exclusion:
    """Return the exclusion of that number; raises `NotFound` if there is none."""
    found = await EXCLUSIONS.get(change, number)
    if found is None:
        raise NotFound(_("there is no exclusion {number}").format(number=number))
    return found


async def need_tenant(change: Change, tenant: str) -> None:
    """Raise `NotFound` if the register does not have the tenant."""
    if await TENANTS.get(change, tenant) is None:
        raise NotFound(_("there is no tenant {tenant}").format(tenant=tenant))
