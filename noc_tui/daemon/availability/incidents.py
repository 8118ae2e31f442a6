"""Incidents: opened by rule or by hand, worked on, closed when nothing is missing.

    open ─ acknowledged ─ mitigated ─ resolved ─ reviewed        merged (into another)

Each step is a line of the timeline and an entry of the evidence log, in one transaction.
"""

from collections.abc import Mapping, Sequence

import msgspec

from noc_tui.contract.calendar import instant
from noc_tui.daemon.core.errors import Conflict, NotFound
from noc_tui.i18n import _
from noc_tui.labels.incidents import LineText, state_of
from noc_tui.views.close_requirements import list_missing_decisions
from storage import incidents, outages
from storage.change import Change
from storage.evidence import Actor
from storage.incidents import INCIDENTS, NEXT, Incident, IncidentEntry
from storage.ledger import next_id
from storage.outages import OUTAGES, Outage
from storage.times import micros


async def find(change: Change, number: int) -> Incident:
    """The incident of that number; `NotFound` when there is none."""
    found = await INCIDENTS.get(change, number)
    if found is None:
        raise NotFound(_("there is no incident {number}").format(number=number))
    return found


async def open_incident(
    change: Change, actor: Actor, title: str, subject: str = "", split_from: int | None = None
) -> Incident:
    """Open one; `subject` is what a rule opened it for."""
    if not title.strip():
        raise Conflict(_("an incident needs a title"))
    number = await next_id(change, INCIDENTS)
    entry = await _evidence(change, actor, "opened", number, [subject], {"title": title})
    incident = Incident(
        id=number,
        title=title,
        state="open",
        subject=subject,
        opened_at=micros(change.at),
        ended_at=None,
        account=actor.name,
        owner="",
        ticket="",
        merged_into=None,
        split_from=split_from,
        evidence=entry,
    )
    await change.put(INCIDENTS, [incident], by=entry)
    await _line(change, incident, "opened", actor, LineText(title), entry)
    return incident


async def move(
    change: Change, actor: Actor, incident: Incident, state: str, note: str = ""
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
        ended = await _end_of(change, incident)
    owner = actor.name if state == "acknowledged" else incident.owner
    moved = msgspec.structs.replace(incident, state=state, ended_at=ended, owner=owner)
    entry = await _evidence(change, actor, state, incident.id, [], {"note": note})
    await change.put(INCIDENTS, [moved], by=entry)
    await _line(change, moved, state, actor, LineText(note), entry)
    return moved


async def reopen(change: Change, actor: Actor, incident: Incident) -> Incident:
    """Let a closed incident be worked on again, since what it was closed over fell away."""
    if incident.state not in {"resolved", "reviewed"}:
        return incident
    entry = await _evidence(change, actor, "reopened", incident.id, [], {"was": incident.state})
    again = msgspec.structs.replace(incident, state="acknowledged", ended_at=None)
    await change.put(INCIDENTS, [again], by=entry)
    await _line(change, again, "reopened", actor, LineText(""), entry)
    return again


async def _end_of(change: Change, incident: Incident) -> int:
    gathered = await outages.of_incident(change, incident.id)
    decided = await outages.attributions(change, [row.id for row in gathered])
    open_points = list_missing_decisions(gathered, decided)
    if open_points:
        raise Conflict(_("; ").join(open_points))
    return max((row.end for row in gathered if row.end is not None), default=micros(change.at))


async def note(
    change: Change, actor: Actor, incident: Incident, text: str, corrects: int | None = None
) -> IncidentEntry:
    """An internal note, or the correction of an earlier line; it is never mailed."""
    if not text.strip():
        raise Conflict(_("a note needs a text"))
    if corrects is not None:
        known = {line.id for line in await incidents.timeline(change, incident.id)}
        if corrects not in known:
            raise NotFound(_("this incident has no line {number}").format(number=corrects))
    kind = "note" if corrects is None else "correction"
    payload = {"text": text, "corrects": corrects}
    entry = await _evidence(change, actor, kind, incident.id, [], payload)
    return await _line(change, incident, kind, actor, LineText(text), entry, corrects)


async def tell(
    change: Change,
    actor: Actor,
    incident: Incident,
    kind: str,
    said: LineText,
    subjects: Sequence[str],
    corrects: int | None = None,
) -> int:
    """A line about something that happened: a detection, an attribution, a message; `corrects` is
    the line that it sets right.

    Returns the number of its entry.
    """
    payload = {"text": said.text}
    if corrects is not None:
        payload["corrects"] = str(corrects)
    entry = await _evidence(change, actor, kind, incident.id, subjects, payload)
    await _line(change, incident, kind, actor, said, entry, corrects)
    return entry


async def set_ticket(change: Change, actor: Actor, incident: Incident, ticket: str) -> Incident:
    """Link it to a ticket's reference."""
    entry = await _evidence(change, actor, "ticket", incident.id, [], {"ticket": ticket})
    linked = msgspec.structs.replace(incident, ticket=ticket)
    await change.put(INCIDENTS, [linked], by=entry)
    await _line(change, linked, "ticket", actor, LineText(ticket), entry)
    return linked


async def gather(change: Change, actor: Actor, incident: Incident, outage: Outage) -> None:
    """Make the outage part of the incident, whichever it was part of before."""
    _takes_outages(incident)
    if outage.incident is not None and outage.incident != incident.id:
        await _gives_outages(change, await find(change, outage.incident))
    start = instant(outage.start).isoformat(timespec="seconds")
    said = LineText.of("out", tenant=outage.tenant, start=start)
    subjects = [f"tenant:{outage.tenant}", f"outage:{outage.id}"]
    entry = await tell(change, actor, incident, "outage", said, subjects)
    await change.put(OUTAGES, [msgspec.structs.replace(outage, incident=incident.id)], by=entry)


async def merge(change: Change, actor: Actor, incident: Incident, into: Incident) -> None:
    """Give all its outages to another incident, and end as merged."""
    if incident.id == into.id or "merged" in {incident.state, into.state}:
        raise Conflict(_("these two incidents cannot be merged"))
    _takes_outages(into)
    await _gives_outages(change, incident)
    payload = {"into": into.id}
    entry = await _evidence(change, actor, "merged", incident.id, [f"incident:{into.id}"], payload)
    moved = await outages.of_incident(change, incident.id)
    given = [msgspec.structs.replace(outage, incident=into.id) for outage in moved]
    await change.put(OUTAGES, given, by=entry)
    merged = msgspec.structs.replace(incident, state="merged", merged_into=into.id)
    await change.put(INCIDENTS, [merged], by=entry)
    await _line(change, merged, "merged", actor, LineText.of("merged", number=into.id), entry)
    await _line(change, into, "merged", actor, LineText.of("took", number=incident.id), entry)


async def _gives_outages(change: Change, incident: Incident) -> None:
    """What was reviewed stays together: elsewhere one person could lower its figures (R38)."""
    if await incidents.reviewed_among(change, {incident.id}):
        text = _("incident {number} was reviewed: its outages stay in it")
        raise Conflict(text.format(number=incident.id))


def _takes_outages(incident: Incident) -> None:
    """One that is closed was closed for the outages that it had (R14)."""
    if incident.state not in incidents.LIVE:
        raise Conflict(
            _("incident {number} is {state}: no outage can be added").format(
                number=incident.id, state=incident.state
            )
        )


async def split(
    change: Change, actor: Actor, incident: Incident, outage_ids: Sequence[int], title: str
) -> Incident:
    """Take some of its outages out into an incident of their own."""
    gathered = {row.id: row for row in await outages.of_incident(change, incident.id)}
    strangers = [number for number in outage_ids if number not in gathered]
    if strangers or not outage_ids:
        raise Conflict(
            _("these outages are not part of incident {number}").format(number=incident.id)
        )
    new = await open_incident(change, actor, title, split_from=incident.id)
    for number in outage_ids:
        await gather(change, actor, new, gathered[number])
    said = LineText.of("split", number=new.id)
    await tell(change, actor, incident, "split", said, [f"incident:{new.id}"])
    return new


async def _evidence(
    change: Change,
    actor: Actor,
    what: str,
    number: int,
    subjects: Sequence[str],
    payload: Mapping[str, object],
) -> int:
    return await change.record(
        f"incident.{what}",
        [f"incident:{number}", *(one for one in subjects if one)],
        payload,
        actor=actor,
    )


async def _line(
    change: Change,
    incident: Incident,
    kind: str,
    actor: Actor,
    said: LineText,
    entry: int,
    corrects: int | None = None,
) -> IncidentEntry:
    return await incidents.add_entry(
        change,
        incident.id,
        at=micros(change.at),
        kind=kind,
        account=actor.name,
        text=said.text,
        evidence=entry,
        corrects=corrects,
        words=said.words,
    )
