"""What no signature proves up to an entry, as that entry says: `database.rebuilt` of a file
that was worked out of the log, `evidence.fault_accepted` of signed sums that a lead accepted.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from storage.connection import Readable
from storage.evidence import FAULT_ACCEPTED, REBUILT
from storage.times import instant


class Shortfall(msgspec.Struct, frozen=True):
    """By table: `lost` rows that the file before lacked, so that what moves without an entry is, of
    all rows of that table, as that file had it; and rows `left_out`, which the log does not give.
    """

    lost: Mapping[str, int] = {}
    left_out: Mapping[str, int] = {}


class Rebuild(msgspec.Struct, frozen=True):
    """The entry `entry` of the instant `at` says that the file was worked out of the log."""

    entry: int
    at: datetime
    account: str
    shortfall: Shortfall


class AcceptedFault(msgspec.Struct, frozen=True):
    """What an acceptance says: the tables whose sums were wrong, why that is accepted, and by which
    entry another lead had asked for it (0: by none, as of earlier versions).
    """

    tables: tuple[str, ...]
    reason: str
    request: int = 0
    requested_by: str = ""


class FaultAcceptance(msgspec.Struct, frozen=True):
    """By the entry `entry` of the instant `at`, the lead `account` accepted what was found."""

    entry: int
    at: datetime
    account: str
    fault: AcceptedFault


async def read_rebuilds(db: Readable) -> list[Rebuild]:
    """Return all of them, the oldest first. Errors: `ValueError` for an entry that no program of
    ours wrote.
    """
    return [
        Rebuild(seq, instant(at), account, msgspec.json.decode(content or b"", type=Shortfall))
        for seq, at, account, content in await db.rows(_ENTRIES, (REBUILT,))
    ]


async def read_fault_acceptances(db: Readable) -> list[FaultAcceptance]:
    """As `read_rebuilds`, of the faults that were accepted."""
    return [
        FaultAcceptance(
            seq, instant(at), account, msgspec.json.decode(content or b"", type=AcceptedFault)
        )
        for seq, at, account, content in await db.rows(_ENTRIES, (FAULT_ACCEPTED,))
    ]


_ENTRIES = (
    "SELECT seq, at, account, content FROM evidence JOIN evidence_payload USING (seq)"
    " WHERE kind = ? ORDER BY seq"
)
