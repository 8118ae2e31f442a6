"""Does the chain that a program starts on continue the one whose heads were kept? A few look-ups.

`storage.verify` answers the same from every entry, which takes long; this is asked at each start,
before anything is added.
"""

import base64
import binascii
from collections.abc import Sequence

import msgspec

from storage import evidence
from storage.connection import Readable
from storage.heads import ANNOUNCEMENT, Head, is_signature_of, last_head
from storage.other_lives import heads_put_aside, name_of

INTACT = "intact"
COMPARED = "evidence.compared"
"""The kind of the entry that says how a start found the chain, where it was not intact."""


class HeadComparison(msgspec.Struct, frozen=True):
    """`verdict` is a word of `storage.verdict`; `reason` one English line, empty when intact."""

    verdict: str = INTACT
    reason: str = ""


async def compare_heads(db: Readable, heads: Sequence[Head]) -> HeadComparison:
    """Compare the chain with heads that were kept of it; the first that disagrees decides.

    A head of a database that a restore put aside disagrees with nothing, where an entry says so
    under the signature of this chain's key.
    """
    keys: dict[str, bytes] = dict(
        await db.rows(
            "SELECT key_id, public_key FROM evidence_key WHERE 'key:' || key_id IN"
            " (SELECT subject FROM evidence_subject JOIN evidence USING (seq) WHERE kind = ?)",
            (ANNOUNCEMENT,),
        )
    )
    count = await evidence.count(db)
    if heads and not count:
        return HeadComparison("empty", f"there is no entry, and a head counts {heads[-1].count}")
    found = [
        (head, _signed(keys, head) or _counted(head, count) or await _hashed(db, head))
        for head in sorted([*heads, *await _last(db)], key=lambda one: one.count)
    ]
    aside = await heads_put_aside(db)
    for head, fault in found:
        if fault is not None and name_of(head) not in aside:
            return fault
    return HeadComparison()


async def _last(db: Readable) -> list[Head]:
    last = await last_head(db)
    return [] if last is None else [last]


def _signed(keys: dict[str, bytes], head: Head) -> HeadComparison | None:
    public = keys.get(head.key_id)
    if public is not None and is_signature_of(public, _signature(head), head.message()):
        return None
    reason = f"the head of {head.at} is not signed by a key that this chain has"
    return HeadComparison("key-changed", reason)


def _signature(head: Head) -> bytes:
    try:
        return base64.b64decode(head.signature, validate=True)
    except binascii.Error:
        return b""


def _counted(head: Head, count: int) -> HeadComparison | None:
    if head.count <= count:
        return None
    reason = f"there are {count} entries, and the head of {head.at} counts {head.count}"
    return HeadComparison("truncated", reason)


async def _hashed(db: Readable, head: Head) -> HeadComparison | None:
    found = await db.rows("SELECT hash FROM evidence WHERE seq = ?", (head.count,))
    if not head.count or (found and found[0][0].hex() == head.hash):
        return None
    return HeadComparison("forked", f"entry {head.count} is not the one of the head of {head.at}")


async def last_comparison(db: Readable) -> HeadComparison:
    """How the last start found the chain, as the entries say."""
    found = await evidence.search(db, evidence.Query(kind=COMPARED, limit=1))
    if not found or found[0].payload is None:
        return HeadComparison()
    return msgspec.json.decode(found[0].payload, type=HeadComparison)
