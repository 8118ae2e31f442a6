"""Erasing what entries say, never that they were: payload and salt go, the chain still verifies.

An erasure is itself an entry; it names each entry whose payload it empties.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from storage import evidence
from storage.adoption import carried_digests
from storage.change import Change, insert_entries, transaction_of
from storage.connection import Readable
from storage.errors import ConflictError
from storage.evidence import ERASED
from storage.row_digests import ADOPTED
from storage.times import micros

KEPT_FOR_EVER = frozenset(
    {ERASED, ADOPTED, "evidence.key", "evidence.stamped", evidence.RESTORED, evidence.RESUMED}
)
AT_ONCE = 200


async def erase(change: Change, seqs: Sequence[int], reason: str) -> int:
    """Empty the payloads of these entries; returns the number of the entry that says so.

    What SQLite frees is overwritten with zeros. Copies made before (backups, exports) keep it.
    Errors: `ConflictError` when an entry is missing, already empty, or needed by the chain.
    """
    for seq in seqs:
        entry = await evidence.get(change, seq)
        if entry is None or entry.erased_by is not None or entry.kind in KEPT_FOR_EVER:
            raise ConflictError(f"entry {seq} cannot be erased: missing, empty, or the chain's own")
    number = await change.record(
        ERASED,
        [f"entry:{seq}" for seq in seqs],
        {
            "reason": reason,
            "count": len(seqs),
            # Rows that still stand stay bound by this entry.
            "rows_of": await carried_digests(change, seqs),
        },
    )
    await insert_entries(change)
    tx = transaction_of(change)
    await tx.rows("PRAGMA secure_delete=ON")
    await tx.executemany(
        "UPDATE evidence_payload SET salt = NULL, content = NULL, erased_by = ? WHERE seq = ?",
        [(number, seq) for seq in seqs],
    )
    await tx.rows("PRAGMA secure_delete=OFF")
    return number


async def overdue(db: Readable, periods: Mapping[str, timedelta], now: datetime) -> list[int]:
    """The oldest entries whose period is over, at most `AT_ONCE`; none that the chain needs.

    `periods` gives how long payloads are kept by kind, exact or as a prefix ending in a dot.
    """
    found: list[int] = []
    kept = msgspec.json.encode(sorted(KEPT_FOR_EVER)).decode()
    for kind, period in periods.items():
        until = kind[:-1] + "/" if kind.endswith(".") else kind + "\0"
        rows = await db.rows(
            "SELECT seq FROM evidence JOIN evidence_payload USING (seq)"
            " WHERE kind >= ? AND kind < ? AND at < ? AND erased_by IS NULL"
            " AND kind NOT IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT ?",
            (kind, until, micros(now - period), kept, AT_ONCE),
        )
        found += [seq for (seq,) in rows]
    return sorted(set(found))[:AT_ONCE]
