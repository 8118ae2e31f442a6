"""Computes each tenant's outages and unmeasured time from the ledger."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from noc_tui.contract import outages as rules
from noc_tui.contract.clock_steps import ClockStep, cut_instant
from noc_tui.contract.outages import OutageSource, Piece, SourceState, judge
from noc_tui.contract.spans import Span, cut_spans
from noc_tui.daemon.availability import outage_store
from noc_tui.daemon.availability.emptiness import read_wanted
from noc_tui.daemon.availability.ledger_state import ENDLESS, read_steps
from noc_tui.daemon.availability.outage_store import OBSERVED
from noc_tui.daemon.availability.recorder import Since
from noc_tui.daemon.probing.probe_plan import OURS, PING
from storage import ledger
from storage import outages as stored
from storage.change import Change
from storage.outages import Outage, Unmeasured

R = TypeVar("R", Outage, Unmeasured)


@dataclass(frozen=True, slots=True)
class OutageCorrection:
    """What was concluded of an outage and is otherwise now; `was` is the row as it was told.

    `what`: `goes-on` (it was told to be over), `moved` (it began at another instant), `over-before`
    (it was over earlier), `void` (nothing is left of it).
    """

    what: str
    was: Outage
    outage: Outage


@dataclass(frozen=True, slots=True)
class DerivedOutages:
    """What was written for a tenant: outages that began or ended, those of which something else
    was told before, and whether anything was written.

    `since` is the earliest instant, in microseconds, at which something may be otherwise now.
    """

    begun: Sequence[Outage]
    ended: Sequence[Outage]
    changed: bool
    since: int
    corrected: Sequence[OutageCorrection] = ()


async def derive(
    change: Change, tenant: str, anew: Since, now: int, blind: Mapping[str, int]
) -> DerivedOutages:
    """Compute a tenant's state up to `now` (microseconds) and write what is new.

    `blind` tells since when observers see nothing that are silent right now.
    """
    since = await _beginning(change, tenant, anew.at, now)
    sources = await sources_of(change, tenant, since, blind)
    # One microsecond more, so that what was concluded at `now` itself is part of the picture.
    window = Span(since, now + 1)
    pieces = judge(sources, window, await read_wanted(change, tenant))
    begun, ended, corrected = await _outages(change, tenant, rules.outages(sources, pieces), window)
    changed = await _unmeasured(change, tenant, pieces, window, heard=anew.heard)
    written = bool(begun or ended or corrected or changed)
    return DerivedOutages(begun, ended, written, since, corrected)


async def _beginning(change: Change, tenant: str, since: int, now: int) -> int:
    """Before what lasts, and before outages that ended later: an answer told late may shorten them.

    None is cut in two by the beginning.
    """
    lasting: list[Outage | Unmeasured] = [
        *await stored.open_outages(change, tenant, OBSERVED),
        *await stored.open_unmeasured(change, tenant),
    ]
    since = min([since, *(row.start for row in lasting)])
    while True:
        met = await stored.outages(change, since, now + 1, {tenant})
        first = min([since, *(row.start for row in met if row.origin == OBSERVED)])
        if first == since:
            return since
        since = first


async def _outages(
    change: Change, tenant: str, found: Sequence[rules.DerivedOutage], window: Span
) -> tuple[list[Outage], list[Outage], list[OutageCorrection]]:
    known = [
        row
        for row in await stored.outages(change, window.start - 1, window.end, {tenant})
        if row.origin == OBSERVED
    ]
    begun: dict[int, Outage] = {}
    ended: list[Outage] = []
    corrected: list[OutageCorrection] = []
    for outage in found:
        match = _taken(known, outage.span, window)
        if match is None:
            match = await outage_store.begin(change, tenant, outage)
            begun[match.id] = match
        elif _grown(match, outage):
            was, match = match, await outage_store.grow(change, match, outage)
            what = "moved" if was.end is None else "goes-on"
            corrected.append(OutageCorrection(what, was, match))
        elif _shrunk(match, outage):
            was, match = match, await outage_store.shrink(change, match, outage)
            corrected.append(OutageCorrection("moved", was, match))
        if _ends(match, outage):
            was, match = match, await outage_store.end(change, match, outage.span.end, outage)
            if was.end is None:
                ended.append(match)
            else:
                corrected.append(OutageCorrection("over-before", was, match))
            if match.id in begun:
                begun[match.id] = match
    void = [row for row in known if row.end is None or row.end > max(row.start, window.start)]
    for row in void:
        nothing = await outage_store.end(change, row, row.start, None)
        corrected.append(OutageCorrection("void", row, nothing))
    return [*begun.values()], ended, corrected


def _taken(known: list[R], span: Span, window: Span) -> R | None:
    """The stored row of a derived interval, which no later one is then taken for."""
    for index, row in enumerate(known):
        if _same(row, span, window):
            return known.pop(index)
    return None


def _same(row: Outage | Unmeasured, span: Span, window: Span) -> bool:
    """Return whether a stored row is the derived interval; the window may have cut its beginning
    off.
    """
    end = window.end if row.end is None else row.end
    touching = span.start == window.start and end == span.start
    return touching or (row.start < span.end and span.start < end)


def _grown(row: Outage, outage: rules.DerivedOutage) -> bool:
    """Return whether it began earlier or lasted longer than was known.

    Another source may have been confirmed since, whose failures go back further.
    """
    earlier = outage.span.start < row.start
    longer = row.end is not None and (outage.open or outage.span.end > row.end)
    return earlier or longer


def _shrunk(row: Outage, outage: rules.DerivedOutage) -> bool:
    """Return whether nobody looked after all between its first failure and a later one (R9)."""
    return row.start < outage.span.start


def _ends(row: Outage, outage: rules.DerivedOutage) -> bool:
    """Return whether it ends now, or ended before what was known: an answer may be told late."""
    return not outage.open and (row.end is None or outage.span.end < row.end)


async def _unmeasured(
    change: Change, tenant: str, pieces: Sequence[Piece], window: Span, *, heard: bool
) -> bool:
    known = await stored.read_unmeasured(change, window.start - 1, window.end, {tenant})
    changed = False
    for span in rules.spans_of(pieces, "unmeasured"):
        match = _taken(known, span, window)
        end = None if span.end == window.end else span.end
        if match is not None and _covers(match, span.start, end):
            continue
        await outage_store.put_unmeasured(change, tenant, match, span.start, end)
        changed = True
    for row in known:
        if row.end is None:
            # What nobody knew stays unknown, unless it was only told late.
            end = row.start if heard else window.end - 1
            await outage_store.put_unmeasured(change, tenant, row, row.start, end)
            changed = True
    return changed


def _covers(row: Unmeasured, start: int, end: int | None) -> bool:
    """Return whether the stored row says so already."""
    return row.start <= start and (
        row.end == end or (row.end is not None and end is not None and row.end >= end)
    )


async def sources_of(
    change: Change, tenant: str, since: int, blind: Mapping[str, int]
) -> list[OutageSource]:
    """Return each source with its changes and gaps since `since`; `blind` as for `derive`."""
    steps = await read_steps(change)
    placements = await ledger.placements(change, tenant, since)
    gaps = await _gaps(change, {row.observer for row in placements}, since, blind, steps)
    members: dict[tuple[str, bool], list[Span]] = defaultdict(list)
    unseen: dict[tuple[str, bool], list[Span]] = defaultdict(list)
    for row in placements:
        # Observed by ICMP for some of its time, it is a source apart for that time (R8).
        key = (row.source, not row.observer.startswith(PING))
        member = Span(row.since, ENDLESS if row.until is None else row.until)
        members[key].append(member)
        unseen[key].extend(cut_spans(gaps[row.observer], member))
    changes: dict[str, list[rules.StateChange]] = defaultdict(list)
    for seen in await ledger.changes(change, {source for source, _ in members}, since):
        changes[seen.source].append(
            rules.StateChange(seen.since, seen.before, SourceState(seen.state))
        )
    return [
        OutageSource(
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
    change: Change,
    observers: set[str],
    since: int,
    blind: Mapping[str, int],
    steps: Sequence[ClockStep],
) -> Mapping[str, list[Span]]:
    gaps: dict[str, list[Span]] = defaultdict(list)
    for gap in await ledger.gaps(change, observers, since):
        start, end = (cut_instant(at, gap.evidence, steps) for at in (gap.start, gap.end))
        if start < end:
            gaps[gap.observer].append(Span(start, end))
    for name in observers & blind.keys():
        gaps[name].append(Span(blind[name], ENDLESS))
    return gaps
