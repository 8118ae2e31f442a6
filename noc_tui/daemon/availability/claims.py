"""Credits: the client's claim, its correction, the hoster's decision and its reopening (R13).

A decision cannot be made to disappear: a refusal whose reason has fallen away, or a grant of less
than is due by now, is reopened by an entry, which the credit's row then names in `decided_by` with
no `decided_at`; the decision stays on record, what was granted stands in the row, and the credit is
decided anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import msgspec

from noc_tui.contract.availability import credit
from noc_tui.contract.calendar import Month, instant, paris_day
from noc_tui.contract.credits import (
    NOT_CLAIMED,
    CreditClaimed,
    CreditRefusedError,
    CreditState,
    DecidedCredit,
)
from noc_tui.contract.liability import BeyondCap, CapStanding
from noc_tui.contract.terms_book import TermsBook
from noc_tui.daemon.core.errors import Conflict, Forbidden, NotFound
from noc_tui.daemon.core.identity import actor
from noc_tui.i18n import _
from noc_tui.labels.statement import Words
from noc_tui.queries.liability import read_caps
from noc_tui.queries.month_facts import read_month_facts
from noc_tui.roles import Caller, Role
from noc_tui.views.tenant_month import TenantMonth
from storage import evidence
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
    if not found.over:
        text = _("{month} is not over: its credit is claimed once the month has ended")
        raise Conflict(text.format(month=month))
    in_force = terms.for_tenant(tenant, paris_day(micros(change.at))).version
    try:
        found.credit.claimed(request, micros(change.at))
    except CreditRefusedError as refused:
        raise _conflict(refused) from refused
    payload = {
        "month": str(month),
        **_plain(request),
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


async def correct(
    change: Change,
    caller: Caller,
    tenant: str,
    month: Month,
    request: CreditClaimed,
    reason: str,
    *,
    terms: TermsBook,
) -> CreditRow:
    """Put what the client truly sent in the place of a request that was entered wrongly.

    The entry keeps both, who corrected it and why. A correction that makes a request late, which
    costs the client its credit, is a lead's, and another's than who entered the request.
    """
    found = await _month(change, tenant, month, terms)
    now = micros(change.at)
    try:
        corrected = found.credit.corrected(request, reason, now)
    except CreditRefusedError as refused:
        raise _conflict(refused) from refused
    row, before = found.row, found.credit.claim
    assert row is not None and before is not None  # noqa: S101, PT018 -- tells mypy: it is claimed
    if found.credit.in_time() and not corrected.in_time():
        await _require_another_lead(change, caller, row)
    payload = {
        "month": str(month),
        "reason": reason,
        "before": _plain(before),
        "after": _plain(request),
        "entry": row.claimed_by,
    }
    entry = await _evidence(change, caller, "claim_corrected", tenant, payload)
    row = msgspec.structs.replace(
        row,
        sent=request.sent,
        received=request.received,
        channel=request.channel,
        reference=request.reference,
        claimed_by=entry,
    )
    await change.put(CREDITS, [row], by=entry)
    again = await _month(change, tenant, month, terms)
    await reopen_decision(change, again)
    return row


async def _require_another_lead(change: Change, caller: Caller, row: CreditRow) -> None:
    """Refuse a caller who is no lead, or whose entry the request on record is."""
    if not caller.may(Role.LEAD):
        raise Forbidden(_("only a lead corrects a request so that it came too late"))
    entered = None if row.claimed_by is None else await evidence.get(change, row.claimed_by)
    if entered is not None and entered.uid == caller.uid and entered.account == caller.name:
        raise Forbidden(_("another person than who entered the request makes it late"))


async def reopen_decision(change: Change, found: TenantMonth) -> bool:
    """Reopen the decision on a month's credit where its figures ask for another; whether they do.

    A refusal whose reason has fallen away, or a grant of less than is due by now. The credit then
    waits for an answer again; what was granted stands.
    """
    row, now = found.row, micros(change.at)
    if row is None or row.decided_by is None or found.credit.decision is None:
        return False
    decided = await _decided(change, row.decided_by)
    outgrown = found.credit.outgrows_grant(decided, now)
    if not outgrown and not found.credit.outlives_refusal(decided, now):
        return False
    before = {"granted": str(row.granted)} if outgrown else {"refused": row.refused}
    payload = {
        "month": row.month,
        "grant" if outgrown else "refusal": row.decided_by,
        **before,
        "tier_then": decided.tier,
        "tier": found.result.tier,
    }
    entry = await change.record("credit.reopened", [f"tenant:{row.tenant}"], payload)
    row = msgspec.structs.replace(row, decided_at=None, refused="", account="", decided_by=entry)
    await change.put(CREDITS, [row], by=entry)
    return True


class _Decided(msgspec.Struct, frozen=True):
    """What the entry of a decision says of the month; an older one says nothing."""

    tier: int = 0
    state: CreditState = CreditState.NOT_DUE


async def _decided(change: Change, number: int) -> DecidedCredit:
    entry = await evidence.get(change, number)
    content = "{}" if entry is None else entry.payload or "{}"
    said = msgspec.json.decode(content, type=_Decided)
    return DecidedCredit(said.tier, said.state)


def _plain(request: CreditClaimed) -> dict[str, object]:
    return {
        "sent": instant(request.sent),
        "received": instant(request.received),
        "channel": request.channel,
        "reference": request.reference,
    }


async def decide(  # an amount grants, a reason refuses
    change: Change,
    caller: Caller,
    tenant: str,
    month: Month,
    *,
    grant: bool,
    reason: str,
    terms: TermsBook,
    beyond_cap: BeyondCap | None = None,
) -> CreditRow:
    """Once the month is over, grant what its figures say, or refuse with a reason.

    A credit that exceeds what the cap of art. 12 leaves is refused until `beyond_cap` and a reason
    say whether it is granted in full or cut.
    """
    found = await _month(change, tenant, month, terms)
    if not found.over:
        raise Conflict(_("{month} is not over: its figures are not final").format(month=month))
    now = micros(change.at)
    if found.row is None:
        raise Conflict(_(NOT_CLAIMED))
    try:
        if grant:
            cap = await _capped(change, found, reason, beyond_cap)
            amount = cap.amount
            found.credit.granted(amount, now)
        else:
            amount, cap = None, None
            found.credit.refused(reason, now)
    except CreditRefusedError as refused:
        raise _conflict(refused) from refused
    what = "granted" if grant else "refused"
    payload = {
        "month": str(month),
        "amount": None if amount is None else str(amount),
        "before": None if found.credit.stands is None else str(found.credit.stands),
        "reason": reason,
        "tier": found.result.tier,
        "state": found.credit.undecided(now).value,
        **({} if cap is None else cap.payload()),
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


@dataclass(frozen=True, slots=True)
class _Capped:
    """What is granted, of what is owed, and how the cap stood before."""

    amount: Decimal
    owed: Decimal
    standing: CapStanding
    beyond: BeyondCap | None

    def payload(self) -> dict[str, object]:
        """What the entry of the grant says of it."""
        cap = self.standing.cap
        return {
            "owed": str(self.owed),
            "cap": None if cap is None else str(cap),
            "cap_used_before": str(self.standing.used),
            "beyond_cap": self.beyond,
        }


async def _capped(
    change: Change, found: TenantMonth, reason: str, beyond: BeyondCap | None
) -> _Capped:
    owed, month = _owed(found), str(found.account.month)
    today = paris_day(micros(change.at))
    caps = await read_caps(change, today, found.tenant.id, without_month=month)
    standing = caps[found.tenant.id]
    if not standing.exceeded_by(owed) or standing.left is None:
        return _Capped(owed, owed, standing, None)
    if beyond is None or not reason.strip():
        text = _(
            "the credit of {owed} € exceeds what the cap of art. 12 leaves, {left} €: say with a"
            " reason whether it is granted in full or cut (proposed: {proposed})"
        )
        raise Conflict(text.format(owed=owed, left=standing.left, proposed=standing.proposed))
    return _Capped(owed if beyond == "full" else standing.left, owed, standing, beyond)


def _owed(found: TenantMonth) -> Decimal:
    owed = credit(found.amount, found.result.tier)
    if owed is None:
        raise Conflict(
            _("the register has no monthly amount for {tenant}").format(tenant=found.tenant.id)
        )
    return owed


async def _month(change: Change, tenant: str, month: Month, terms: TermsBook) -> TenantMonth:
    found = await read_month_facts(change, month, micros(change.at), terms, {tenant})
    if not found:
        raise NotFound(_("there is no tenant {tenant}").format(tenant=tenant))
    return found[0]


async def _evidence(
    change: Change, caller: Caller, what: str, tenant: str, payload: Mapping[str, object]
) -> int:
    return await change.record(f"credit.{what}", [f"tenant:{tenant}"], payload, actor=actor(caller))
