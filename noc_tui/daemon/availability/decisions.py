"""Records decisions about outages: who is responsible, the client's own evidence, exclusions."""

from collections.abc import Sequence

import msgspec

from noc_tui.contract.attribution import BASIS, LEAD_ONLY, Party
from noc_tui.contract.calendar import instant
from noc_tui.daemon.availability import incidents
from noc_tui.daemon.availability.required_rows import (
    need_exclusion,
    need_outage,
    need_reason,
    need_tenant,
)
from noc_tui.daemon.core.errors import Conflict, Forbidden
from noc_tui.daemon.core.identity import actor
from noc_tui.i18n import _
from noc_tui.labels.incidents import Said
from noc_tui.roles import Caller, Role
from storage.change import Change
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
    change: Change,
    caller: Caller,
    outage_id: int,
    party: Party,
    reason: str,
    grounds: Sequence[str],
) -> Attribution:
    """Record who is responsible for an outage (R14); if it is not the hoster, the time is
    excluded.
    """
    if party in LEAD_ONLY and not caller.may(Role.LEAD):
        raise Forbidden(_("only a lead decides that it was force majeure"))
    need_reason(reason)
    outage = await need_outage(change, outage_id)
    earlier = (await attributions(change, [outage_id])).get(outage_id)
    former = None if earlier is None else earlier.exclusion
    if former is not None and (await need_exclusion(change, former)).withdrawn_at is None:
        await withdraw(change, caller, former, _("attributed anew: {reason}").format(reason=reason))
    entry = await change.record(
        "availability.attributed",
        [f"outage:{outage.id}", f"tenant:{outage.tenant}"],
        {"party": party.value, "reason": reason, "grounds": list(grounds)},
        actor=actor(caller),
    )
    basis = BASIS[party]
    excluded = None
    # Of an outage at whose time nobody looked after all nothing is left to exclude.
    if basis is not None and outage.end != outage.start:
        span = (outage.start, outage.end)
        excluded = await exclude(change, caller, outage.tenant, span, basis, reason)
    row = Attribution(
        id=await next_id(change, ATTRIBUTIONS),
        outage=outage.id,
        party=party.value,
        reason=reason,
        grounds=tuple(grounds),
        account=caller.name,
        at=micros(change.at),
        exclusion=None if excluded is None else excluded.id,
        evidence=entry,
    )
    await change.put(ATTRIBUTIONS, [row], by=entry)
    await _tell(change, caller, outage, Said.of("attributed", party=party.value, reason=reason))
    return row


async def _tell(change: Change, caller: Caller, outage: Outage, said: Said) -> None:
    if outage.incident is None:
        return
    incident = await incidents.find(change, outage.incident)
    subjects = [f"outage:{outage.id}", f"tenant:{outage.tenant}"]
    await incidents.tell(change, actor(caller), incident, "attribution", said, subjects)


async def claim_outage(
    change: Change, caller: Caller, tenant: str, span: tuple[int, int], reason: str
) -> Outage:
    """Record an outage that the client measured and nobody here did (R9)."""
    need_reason(reason)
    await need_tenant(change, tenant)
    start, end = span
    if end <= start:
        raise Conflict(_("an outage ends after it starts"))
    number = await next_id(change, OUTAGES)
    entry = await change.record(
        "availability.client_evidence",
        [f"tenant:{tenant}", f"outage:{number}"],
        {"start": instant(start), "end": instant(end), "reason": reason},
        actor=actor(caller),
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
    await change.put(OUTAGES, [row], by=entry)
    return row


async def exclude(
    change: Change,
    caller: Caller,
    tenant: str,
    span: tuple[int, int | None],
    basis: str,
    reason: str,
    *,
    contestable: bool = False,
    maintenance: int | None = None,
) -> Exclusion:
    """Exclude a span of one tenant from the count."""
    need_reason(reason)
    await need_tenant(change, tenant)
    start, end = span
    if end is not None and end <= start:
        raise Conflict(_("an exclusion ends after it starts"))
    number = await next_id(change, EXCLUSIONS)
    entry = await change.record(
        "availability.excluded",
        [f"tenant:{tenant}", f"exclusion:{number}"],
        {
            "start": instant(start),
            "end": None if end is None else instant(end),
            "basis": basis,
            "reason": reason,
            "contestable": contestable,
            "maintenance": maintenance,
        },
        actor=actor(caller),
    )
    row = Exclusion(
        id=number,
        tenant=tenant,
        start=start,
        end=end,
        basis=basis,
        reason=reason,
        account=caller.name,
        at=micros(change.at),
        maintenance=maintenance,
        contestable=contestable,
        evidence=entry,
    )
    await change.put(EXCLUSIONS, [row], by=entry)
    return row


async def finish(change: Change, who: Actor, number: int, end: int) -> Exclusion:
    """Set the end of an exclusion that has none."""
    row = await need_exclusion(change, number)
    if row.end is not None or row.withdrawn_at is not None:
        raise Conflict(_("exclusion {number} does not last").format(number=number))
    entry = await change.record(
        "availability.exclusion_ended",
        [f"tenant:{row.tenant}", f"exclusion:{number}"],
        {"end": instant(end)},
        actor=who,
    )
    ended = msgspec.structs.replace(row, end=max(end, row.start), ended_by=entry)
    await change.put(EXCLUSIONS, [ended], by=entry)
    return ended


async def withdraw(change: Change, caller: Caller, number: int, reason: str) -> Exclusion:
    """Let the span count again; the exclusion stays on record with the reason."""
    need_reason(reason)
    row = await need_exclusion(change, number)
    if row.withdrawn_at is not None:
        raise Conflict(_("exclusion {number} was withdrawn already").format(number=number))
    entry = await change.record(
        "availability.exclusion_withdrawn",
        [f"tenant:{row.tenant}", f"exclusion:{number}"],
        {"reason": reason},
        actor=actor(caller),
    )
    gone = msgspec.structs.replace(
        row,
        withdrawn_at=micros(change.at),
        withdrawn_account=caller.name,
        withdrawn_reason=reason,
        withdrawn_by=entry,
    )
    await change.put(EXCLUSIONS, [gone], by=entry)
    return gone
