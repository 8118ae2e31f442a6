"""Entries as they are written to the evidence log. For `storage.change` alone.

Payloads are JSON objects; what looks like a secret is refused (R33).
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from storage import chain
from storage.evidence import Actor
from storage.row_values import MASKED, REFUSED_FIELD
from storage.times import micros
from storage.transaction import Transaction

ROWS, ROW_VALUES = "rows", "row_values"
ROWS_OF, ROW_VALUES_OF = "rows_of", "row_values_of"
"""The reserved keys of a payload: see `storage.row_digests` and `storage.row_values`."""
RESERVED = (ROWS, ROW_VALUES, ROWS_OF, ROW_VALUES_OF)

_SECRET_KEY = re.compile(REFUSED_FIELD, re.I)
_SECRET_VALUE = re.compile(MASKED)


async def last_number(tx: Transaction) -> int:
    """The number of the last entry; 0 before the first."""
    ((number,),) = await tx.rows("SELECT coalesce(max(seq), 0) FROM evidence")
    return int(number)


async def insert(
    tx: Transaction,
    *,
    seq: int,
    kind: str,
    actor: Actor,
    at: datetime,
    subjects: Sequence[str],
    content: bytes,
) -> bytes:
    """Add the entry after the last one, which has the number before `seq`; returns its hash."""
    salt = secrets.token_bytes(32)
    ((previous, key_id),) = await tx.rows(
        "SELECT coalesce((SELECT hash FROM evidence ORDER BY seq DESC LIMIT 1), zeroblob(32)),"
        " coalesce((SELECT key_id FROM evidence_key ORDER BY number DESC LIMIT 1), '')"
    )
    unique = tuple(dict.fromkeys(subjects))
    hashed = chain.payload_hash(salt, content)
    entry = chain.ChainEntry(
        seq=seq,
        previous=previous,
        at=micros(at),
        kind=kind,
        uid=actor.uid,
        account=actor.name,
        subjects=unique,
        payload_hash=hashed,
        key_id=key_id,
    )
    digest = chain.entry_hash(entry)
    await _insert(tx, entry, digest, salt, content)
    return digest


def encode_scrubbed(payload: Mapping[str, object]) -> bytes:
    """The payload's bytes: JSON with sorted keys, token values masked.

    Errors: `ValueError` for a field named like a secret, and for a reserved key.
    """
    plain = msgspec.to_builtins(payload)
    for key in RESERVED:
        if key in plain:
            raise ValueError(f"payload.{key}: this key is for the rows of the entry")
    _refuse_secrets(plain, "payload")
    text = msgspec.json.encode(plain, order="sorted").decode()
    return _SECRET_VALUE.sub(r"\1***", text).encode()


def with_reserved(content: bytes, reserved: Mapping[str, object]) -> bytes:
    """The payload's bytes with what its reserved keys hold, if there is anything."""
    if not reserved:
        return content
    fields: dict[str, object] = dict(msgspec.json.decode(content, type=dict[str, msgspec.Raw]))
    return msgspec.json.encode({**fields, **reserved}, order="sorted")


def _refuse_secrets(value: object, where: str) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if _SECRET_KEY.search(str(key)):
                raise ValueError(f"{where}.{key}: a secret must not enter the evidence log")
            _refuse_secrets(inner, f"{where}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _refuse_secrets(inner, f"{where}[{index}]")


async def _insert(
    tx: Transaction, entry: chain.ChainEntry, digest: bytes, salt: bytes, content: bytes
) -> None:
    await tx.execute(
        "INSERT INTO evidence(seq, previous, hash, at, kind, uid, account, subject_count,"
        " payload_hash, key_id, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            entry.seq,
            entry.previous,
            digest,
            entry.at,
            entry.kind,
            entry.uid,
            entry.account,
            len(entry.subjects),
            entry.payload_hash,
            entry.key_id,
            tx.revision,
        ),
    )
    if entry.subjects:
        await tx.executemany(
            "INSERT INTO evidence_subject(seq, position, subject) VALUES (?, ?, ?)",
            [(entry.seq, position, subject) for position, subject in enumerate(entry.subjects)],
        )
    await tx.execute(
        "INSERT INTO evidence_payload(seq, salt, content) VALUES (?, ?, ?)",
        (entry.seq, salt, content),
    )
