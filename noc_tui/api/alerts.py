"""Requests about alerts and the on-call rota."""

from datetime import datetime
from typing import Annotated

import msgspec

from noc_tui.api.endpoint import Body, post
from noc_tui.roles import Role

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=10_000)]
Short = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Remark = Annotated[str, msgspec.Meta(max_length=10_000)]


class Acknowledgement(Body, frozen=True):
    """Acknowledge an alert: the caller takes care of it."""

    fingerprint: Short
    note: Remark = ""


class Acknowledgements(Body, frozen=True):
    """Acknowledge several alerts with one note, which goes to each of them."""

    fingerprints: Annotated[tuple[Short, ...], msgspec.Meta(min_length=1, max_length=500)]
    note: Remark = ""


class Snooze(Body, frozen=True):
    """Hide an alert until `until`, an instant with its offset, at most seven days ahead."""

    fingerprint: Short
    until: datetime
    note: Remark = ""


class Assignment(Body, frozen=True):
    """Assign an alert to an account; an empty account removes the assignment."""

    fingerprint: Short
    account: Annotated[str, msgspec.Meta(max_length=200)]


class Note(Body, frozen=True):
    """Add a note to an alert."""

    fingerprint: Short
    text: Text


class Which(Body, frozen=True):
    """Names an alert by its fingerprint."""

    fingerprint: Short


class Alert(msgspec.Struct, frozen=True):
    """An alert in its new state. `subject` is what it is about (`node:rennes/pve1`), `scope` is the
    source that observes it (`cluster:rennes`), `words` fill its rule's sentence.
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
    woken_at: datetime | None


class Acknowledged(msgspec.Struct, frozen=True):
    """The alerts that are acknowledged now, and the fingerprints of those that were left: cleared
    meanwhile, or acknowledged by somebody already.
    """

    alerts: tuple[Alert, ...]
    left: tuple[str, ...]


class PlannedShift(Body, frozen=True):
    """A shift to plan, its ends with their offset; one that begins in it is cut short by it."""

    start: datetime
    end: datetime
    account: Short


class Shift(msgspec.Struct, frozen=True):
    """Who is on call from when until when."""

    id: int
    start: datetime
    end: datetime
    account: str
    planned_by: str


ACKNOWLEDGE = post("/v1/alerts/acknowledge", Role.OPERATOR, Acknowledgement, Alert)
ACKNOWLEDGE_ALL = post("/v1/alerts/acknowledge-all", Role.OPERATOR, Acknowledgements, Acknowledged)
"""All of them in one change; what is open no more does not keep the others."""
SNOOZE = post("/v1/alerts/snooze", Role.OPERATOR, Snooze, Alert)
ASSIGN = post("/v1/alerts/assign", Role.OPERATOR, Assignment, Alert)
NOTE = post("/v1/alerts/note", Role.OPERATOR, Note, Alert)
INCIDENT = post("/v1/alerts/incident", Role.OPERATOR, Which, Alert)
"""Make an incident of it, or part of the one that is open about the same subject."""
PLAN_SHIFT = post("/v1/shifts", Role.LEAD, PlannedShift, Shift)
