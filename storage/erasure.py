"""Erases payloads; entries and hashes stay, so the chain still verifies.

An erasure is itself an entry; it names each entry whose payload it empties.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from storage import evidence
from storage.carried_rows import carried_digests, carried_values
from storage.change import Change, carry, insert_entries, transaction_of
from storage.connection import Readable
from storage.erased_rows import find_blanks, find_removals
from storage.errors import ConflictError
from storage.evidence import ERASED
from storage.recording import ROW_VALUES_OF, ROWS_OF
from storage.row_digests import ADOPTED
from storage.times import micros

KEPT_FOR_EVER = frozenset(
    {
        ERASED,
        ADOPTED,
        "evidence.key",
        "evidence.stamped",
        evidence.RESTORED,
        evidence.RESUMED,
        evidence.REBUILT,
        evidence.FAULT_ACCEPTED,
    }
)
AT_ONCE = 200
ERASED_IN_COPY = "erased in the database, of which this file is a copy"
ERASED_AFTER_RESTORE = (
    "erased again after a restore: it had been erased in the database that was replaced"
)
ERASED_AGAIN = frozenset({ERASED_IN_COPY, ERASED_AFTER_RESTORE})
"""The reasons of erasures that follow another, which had its grounds."""


async def erase(
    change: Change, seqs: Sequence[int], reason: str, grounds: Mapping[str, object] | None = None
) -> int:
    """Empty the payloads of these entries, and empty or remove the rows that they wrote; returns
    the number of the entry that says so, which holds `grounds` besides the reason.

    What SQLite frees is overwritten with zeros; `Writer.empty_log` takes it out of the log.
    Errors: `ConflictError` when an entry is missing, already empty, or needed by the chain.
    """
    entries = await evidence.several(change, seqs)
    standing = {
        entry.seq
        for entry in entries
        if entry.erased_by is None and entry.kind not in KEPT_FOR_EVER
    }
    if missing := sorted(set(seqs) - standing):
        text = f"entry {missing[0]} cannot be erased: missing, empty, or the chain's own"
        raise ConflictError(text)
    tx = transaction_of(change)
    await tx.rows("PRAGMA secure_delete=ON")
    blanks = await find_blanks(change, entries)
    removals = await find_removals(change, entries)
    gone = {(table.name, key) for table, keys in removals for key in keys}
    number = await change.record(
        ERASED,
        [f"entry:{seq}" for seq in seqs],
        {**(grounds or {}), "reason": reason, "count": len(seqs)},
    )
    # Rows that still stand stay bound by this entry.
    kept = {
        ROWS_OF: await carried_digests(change, seqs, blanks, gone),
        ROW_VALUES_OF: await carried_values(change, seqs, blanks, gone),
    }
    carry(change, number, {key: rows for key, rows in kept.items() if rows})
    for table, rows in blanks:
        await change.put(table, rows, by=number)
    for table, keys in removals:
        await change.remove(table, [msgspec.json.decode(key) for key in keys], by=number)
    await insert_entries(change)
    await tx.executemany(
        "UPDATE evidence_payload SET salt = NULL, content = NULL, erased_by = ? WHERE seq = ?",
        [(number, seq) for seq in seqs],
    )
    return number


async def entries_before(
    db: Readable, kinds: Sequence[str], before: datetime, after: int = 0
) -> list[evidence.Entry]:
    """The next entries of these kinds, exact or prefixes ending in a dot, that were recorded before
    an instant and have a content: the oldest after number `after`, at most `AT_ONCE`.
    """
    ranges = [(kind, kind[:-1] + "/" if kind.endswith(".") else kind + "\0") for kind in kinds]
    where = " OR ".join("(kind >= ? AND kind < ?)" for _ in ranges)
    rows = await db.rows(
        "SELECT seq FROM evidence JOIN evidence_payload USING (seq)"  # noqa: S608 - a constant
        f" WHERE seq > ? AND at < ? AND erased_by IS NULL AND ({where})"
        " AND kind NOT IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT ?",
        (
            after,
            micros(before),
            *(end for one in ranges for end in one),
            msgspec.json.encode(sorted(KEPT_FOR_EVER)).decode(),
            AT_ONCE,
        ),
    )
    return await evidence.several(db, [seq for (seq,) in rows])
