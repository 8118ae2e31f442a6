"""Reads the evidence log from a file for verification.

Blocks; reads with Python's own sqlite3, without changing anything, whoever writes meanwhile.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from storage import chain, files
from storage.heads import HEAD, Head


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry with the columns stored beside it; `subject_count` as it was written, `revision` the
    change that wrote it.
    """

    entry: chain.ChainEntry
    subject_count: int
    hash: bytes
    payload: bool
    salt: bytes | None
    content: bytes | None
    erased_by: int | None
    revision: int


@dataclass(frozen=True, slots=True)
class Key:
    """A signing key's public half, and its signature by the key before."""

    public: bytes
    endorsement: bytes | None


def connect(path: Path) -> sqlite3.Connection:
    """Read-only; as a still picture where nobody writes and there is nothing in `-wal`."""
    path.stat()
    try:
        return _proven(path, "mode=ro")
    except sqlite3.OperationalError:
        wal = files.sidecar(path, "-wal")
        if wal.exists() and wal.stat().st_size:
            raise
        return _proven(path, "mode=ro&immutable=1")


def _proven(path: Path, query: str) -> sqlite3.Connection:
    connection = sqlite3.connect(files.uri(path, query), uri=True, isolation_level=None)
    try:
        # One snapshot for all that is read.
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def keys(connection: sqlite3.Connection) -> dict[str, Key]:
    """The keys that the chain has, by their id."""
    rows = connection.execute("SELECT key_id, public_key, endorsement FROM evidence_key")
    return {key_id: Key(public, endorsement) for key_id, public, endorsement in rows}


def entries(connection: sqlite3.Connection) -> Iterator[StoredEntry]:
    """Every entry, from the first on."""
    rows = connection.execute(
        "SELECT e.seq, previous, hash, at, kind, uid, account, subject_count, payload_hash, key_id,"
        " p.seq IS NOT NULL, salt, content, erased_by, revision"
        " FROM evidence e LEFT JOIN evidence_payload p ON p.seq = e.seq ORDER BY e.seq"
    )
    subjects = _Subjects(connection)
    for (
        seq,
        previous,
        digest,
        at,
        kind,
        uid,
        account,
        count,
        payload_hash,
        key_id,
        *payload,
    ) in rows:
        named = subjects.of(seq)
        entry = chain.ChainEntry(
            seq=seq,
            previous=previous,
            at=at,
            kind=kind,
            uid=uid,
            account=account,
            subjects=named,
            payload_hash=payload_hash,
            key_id=key_id,
        )
        yield StoredEntry(entry, count, digest, *payload)


class _Subjects:
    """The subjects of all entries, read beside them in the same order."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._rows = connection.execute(
            "SELECT seq, subject FROM evidence_subject ORDER BY seq, position"
        )
        self._next: tuple[int, str] | None = self._rows.fetchone()

    def of(self, seq: int) -> tuple[str, ...]:
        found = []
        while self._next is not None and self._next[0] <= seq:
            if self._next[0] == seq:
                found.append(self._next[1])
            self._next = self._rows.fetchone()
        return tuple(found)


def kept_heads(connection: sqlite3.Connection) -> list[Head]:
    """The heads that were signed and kept in the file, last the one of the last commit."""
    rows = connection.execute(_HEADS if _signs_commits(connection) else _KEPT_HEADS)
    return [HEAD.decode(line) for (line,) in rows]


def _signs_commits(connection: sqlite3.Connection) -> bool:
    """Whether the file is of a version that signs each commit."""
    sql = "SELECT 1 FROM sqlite_master WHERE name = 'evidence_current'"
    return connection.execute(sql).fetchone() is not None


_KEPT_HEADS = "SELECT line FROM evidence_head ORDER BY number"
_HEADS = (
    "SELECT line FROM (SELECT 0, number, line FROM evidence_head"
    " UNION ALL SELECT 1, id, line FROM evidence_current ORDER BY 1, 2)"
)
