"""On call as stored: alerts with their notes, pages, shifts, handovers, presence.

Words are kept apart from language: a rule's or item's `words` are `name=value` pairs that its text
is filled with in the reader's own language.
"""

from datetime import datetime

import msgspec

from storage.connection import Readable
from storage.tables import Binding, Table
from storage.times import BEYOND, micros


class Alert(msgspec.Struct, frozen=True):
    """Something that is wrong. `subject` is what it is about (`node:rennes/pve1`), `scope` through
    what it is seen (`cluster:rennes`): while that is blind nothing is known of it.

    `since` is the first observation, `raised` how often it was raised. An acknowledgement holds
    unless `severity` grows beyond `acknowledged_severity`. `deadline` is what runs out; `woken_at`
    when its last snooze ended.
    """

    fingerprint: str
    rule: str
    severity: str
    scope: str
    subject: str
    tenant: str
    words: tuple[str, ...]
    deadline: datetime | None
    state: str
    since: datetime
    raised: int
    resolved_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    acknowledged_severity: str
    snoozed_until: datetime | None
    assignee: str
    incident: int | None
    woken_at: datetime | None = None


class AlertNote(msgspec.Struct, frozen=True):
    """What somebody wrote to an alert."""

    id: int
    fingerprint: str
    at: datetime
    account: str
    text: str


class Page(msgspec.Struct, frozen=True):
    """One telling of an alert to a receiver of the configuration; `id` goes along with it."""

    id: str
    fingerprint: str
    receiver: str
    body: str
    state: str
    attempts: int
    queued_at: datetime
    next_at: datetime | None
    answer: str


class Shift(msgspec.Struct, frozen=True):
    """Who is on call from when until when."""

    id: int
    start: datetime
    end: datetime
    account: str
    planned_by: str


class Handover(msgspec.Struct, frozen=True):
    """One handing over. `until` is the end of the shift that it looks ahead to."""

    id: int
    opened_at: datetime
    outgoing: str
    incoming: str
    state: str
    signed_at: datetime | None
    until: datetime
    evidence: int


class HandoverItem(msgspec.Struct, frozen=True):
    """One thing that is handed over; `holder` is who has it now."""

    handover: int
    position: int
    kind: str
    subject: str
    words: tuple[str, ...]
    due: datetime | None
    holder: str
    accepted_at: datetime | None


class ShiftNote(msgspec.Struct, frozen=True):
    """A free note of a shift; `handover` is the one that carried it on."""

    id: int
    at: datetime
    account: str
    text: str
    handover: int | None


class Presence(msgspec.Struct, frozen=True):
    """A console that is open, what it looks at, and since when."""

    account: str
    console: str
    subject: str
    seen_at: datetime


class Duty(msgspec.Struct, frozen=True):
    """Who is on call until when, who follows, how many alerts nobody has, who is here.

    `held` while a restore waits for a lead.
    """

    account: str = ""
    until: datetime | None = None
    following: str = ""
    waiting: int = 0
    present: tuple[Presence, ...] = ()
    held: bool = False


ALERTS = Table(
    "alert",
    Alert,
    ["fingerprint"],
    ["rule", "severity", "scope", "tenant", "state"],
    binding=Binding.RECORDED,
    unbound=["severity", "words", "deadline", "incident"],
)
"""Unbound: how the trouble is worded and how severe it is now, which each look may change."""
ALERT_NOTES = Table("alert_note", AlertNote, ["id"], binding=Binding.RECORDED, erasable=["text"])
PAGES = Table(
    "page",
    Page,
    ["id"],
    ["receiver", "state"],
    binding=Binding.RECORDED,
    unbound=["state", "attempts", "next_at", "answer"],
    erasable=["body"],
)
"""Unbound: how far the telling is. What settles it is an entry of its own."""
SHIFTS = Table("shift", Shift, ["id"], binding=Binding.RECORDED)
HANDOVERS = Table("handover", Handover, ["id"], binding=Binding.RECORDED)
ITEMS = Table(
    "handover_item",
    HandoverItem,
    ["handover", "position"],
    binding=Binding.RECORDED,
    erasable=["words"],
)
SHIFT_NOTES = Table("shift_note", ShiftNote, ["id"], binding=Binding.RECORDED, erasable=["text"])
PRESENCE = Table("presence", Presence, ["account", "console"], binding=Binding.OBSERVED)


async def open_alerts(db: Readable) -> list[Alert]:
    """What is wrong now."""
    return await ALERTS.where(db, "state = 'open' ORDER BY since, fingerprint")


async def read_resolved(db: Readable, since: datetime, until: datetime) -> list[Alert]:
    """What was found good again between two instants, and has been ever since."""
    return await ALERTS.where(
        db,
        "state = 'resolved' AND resolved_at BETWEEN ? AND ? ORDER BY resolved_at",
        micros(since),
        micros(until),
    )


async def alerts_since(db: Readable, since: datetime, limit: int = 60) -> list[Alert]:
    """The alerts that were raised, acknowledged or found good again from an instant on."""
    at = micros(since)
    return await ALERTS.where(
        db,
        "since >= ? OR acknowledged_at >= ? OR resolved_at >= ? ORDER BY since DESC LIMIT ?",
        at,
        at,
        at,
        limit,
    )


async def read_cleared(db: Readable, since: datetime, limit: int) -> list[Alert]:
    """What was found good again since an instant, the newest first, at most `limit`."""
    return await ALERTS.where(
        db,
        "state = 'resolved' AND resolved_at >= ? ORDER BY resolved_at DESC, fingerprint LIMIT ?",
        micros(since),
        limit,
    )


async def notes_of(db: Readable, fingerprints: list[str]) -> list[AlertNote]:
    """What was written to these alerts, oldest first."""
    wanted = msgspec.json.encode(fingerprints).decode()
    return await ALERT_NOTES.where(
        db, "fingerprint IN (SELECT value FROM json_each(?)) ORDER BY id", wanted
    )


async def pages_due(db: Readable, now: datetime) -> list[Page]:
    """What is to be told now, the longest waiting first."""
    return await PAGES.where(
        db,
        "state IN ('queued', 'sending', 'unknown') AND coalesce(next_at, 0) NOT BETWEEN ? AND ?"
        " ORDER BY queued_at, id",
        micros(now) + 1,
        micros(now + BEYOND),
    )


async def open_pages(db: Readable) -> list[Page]:
    """What would be told by itself sooner or later, oldest first."""
    return await PAGES.where(db, "state IN ('queued', 'sending', 'unknown') ORDER BY queued_at, id")


async def pages_known(db: Readable, ids: list[str]) -> set[str]:
    """Which of these tellings were queued already."""
    wanted = msgspec.json.encode(ids).decode()
    found = await db.rows(
        "SELECT id FROM page WHERE id IN (SELECT value FROM json_each(?))", (wanted,)
    )
    return {number for (number,) in found}


async def shifts_from(db: Readable, now: datetime) -> list[Shift]:
    """The shift in force and those to come."""
    return await SHIFTS.where(db, '"end" > ? ORDER BY start, id', micros(now))


async def last_handover(db: Readable) -> Handover | None:
    """The newest handover."""
    found = await HANDOVERS.where(db, "1 = 1 ORDER BY id DESC LIMIT 1")
    return found[0] if found else None


async def handovers(db: Readable) -> list[Handover]:
    """Every handover, the newest first."""
    return await HANDOVERS.where(db, "1 = 1 ORDER BY id DESC")


async def items_of(db: Readable, handover: int) -> list[HandoverItem]:
    """What a handover holds, in its order."""
    return await ITEMS.where(db, "handover = ? ORDER BY position", handover)


async def notes_pending(db: Readable) -> list[ShiftNote]:
    """The notes that no signed handover carried on yet."""
    return await SHIFT_NOTES.where(db, "handover IS NULL ORDER BY id")


_RANK = "CASE {} WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END"
_WAITS = (
    "state = 'open' AND coalesce(snoozed_until, 0) <= ? AND (acknowledged_at IS NULL OR "
    f"{_RANK.format('severity')} < {_RANK.format('acknowledged_severity')})"
)


async def duty(db: Readable, now: datetime) -> Duty:
    """What every screen says at all times; cheap, whatever there is."""
    shifts = await SHIFTS.where(db, '"end" > ? ORDER BY start, id LIMIT 3', micros(now))
    current = next((shift for shift in shifts if shift.start <= now), None)
    following = next((shift for shift in shifts if shift.start > now), None)
    ((waiting,),) = await db.rows(f"SELECT count(*) FROM alert WHERE {_WAITS}", (micros(now),))  # noqa: S608 - fixed words
    ((held,),) = await db.rows("SELECT count(*) FROM alert WHERE state = 'open' AND rule = 'held'")
    return Duty(
        account=current.account if current else "",
        until=current.end if current else None,
        following=following.account if following else "",
        waiting=waiting,
        present=tuple(await PRESENCE.read(db)),
        held=bool(held),
    )


async def alerts_open_or_named(db: Readable, fingerprints: list[str]) -> list[Alert]:
    """Return the alerts that are open, and those with these fingerprints."""
    return await ALERTS.where(
        db,
        "state = 'open' OR fingerprint IN (SELECT value FROM json_each(?))",
        msgspec.json.encode(fingerprints).decode(),
    )
