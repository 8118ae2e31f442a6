"""Incidents declared, brought forward, gathered, and told to tenants."""

import msgspec
from msgspec import UNSET, UnsetType

from noc_tui.api.endpoint import Body, post
from noc_tui.roles import Role


class Declaration(Body, frozen=True):
    """An incident declared by hand; `ticket` is a ticket's reference."""

    title: str
    ticket: str = ""


class Step(Body, frozen=True, omit_defaults=True):
    """A step of an incident. Which fields it needs depends on the verb:

    ack, mitigate, resolve and review take `text`; note takes `text`, and in `corrects` the number
    of the line that it sets right; ticket takes `ticket`; gather `outage`; merge `into`; split
    `outages` and the `title` of the new incident.
    """

    text: str = ""
    corrects: int | None = None
    ticket: str = ""
    outage: int = 0
    into: int = 0
    outages: tuple[int, ...] = ()
    title: str = ""


class Message(Body, frozen=True):
    """A mail to the tenants that are named, by their ids."""

    tenants: tuple[str, ...]
    subject: str
    body: str


class Incident(msgspec.Struct, frozen=True):
    """The number of the incident that it led to; that of the `line`, where a note was written."""

    incident: int
    line: int | UnsetType = UNSET


DECLARE = post("/v1/incidents", Role.OPERATOR, Declaration, Incident, status=201)
MESSAGE = post("/v1/incidents/{number}/message", Role.OPERATOR, Message, Incident)
"""The one way from an incident to a mail."""
STEP = post("/v1/incidents/{number}/{verb}", Role.OPERATOR, Step, Incident)
