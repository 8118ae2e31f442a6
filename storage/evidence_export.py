"""A case's part of the chain, fit to leave the machine: its entries, and hashes for all others.

Between the case's first entry and the signed head every entry is needed to follow the chain. Those
of other tenants are represented by their body's hash alone.
"""

import msgspec

from storage import chain
from storage.connection import Readable
from storage.heads import HEAD, Head


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


class Pack(msgspec.Struct, frozen=True):
    """`previous` is the hash of the entry before the first link.

    `head` is the earliest signed one over all entries of the case, None when there is none yet;
    `keys` are those up to its signer's, in the order in which they followed one another.
    `held_back` entries name other tenants too, and are links alone in the pack of one tenant.
    """

    subject: str
    previous: str
    entries: tuple[PackedEntry, ...]
    links: tuple[Link, ...]
    head: Head | None
    keys: tuple[PackedKey, ...]
    held_back: int = 0


async def packed(db: Readable, subject: str) -> Pack | None:
    """The part of the chain that concerns `subject`; None when nothing does. Give a snapshot."""
    wanted = {
        seq
        for (seq,) in await db.rows(
            "SELECT seq FROM evidence_subject WHERE subject = ?", (subject,)
        )
    }
    if not wanted:
        return None
    shared = await _shared(db, subject)
    first, last = min(wanted), max(wanted)
    head = await _head_over(db, last)
    entries, links = [], []
    for entry in await _entries(db, first, head.count if head else last):
        links.append(Link(entry.seq, chain.body_hash(entry).hex()))
        if entry.seq in wanted - shared:
            entries.append(await _in_full(db, entry))
    return Pack(
        subject,
        (await _hash_of(db, first - 1)).hex(),
        tuple(entries),
        tuple(links),
        head,
        await _keys(db, head.key_id) if head else (),
        len(shared),
    )


async def _shared(db: Readable, subject: str) -> set[int]:
    """The entries about a tenant that tell of other tenants as well."""
    if not subject.startswith("tenant:"):
        return set()
    found = await db.rows(
        "SELECT DISTINCT one.seq FROM evidence_subject one JOIN evidence_subject other USING (seq)"
        " WHERE one.subject = ?1 AND other.subject LIKE 'tenant:%' AND other.subject <> ?1",
        (subject,),
    )
    return {seq for (seq,) in found}


async def _head_over(db: Readable, last: int) -> Head | None:
    found = await db.rows(
        "SELECT line FROM evidence_head WHERE count >= ? ORDER BY count, number LIMIT 1", (last,)
    )
    return HEAD.decode(found[0][0]) if found else None


async def _hash_of(db: Readable, seq: int) -> bytes:
    found = await db.rows("SELECT hash FROM evidence WHERE seq = ?", (seq,))
    return bytes(found[0][0]) if found else chain.GENESIS


async def _keys(db: Readable, last: str) -> tuple[PackedKey, ...]:
    """The keys up to one."""
    found = await db.rows(
        "SELECT key_id, public_key, endorsement FROM evidence_key WHERE number <="
        " (SELECT number FROM evidence_key WHERE key_id = ?) ORDER BY number",
        (last,),
    )
    return tuple(PackedKey(*row) for row in found)


async def _entries(db: Readable, first: int, last: int) -> list[chain.Entry]:
    subjects: dict[int, list[str]] = {}
    for seq, subject in await db.rows(
        "SELECT seq, subject FROM evidence_subject WHERE seq BETWEEN ? AND ?"
        " ORDER BY seq, position",
        (first, last),
    ):
        subjects.setdefault(seq, []).append(subject)
    rows = await db.rows(
        "SELECT seq, previous, at, kind, uid, account, payload_hash, key_id FROM evidence"
        " WHERE seq BETWEEN ? AND ? ORDER BY seq",
        (first, last),
    )
    return [
        chain.Entry(
            seq, previous, at, kind, uid, account, tuple(subjects.get(seq, ())), digest, key_id
        )
        for seq, previous, at, kind, uid, account, digest, key_id in rows
    ]


async def _in_full(db: Readable, entry: chain.Entry) -> PackedEntry:
    ((salt, content, erased_by),) = await db.rows(
        "SELECT salt, content, erased_by FROM evidence_payload WHERE seq = ?", (entry.seq,)
    )
    return PackedEntry(
        entry.seq,
        entry.at,
        entry.kind,
        entry.uid,
        entry.account,
        entry.subjects,
        entry.payload_hash.hex(),
        entry.key_id,
        None if salt is None else salt.hex(),
        None if content is None else content.decode(),
        erased_by,
    )
