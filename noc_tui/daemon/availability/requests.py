"""The bodies of requests about availability, and how their values are read."""

import msgspec
from aiohttp import web

from noc_tui.contract.attribution import Party
from noc_tui.contract.calendar import Month
from noc_tui.contract.instants import entered_instant
from noc_tui.contract.sla_document import Basis
from noc_tui.daemon.core.errors import BadRequest
from noc_tui.i18n import _
from noc_tui.labels import decoding


class Declare(msgspec.Struct, forbid_unknown_fields=True):
    """An incident declared by hand."""

    title: str
    ticket: str = ""


class Step(msgspec.Struct, forbid_unknown_fields=True):
    """A step of an incident; which fields it needs depends on the verb."""

    text: str = ""
    corrects: int | None = None
    ticket: str = ""
    outage: int = 0
    into: int = 0
    outages: tuple[int, ...] = ()
    title: str = ""


class MessageToTenants(msgspec.Struct, forbid_unknown_fields=True):
    """A mail to the tenants that are named."""

    tenants: tuple[str, ...]
    subject: str
    body: str


class ServiceChange(msgspec.Struct, forbid_unknown_fields=True):
    """A change of the service, told to the tenants that are named, or to all (R35)."""

    subject: str
    body: str
    tenants: tuple[str, ...] = ()


class ClientEvidence(msgspec.Struct, forbid_unknown_fields=True):
    """An outage that the client measured, and the incident that it is part of, if of any."""

    tenant: str
    start: str
    end: str
    reason: str
    incident: int | None = None


class Attribute(msgspec.Struct, forbid_unknown_fields=True):
    """Whose an outage is."""

    party: Party
    reason: str
    grounds: tuple[str, ...] = ()


class Exclude(msgspec.Struct, forbid_unknown_fields=True):
    """A span that does not count."""

    tenants: tuple[str, ...]
    start: str
    basis: Basis
    reason: str
    end: str | None = None
    contestable: bool = False


class Reason(msgspec.Struct, forbid_unknown_fields=True):
    """Why."""

    reason: str


class Plan(msgspec.Struct, forbid_unknown_fields=True):
    """A maintenance window."""

    title: str
    start: str
    end: str
    tenants: tuple[str, ...]
    reason: str


class CreditClaim(msgspec.Struct, forbid_unknown_fields=True):
    """The client's request; without `received` it is received now."""

    sent: str
    channel: str
    received: str | None = None
    reference: str = ""


class Decide(msgspec.Struct, forbid_unknown_fields=True):
    """The hoster's answer; a refusal needs its reason."""

    reason: str = ""


def instant(field: str, text: str) -> int:
    """An RFC 3339 time in microseconds; `BadRequest` names the field."""
    try:
        return entered_instant(text)
    except ValueError as error:
        raise BadRequest(f"{field}: {decoding.stated(str(error))}") from error


def span_of(start: str, end: str | None) -> tuple[int, int | None]:
    """Both ends of a span."""
    return instant("start", start), None if end is None else instant("end", end)


def closed_span(start: str, end: str | None) -> tuple[int, int]:
    """Both ends of a span that must have them."""
    if end is None:
        raise BadRequest(_("end: this span needs an end"))
    return instant("start", start), instant("end", end)


def number_of(request: web.Request) -> int:
    """The number in the path."""
    text = request.match_info["number"]
    if not text.isdecimal() or len(text) > 18:
        raise BadRequest(_("not a number: {text!r}").format(text=text))
    return int(text)


def month_of(request: web.Request) -> Month:
    """The month in the path."""
    try:
        return Month.parse(request.match_info["month"])
    except ValueError as error:
        raise BadRequest(f"month: {decoding.stated(str(error))}") from error
