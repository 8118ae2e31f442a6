"""Reading incidents as commands and the console show them."""

from collections import Counter
from collections.abc import Sequence

from noc_tui.contract.instants import format_instant
from noc_tui.labels.incidents import text_of, title_of
from noc_tui.queries.attribution_proposals import proposals
from noc_tui.ref import Ref
from noc_tui.views.close_requirements import list_missing_decisions
from noc_tui.views.incident import (
    ExclusionLine,
    IncidentDocument,
    IncidentSummary,
    OutageLine,
    ProposalLine,
    ProposedLine,
    TimelineLine,
    TouchedLine,
)
from storage import incidents, ledger, outages
from storage.connection import Readable
from storage.decisions import ProposedDecision, open_proposals
from storage.incidents import INCIDENTS, Incident
from storage.outages import Attribution, Exclusion, Outage

_FOREVER = 2**62
"""After every instant that can be stored."""


async def list_incidents(db: Readable) -> Sequence[IncidentSummary]:
    """The newest incidents first."""
    return [
        IncidentSummary(
            id=one.id,
            state=one.state,
            title=title_of(one),
            subject=one.subject,
            opened_at=format_instant(one.opened_at),
            ended_at=_time(one.ended_at),
            owner=one.owner,
            ticket=one.ticket,
        )
        for one in await incidents.recent_incidents(db)
    ]


async def read_incident(db: Readable, number: int) -> IncidentDocument | None:
    """One incident; None when there is none of that number."""
    incident = await INCIDENTS.get(db, number)
    if incident is None:
        return None
    gathered = await outages.of_incident(db, number)
    decided = await outages.attributions(db, [row.id for row in gathered])
    lines = [
        TimelineLine(
            id=row.id,
            at=format_instant(row.at),
            kind=row.kind,
            account=row.account,
            text=text_of(row, incident),
            corrects=row.corrects,
            evidence=row.evidence,
        )
        for row in await incidents.timeline(db, number)
    ]
    return _document(
        incident,
        [await _outage(db, row, decided.get(row.id)) for row in gathered],
        lines,
        list_missing_decisions(gathered, decided),
        await _exclusions(db, gathered),
        await _proposed(db, gathered),
        await _tenants_on(db, incident),
    )


def _document(
    incident: Incident,
    gathered: Sequence[OutageLine],
    lines: Sequence[TimelineLine],
    open_points: Sequence[str],
    excluded: Sequence[ExclusionLine],
    proposed: Sequence[ProposedLine],
    touched: Sequence[TouchedLine],
) -> IncidentDocument:
    return IncidentDocument(
        id=incident.id,
        state=incident.state,
        title=title_of(incident),
        subject=incident.subject,
        opened_at=format_instant(incident.opened_at),
        ended_at=_time(incident.ended_at),
        owner=incident.owner,
        ticket=incident.ticket,
        merged_into=incident.merged_into,
        outages=tuple(gathered),
        timeline=tuple(lines),
        missing=tuple(open_points),
        exclusions=tuple(excluded),
        proposed=tuple(proposed),
        touched=tuple(touched),
    )


async def _outage(db: Readable, row: Outage, decision: Attribution | None) -> OutageLine:
    offered = [] if decision is not None else await proposals(db, row)
    return OutageLine(
        id=row.id,
        tenant=row.tenant,
        start=format_instant(row.start),
        end=_time(row.end),
        cause=row.cause,
        sources=row.sources,
        party=None if decision is None else decision.party,
        reason="" if decision is None else decision.reason,
        decided_by="" if decision is None else decision.account,
        proposals=tuple(
            ProposalLine(one.party.value, one.basis, one.evidence, one.caveat) for one in offered
        ),
    )


async def _exclusions(db: Readable, gathered: Sequence[Outage]) -> list[ExclusionLine]:
    """The exclusions in force that meet these outages, each once."""
    found: dict[int, ExclusionLine] = {}
    for outage in gathered:
        end = _FOREVER if outage.end is None else outage.end
        for one in await outages.exclusions(db, outage.start, end, {outage.tenant}):
            if one.in_force:
                found[one.id] = exclusion_line(one)
    return list(found.values())


def exclusion_line(row: Exclusion) -> ExclusionLine:
    """Return an exclusion as commands and the console show it."""
    return ExclusionLine(
        id=row.id,
        tenant=row.tenant,
        start=format_instant(row.start),
        end=_time(row.end),
        basis=row.basis,
        reason=row.reason,
        account=row.account,
        maintenance=row.maintenance,
        contestable=row.contestable,
        approved=row.approved or "",
    )


async def _proposed(db: Readable, gathered: Sequence[Outage]) -> list[ProposedLine]:
    """The decisions without an answer about these outages, or about time of theirs."""
    return [
        proposed_line(row)
        for row in await open_proposals(db)
        if any(_concerns(row, outage) for outage in gathered)
    ]


def _concerns(row: ProposedDecision, outage: Outage) -> bool:
    if row.outage is not None or row.tenant != outage.tenant:
        return row.outage == outage.id
    ends = _FOREVER if outage.end is None else outage.end
    return row.start < ends and outage.start < (_FOREVER if row.end is None else row.end)


def proposed_line(row: ProposedDecision) -> ProposedLine:
    """Return a proposed decision as commands and the console show it."""
    return ProposedLine(
        id=row.id,
        tenant=row.tenant,
        outage=row.outage,
        start=format_instant(row.start),
        end=_time(row.end),
        basis=row.basis,
        party=row.party,
        reason=row.reason,
        link=row.link,
        grounds=row.grounds,
        needs=row.needs,
        account=row.account,
    )


async def _tenants_on(db: Readable, incident: Incident) -> list[TouchedLine]:
    """Return whose guests were on the node, or in the cluster, that a rule opened it for."""
    subject = Ref.parse(incident.subject)
    if subject.kind not in {"node", "quorum"}:
        return []
    placed = await ledger.placements_on(db, subject.name, incident.opened_at)
    guests = Counter(one.tenant for one in placed if one.source.startswith("guest:"))
    return [TouchedLine(*one) for one in sorted(guests.items())]


def _time(at: int | None) -> str | None:
    return None if at is None else format_instant(at)
