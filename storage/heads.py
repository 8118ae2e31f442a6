"""Signed heads: how many entries there are and the hash of the last, under an Ed25519 key.

A head that is kept outside the machine proves that no entry up to it was cut off or replaced. The
private key is a file of `nocd`'s alone; the public halves are in the database, and a key's id is
its own hash. A new key is announced by an entry under the old one, and endorsed by it.
"""

import base64
import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from storage import chain
from storage.change import (
    Change,
    HeadKey,
    add_term,
    insert_entries,
    sign_with,
    signing_key_of,
    transaction_of,
)
from storage.connection import Readable
from storage.row_terms import term_of
from storage.times import micros

ANNOUNCEMENT = "evidence.key"
HEAD_ROWS = "SELECT number, count, line, at, revision FROM evidence_head"
"""The kept heads, each as `head_term` takes it."""


class Head(msgspec.Struct, frozen=True):
    """One line of JSON outside. `hash` is hexadecimal, `signature` base64, `at` RFC 3339 UTC."""

    count: int
    hash: str
    key_id: str
    at: str
    signature: str

    def line(self) -> str:
        """The head as its one line, without the line's end."""
        return msgspec.json.encode(self).decode()

    def message(self) -> bytes:
        """The bytes that are signed. Errors: `ValueError` when `hash` is not hexadecimal."""
        return chain.head_message(self.count, bytes.fromhex(self.hash), self.key_id, self.at)


HEAD = msgspec.json.Decoder(Head)
"""Reads the one line of a head."""


class KeyFileError(Exception):
    """The signing key's file cannot be used; the text names it and says why."""


class SigningKey:
    """The private key that signs heads."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw()
        self.key_id = chain.key_id(self.public)

    @classmethod
    def generate(cls) -> "SigningKey":
        return cls(Ed25519PrivateKey.generate())

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return self._private.sign(message)

    def save(self, path: Path) -> None:
        """Write the key as PEM to a new file that its owner alone may read."""
        pem = self._private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except OSError as error:
            raise KeyFileError(
                f"{path}: the signing key cannot be kept: {error.strerror}"
            ) from error
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())


def load_key(path: Path) -> SigningKey:
    """The key of a PEM file. Errors: `KeyFileError`: missing, open to others, no Ed25519 key."""
    try:
        mode = path.stat().st_mode & 0o077
        pem = path.read_bytes()
    except OSError as error:
        raise KeyFileError(f"{path}: the signing key cannot be read: {error.strerror}") from error
    if mode:
        raise KeyFileError(f"{path}: the signing key may be read by others: chmod 600 it")
    try:
        private = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise KeyFileError(f"{path}: this is no signing key: {error}") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyFileError(f"{path}: the signing key must be an Ed25519 key")
    return SigningKey(private)


def load_or_create_key(path: Path) -> SigningKey:
    """The key of the file, which is made when it is missing. Errors: `KeyFileError`."""
    try:
        missing = not path.exists()
    except OSError as error:
        raise KeyFileError(f"{path}: the signing key cannot be read: {error.strerror}") from error
    if missing:
        SigningKey.generate().save(path)
    return load_key(path)


def public_pem(public: bytes) -> str:
    """A raw public key as `openssl` reads it."""
    return (
        Ed25519PublicKey.from_public_bytes(public)
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def is_signature_of(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature is the key's, over the message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


class AnnouncedKey(msgspec.Struct, frozen=True):
    """A public key of a chain, and what the key before it signed to endorse it."""

    key_id: str
    public_key: bytes
    endorsement: bytes | None


async def announced_keys(db: Readable) -> list[AnnouncedKey]:
    """The keys of a chain in their order."""
    rows = await db.rows("SELECT key_id, public_key, endorsement FROM evidence_key ORDER BY number")
    return [AnnouncedKey(*row) for row in rows]


async def follow_keys(change: Change, known: Sequence[AnnouncedKey]) -> None:
    """Make the last of these keys the key of this chain too, through all that came between: each
    has the endorsement of the one before it. A chain that is under none of them begins at the last.
    """
    here = await key_in_force(change)
    ids = [key.key_id for key in known]
    later = known[ids.index(here) + 1 :] if here in ids else known[-1:]
    for key in later:
        await _announce(change, key)


async def use_key(change: Change, key: HeadKey, *, previous: SigningKey | None = None) -> bool:
    """Make this the key of what follows; True when it is a new one. The writer signs each commit
    with it from this one on.

    The announcement is an entry under the key before. `previous` is that key, to endorse the new
    one: without it `verify` says from then on that the key was changed, which is the truth.
    """
    sign_with(change, key)
    if await key_in_force(change) == key.key_id:
        return False
    endorsement = previous.sign(chain.endorsement_message(key.public)) if previous else None
    await _announce(change, AnnouncedKey(key.key_id, key.public, endorsement))
    return True


async def _announce(change: Change, key: AnnouncedKey) -> None:
    """An entry under the key before, then the key."""
    await change.record(
        ANNOUNCEMENT,
        [f"key:{key.key_id}"],
        {"public_key": base64.b64encode(key.public_key).decode()},
    )
    await insert_entries(change)  # under the key before
    await transaction_of(change).execute(
        "INSERT INTO evidence_key(number, key_id, public_key, endorsement, at)"
        " SELECT coalesce(max(number), 0) + 1, ?, ?, ?, ? FROM evidence_key",
        (key.key_id, key.public_key, key.endorsement, micros(change.at)),
    )


async def key_in_force(db: Readable) -> str | None:
    """The id of the key that this chain goes on under; None before the first."""
    found = await db.rows("SELECT key_id FROM evidence_key ORDER BY number DESC LIMIT 1")
    return found[0][0] if found else None


async def sign_head(change: Change, key: SigningKey) -> Head:
    """Sign the chain, with what this change recorded so far, and keep the head; the change too is
    signed with that key, unless it has another.
    """
    if signing_key_of(change) is None:
        sign_with(change, key)
    await insert_entries(change)
    ((count, last),) = await change.rows(
        "SELECT count(*), coalesce((SELECT hash FROM evidence ORDER BY seq DESC LIMIT 1),"
        " zeroblob(32)) FROM evidence"
    )
    head = build_head(key, count, last, change.at)
    ((number,),) = await change.rows(
        "INSERT INTO evidence_head(number, count, line, at, revision)"
        " SELECT coalesce(max(number), 0) + 1, ?, ?, ?, ? FROM evidence_head RETURNING number",
        (count, head.line(), micros(change.at), change.revision),
    )
    term = head_term(number, count, head.line(), micros(change.at), change.revision)
    add_term(change, "evidence_head", term)
    return head


def head_term(number: int, count: int, line: str, at: int, revision: int) -> int:
    """What a kept head adds to the sum of them all (`storage.row_sums`)."""
    return term_of("evidence_head", [number], [count, line, at], revision)


async def put_current(change: Change, key: HeadKey, count: int, last: bytes) -> None:
    """Sign the chain as it is at the end of this change: the one head that each commit replaces."""
    head = build_head(key, count, last or chain.GENESIS, change.at)
    await transaction_of(change).execute(
        "INSERT INTO evidence_current(id, line) VALUES (1, ?)"
        " ON CONFLICT(id) DO UPDATE SET line = excluded.line",
        (head.line(),),
    )


async def current_head(db: Readable) -> Head | None:
    """The head that the last commit signed; None where no commit was signed yet.

    Errors: `ValueError` when it is none.
    """
    found = await db.rows("SELECT line FROM evidence_current")
    return HEAD.decode(found[0][0]) if found else None


async def signed_count(db: Readable) -> int | None:
    """How many entries the last commit that was signed covers, 0 where the chain is another than it
    says; None where there is no key yet.
    """
    if await key_in_force(db) is None:
        return None
    try:
        head = await current_head(db) or await last_head(db)
    except ValueError:
        return 0
    if head is None:
        return 0
    found = await db.rows(
        "SELECT hash, (SELECT public_key FROM evidence_key WHERE key_id = ?)"
        " FROM evidence WHERE seq = ?",
        (head.key_id, head.count),
    )
    return head.count if found and _is_whole(head, *found[0]) else 0


def _is_whole(head: Head, digest: bytes, public: bytes | None) -> bool:
    """Whether a head is over the entry of that hash, under that key."""
    try:
        signature = base64.b64decode(head.signature)
    except ValueError:
        return False
    return (
        public is not None
        and digest.hex() == head.hash
        and is_signature_of(public, signature, head.message())
    )


def build_head(key: HeadKey, count: int, last: bytes, at: datetime) -> Head:
    """A head over `count` entries whose last has the hash `last`."""
    text = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    message = chain.head_message(count, last, key.key_id, text)
    signature = base64.b64encode(key.sign(message)).decode()
    return Head(count, last.hex(), key.key_id, text, signature)


async def last_head(db: Readable, most: int | None = None) -> Head | None:
    """The newest head that was signed here, over at most so many entries."""
    found = await db.rows(
        "SELECT line FROM evidence_head WHERE count <= coalesce(?, count)"
        " ORDER BY number DESC LIMIT 1",
        (most,),
    )
    return HEAD.decode(found[0][0]) if found else None


async def first_head_over(db: Readable, count: int) -> Head | None:
    """The first head signed here that covers the first `count` entries; None before there is one.

    It stays the same once there is one, whatever is recorded afterwards.
    """
    found = await db.rows(
        "SELECT line FROM evidence_head WHERE count >= ? ORDER BY number LIMIT 1", (count,)
    )
    return HEAD.decode(found[0][0]) if found else None


def heads_in(lines: bytes) -> list[Head]:
    """The heads of a file's content, one JSON line each; a line that is none is left out, such as
    the last one of a program that was killed while it wrote.
    """
    found = []
    for line in lines.splitlines():
        with suppress(ValueError):  # msgspec's own errors are ValueErrors too
            head = HEAD.decode(line)
            head.message()
            found.append(head)
    return found
