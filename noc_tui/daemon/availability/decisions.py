"""What people decide of outages: whose they are, and the client's own evidence of one."""

from collections.abc import Sequence

import msgspec

from noc_tui.contract.attribution import BASIS, LEAD_ONLY, Party
from noc_tui.contract.calendar import instant
from noc_tui.daemon.availability import incidents
from noc_tui.daemon.availability.guards import need_exclusion, need_outage, need_reason, need_tenant
from noc_tui.daemon.core.errors import Conflict, Forbidden
from noc_tui.daemon.core.identity import actor
from noc_tui.i18n import _
from noc_tui.labels.incidents import Said
from noc_tui.roles import Caller, Role
from storage import evidence
from storage.database import Transaction
from storage.evidence import Actor
from storage.ledger import next_id
from storage.outages import (
    ATTRIBUTIONS,
    EXCLUSIONS,
    OUTAGES,
    Attribution,
    Exclusion,
    Outage,
    attributions,
)
from storage.times import micros


async def attribute(
    tx: Transaction,
    caller: Caller,
    outage_id: int,
    party: Party,
    reason: str,
    grounds: Sequence[str],
) -> Attribution:
    """Decide whose an outage is (R14); what is not the hoster's becomes an exclusion."""
    if party in LEAD_ONLY and not caller.may(Role.LEAD):
        raise Forbidden(_("only a lead decides that it was force majeure"))
    need_reason(reason)
    outage = await need_outage(tx, outage_id)
    earlier = (await attributions(tx, [outage_id])).get(outage_id)
    former = None if earlier is None else earlier.exclusion
    if former is not None and (await need_exclusion(tx, former)).withdrawn_at is None:
        await withdraw(tx, caller, former, _("attributed anew: {reason}").format(reason=reason))
    entry = await evidence.append(
        tx,
        kind="availability.attributed",
        actor=actor(caller),
        at=tx.at,
        subjects=[f"outage:{outage.id}", f"tenant:{outage.tenant}"],
        payload={"party": party.value, "reason": reason, "grounds": list(grounds)},
    )
    basis = BASIS[party]
    excluded = None
    # Of an outage at whose time nobody looked after all nothing is left to exclude.
    if basis is not None and outage.end != outage.start:
        span = (outage.start, outage.end)
        excluded = await exclude(tx, caller, outage.tenant, span, basis, reason)
    row = Attribution(
        id=await next_id(tx, ATTRIBUTIONS),
        outage=outage.id,
        party=party.value,
        reason=reason,
        grounds=tuple(grounds),
        account=caller.name,
        at=micros(tx.at),
        exclusion=None if excluded is None else excluded.id,
        evidence=entry,
    )
    await ATTRIBUTIONS.put(tx, [row])
    await _tell(tx, caller, outage, Said.of("attributed", party=party.value, reason=reason))
    return row


async def _tell(tx: Transaction, caller: Caller, outage: Outage, said: Said) -> None:
    if outage.incident is None:
        return
    incident = await incidents.find(tx, outage.incident)
    subjects = [f"outage:{outage.id}", f"tenant:{outage.tenant}"]
    await incidents.tell(tx, actor(caller), incident, "attribution", said, subjects)


async def claim_outage(
    tx: Transaction, caller: Caller, tenant: str, span: tuple[int, int], reason: str
) -> Outage:
    """Enter the client's own evidence of an outage that nobody here measured (R9)."""
    need_reason(reason)
    await need_tenant(tx, tenant)
    start, end = span
    if end <= start:
        raise Conflict(_("an outage ends after it starts"))
    number = await next_id(tx, OUTAGES)
    entry = await evidence.append(
        tx,
        kind="availability.client_evidence",
        actor=actor(caller),
        at=tx.at,
        subjects=[f"tenant:{tenant}", f"outage:{number}"],
        payload={"start": instant(start), "end": instant(end), "reason": reason},
    )
    row = Outage(
        id=number,
        tenant=tenant,
        start=start,
        end=end,
        not_before=start,
        not_over_before=end,
        cause="claimed",
        sources=(),
        origin=caller.name,
        incident=None,
        evidence=entry,
        ended_by=entry,
    )
    await OUTAGES.put(tx, [row])
    return row


async def exclude(
    tx: Transaction,
    caller: Caller,
    tenant: str,
    span: tuple[int, int | None],
    basis: str,
    reason: str,
    *,
    contestable: bool = False,
    maintenance: int | None = None,
) -> Exclusion:
    """Take a span of one tenant out of the count."""
    need_reason(reason)
    await need_tenant(tx, tenant)
    start, end = span
    if end is not None and end <= start:
        raise Conflict(_("an exclusion ends after it starts"))
    number = await next_id(tx, EXCLUSIONS)
    entry = await evidence.append(
        tx,
        kind="availability.excluded",
        actor=actor(caller),
        at=tx.at,
        subjects=[f"tenant:{tenant}", f"exclusion:{number}"],
        payload={
            "start": instant(start),
            "end": None if end is None else instant(end),
            "basis": basis,
            "reason": reason,
            "contestable": contestable,
            "maintenance": maintenance,
        },
    )
    row = Exclusion(
        id=number,
        tenant=tenant,
        start=start,
        end=end,
        basis=basis,
        reason=reason,
        account=caller.name,
        at=micros(tx.at),
        maintenance=maintenance,
        contestable=contestable,
        evidence=entry,
    )
    await EXCLUSIONS.put(tx, [row])
    return row


async def finish(tx: Transaction, who: Actor, number: int, end: int) -> Exclusion:
    """Give an exclusion that lasts its end."""
    row = await need_exclusion(tx, number)
    if row.end is not None or row.withdrawn_at is not None:
        raise Conflict(_("exclusion {number} does not last").format(number=number))
    entry = await evidence.append(
        tx,
        kind="availability.exclusion_ended",
        actor=who,
        at=tx.at,
        subjects=[f"tenant:{row.tenant}", f"exclusion:{number}"],
        payload={"end": instant(end)},
    )
    ended = msgspec.structs.replace(row, end=max(end, row.start), ended_by=entry)
    await EXCLUSIONS.put(tx, [ended])
    return ended


async def withdraw(tx: Transaction, caller: Caller, number: int, reason: str) -> Exclusion:
    """Let the span count again; the exclusion stays on record with the reason."""
    need_reason(reason)
    row = await need_exclusion(tx, number)
    if row.withdrawn_at is not None:
        raise Conflict(_("exclusion {number} was withdrawn already").format(number=number))
    entry = await evidence.append(
        tx,
        kind="availability.exclusion_withdrawn",
        actor=actor(caller),
        at=tx.at,
        subjects=[f"tenant:{row.tenant}", f"exclusion:{number}"],
        payload={"reason": reason},
    )
    gone = msgspec.structs.replace(
        row,
        withdrawn_at=micros(tx.at),
        withdrawn_account=caller.name,
        withdrawn_reason=reason,
        withdrawn_by=entry,
    )
    await EXCLUSIONS.put(tx, [gone])
    return gone
