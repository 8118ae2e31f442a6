"""What a file that was worked out of the log cannot prove, as its entry `database.rebuilt` says."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from storage.connection import Readable
from storage.evidence import REBUILT
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


async def read_rebuilds(db: Readable) -> list[Rebuild]:
    """Return all of them, the oldest first. Errors: `ValueError` for an entry that no program of
    ours wrote.
    """
    rows = await db.rows(
        "SELECT seq, at, account, content FROM evidence JOIN evidence_payload USING (seq)"
        " WHERE kind = ? ORDER BY seq",
        (REBUILT,),
    )
    return [
        Rebuild(seq, instant(at), account, msgspec.json.decode(content or b"", type=Shortfall))
        for seq, at, account, content in rows
    ]
