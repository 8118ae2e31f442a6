"""The heads of databases that a restore put aside, as the entry `database.restored` names them.

The entry speaks for what is no longer there, so `nocd restore` signs what it says, with the key in
force: `signature` is over the hash of the entry before and the names of the heads. Without that
signature nobody is believed who says that the heads kept outside are of another life.
"""

import base64
import binascii
import contextlib
from collections.abc import Sequence

import msgspec

from storage import chain, evidence
from storage.connection import Readable
from storage.heads import Head, SigningKey, is_signature_of


class _PutAside(msgspec.Struct, frozen=True):
    """What is read of the entry's payload; the signature is base64."""

    heads: tuple[str, ...] = ()
    signature: str = ""


def name_of(head: Head) -> str:
    """A head as the entry names it: `count:hash`."""
    return f"{head.count}:{head.hash}"


def names_in(content: bytes) -> tuple[str, ...]:
    """The heads that a payload names; none where it is no such payload."""
    return _said(content).heads


def sign_names(key: SigningKey, previous: bytes, names: Sequence[str]) -> str:
    """The signature of an entry that names these heads, after the entry of the hash `previous`."""
    return base64.b64encode(key.sign(_message(previous, names))).decode()


def signed_names(content: bytes, previous: bytes, public: bytes) -> tuple[str, ...]:
    """The heads that a payload names under the signature of that key; none without it."""
    said = _said(content)
    with contextlib.suppress(binascii.Error, ValueError):
        signature = base64.b64decode(said.signature, validate=True)
        if is_signature_of(public, signature, _message(previous, said.heads)):
            return said.heads
    return ()


def _said(content: bytes) -> _PutAside:
    with contextlib.suppress(msgspec.DecodeError):
        return msgspec.json.decode(content, type=_PutAside)
    return _PutAside()


def _message(previous: bytes, names: Sequence[str]) -> bytes:
    return chain.encode([b"noc-restored-1", previous, *(name.encode() for name in names)])


async def heads_put_aside(db: Readable) -> frozenset[str]:
    """All that this chain's restores name under the signature of the key that was in force."""
    rows = await db.rows(
        "SELECT content, previous, public_key FROM evidence JOIN evidence_payload USING (seq)"
        " JOIN evidence_key USING (key_id) WHERE kind = ? AND content IS NOT NULL",
        (evidence.RESTORED,),
    )
    return frozenset(name for row in rows for name in signed_names(*row))
