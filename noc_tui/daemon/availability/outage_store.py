"""Derived outages and unmeasured time as rows, each change with its entry on the evidence log."""

import msgspec

from noc_tui.contract import outages as rules
from noc_tui.contract.calendar import instant
from noc_tui.daemon.core.identity import itself
from storage import ledger
from storage.change import Change
from storage.outages import OUTAGES, UNMEASURED, Outage, Unmeasured

OBSERVED = "observed"
"""The origin of outages that nobody entered by hand."""


async def shrink(change: Change, row: Outage, outage: rules.DerivedOutage) -> Outage:
    """Let an outage begin later."""
    entry = await change.record(
        "availability.outage_shortened",
        [f"tenant:{row.tenant}", f"outage:{row.id}"],
        {"start": instant(outage.span.start), "was": instant(row.start)},
        actor=itself(),
    )
    shrunk = msgspec.structs.replace(
        row, start=outage.span.start, not_before=outage.not_before, evidence=entry
    )
    await change.put(OUTAGES, [shrunk], by=entry)
    return shrunk


async def grow(change: Change, row: Outage, outage: rules.DerivedOutage) -> Outage:
    """Let an outage begin earlier, or last again."""
    earlier = outage.span.start < row.start
    start = outage.span.start if earlier else row.start
    entry = await change.record(
        "availability.outage_extended",
        [f"tenant:{row.tenant}", f"outage:{row.id}"],
        {
            "start": instant(start),
            "was": instant(row.start),
            "cause": outage.cause,
            "sources": outage.sources,
        },
        actor=itself(),
    )
    grown = msgspec.structs.replace(
        row,
        start=start,
        end=None,
        not_before=outage.not_before if earlier else row.not_before,
        not_over_before=None,
        cause=outage.cause if earlier else row.cause,
        sources=tuple(sorted({*row.sources, *outage.sources})),
        evidence=entry,
        ended_by=None,
    )
    await change.put(OUTAGES, [grown], by=entry)
    return grown


async def begin(change: Change, tenant: str, outage: rules.DerivedOutage) -> Outage:
    """A new one, which lasts."""
    number = await ledger.next_id(change, OUTAGES)
    entry = await change.record(
        "availability.outage",
        [f"tenant:{tenant}", f"outage:{number}"],
        {
            "start": instant(outage.span.start),
            "not_before": instant(outage.not_before),
            "cause": outage.cause,
            "sources": outage.sources,
        },
        actor=itself(),
    )
    row = Outage(
        id=number,
        tenant=tenant,
        start=outage.span.start,
        end=None,
        not_before=outage.not_before,
        not_over_before=None,
        cause=outage.cause,
        sources=outage.sources,
        origin=OBSERVED,
        incident=None,
        evidence=entry,
        ended_by=None,
    )
    await change.put(OUTAGES, [row], by=entry)
    return row


async def end(change: Change, row: Outage, end: int, outage: rules.DerivedOutage | None) -> Outage:
    """Close it; with None nothing is left of it, since nobody looked after its first failure."""
    not_over_before = end if outage is None else outage.not_over_before
    sources = row.sources if outage is None else outage.sources
    entry = await change.record(
        "availability.outage_ended",
        [f"tenant:{row.tenant}", f"outage:{row.id}"],
        {
            "end": instant(end),
            "not_over_before": instant(not_over_before),
            "sources": sources,
        },
        actor=itself(),
    )
    closed = msgspec.structs.replace(
        row, end=end, not_over_before=not_over_before, sources=sources, ended_by=entry
    )
    await change.put(OUTAGES, [closed], by=entry)
    return closed


async def put_unmeasured(
    change: Change, tenant: str, match: Unmeasured | None, start: int, end: int | None
) -> None:
    """Time that nobody measured: new, or now known to begin or end elsewhere."""
    entry = await change.record(
        "availability.unmeasured",
        [f"tenant:{tenant}"],
        {"start": instant(start), "end": None if end is None else instant(end)},
        actor=itself(),
    )
    ended_by = None if end is None else entry
    if match is not None and match.start <= start:
        rows = [msgspec.structs.replace(match, end=end, ended_by=ended_by)]
    else:
        rows = [
            Unmeasured(
                tenant=tenant,
                start=start,
                end=end,
                reason="not observed",
                evidence=entry,
                ended_by=ended_by,
            )
        ]
        if match is not None:  # it began earlier than was known: nothing is left of the later one
            rows.append(msgspec.structs.replace(match, end=match.start, ended_by=entry))
    await change.put(UNMEASURED, rows, by=entry)


async def set_back(change: Change, at: int) -> None:
    """The clock was put back to `at`: nothing that was observed lasted beyond it, or began after.

    The rows belong to the last entry of the change. What is left of time that lay wholly after the
    step is nothing; what lasts begins at the step.
    """
    outages = await OUTAGES.where(
        change, 'origin = ? AND (start > ? OR coalesce("end", 0) > ?)', OBSERVED, at, at
    )
    await change.put(OUTAGES, [_cut_outage(row, at) for row in outages])
    unmeasured = await UNMEASURED.where(change, 'start > ? OR coalesce("end", 0) > ?', at, at)
    rows: dict[tuple[str, int], Unmeasured] = {}
    for row in unmeasured:
        end = row.start if row.start > at else min(row.end or at, at)
        rows[row.tenant, row.start] = msgspec.structs.replace(row, end=end)
        if row.start > at and row.end is None:
            rows[row.tenant, at] = msgspec.structs.replace(row, start=at)
    await change.put(UNMEASURED, rows.values())


def _cut_outage(row: Outage, at: int) -> Outage:
    known = row.not_over_before
    return msgspec.structs.replace(
        row,
        start=min(row.start, at),
        end=None if row.end is None else min(row.end, at),
        not_before=min(row.not_before, at),
        not_over_before=None if known is None else min(known, at),
    )
