"""What a forger does to the chain itself: entries added, hashes made to fit."""

import json
import os
import sqlite3
from typing import Any

from storage import chain
from storage.bound_tables import BOUND_TABLES
from storage.row_digests import row_digest

TABLES = {table.name: table for table in BOUND_TABLES}


def entry_of(
    db: sqlite3.Connection, seq: int
) -> tuple[chain.ChainEntry, bytes | None, bytes | None]:
    row = db.execute(
        "SELECT seq, previous, at, kind, uid, account, payload_hash, key_id FROM evidence WHERE "
        "seq = ?",
        (seq,),
    ).fetchone()
    subjects = tuple(
        one
        for (one,) in db.execute(
            "SELECT subject FROM evidence_subject WHERE seq = ? ORDER BY position", (seq,)
        )
    )
    salt, content = db.execute(
        "SELECT salt, content FROM evidence_payload WHERE seq = ?", (seq,)
    ).fetchone()
    seq, previous, at, kind, uid, account, payload_hash, key_id = row
    return (
        chain.ChainEntry(
            seq=seq,
            previous=previous,
            at=at,
            kind=kind,
            uid=uid,
            account=account,
            subjects=subjects,
            payload_hash=payload_hash,
            key_id=key_id,
        ),
        salt,
        content,
    )


def recompute(db: sqlite3.Connection, first: int = 1) -> None:
    """Give every entry from `first` on the hash that it would have."""
    previous = db.execute("SELECT hash FROM evidence WHERE seq = ?", (first - 1,)).fetchone()
    last = previous[0] if previous else bytes(32)
    for (seq,) in db.execute(
        "SELECT seq FROM evidence WHERE seq >= ? ORDER BY seq", (first,)
    ).fetchall():
        entry, salt, content = entry_of(db, seq)
        payload_hash = (
            entry.payload_hash if content is None else chain.payload_hash(salt or b"", content)
        )
        db.execute(
            "UPDATE evidence SET previous = ?, payload_hash = ? WHERE seq = ?",
            (last, payload_hash, seq),
        )
        last = chain.entry_hash(entry_of(db, seq)[0])
        db.execute("UPDATE evidence SET hash = ? WHERE seq = ?", (last, seq))


def append(
    db: sqlite3.Connection,
    kind: str,
    subjects: list[str],
    payload: dict[str, Any],
    *,
    account: str = "lea",
    uid: int = 1002,
) -> int:
    """An entry more, as nobody wrote it."""
    seq, previous, key_id, revision, at = db.execute(
        "SELECT seq + 1, hash, key_id, revision, at FROM evidence ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    db.execute("UPDATE revision SET value = value + 1")
    ((revision,),) = db.execute("SELECT value FROM revision")
    salt, content = (
        os.urandom(32),
        json.dumps(payload, separators=(",", ":"), sort_keys=True).encode(),
    )
    hashed = chain.payload_hash(salt or b"", content)
    entry = chain.ChainEntry(
        seq=seq,
        previous=previous,
        at=at,
        kind=kind,
        uid=uid,
        account=account,
        subjects=tuple(subjects),
        payload_hash=hashed,
        key_id=key_id,
    )
    db.execute(
        "INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            seq,
            previous,
            chain.entry_hash(entry),
            at,
            kind,
            uid,
            account,
            len(subjects),
            hashed,
            key_id,
            revision,
        ),
    )
    db.executemany(
        "INSERT INTO evidence_subject VALUES (?, ?, ?)",
        [(seq, n, one) for n, one in enumerate(subjects)],
    )
    db.execute("INSERT INTO evidence_payload VALUES (?, ?, ?, NULL)", (seq, salt, content))
    return int(seq)


def digest_of(db: sqlite3.Connection, table: str, where: str) -> tuple[str, str]:
    made = TABLES[table]
    columns = ", ".join(f'"{one}"' for one in made.fields)
    values = db.execute(f"SELECT {columns} FROM {table} WHERE {where}").fetchone()  # noqa: S608 - names from here
    return made.stored_key(values), row_digest(made.canonical(values))
