"""The legal registers: sub-processors and subcontractors, breaches of personal data."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from noc_tui.api.endpoint import Body, post
from noc_tui.roles import Role

Short = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
Note = Annotated[str, msgspec.Meta(max_length=4000)]
Country = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}\Z")]
BreachRole = Literal["processor", "controller", "both"]
Risk = Literal["unknown", "none", "risk", "high"]


class NewSubprocessor(Body, frozen=True):
    """Who takes part from a day on, for what, where, and what personal data it may see."""

    name: Short
    kind: Literal["sub-processor", "subcontractor"]
    service: Short
    country: Country
    since: date
    data: Note = ""
    contract: Annotated[str, msgspec.Meta(max_length=200)] = ""


class SubprocessorEnd(Body, frozen=True):
    """The first day without it."""

    ended_on: date


class SubprocessorsAnnounced(Body, frozen=True):
    """The clients were told of these changes: when, and by which letter or entry."""

    numbers: Annotated[tuple[int, ...], msgspec.Meta(min_length=1, max_length=100)]
    announced_on: date
    announcement: Text


class BreachFound(Body, frozen=True):
    """A breach of personal data, as much of it as is known; `tenants` are the clients touched."""

    role: BreachRole
    discovered_at: datetime
    nature: Text
    tenants: Annotated[tuple[str, ...], msgspec.Meta(max_length=10_000)] = ()
    began_at: datetime | None = None
    ended_at: datetime | None = None
    data: Note = ""
    people: Note = ""
    consequences: Note = ""
    measures: Note = ""
    risk: Risk = "unknown"
    risk_reason: Note = ""


class BreachTold(Body, frozen=True):
    """Somebody was told: `tenant:acme`, `authority`, `persons`; why so late, where it was late."""

    addressee: Short
    told_at: datetime
    channel: Short
    reference: Annotated[str, msgspec.Meta(max_length=200)] = ""
    delay_reason: Note = ""


class BreachClosing(Body, frozen=True):
    """How the breach ended, and what was learnt."""

    closing: Text


class Registered(msgspec.Struct, frozen=True):
    """The number in the register."""

    number: int


ADD_SUBPROCESSOR = post(
    "/v1/legal/subprocessors", Role.LEAD, NewSubprocessor, Registered, status=201
)
END_SUBPROCESSOR = post(
    "/v1/legal/subprocessors/{number}/end", Role.LEAD, SubprocessorEnd, Registered
)
ANNOUNCE_SUBPROCESSORS = post(
    "/v1/legal/subprocessor-announcements", Role.LEAD, SubprocessorsAnnounced, Registered
)
OPEN_BREACH = post("/v1/legal/breaches", Role.OPERATOR, BreachFound, Registered, status=201)
ASSESS_BREACH = post("/v1/legal/breaches/{number}/assess", Role.LEAD, BreachFound, Registered)
"""The whole description anew: what was learnt, and the risk."""
TELL_BREACH = post("/v1/legal/breaches/{number}/told", Role.OPERATOR, BreachTold, Registered)
CLOSE_BREACH = post("/v1/legal/breaches/{number}/close", Role.LEAD, BreachClosing, Registered)
