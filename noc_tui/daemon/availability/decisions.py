"""Records decisions about outages: who is responsible, the client's own evidence, exclusions.

What a person's decision must rest on is asked in `decision_requests`; here it is written, and what
falls away with it is reopened.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from noc_tui.contract.attribution import BASIS, Party
from noc_tui.contract.calendar import instant
from noc_tui.daemon.availability import incidents
from noc_tui.daemon.availability.required_rows import (
    need_exclusion,
    need_outage,
    need_reason,
    need_tenant,
)
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.identity import actor
from noc_tui.i18n import _
from noc_tui.labels.incidents import LineText
from noc_tui.roles import Caller
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
    attributions_on,
)
from storage.times import micros


@dataclass(frozen=True, slots=True)
class DecisionSupport:
    """What a decision rests on, beside its reason (R38).

    `account` proposed it where another one, who writes it, `approved` it; `span` is the time that
    is left out where it is not all of the outage's.
    """

    grounds: tuple[str, ...] = ()
    link: str = ""
    suspension: str = ""
    maintenance: int | None = None
    contestable: bool = False
    account: str = ""
    approved: str = ""
    span: tuple[int, int | None] | None = None


NOTHING = DecisionSupport()


async def attribute(
    change: Change,
    caller: Caller,
    outage_id: int,
    party: Party,
    reason: str,
    grounds: Sequence[str],
    support: DecisionSupport = NOTHING,
) -> Attribution:
    """Record who is responsible for an outage (R14); if it is not the hoster, the time is
    excluded.
    """
    need_reason(reason)
    outage = await need_outage(change, outage_id)
    earlier = (await attributions(change, [outage_id])).get(outage_id)
    former = None if earlier is None else earlier.exclusion
    if former is not None and (await need_exclusion(change, former)).in_force:
        anew = _("attributed again: {reason}").format(reason=reason)
        await _withdraw(change, caller, former, anew)
    said = {"party": party.value, "reason": reason, "grounds": list(grounds)}
    entry = await change.record(
        "availability.attributed",
        [f"outage:{outage.id}", f"tenant:{outage.tenant}"],
        said | _said_of(support),
        actor=actor(caller),
    )
    basis = BASIS[party]
    excluded = None
    # Of an outage at whose time nobody looked after all nothing is left to exclude.
    if basis is not None and outage.end != outage.start:
        excluded = await exclude(
            change,
            caller,
            outage.tenant,
            support.span or (outage.start, outage.end),
            basis,
            reason,
            support=support,
        )
    row = Attribution(
        id=await next_id(change, ATTRIBUTIONS),
        outage=outage.id,
        party=party.value,
        reason=reason,
        grounds=tuple(grounds),
        account=support.account or caller.name,
        at=micros(change.at),
        exclusion=None if excluded is None else excluded.id,
        evidence=entry,
        link=support.link or None,
        approved=support.approved or None,
    )
    await change.put(ATTRIBUTIONS, [row], by=entry)
    await _tell(change, caller, outage, LineText.of("attributed", party=party.value, reason=reason))
    return row


def _said_of(support: DecisionSupport) -> dict[str, object]:
    """What an entry says of what the decision rests on; nothing of what there is not."""
    said: dict[str, object] = {
        "link": support.link,
        "suspension": support.suspension,
        "account": support.account,
        "approved": support.approved,
    }
    return {name: value for name, value in said.items() if value}


async def _tell(change: Change, caller: Caller, outage: Outage, said: LineText) -> None:
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
    support: DecisionSupport = NOTHING,
) -> Exclusion:
    """Exclude a span of one tenant from the count."""
    need_reason(reason)
    await need_tenant(change, tenant)
    start, end = span
    if end is not None and end <= start:
        raise Conflict(_("an exclusion ends after it starts"))
    number = await next_id(change, EXCLUSIONS)
    said: dict[str, object] = {
        "start": instant(start),
        "end": None if end is None else instant(end),
        "basis": basis,
        "reason": reason,
        "contestable": support.contestable,
        "maintenance": support.maintenance,
    }
    entry = await change.record(
        "availability.excluded",
        [f"tenant:{tenant}", f"exclusion:{number}"],
        said | ({"grounds": list(support.grounds)} if support.grounds else {}) | _said_of(support),
        actor=actor(caller),
    )
    row = Exclusion(
        id=number,
        tenant=tenant,
        start=start,
        end=end,
        basis=basis,
        reason=reason,
        account=support.account or caller.name,
        at=micros(change.at),
        maintenance=support.maintenance,
        contestable=support.contestable,
        evidence=entry,
        grounds=support.grounds or None,
        link=support.link or None,
        suspension=support.suspension or None,
        approved=support.approved or None,
    )
    await change.put(EXCLUSIONS, [row], by=entry)
    return row


async def finish(change: Change, who: Actor, number: int, end: int) -> Exclusion:
    """Set the end of an exclusion that has none."""
    row = await need_exclusion(change, number)
    _require_lasting(row)
    entry = await change.record(
        "availability.exclusion_ended",
        [f"tenant:{row.tenant}", f"exclusion:{number}"],
        {"end": instant(end)},
        actor=who,
    )
    ended = msgspec.structs.replace(row, end=max(end, row.start), ended_by=entry)
    await change.put(EXCLUSIONS, [ended], by=entry)
    return ended


async def end_by_hand(change: Change, caller: Caller, number: int, end: int | None) -> Exclusion:
    """Say when an exclusion without an end ended, at the latest now; None is now."""
    row, now = await need_exclusion(change, number), micros(change.at)
    if end is not None and not row.start < end <= now:
        raise Conflict(_("an exclusion ends after it starts, and not in the future"))
    return await finish(change, actor(caller), number, now if end is None else end)


async def review(change: Change, caller: Caller, number: int, note: str) -> Exclusion:
    """Say that an exclusion without an end still holds, as is asked each day (R38)."""
    row = await need_exclusion(change, number)
    _require_lasting(row)
    entry = await change.record(
        "availability.exclusion_reviewed",
        [f"tenant:{row.tenant}", f"exclusion:{number}"],
        {"note": note},
        actor=actor(caller),
    )
    held = msgspec.structs.replace(
        row, reviewed_at=micros(change.at), reviewed_account=caller.name, reviewed_by=entry
    )
    await change.put(EXCLUSIONS, [held], by=entry)
    return held


def _require_lasting(row: Exclusion) -> None:
    if row.end is not None or not row.in_force:
        raise Conflict(_("exclusion {number} does not last").format(number=row.id))


async def withdraw(change: Change, caller: Caller, number: int, reason: str) -> Exclusion:
    """Let the span count again; the exclusion stays on record with the reason.

    An attribution that led to it has lost its ground, and is reopened.
    """
    rested = await attributions_on(change, number)
    gone = await _withdraw(change, caller, number, reason)
    for row in rested:
        await reopen_attribution(change, actor(caller), row, reason)
    return gone


async def reopen_attribution(change: Change, who: Actor, row: Attribution, reason: str) -> None:
    """Let an outage wait for another attribution: what this one rested on fell away (R38).

    An incident that was closed over it is worked on again.
    """
    outage = await need_outage(change, row.outage)
    entry = await change.record(
        "availability.attribution_reopened",
        [f"outage:{outage.id}", f"tenant:{outage.tenant}"],
        {"party": row.party, "attribution": row.evidence, "reason": reason},
        actor=who,
    )
    gone = msgspec.structs.replace(row, reopened_at=micros(change.at), reopened_by=entry)
    await change.put(ATTRIBUTIONS, [gone], by=entry)
    if outage.incident is None:
        return
    incident = await incidents.find(change, outage.incident)
    said = LineText.of("reopened", party=row.party, reason=reason)
    subjects = [f"outage:{outage.id}", f"tenant:{outage.tenant}"]
    await incidents.tell(change, who, incident, "attribution", said, subjects)
    await incidents.reopen(change, who, incident)


async def _withdraw(change: Change, caller: Caller, number: int, reason: str) -> Exclusion:
    need_reason(reason)
    row = await need_exclusion(change, number)
    if not row.in_force:
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
