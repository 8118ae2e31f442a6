"""Time that does not count, with a basis, an author and a reason; withdrawn, never edited (R10)."""

import msgspec

from noc_tui.contract.calendar import instant
from noc_tui.daemon.availability.guards import need_exclusion, need_reason, need_tenant
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.identity import actor
from noc_tui.i18n import _
from noc_tui.roles import Caller
from storage import evidence
from storage.database import Transaction
from storage.evidence import Actor
from storage.ledger import next_id
from storage.outages import EXCLUSIONS, Exclusion
from storage.times import micros


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
