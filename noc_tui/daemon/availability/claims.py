"""Credits: the client's claim and the hoster's decision (R13)."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from noc_tui.contract.availability import credit
from noc_tui.contract.calendar import Month, instant, paris_day
from noc_tui.contract.credits import NOT_CLAIMED, CreditClaimed, CreditRefusedError
from noc_tui.contract.terms_book import TermsBook
from noc_tui.daemon.core.errors import Conflict, NotFound
from noc_tui.daemon.core.identity import actor
from noc_tui.i18n import _
from noc_tui.labels.statement import Words
from noc_tui.queries.month_facts import gather
from noc_tui.roles import Caller
from noc_tui.views.tenant_month import TenantMonth
from storage.change import Change
from storage.months import CREDITS, CreditRow
from storage.times import micros


async def claim(
    change: Change,
    caller: Caller,
    tenant: str,
    month: Month,
    request: CreditClaimed,
    *,
    terms: TermsBook,
) -> CreditRow:
    """Put the client's request on record, with the version of its terms then in force."""
    found = await _month(change, tenant, month, terms)
    in_force = terms.for_tenant(tenant, paris_day(micros(change.at))).version
    try:
        found.credit.claimed(request)
    except CreditRefusedError as refused:
        raise _conflict(refused) from refused
    payload = {
        "month": str(month),
        "sent": instant(request.sent),
        "received": instant(request.received),
        "channel": request.channel,
        "reference": request.reference,
        "tier": found.result.tier,
        "terms": in_force,
    }
    entry = await _evidence(change, caller, "claimed", tenant, payload)
    row = CreditRow(
        tenant=tenant,
        month=str(month),
        terms=in_force,
        sent=request.sent,
        received=request.received,
        channel=request.channel,
        reference=request.reference,
        decided_at=None,
        granted=None,
        refused="",
        account="",
        claimed_by=entry,
        decided_by=None,
    )
    await change.put(CREDITS, [row], by=entry)
    return row


async def decide(  # an amount grants, a reason refuses
    change: Change,
    caller: Caller,
    tenant: str,
    month: Month,
    *,
    grant: bool,
    reason: str,
    terms: TermsBook,
) -> CreditRow:
    """Once the month is over, grant what its figures say, or refuse with a reason."""
    found = await _month(change, tenant, month, terms)
    if not found.over:
        raise Conflict(_("{month} is not over: its figures are not final").format(month=month))
    now = micros(change.at)
    if found.row is None:
        raise Conflict(_(NOT_CLAIMED))
    try:
        if grant:
            amount = _owed(found)
            found.credit.granted(amount, now)
        else:
            amount = None
            found.credit.refused(reason, now)
    except CreditRefusedError as refused:
        raise _conflict(refused) from refused
    what = "granted" if grant else "refused"
    payload = {
        "month": str(month),
        "amount": None if amount is None else str(amount),
        "reason": reason,
    }
    entry = await _evidence(change, caller, what, tenant, payload)
    row = msgspec.structs.replace(
        found.row,
        decided_at=now,
        granted=amount,
        refused="" if grant else reason,
        account=caller.name,
        decided_by=entry,
    )
    await change.put(CREDITS, [row], by=entry)
    return row


def _conflict(refused: CreditRefusedError) -> Conflict:
    state = "" if refused.state is None else Words(_).credit(refused.state.value)
    return Conflict(_(refused.text).format(state=state))


def _owed(found: TenantMonth) -> Decimal:
    owed = credit(found.amount, found.result.tier)
    if owed is None:
        raise Conflict(
            _("the register has no monthly amount for {tenant}").format(tenant=found.tenant.id)
        )
    return owed


async def _month(change: Change, tenant: str, month: Month, terms: TermsBook) -> TenantMonth:
    found = await gather(change, month, micros(change.at), terms, tenant)
    if not found:
        raise NotFound(_("there is no tenant {tenant}").format(tenant=tenant))
    return found[0]


async def _evidence(
    change: Change, caller: Caller, what: str, tenant: str, payload: Mapping[str, object]
) -> int:
    return await change.record(f"credit.{what}", [f"tenant:{tenant}"], payload, actor=actor(caller))
