"""Derived outages and unmeasured time as rows, each change with its entry on the evidence log."""

import msgspec

from noc_tui.contract import outages as rules
from noc_tui.contract.calendar import instant
from noc_tui.daemon.availability.recorder import NOCD
from storage import evidence, ledger
from storage.database import Transaction
from storage.outages import OUTAGES, UNMEASURED, Outage, Unmeasured

OBSERVED = "observed"
"""The origin of outages that nobody entered by hand."""


async def shrink(tx: Transaction, row: Outage, outage: rules.DerivedOutage) -> Outage:
    """Let an outage begin later."""
    entry = await evidence.append(
        tx,
        kind="availability.outage_shortened",
        actor=NOCD,
        at=tx.at,
        subjects=[f"tenant:{row.tenant}", f"outage:{row.id}"],
        payload={"start": instant(outage.span.start), "was": instant(row.start)},
    )
    shrunk = msgspec.structs.replace(
        row, start=outage.span.start, not_before=outage.not_before, evidence=entry
    )
    await OUTAGES.put(tx, [shrunk])
    return shrunk


async def grow(tx: Transaction, row: Outage, outage: rules.DerivedOutage) -> Outage:
    """Let an outage begin earlier, or last again."""
    earlier = outage.span.start < row.start
    start = outage.span.start if earlier else row.start
    entry = await evidence.append(
        tx,
        kind="availability.outage_extended",
        actor=NOCD,
        at=tx.at,
        subjects=[f"tenant:{row.tenant}", f"outage:{row.id}"],
        payload={
            "start": instant(start),
            "was": instant(row.start),
            "cause": outage.cause,
            "sources": outage.sources,
        },
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
    await OUTAGES.put(tx, [grown])
    return grown


async def begin(tx: Transaction, tenant: str, outage: rules.DerivedOutage) -> Outage:
    """A new one, which lasts."""
    number = await ledger.next_id(tx, OUTAGES)
    entry = await evidence.append(
        tx,
        kind="availability.outage",
        actor=NOCD,
        at=tx.at,
        subjects=[f"tenant:{tenant}", f"outage:{number}"],
        payload={
            "start": instant(outage.span.start),
            "not_before": instant(outage.not_before),
            "cause": outage.cause,
            "sources": outage.sources,
        },
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
    await OUTAGES.put(tx, [row])
    return row


async def end(tx: Transaction, row: Outage, end: int, outage: rules.DerivedOutage | None) -> Outage:
    """Close it; with None nothing is left of it, since nobody looked after its first failure."""
    not_over_before = end if outage is None else outage.not_over_before
    sources = row.sources if outage is None else outage.sources
    entry = await evidence.append(
        tx,
        kind="availability.outage_ended",
        actor=NOCD,
        at=tx.at,
        subjects=[f"tenant:{row.tenant}", f"outage:{row.id}"],
        payload={
            "end": instant(end),
            "not_over_before": instant(not_over_before),
            "sources": sources,
        },
    )
    closed = msgspec.structs.replace(
        row, end=end, not_over_before=not_over_before, sources=sources, ended_by=entry
    )
    await OUTAGES.put(tx, [closed])
    return closed


async def put_unmeasured(
    tx: Transaction, tenant: str, match: Unmeasured | None, start: int, end: int | None
) -> None:
    """Time that nobody measured: new, or now known to begin or end elsewhere."""
    entry = await evidence.append(
        tx,
        kind="availability.unmeasured",
        actor=NOCD,
        at=tx.at,
        subjects=[f"tenant:{tenant}"],
        payload={"start": instant(start), "end": None if end is None else instant(end)},
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
    await UNMEASURED.put(tx, rows)
