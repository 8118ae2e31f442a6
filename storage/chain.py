"""The arithmetic of the evidence chain: encodings and hashes. Python's own library alone.

An entry's hash covers the hash of the entry before and, of the payload, a salted hash only: so
payload and salt can be erased and the chain still verifies. The same file verifies an exported
pack on a machine that has nothing but Python.

Canonical encoding: a list of byte strings, each preceded by its length in eight bytes, big-endian.
Numbers are decimal ASCII. The first string names what is encoded and its version. No two different
lists have the same encoding.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

GENESIS = bytes(32)
"""What stands for the hash of the entry before the first."""


@dataclass(frozen=True, slots=True)
class ChainEntry:
    """One entry of the chain as it is hashed. `at` is microseconds since the epoch, UTC.

    `uid` and `account` are the operating-system user, from the kernel. `key_id` names the key that
    signed heads when the entry was written, empty before there was one.
    """

    seq: int
    previous: bytes
    at: int
    kind: str
    uid: int
    account: str
    subjects: tuple[str, ...]
    payload_hash: bytes
    key_id: str


def encode(parts: Iterable[bytes]) -> bytes:
    """The canonical encoding of a list of byte strings."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def decode(encoded: bytes) -> list[bytes]:
    """The list that was encoded. Errors: `ValueError` when it is no canonical encoding."""
    parts = []
    while encoded:
        length = int.from_bytes(encoded[:8], "big")
        if len(encoded) < 8 + length:
            raise ValueError("the encoding ends too early")
        parts.append(encoded[8 : 8 + length])
        encoded = encoded[8 + length :]
    return parts


def payload_hash(salt: bytes, payload: bytes) -> bytes:
    """The salted hash that stands in the entry for its payload."""
    return hashlib.sha256(encode([b"noc-payload-1", salt, payload])).digest()


def body_hash(entry: ChainEntry) -> bytes:
    """The hash of what the entry says; it stands for the entry where others may not read it.

    The salt within the payload's hash keeps anybody from guessing the entry from it.
    """
    return hashlib.sha256(
        encode(
            [
                b"noc-body-1",
                _number(entry.at),
                entry.kind.encode(),
                _number(entry.uid),
                entry.account.encode(),
                _number(len(entry.subjects)),
                *(subject.encode() for subject in entry.subjects),
                entry.payload_hash,
                entry.key_id.encode(),
            ]
        )
    ).digest()


def link(previous: bytes, seq: int, body: bytes) -> bytes:
    """An entry's own hash, from the hash before, its number and its body's hash."""
    return hashlib.sha256(encode([b"noc-entry-1", previous, _number(seq), body])).digest()


def entry_hash(entry: ChainEntry) -> bytes:
    """The entry's own hash, which the next one carries."""
    return link(entry.previous, entry.seq, body_hash(entry))


def head_message(count: int, last: bytes, key_id: str, at: str) -> bytes:
    """What is signed: how many entries there are and the hash of the last. `at` is RFC 3339."""
    return encode([b"noc-head-1", _number(count), last, key_id.encode(), at.encode()])


def endorsement_message(public_key: bytes) -> bytes:
    """What an old key signs to name its successor."""
    return encode([b"noc-key-1", public_key])


def key_id(public_key: bytes) -> str:
    """A key's name, which it alone can bear: 32 hexadecimal digits of its hash."""
    return hashlib.sha256(encode([b"noc-public-key-1", public_key])).hexdigest()[:32]


def _number(value: int) -> bytes:
    return str(value).encode("ascii")
