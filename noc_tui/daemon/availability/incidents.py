"""Incidents: opened by rule or by hand, worked on, closed when nothing is missing.

    open ─ acknowledged ─ mitigated ─ resolved ─ reviewed        merged (into another)

Each step is a line of the timeline and an entry of the evidence log, in one transaction.
"""

from collections.abc import Mapping, Sequence

import msgspec

from noc_tui.contract.calendar import instant
from noc_tui.daemon.core.errors import Conflict, NotFound
from noc_tui.i18n import _
from noc_tui.labels.incidents import Said, state_of
from noc_tui.views.close_requirements import missing
from storage import evidence, incidents, outages
from storage.database import Transaction
from storage.evidence import Actor
from storage.incidents import INCIDENTS, NEXT, Incident, IncidentEntry
from storage.ledger import next_id
from storage.outages import OUTAGES, Outage
from storage.times import micros


async def find(tx: Transaction, number: int) -> Incident:
    """The incident of that number; `NotFound` when there is none."""
    found = await INCIDENTS.get(tx, number)
    if found is None:
        raise NotFound(_("there is no incident {number}").format(number=number))
    return found


async def open_incident(
    tx: Transaction, actor: Actor, title: str, subject: str = "", split_from: int | None = None
) -> Incident:
    """Open one; `subject` is what a rule opened it for."""
    if not title.strip():
        raise Conflict(_("an incident needs a title"))
    number = await next_id(tx, INCIDENTS)
    entry = await _evidence(tx, actor, "opened", number, [subject], {"title": title})
    incident = Incident(
        id=number,
        title=title,
        state="open",
        subject=subject,
        opened_at=micros(tx.at),
        ended_at=None,
        account=actor.name,
        owner="",
        ticket="",
        merged_into=None,
        split_from=split_from,
        evidence=entry,
    )
    await INCIDENTS.put(tx, [incident])
    await _line(tx, incident, "opened", actor, Said(title), entry)
    return incident


async def move(
    tx: Transaction, actor: Actor, incident: Incident, state: str, note: str = ""
) -> Incident:
    """Go to another state; `Conflict` says what does not allow it."""
    if state not in NEXT[incident.state]:
        raise Conflict(
            _("incident {number} is {state}: it cannot become {wanted}").format(
                number=incident.id, state=state_of(incident.state), wanted=state_of(state)
            )
        )
    ended = incident.ended_at if state == "reviewed" else None
    if state == "resolved":
        ended = await _end_of(tx, incident)
    owner = actor.name if state == "acknowledged" else incident.owner
    moved = msgspec.structs.replace(incident, state=state, ended_at=ended, owner=owner)
    entry = await _evidence(tx, actor, state, incident.id, [], {"note": note})
    await INCIDENTS.put(tx, [moved])
    await _line(tx, moved, state, actor, Said(note), entry)
    return moved


async def _end_of(tx: Transaction, incident: Incident) -> int:
    gathered = await outages.of_incident(tx, incident.id)
    decided = await outages.attributions(tx, [row.id for row in gathered])
    open_points = missing(gathered, decided)
    if open_points:
        raise Conflict(_("; ").join(open_points))
    return max((row.end for row in gathered if row.end is not None), default=micros(tx.at))


async def note(
    tx: Transaction, actor: Actor, incident: Incident, text: str, corrects: int | None = None
) -> IncidentEntry:
    """An internal note, or the correction of an earlier line; it is never mailed."""
    if not text.strip():
        raise Conflict(_("a note needs a text"))
    if corrects is not None:
        known = {line.id for line in await incidents.timeline(tx, incident.id)}
        if corrects not in known:
            raise NotFound(_("this incident has no line {number}").format(number=corrects))
    kind = "note" if corrects is None else "correction"
    payload = {"text": text, "corrects": corrects}
    entry = await _evidence(tx, actor, kind, incident.id, [], payload)
    return await _line(tx, incident, kind, actor, Said(text), entry, corrects)


async def tell(
    tx: Transaction,
    actor: Actor,
    incident: Incident,
    kind: str,
    said: Said,
    subjects: Sequence[str],
) -> None:
    """A line about something that happened: a detection, an attribution, a message."""
    entry = await _evidence(tx, actor, kind, incident.id, subjects, {"text": said.text})
    await _line(tx, incident, kind, actor, said, entry)


async def set_ticket(tx: Transaction, actor: Actor, incident: Incident, ticket: str) -> Incident:
    """Link it to a ticket's reference."""
    entry = await _evidence(tx, actor, "ticket", incident.id, [], {"ticket": ticket})
    linked = msgspec.structs.replace(incident, ticket=ticket)
    await INCIDENTS.put(tx, [linked])
    await _line(tx, linked, "ticket", actor, Said(ticket), entry)
    return linked


async def gather(tx: Transaction, actor: Actor, incident: Incident, outage: Outage) -> None:
    """Make the outage part of the incident, whichever it was part of before."""
    _takes_outages(incident)
    await OUTAGES.put(tx, [msgspec.structs.replace(outage, incident=incident.id)])
    start = instant(outage.start).isoformat(timespec="seconds")
    said = Said.of("out", tenant=outage.tenant, start=start)
    subjects = [f"tenant:{outage.tenant}", f"outage:{outage.id}"]
    await tell(tx, actor, incident, "outage", said, subjects)


async def merge(tx: Transaction, actor: Actor, incident: Incident, into: Incident) -> None:
    """Give all its outages to another incident, and end as merged."""
    if incident.id == into.id or "merged" in {incident.state, into.state}:
        raise Conflict(_("these two incidents cannot be merged"))
    _takes_outages(into)
    for outage in await outages.of_incident(tx, incident.id):
        await OUTAGES.put(tx, [msgspec.structs.replace(outage, incident=into.id)])
    payload = {"into": into.id}
    entry = await _evidence(tx, actor, "merged", incident.id, [f"incident:{into.id}"], payload)
    merged = msgspec.structs.replace(incident, state="merged", merged_into=into.id)
    await INCIDENTS.put(tx, [merged])
    await _line(tx, merged, "merged", actor, Said.of("merged", number=into.id), entry)
    await _line(tx, into, "merged", actor, Said.of("took", number=incident.id), entry)


def _takes_outages(incident: Incident) -> None:
    """One that is closed was closed for the outages that it had (R14)."""
    if incident.state not in incidents.LIVE:
        raise Conflict(
            _("incident {number} is {state}: it takes no outage").format(
                number=incident.id, state=incident.state
            )
        )


async def split(
    tx: Transaction, actor: Actor, incident: Incident, outage_ids: Sequence[int], title: str
) -> Incident:
    """Take some of its outages out into an incident of their own."""
    gathered = {row.id: row for row in await outages.of_incident(tx, incident.id)}
    strangers = [number for number in outage_ids if number not in gathered]
    if strangers or not outage_ids:
        raise Conflict(
            _("these outages are not part of incident {number}").format(number=incident.id)
        )
    new = await open_incident(tx, actor, title, split_from=incident.id)
    for number in outage_ids:
        await gather(tx, actor, new, gathered[number])
    said = Said.of("split", number=new.id)
    await tell(tx, actor, incident, "split", said, [f"incident:{new.id}"])
    return new


async def _evidence(
    tx: Transaction,
    actor: Actor,
    what: str,
    number: int,
    subjects: Sequence[str],
    payload: Mapping[str, object],
) -> int:
    return await evidence.append(
        tx,
        kind=f"incident.{what}",
        actor=actor,
        at=tx.at,
        subjects=[f"incident:{number}", *(one for one in subjects if one)],
        payload=payload,
    )


async def _line(
    tx: Transaction,
    incident: Incident,
    kind: str,
    actor: Actor,
    said: Said,
    entry: int,
    corrects: int | None = None,
) -> IncidentEntry:
    return await incidents.add_entry(
        tx,
        incident.id,
        at=micros(tx.at),
        kind=kind,
        account=actor.name,
        text=said.text,
        evidence=entry,
        corrects=corrects,
        words=said.words,
    )
