"""The commitments of each version of the terms; a finished month keeps its own version (R13)."""

from collections.abc import Mapping
from fractions import Fraction

from noc_tui.contract.availability import Commitment, Threshold
from noc_tui.contract.calendar import Month
from storage.connection import Readable
from storage.months import PROMISES, Promise


async def read_commitments(db: Readable) -> dict[str, Commitment]:
    """Return the commitment of each version that was ever in force."""
    return {row.version: _commitment(row) for row in await PROMISES.read(db)}


def commitment_of(
    month: Month, now: int, stamp: str, kept: Mapping[str, Commitment], present: Commitment
) -> Commitment:
    """Return what a month is worked out by: while it runs the present terms, then those stamped on
    it.
    """
    return present if now < month.span.end else kept.get(stamp, present)


def _commitment(row: Promise) -> Commitment:
    return Commitment(
        (
            Threshold(Fraction(row.commitment), row.below_commitment),
            Threshold(Fraction(row.floor), row.below_floor),
        ),
        row.claim_days,
    )
