"""Incidents, their timelines, and months: credits and figures. Instants in microseconds."""

from collections.abc import Set
from typing import TYPE_CHECKING

import msgspec

from storage.connection import Readable
from storage.ledger import next_id
from storage.tables import Binding, Table

if TYPE_CHECKING:  # a reader needs no write path
    from storage.change import Change

LIVE = ("open", "acknowledged", "mitigated")
"""The states of an incident that somebody still works on."""
NEXT = {
    "open": frozenset({"acknowledged", "mitigated", "resolved"}),
    "acknowledged": frozenset({"mitigated", "resolved"}),
    "mitigated": frozenset({"acknowledged", "resolved"}),
    "resolved": frozenset({"reviewed", "acknowledged"}),
    "reviewed": frozenset[str](),
    "merged": frozenset[str](),
}
"""The states that an operator may bring an incident to, from each."""
STEPS = {
    "ack": "acknowledged",
    "mitigate": "mitigated",
    "resolve": "resolved",
    "review": "reviewed",
}
"""The states that the steps of the same names lead to."""


class Incident(msgspec.Struct, frozen=True):
    """One trouble. `subject` is what a rule opened it for (`tenant:acme`, `node:rennes/pve1`).

    `state` is open, acknowledged, mitigated, resolved, reviewed or merged; `owner` who took it on.
    """

    id: int
    title: str
    state: str
    subject: str
    opened_at: int
    ended_at: int | None
    account: str
    owner: str
    ticket: str
    merged_into: int | None
    split_from: int | None
    evidence: int


class IncidentEntry(msgspec.Struct, frozen=True):
    """A line of an incident's timeline; `corrects` numbers an earlier one that it sets right.

    `words` are the rule and its values where a rule made the text; empty for what somebody wrote.
    """

    id: int
    incident: int
    at: int
    kind: str
    account: str
    text: str
    corrects: int | None
    evidence: int
    words: tuple[str, ...] = ()


INCIDENTS = Table(
    "incident",
    Incident,
    ["id"],
    ["state"],
    binding=Binding.RECORDED,
    erasable=["title", "owner", "ticket"],
)
ENTRIES = Table(
    "incident_entry",
    IncidentEntry,
    ["id"],
    ["kind", "account"],
    binding=Binding.RECORDED,
    erasable=["text", "words"],
)


async def live(db: Readable) -> list[Incident]:
    """The incidents that somebody still works on, the newest first."""
    return await INCIDENTS.where(
        db, "state IN ('open', 'acknowledged', 'mitigated') ORDER BY id DESC"
    )


async def recent_incidents(db: Readable, limit: int = 200) -> list[Incident]:
    """The newest incidents, whatever their state."""
    return await INCIDENTS.where(db, "1 = 1 ORDER BY id DESC LIMIT ?", limit)


async def timeline(db: Readable, incident: int) -> list[IncidentEntry]:
    """An incident's entries, the oldest first."""
    return await ENTRIES.where(db, "incident = ? ORDER BY at, id", incident)


async def lines_since(db: Readable, at: int, limit: int = 60) -> list[IncidentEntry]:
    """The newest lines of all timelines from an instant on."""
    return await ENTRIES.where(db, "at >= ? ORDER BY at DESC, id DESC LIMIT ?", at, limit)


async def add_entry(
    change: "Change",
    incident: int,
    *,
    at: int,
    kind: str,
    account: str,
    text: str,
    evidence: int,
    corrects: int | None = None,
    words: tuple[str, ...] = (),
) -> IncidentEntry:
    """Append a line to a timeline."""
    number = await next_id(change, ENTRIES)
    entry = IncidentEntry(
        id=number,
        incident=incident,
        at=at,
        kind=kind,
        account=account,
        text=text,
        corrects=corrects,
        evidence=evidence,
        words=words,
    )
    await change.put(ENTRIES, [entry], by=evidence)
    return entry


async def reviewed_among(db: Readable, numbers: Set[int]) -> set[int]:
    """Which of these incidents were reviewed once, also where they were reopened since."""
    wanted = msgspec.json.encode(sorted(numbers)).decode()
    rows = await db.rows(
        "SELECT DISTINCT incident FROM incident_entry WHERE kind = 'reviewed'"
        " AND incident IN (SELECT value FROM json_each(?))",
        (wanted,),
    )
    return {int(number) for (number,) in rows}
