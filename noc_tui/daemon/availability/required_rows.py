"""What a decision cannot do without."""

from noc_tui.daemon.core.errors import Conflict, NotFound
from noc_tui.i18n import _
from storage.change import Change
from storage.outages import EXCLUSIONS, OUTAGES, Exclusion, Outage
from storage.register import TENANTS


def need_reason(reason: str) -> None:
    """Refuse what nobody gave a reason for."""
    if not reason.strip():
        raise Conflict(_("a reason is needed"))


async def need_outage(change: Change, number: int) -> Outage:
    """The outage of that number; `NotFound` when there is none."""
    found = await OUTAGES.get(change, number)
    if found is None:
        raise NotFound(_("there is no outage {number}").format(number=number))
    return found


async def need_exclusion(change: Change, number: int) -> Exclusion:
    """The exclusion of that number; `NotFound` when there is none."""
    found = await EXCLUSIONS.get(change, number)
    if found is None:
        raise NotFound(_("there is no exclusion {number}").format(number=number))
    return found


async def need_tenant(change: Change, tenant: str) -> None:
    """Refuse what is decided of a tenant that the register does not know."""
    if await TENANTS.get(change, tenant) is None:
        raise NotFound(_("there is no tenant {tenant}").format(tenant=tenant))
