"""Requests about downtime: the client's own evidence, attributions, exclusions. Instants are RFC
3339 with their offset.
"""

import msgspec

from noc_tui.api.endpoint import Body, post
from noc_tui.api.suspension import FileContent
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
    numbers of entries, and of an attack `file:…`, `flow:…` or `provider:…`.

    `files` are those that a `file:NAME` of the grounds names: they are kept with the decision.
    `link` says how a quota led to it, what the emergency was, or why the event was irresistible and
    unforeseeable. `suspension` names the case; empty, it is the one on record for that time.
    """

    party: Party
    reason: str
    grounds: tuple[str, ...] = ()
    link: str = ""
    suspension: str = ""
    files: tuple[FileContent, ...] = ()


class Attributed(msgspec.Struct, frozen=True):
    """The outage's number, and that of the exclusion that the attribution led to.

    `proposed` numbers the decision instead where a second person must approve it first.
    """

    outage: int
    exclusion: int | None
    proposed: int | None = None


class Exclusion(Body, frozen=True):
    """A span that does not count for these tenants; without an end it lasts.

    `grounds`, `link` and `suspension` as of an attribution.
    """

    tenants: tuple[str, ...]
    start: str
    basis: Basis
    reason: str
    end: str | None = None
    contestable: bool = False
    grounds: tuple[str, ...] = ()
    link: str = ""
    suspension: str = ""
    files: tuple[FileContent, ...] = ()


class Excluded(msgspec.Struct, frozen=True):
    """The numbers of the exclusions, one a tenant; `proposed` those of the decisions that a second
    person must approve first.
    """

    exclusions: tuple[int, ...]
    proposed: tuple[int, ...] = ()


class Withdrawal(Body, frozen=True):
    """The reason why the span counts again."""

    reason: str


class Withdrawn(msgspec.Struct, frozen=True):
    """The number of the exclusion that no longer holds."""

    exclusion: int


class End(Body, frozen=True):
    """When an exclusion without an end ended; without it, now."""

    end: str | None = None


class Ended(msgspec.Struct, frozen=True):
    """The number of the exclusion, and its end."""

    exclusion: int
    end: str


class Review(Body, frozen=True):
    """What was found when an exclusion without an end was reviewed."""

    note: str = ""


class Reviewed(msgspec.Struct, frozen=True):
    """The number of the exclusion that still holds."""

    exclusion: int


class Approval(Body, frozen=True):
    """The agreement of a second person, and a word on it."""

    note: str = ""


class Refusal(Body, frozen=True):
    """Why a proposed decision falls."""

    reason: str


class Answered(msgspec.Struct, frozen=True):
    """The number of the proposed decision, what became of it, and the exclusion that followed."""

    decision: int
    state: str
    exclusion: int | None


REPORT_OUTAGE = post("/v1/outages", Role.OPERATOR, ClientEvidence, Outage, status=201)
ATTRIBUTE = post("/v1/outages/{number}/attribution", Role.OPERATOR, Attribution, Attributed)
EXCLUDE = post("/v1/exclusions", Role.OPERATOR, Exclusion, Excluded, status=201)
WITHDRAW = post("/v1/exclusions/{number}/withdrawal", Role.OPERATOR, Withdrawal, Withdrawn)
END = post("/v1/exclusions/{number}/end", Role.OPERATOR, End, Ended)
REVIEW = post("/v1/exclusions/{number}/review", Role.OPERATOR, Review, Reviewed)
APPROVE = post("/v1/decisions/{number}/approval", Role.OPERATOR, Approval, Answered)
DECLINE = post("/v1/decisions/{number}/refusal", Role.OPERATOR, Refusal, Answered)
