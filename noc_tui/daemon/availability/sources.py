"""What the ledger says of a tenant's sources, as the rules judge it."""

from collections import defaultdict
from collections.abc import Mapping

from noc_tui.contract.outages import Change, Source, State
from noc_tui.contract.spans import Span, cut
from noc_tui.daemon.availability.ledger_state import ENDLESS
from noc_tui.daemon.probing.probe_plan import OURS, PING
from storage import ledger
from storage.database import Transaction


async def sources_of(
    tx: Transaction, tenant: str, since: int, blind: Mapping[str, int]
) -> list[Source]:
    """Each source with its changes and gaps since `since`; `blind` as for `derive`."""
    placements = await ledger.placements(tx, tenant, since)
    gaps = await _gaps(tx, {row.observer for row in placements}, since, blind)
    members: dict[tuple[str, bool], list[Span]] = defaultdict(list)
    unseen: dict[tuple[str, bool], list[Span]] = defaultdict(list)
    for row in placements:
        # Observed by ICMP for some of its time, it is a source apart for that time (R8).
        key = (row.source, not row.observer.startswith(PING))
        member = Span(row.since, ENDLESS if row.until is None else row.until)
        members[key].append(member)
        unseen[key].extend(cut(gaps[row.observer], member))
    changes: dict[str, list[Change]] = defaultdict(list)
    for seen in await ledger.changes(tx, {source for source, _ in members}, since):
        changes[seen.source].append(Change(seen.since, seen.before, State(seen.state)))
    return [
        Source(
            id=source,
            external=source.startswith(OURS),
            conclusive=conclusive,
            changes=changes[source],
            member=spans,
            gaps=unseen[source, conclusive],
        )
        for (source, conclusive), spans in members.items()
    ]


async def _gaps(
    tx: Transaction, observers: set[str], since: int, blind: Mapping[str, int]
) -> Mapping[str, list[Span]]:
    gaps: dict[str, list[Span]] = defaultdict(list)
    for gap in await ledger.gaps(tx, observers, since):
        gaps[gap.observer].append(Span(gap.start, gap.end))
    for name in observers & blind.keys():
        gaps[name].append(Span(blind[name], ENDLESS))
    return gaps
