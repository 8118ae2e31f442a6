"""What was promised under each version of the terms: a month that is over keeps its own (R13)."""

from collections.abc import Mapping
from fractions import Fraction

import msgspec

from noc_tui.contract.availability import Commitment, Threshold
from noc_tui.contract.calendar import Month
from noc_tui.contract.terms import Terms
from storage.change import Change
from storage.connection import Readable
from storage.months import PROMISES, Promise


async def keep_promise(change: Change, terms: Terms) -> None:
    """Remember what these terms promise, unless their version was kept before."""
    if await PROMISES.get(change, terms.version) is not None:
        return
    said = terms.availability
    row = Promise(
        version=terms.version,
        commitment=str(said.commitment),
        floor=str(said.floor),
        below_commitment=said.credit_below_commitment,
        below_floor=said.credit_below_floor,
        claim_days=said.claim_days,
    )
    entry = await change.record(
        "availability.promised", [f"terms:{row.version}"], msgspec.to_builtins(row)
    )
    await change.put(PROMISES, [row], by=entry)


async def read_commitments(db: Readable) -> dict[str, Commitment]:
    """The commitment of each version that was ever in force here."""
    return {row.version: _commitment(row) for row in await PROMISES.read(db)}


def commitment_of(
    month: Month, now: int, stamp: str, kept: Mapping[str, Commitment], present: Commitment
) -> Commitment:
    """What a month is worked out by: while it runs the present terms, then those stamped on it."""
    return present if now < month.span.end else kept.get(stamp, present)


def _commitment(row: Promise) -> Commitment:
    return Commitment(
        (
            Threshold(Fraction(row.commitment), row.below_commitment),
            Threshold(Fraction(row.floor), row.below_floor),
        ),
        row.claim_days,
    )
