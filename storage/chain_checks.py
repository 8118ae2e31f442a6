"""What must hold of each entry of the chain, and of each head that was kept of it; pure."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from storage import chain
from storage.erasure import ERASED
from storage.heads import ANNOUNCEMENT, Head, signed_by
from storage.stored_chain import Key, Stored
from storage.verdict import Verdict


class NotAsWritten(Exception):
    """The first thing that is not: of entry `seq`, or of none that can be named."""

    def __init__(self, verdict: Verdict, seq: int | None, reason: str) -> None:
        super().__init__(reason)
        self.verdict = verdict
        self.seq = seq
        self.reason = reason


@dataclass(slots=True)
class Walk:
    """What is known after the entries that were read so far."""

    keys: dict[str, Key]
    hashes: list[bytes] = field(default_factory=list)
    key_ids: list[str] = field(default_factory=list)
    numbers: dict[bytes, int] = field(default_factory=dict)
    announced: str | None = None
    erased: dict[int, int] = field(default_factory=dict)
    erasures: dict[int, frozenset[str]] = field(default_factory=dict)

    @property
    def last(self) -> bytes:
        """The hash of the last entry, or what a chain begins with."""
        return self.hashes[-1] if self.hashes else chain.GENESIS


def check_entry(walk: Walk, stored: Stored) -> None:
    """The next entry: whole, itself, after the one before, under its key, with its payload."""
    entry = stored.entry
    _check_subjects(stored)
    expected = len(walk.hashes) + 1
    if entry.seq != expected:
        raise NotAsWritten(Verdict.ALTERED, expected, f"entry {expected} is missing")
    if chain.entry_hash(entry) != stored.hash:
        raise NotAsWritten(Verdict.ALTERED, entry.seq, f"entry {entry.seq} does not have its hash")
    _check_link(walk, entry)
    _check_key(walk, entry)
    _check_payload(walk, stored)
    walk.announced = _announced(entry)
    if entry.kind == ERASED:
        walk.erasures[entry.seq] = frozenset(entry.subjects)
    walk.numbers[stored.hash] = entry.seq
    walk.hashes.append(stored.hash)
    walk.key_ids.append(entry.key_id)


def _check_subjects(stored: Stored) -> None:
    seq, named = stored.entry.seq, len(stored.entry.subjects)
    if named != stored.subject_count:
        reason = f"entry {seq} has {named} subjects and was written with {stored.subject_count}"
        raise NotAsWritten(Verdict.ALTERED, seq, reason)


def _check_link(walk: Walk, entry: chain.Entry) -> None:
    if entry.previous == walk.last:
        return
    if entry.previous == chain.GENESIS or entry.previous in walk.numbers:
        origin = walk.numbers.get(entry.previous, 0)
        reason = f"entry {entry.seq} continues entry {origin} and not {entry.seq - 1}"
        raise NotAsWritten(Verdict.FORKED, entry.seq, reason)
    # The entry agrees with itself, so the one it was written after is no longer the same.
    reason = f"entry {entry.seq - 1} is not the one that entry {entry.seq} was written after"
    raise NotAsWritten(Verdict.ALTERED, max(1, entry.seq - 1), reason)


def _check_key(walk: Walk, entry: chain.Entry) -> None:
    key = walk.keys.get(entry.key_id)
    if entry.key_id and (key is None or chain.key_id(key.public) != entry.key_id):
        reason = f"the key {entry.key_id} of entry {entry.seq} is missing or was replaced"
        raise NotAsWritten(Verdict.KEY_CHANGED, entry.seq, reason)
    before = walk.key_ids[-1] if walk.key_ids else ""
    if entry.key_id == before:
        return
    if key is None or entry.key_id != walk.announced or not _endorsed(walk, before, key):
        reason = f"entry {entry.seq} uses a key that the one before did not announce and endorse"
        raise NotAsWritten(Verdict.KEY_CHANGED, entry.seq, reason)


def _endorsed(walk: Walk, before: str, key: Key) -> bool:
    if not before:
        return True
    message = chain.endorsement_message(key.public)
    return signed_by(walk.keys[before].public, key.endorsement or b"", message)


def _announced(entry: chain.Entry) -> str | None:
    if entry.kind != ANNOUNCEMENT or len(entry.subjects) != 1:
        return None
    return entry.subjects[0].removeprefix("key:")


def _check_payload(walk: Walk, stored: Stored) -> None:
    seq = stored.entry.seq
    if not stored.payload:
        raise NotAsWritten(Verdict.ALTERED, seq, f"the payload of entry {seq} is missing")
    if stored.erased_by is not None:
        walk.erased[seq] = stored.erased_by
    elif stored.salt is None or stored.content is None:
        raise NotAsWritten(Verdict.ALTERED, seq, f"the payload of entry {seq} was emptied")
    elif chain.payload_hash(stored.salt, stored.content) != stored.entry.payload_hash:
        raise NotAsWritten(Verdict.ALTERED, seq, f"the payload of entry {seq} was changed")


def check_erasures(walk: Walk) -> None:
    """Each payload that is gone was erased by an entry that names it."""
    for seq, erased_by in walk.erased.items():
        if f"entry:{seq}" not in walk.erasures.get(erased_by, frozenset()):
            reason = f"the payload of entry {seq} was erased without an entry that says so"
            raise NotAsWritten(Verdict.ALTERED, seq, reason)


def check_heads(walk: Walk, heads: Sequence[Head]) -> None:
    """The heads are signed by keys of this chain, and it is the one that they knew."""
    checks: tuple[Callable[[Walk, Head], None], ...] = (_check_signer, _check_count, _check_hash)
    for check in checks:
        for head in sorted(heads, key=lambda head: head.count):
            check(walk, head)


def _check_signer(walk: Walk, head: Head) -> None:
    key = walk.keys.get(head.key_id)
    if key is not None and signed_by(key.public, _signature(head), head.message()):
        return
    why = "by a key this chain does not have" if key is None else "by another key than it says"
    within = 0 < head.count <= len(walk.key_ids)
    seq = walk.key_ids.index(walk.key_ids[head.count - 1]) + 1 if within else None
    reason = f"the head of {head.at} over {head.count} entries is signed {why}"
    raise NotAsWritten(Verdict.KEY_CHANGED, seq, reason)


def _check_count(walk: Walk, head: Head) -> None:
    if head.count > len(walk.hashes):
        missing = len(walk.hashes) + 1
        reason = f"entry {missing} is missing: the head of {head.at} counts {head.count} entries"
        raise NotAsWritten(Verdict.TRUNCATED, missing, reason)


def _check_hash(walk: Walk, head: Head) -> None:
    found = walk.hashes[head.count - 1] if head.count else chain.GENESIS
    if found.hex() != head.hash:
        # The first that is known to differ: between it and the head before, no hash is known.
        reason = f"entry {head.count} is another than the head of {head.at} knew"
        raise NotAsWritten(Verdict.FORKED, head.count, reason)


def _signature(head: Head) -> bytes:
    try:
        return base64.b64decode(head.signature, validate=True)
    except binascii.Error:
        return b""
