"""The heads of databases that a restore put aside, as the entry `database.restored` names them."""

import contextlib

import msgspec

from storage import evidence
from storage.connection import Readable
from storage.heads import Head


class _PutAside(msgspec.Struct, frozen=True):
    """What is read of the entry's payload."""

    heads: tuple[str, ...] = ()


def name_of(head: Head) -> str:
    """A head as the entry names it: `count:hash`."""
    return f"{head.count}:{head.hash}"


def names_in(content: bytes) -> tuple[str, ...]:
    """The heads that a payload names; none where it is no such payload."""
    with contextlib.suppress(msgspec.DecodeError):
        return msgspec.json.decode(content, type=_PutAside).heads
    return ()


async def heads_put_aside(db: Readable, covered: int) -> frozenset[str]:
    """All that this chain's restores name in its first `covered` entries."""
    entries = await evidence.search(db, evidence.Query(kind=evidence.RESTORED, limit=1000))
    return frozenset(
        name
        for one in entries
        if one.seq <= covered
        for name in names_in((one.payload or "").encode())
    )
