"""Is the evidence what was written? One verdict, and the first entry that is not as it was.

intact       every entry follows the one before, every payload is the one that was hashed, every
             head agrees
altered      an entry, its subjects or its payload was changed, or an entry is missing in between
truncated    a head knows of more entries than there are
forked       an entry continues another than the one before it, or a head knows another history
key-changed  a key follows that the one before did not announce and endorse, or a head is signed by
             a key this chain does not have
unreadable   the file is no database, is damaged, or has no chain

Blocks; reads with Python's own sqlite3, without changing anything, whoever writes meanwhile.
"""

import base64
import binascii
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import msgspec

from storage import chain, files
from storage.heads import ANNOUNCEMENT, HEAD, Head, signed_by

ERASURE = "evidence.erased"


class Verdict(StrEnum):
    """What `verify` says, in one word."""

    INTACT = "intact"
    ALTERED = "altered"
    TRUNCATED = "truncated"
    FORKED = "forked"
    KEY_CHANGED = "key-changed"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Report:
    """`first_bad` is the number of the first entry that is not as it was; None when intact, or
    when no entry could be read. `reason` is one English line. `heads` were compared."""

    verdict: Verdict
    count: int
    reason: str
    first_bad: int | None = None
    heads: int = 0
    erased: int = 0
    last_hash: str = ""


class _Bad(Exception):
    def __init__(self, verdict: Verdict, seq: int | None, reason: str) -> None:
        super().__init__(reason)
        self.verdict = verdict
        self.seq = seq
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Stored:
    """An entry as it stands in the file, with what was stored beside it."""

    entry: chain.Entry
    hash: bytes
    payload: bool
    salt: bytes | None
    content: bytes | None
    erased_by: int | None


@dataclass(frozen=True, slots=True)
class _Key:
    public: bytes
    endorsement: bytes | None


@dataclass(slots=True)
class _Walk:
    """What is known after the entries that were read so far."""

    keys: dict[str, _Key]
    hashes: list[bytes] = field(default_factory=list)
    key_ids: list[str] = field(default_factory=list)
    numbers: dict[bytes, int] = field(default_factory=dict)
    announced: str | None = None
    erased: dict[int, int] = field(default_factory=dict)
    erasures: dict[int, frozenset[str]] = field(default_factory=dict)

    @property
    def last(self) -> bytes:
        return self.hashes[-1] if self.hashes else chain.GENESIS


def verify(path: Path, heads: Sequence[Head] = ()) -> Report:
    """Read the whole chain; `heads` are compared besides those that are kept in the file."""
    walk = _Walk({})
    try:
        with closing(_connect(path)) as connection:
            walk.keys = _keys(connection)
            for stored in _entries(connection):
                _check_entry(walk, stored)
            _check_erasures(walk)
            compared = [*_kept_heads(connection), *heads]
            _check_heads(walk, compared)
    except _Bad as bad:
        return Report(bad.verdict, len(walk.hashes), bad.reason, bad.seq, erased=len(walk.erased))
    except (sqlite3.Error, OSError, ValueError, TypeError, msgspec.DecodeError) as error:
        seq = len(walk.hashes) + 1 if walk.hashes else None
        reason = f"{path}: the chain cannot be read: {error}"
        return Report(Verdict.UNREADABLE, len(walk.hashes), reason, seq)
    return Report(
        Verdict.INTACT,
        len(walk.hashes),
        f"all {len(walk.hashes)} entries are as they were written",
        heads=len(compared),
        erased=len(walk.erased),
        last_hash=walk.last.hex(),
    )


def _connect(path: Path) -> sqlite3.Connection:
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


def _keys(connection: sqlite3.Connection) -> dict[str, _Key]:
    rows = connection.execute("SELECT key_id, public_key, endorsement FROM evidence_key")
    return {key_id: _Key(public, endorsement) for key_id, public, endorsement in rows}


def _entries(connection: sqlite3.Connection) -> Iterator[_Stored]:
    rows = connection.execute(
        "SELECT e.seq, previous, hash, at, kind, uid, account, subject_count, payload_hash, key_id,"
        " p.seq IS NOT NULL, salt, content, erased_by"
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
        if len(named) != count:
            reason = f"entry {seq} has {len(named)} subjects and was written with {count}"
            raise _Bad(Verdict.ALTERED, seq, reason)
        entry = chain.Entry(seq, previous, at, kind, uid, account, named, payload_hash, key_id)
        yield _Stored(entry, digest, *payload)


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


def _check_entry(walk: _Walk, stored: _Stored) -> None:
    entry = stored.entry
    expected = len(walk.hashes) + 1
    if entry.seq != expected:
        raise _Bad(Verdict.ALTERED, expected, f"entry {expected} is missing")
    if chain.entry_hash(entry) != stored.hash:
        raise _Bad(Verdict.ALTERED, entry.seq, f"entry {entry.seq} does not have its hash")
    _check_link(walk, entry)
    _check_key(walk, entry)
    _check_payload(walk, stored)
    walk.announced = _announced(entry)
    if entry.kind == ERASURE:
        walk.erasures[entry.seq] = frozenset(entry.subjects)
    walk.numbers[stored.hash] = entry.seq
    walk.hashes.append(stored.hash)
    walk.key_ids.append(entry.key_id)


def _check_link(walk: _Walk, entry: chain.Entry) -> None:
    if entry.previous == walk.last:
        return
    if entry.previous == chain.GENESIS or entry.previous in walk.numbers:
        origin = walk.numbers.get(entry.previous, 0)
        reason = f"entry {entry.seq} continues entry {origin} and not {entry.seq - 1}"
        raise _Bad(Verdict.FORKED, entry.seq, reason)
    # The entry agrees with itself, so the one it was written after is no longer the same.
    reason = f"entry {entry.seq - 1} is not the one that entry {entry.seq} was written after"
    raise _Bad(Verdict.ALTERED, max(1, entry.seq - 1), reason)


def _check_key(walk: _Walk, entry: chain.Entry) -> None:
    key = walk.keys.get(entry.key_id)
    if entry.key_id and (key is None or chain.key_id(key.public) != entry.key_id):
        reason = f"the key {entry.key_id} of entry {entry.seq} is missing or was replaced"
        raise _Bad(Verdict.KEY_CHANGED, entry.seq, reason)
    before = walk.key_ids[-1] if walk.key_ids else ""
    if entry.key_id == before:
        return
    if key is None or entry.key_id != walk.announced or not _endorsed(walk, before, key):
        reason = f"entry {entry.seq} uses a key that the one before did not announce and endorse"
        raise _Bad(Verdict.KEY_CHANGED, entry.seq, reason)


def _endorsed(walk: _Walk, before: str, key: _Key) -> bool:
    if not before:
        return True
    message = chain.endorsement_message(key.public)
    return signed_by(walk.keys[before].public, key.endorsement or b"", message)


def _announced(entry: chain.Entry) -> str | None:
    if entry.kind != ANNOUNCEMENT or len(entry.subjects) != 1:
        return None
    return entry.subjects[0].removeprefix("key:")


def _check_payload(walk: _Walk, stored: _Stored) -> None:
    seq = stored.entry.seq
    if not stored.payload:
        raise _Bad(Verdict.ALTERED, seq, f"the payload of entry {seq} is missing")
    if stored.erased_by is not None:
        walk.erased[seq] = stored.erased_by
    elif stored.salt is None or stored.content is None:
        raise _Bad(Verdict.ALTERED, seq, f"the payload of entry {seq} was emptied")
    elif chain.payload_hash(stored.salt, stored.content) != stored.entry.payload_hash:
        raise _Bad(Verdict.ALTERED, seq, f"the payload of entry {seq} was changed")


def _check_erasures(walk: _Walk) -> None:
    for seq, erased_by in walk.erased.items():
        if f"entry:{seq}" not in walk.erasures.get(erased_by, frozenset()):
            reason = f"the payload of entry {seq} was erased without an entry that says so"
            raise _Bad(Verdict.ALTERED, seq, reason)


def _kept_heads(connection: sqlite3.Connection) -> list[Head]:
    rows = connection.execute("SELECT line FROM evidence_head ORDER BY number")
    return [HEAD.decode(line) for (line,) in rows]


def _check_heads(walk: _Walk, heads: Sequence[Head]) -> None:
    checks: tuple[Callable[[_Walk, Head], None], ...] = (_check_signer, _check_count, _check_hash)
    for check in checks:
        for head in sorted(heads, key=lambda head: head.count):
            check(walk, head)


def _check_signer(walk: _Walk, head: Head) -> None:
    key = walk.keys.get(head.key_id)
    if key is not None and signed_by(key.public, _signature(head), head.message()):
        return
    why = "by a key this chain does not have" if key is None else "by another key than it says"
    within = 0 < head.count <= len(walk.key_ids)
    seq = walk.key_ids.index(walk.key_ids[head.count - 1]) + 1 if within else None
    reason = f"the head of {head.at} over {head.count} entries is signed {why}"
    raise _Bad(Verdict.KEY_CHANGED, seq, reason)


def _check_count(walk: _Walk, head: Head) -> None:
    if head.count > len(walk.hashes):
        missing = len(walk.hashes) + 1
        reason = f"entry {missing} is missing: the head of {head.at} counts {head.count} entries"
        raise _Bad(Verdict.TRUNCATED, missing, reason)


def _check_hash(walk: _Walk, head: Head) -> None:
    found = walk.hashes[head.count - 1] if head.count else chain.GENESIS
    if found.hex() != head.hash:
        # The first that is known to differ: between it and the head before, no hash is known.
        reason = f"entry {head.count} is another than the head of {head.at} knew"
        raise _Bad(Verdict.FORKED, head.count, reason)


def _signature(head: Head) -> bytes:
    try:
        return base64.b64decode(head.signature, validate=True)
    except binascii.Error:
        return b""
