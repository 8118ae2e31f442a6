"""Incidents as one document with stable keys: its values, as they are written out."""

from collections.abc import Collection

import msgspec
from msgspec.structs import replace


class IncidentSummary(msgspec.Struct, frozen=True):
    """An incident in a list."""

    id: int
    state: str
    title: str
    subject: str
    opened_at: str
    ended_at: str | None
    owner: str
    ticket: str


class ProposalLine(msgspec.Struct, frozen=True):
    """What the records propose about an outage."""

    party: str
    basis: str | None
    evidence: tuple[str, ...]
    caveat: str


class OutageLine(msgspec.Struct, frozen=True):
    """An outage that the incident has gathered; proposals until somebody decided. `held` says why
    nothing is proposed, where that may not be decided now.
    """

    id: int
    tenant: str
    start: str
    end: str | None
    cause: str
    sources: tuple[str, ...]
    party: str | None
    reason: str
    decided_by: str
    proposals: tuple[ProposalLine, ...]
    held: str = ""


class TimelineLine(msgspec.Struct, frozen=True):
    """A line of the timeline; `evidence` numbers its entry."""

    id: int
    at: str
    kind: str
    account: str
    text: str
    corrects: int | None
    evidence: int


class ExclusionLine(msgspec.Struct, frozen=True):
    """Time in force as excluded that meets an outage of the incident, of the same tenant."""

    id: int
    tenant: str
    start: str
    end: str | None
    basis: str
    reason: str
    account: str
    maintenance: int | None
    contestable: bool = False
    approved: str = ""


class ProposedLine(msgspec.Struct, frozen=True):
    """A decision about a tenant's time that waits for a second person; `needs` says why.

    `party` is empty for an exclusion that is no attribution of `outage`.
    """

    id: int
    tenant: str
    outage: int | None
    start: str
    end: str | None
    basis: str
    party: str
    reason: str
    link: str
    grounds: tuple[str, ...]
    needs: tuple[str, ...]
    account: str


class TouchedLine(msgspec.Struct, frozen=True):
    """A tenant that had so many guests on what was lost, when the incident was opened."""

    tenant: str
    guests: int


class IncidentDocument(IncidentSummary, frozen=True):
    """An incident in full."""

    merged_into: int | None
    outages: tuple[OutageLine, ...]
    timeline: tuple[TimelineLine, ...]
    missing: tuple[str, ...]
    exclusions: tuple[ExclusionLine, ...] = ()
    proposed: tuple[ProposedLine, ...] = ()
    touched: tuple[TouchedLine, ...] = ()


def hold_proposals(document: IncidentDocument, held: Collection[int], why: str) -> IncidentDocument:
    """Return the document without what is proposed about the outages of these numbers."""
    lines = [
        replace(one, proposals=(), held=why) if one.id in held and one.party is None else one
        for one in document.outages
    ]
    return replace(document, outages=tuple(lines))
