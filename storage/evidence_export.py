"""What a pack takes out of the database: what entries name, entries in full, and hashes for others.

Between a subject's first entry and the signed head every entry is needed to follow the chain. Those
that are not the subject's are represented by the hash of their body alone.

Blocks; reads one snapshot of the file through `chain_reader.connect`, without changing anything.
"""

import sqlite3
from collections.abc import Iterable, Iterator

import msgspec

from storage import chain
from storage.chain_reader import kept_heads
from storage.heads import Head
from storage.payload_rows import decode_rows


class RawMention(msgspec.Struct, frozen=True):
    """An entry's subjects and its payload's bytes, None once it was erased."""

    seq: int
    at: int
    kind: str
    subjects: tuple[str, ...]
    payload: bytes | None


class PackedEntry(msgspec.Struct, frozen=True):
    """An entry in full. Hashes and salt are hexadecimal, `at` microseconds since the epoch.

    `payload` is JSON text; payload and salt are None when they were erased by entry `erased_by`.
    """

    seq: int
    at: int
    kind: str
    uid: int
    account: str
    subjects: tuple[str, ...]
    payload_hash: str
    key_id: str
    salt: str | None
    payload: str | None
    erased_by: int | None


class Link(msgspec.Struct, frozen=True):
    """An entry's number and its body's hash."""

    seq: int
    body: str


class PackedKey(msgspec.Struct, frozen=True):
    """A signing key's public half, and the signature over it by the key before."""

    key_id: str
    public_key: bytes
    endorsement: bytes | None


def raw_mentions(db: sqlite3.Connection, until: int) -> Iterator[RawMention]:
    """What every entry up to a number names, from the first on."""
    for entry, content in _entries(db, 1, until):
        yield RawMention(entry.seq, entry.at, entry.kind, entry.subjects, content)


def held_sources(db: sqlite3.Connection) -> Iterator[tuple[str, int, str]]:
    """Each guest or probe (`guest:rennes/101`), since when it was a tenant's (microseconds), and
    whose."""
    yield from db.execute("SELECT source, since, tenant FROM placement WHERE tenant <> ''")


def held_pools(db: sqlite3.Connection) -> Iterator[tuple[str, str, str]]:
    """Each pool (`pool:rennes/acme`), since which day in Paris it was a tenant's, and whose."""
    yield from db.execute(
        "SELECT 'pool:' || cluster || '/' || pool, valid_from, tenant FROM tenant_pool"
    )


def packed_entries(db: sqlite3.Connection, seqs: frozenset[int]) -> Iterator[PackedEntry]:
    """These entries in full, in their order."""
    for entry, content in _entries(db, min(seqs), max(seqs)):
        if entry.seq in seqs:
            yield _in_full(db, entry, content)


def links(db: sqlite3.Connection, first: int, last: int) -> Iterator[Link]:
    """The hashes of the bodies of all entries from one to another."""
    for entry, _content in _entries(db, first, last):
        yield Link(entry.seq, chain.body_hash(entry).hex())


def count(db: sqlite3.Connection) -> int:
    """How many entries there are."""
    ((number,),) = db.execute("SELECT coalesce(max(seq), 0) FROM evidence")
    return int(number)


def hash_of(db: sqlite3.Connection, seq: int) -> bytes:
    """The hash of an entry; of 0, what a chain begins with."""
    found = db.execute("SELECT hash FROM evidence WHERE seq = ?", (seq,)).fetchone()
    return bytes(found[0]) if found else chain.GENESIS


def newest_head(db: sqlite3.Connection) -> Head | None:
    """The head that was signed last."""
    return next(reversed(kept_heads(db)), None)


def keys_up_to(db: sqlite3.Connection, last: str) -> tuple[PackedKey, ...]:
    """The keys from the first to one, in the order in which they followed one another."""
    found = db.execute(
        "SELECT key_id, public_key, endorsement FROM evidence_key WHERE number <="
        " (SELECT number FROM evidence_key WHERE key_id = ?) ORDER BY number",
        (last,),
    )
    return tuple(PackedKey(*row) for row in found)


def _entries(
    db: sqlite3.Connection, first: int, last: int
) -> Iterator[tuple[chain.ChainEntry, bytes | None]]:
    """The entries of a range, and the content of each."""
    rows = db.execute(
        "SELECT e.seq, previous, at, kind, uid, account, payload_hash, key_id, content"
        " FROM evidence e LEFT JOIN evidence_payload p ON p.seq = e.seq"
        " WHERE e.seq BETWEEN ? AND ? ORDER BY e.seq",
        (first, last),
    )
    subjects = db.execute(
        "SELECT seq, subject FROM evidence_subject WHERE seq BETWEEN ? AND ?"
        " ORDER BY seq, position",
        (first, last),
    )
    following: tuple[int, str] | None = subjects.fetchone()
    for seq, previous, at, kind, uid, account, digest, key_id, content in rows:
        named = []
        while following is not None and following[0] <= seq:
            if following[0] == seq:
                named.append(following[1])
            following = subjects.fetchone()
        entry = chain.ChainEntry(
            seq=seq,
            previous=previous,
            at=at,
            kind=kind,
            uid=uid,
            account=account,
            subjects=tuple(named),
            payload_hash=digest,
            key_id=key_id,
        )
        yield entry, content


def _in_full(db: sqlite3.Connection, entry: chain.ChainEntry, content: bytes | None) -> PackedEntry:
    salt, erased_by = db.execute(
        "SELECT salt, erased_by FROM evidence_payload WHERE seq = ?", (entry.seq,)
    ).fetchone()
    return PackedEntry(
        seq=entry.seq,
        at=entry.at,
        kind=entry.kind,
        uid=entry.uid,
        account=entry.account,
        subjects=entry.subjects,
        payload_hash=entry.payload_hash.hex(),
        key_id=entry.key_id,
        salt=None if salt is None else salt.hex(),
        payload=None if content is None else content.decode(),
        erased_by=erased_by,
    )


def exhibits(db: sqlite3.Connection, entries: Iterable[PackedEntry]) -> Iterator[tuple[str, bytes]]:
    """The files that these entries brought and that were not erased since, by their SHA-256."""
    for case, digest in sorted(set(_named_exhibits(entries))):
        found = db.execute(
            "SELECT content FROM exhibit WHERE suspension = ? AND sha256 = ?", (case, digest)
        ).fetchone()
        if found and found[0]:
            yield digest, bytes(found[0])


def _named_exhibits(entries: Iterable[PackedEntry]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        if entry.payload is not None:
            for key, digest in decode_rows(entry.payload.encode()).rows.get("exhibit", {}).items():
                if digest is not None:
                    case, content = msgspec.json.decode(key, type=tuple[str, str])
                    yield case, content
