"""Requests about downtime: the client's own evidence, attributions, exclusions. Instants are RFC
3339 with their offset.
"""

import msgspec

from noc_tui.api.endpoint import Body, post
from noc_tui.contract.attribution import Party
from noc_tui.contract.sla_document import Basis
from noc_tui.roles import Role


class ClientEvidence(Body, frozen=True):
    """An outage that the client measured, and the incident that it is part of, if of any."""

    tenant: str
    start: str
    end: str
    reason: str
    incident: int | None = None


class Outage(msgspec.Struct, frozen=True):
    """The outage's number."""

    outage: int


class Attribution(Body, frozen=True):
    """The party that is responsible for an outage, the reason, and its evidence: ids of tasks,
    numbers of entries.
    """

    party: Party
    reason: str
    grounds: tuple[str, ...] = ()


class Attributed(msgspec.Struct, frozen=True):
    """The outage's number, and that of the exclusion that the attribution led to."""

    outage: int
    exclusion: int | None


class Exclusion(Body, frozen=True):
    """A span that does not count for these tenants; without an end it lasts."""

    tenants: tuple[str, ...]
    start: str
    basis: Basis
    reason: str
    end: str | None = None
    contestable: bool = False


class Excluded(msgspec.Struct, frozen=True):
    """The numbers of the exclusions, one a tenant."""

    exclusions: tuple[int, ...]


class Withdrawal(Body, frozen=True):
    """The reason why the span counts again."""

    reason: str


class Withdrawn(msgspec.Struct, frozen=True):
    """The number of the exclusion that no longer holds."""

    exclusion: int


REPORT_OUTAGE = post("/v1/outages", Role.OPERATOR, ClientEvidence, Outage, status=201)
ATTRIBUTE = post("/v1/outages/{number}/attribution", Role.OPERATOR, Attribution, Attributed)
EXCLUDE = post("/v1/exclusions", Role.OPERATOR, Exclusion, Excluded, status=201)
WITHDRAW = post("/v1/exclusions/{number}/withdrawal", Role.OPERATOR, Withdrawal, Withdrawn)
