"""Checks for evidence entries and saved heads. No I/O."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from storage import chain
from storage.chain_reader import Key, StoredEntry
from storage.evidence import ERASED, RESTORED
from storage.heads import ANNOUNCEMENT, Head, is_signature_of
from storage.other_lives import name_of, signed_names
from storage.verdict import Verdict

MayBeErased = Callable[[str, bytes], bool]
"""Whether an entry of a kind may be emptied by an erasure of that payload; `DecodeError` else."""
HASH_BYTES = len(chain.GENESIS)


class ChainFault(Exception):
    """The first fault of a chain: of entry `seq`, or of none that can be named."""

    def __init__(self, verdict: Verdict, seq: int | None, reason: str) -> None:
        super().__init__(reason)
        self.verdict = verdict
        self.seq = seq
        self.reason = reason


@dataclass(slots=True)
class Walk:
    """What is known after the entries that were read so far: of each its hash alone, since there
    are millions in the end. `key_from` holds the first entry under each key, `announcements` the
    entry that announced each, in their order; `key_fault` is the first key that nothing endorses.
    """

    keys: dict[str, Key]
    announced: str | None = None
    announcements: list[tuple[int, str]] = field(default_factory=list)
    key_fault: ChainFault | None = None
    key_from: list[tuple[int, str]] = field(default_factory=list)
    other_lives: dict[str, int] = field(default_factory=dict)
    erased: dict[int, int] = field(default_factory=dict)
    erased_kinds: dict[int, str] = field(default_factory=dict)
    erasures: dict[int, frozenset[str]] = field(default_factory=dict)
    grounds: dict[int, bytes] = field(default_factory=dict)
    _hashes: bytearray = field(default_factory=bytearray)

    @property
    def count(self) -> int:
        """How many entries there were."""
        return len(self._hashes) // HASH_BYTES

    @property
    def last(self) -> bytes:
        """The hash of the last entry, or what a chain begins with."""
        return self.hash_of(self.count)

    @property
    def key_id(self) -> str:
        """The key of the last entry; empty before the first key."""
        return self.key_from[-1][1] if self.key_from else ""

    def hash_of(self, seq: int) -> bytes:
        """The hash of an entry; of 0, what a chain begins with."""
        end = seq * HASH_BYTES
        return bytes(self._hashes[end - HASH_BYTES : end]) if seq else chain.GENESIS

    def seq_of(self, digest: bytes) -> int | None:
        """The entry of that hash; 0 for what a chain begins with."""
        found = (seq for seq in range(self.count + 1) if self.hash_of(seq) == digest)
        return next(found, None)

    def key_began(self, seq: int) -> int | None:
        """The first entry under the key of an entry; None where there is no such entry."""
        began = [first for first, _key in self.key_from if first <= seq]
        return (began[-1] if began else 1) if 0 < seq <= self.count else None

    def key_after(self, seq: int) -> str:
        """The key that signs heads over so many entries; empty before the first."""
        return next((key for at, key in reversed(self.announcements) if at <= seq), "")

    def add(self, stored: StoredEntry) -> None:
        """One entry more, found to be as it was written."""
        entry = stored.entry
        if entry.key_id != self.key_id:
            self.key_from.append((entry.seq, entry.key_id))
        self._hashes += stored.hash


def check_entry(walk: Walk, stored: StoredEntry) -> None:
    """The next entry: whole, itself, after the one before, under its key, with its payload."""
    entry = stored.entry
    _check_subjects(stored)
    expected = walk.count + 1
    if entry.seq != expected:
        raise ChainFault(Verdict.ALTERED, expected, f"entry {expected} is missing")
    if chain.entry_hash(entry) != stored.hash:
        raise ChainFault(Verdict.ALTERED, entry.seq, f"entry {entry.seq} does not have its hash")
    _check_link(walk, entry)
    _check_key(walk, entry)
    _check_payload(walk, stored)
    walk.announced = _announced(entry)
    if walk.announced is not None:
        walk.announcements.append((entry.seq, walk.announced))
    if entry.kind == ERASED:
        walk.erasures[entry.seq] = frozenset(entry.subjects)
        walk.grounds[entry.seq] = stored.content or b""
    if entry.kind == RESTORED and stored.content is not None:
        key = walk.keys.get(entry.key_id)
        names = signed_names(stored.content, entry.previous, key.public) if key else ()
        walk.other_lives |= dict.fromkeys(names, entry.seq)
    walk.add(stored)


def _check_subjects(stored: StoredEntry) -> None:
    seq, named = stored.entry.seq, len(stored.entry.subjects)
    if named != stored.subject_count:
        reason = f"entry {seq} has {named} subjects and was written with {stored.subject_count}"
        raise ChainFault(Verdict.ALTERED, seq, reason)


def _check_link(walk: Walk, entry: chain.ChainEntry) -> None:
    if entry.previous == walk.last:
        return
    origin = walk.seq_of(entry.previous)
    if origin is not None:
        reason = f"entry {entry.seq} continues entry {origin} and not {entry.seq - 1}"
        raise ChainFault(Verdict.FORKED, entry.seq, reason)
    # The entry agrees with itself, so the one it was written after is no longer the same.
    reason = f"entry {entry.seq - 1} is not the one that entry {entry.seq} was written after"
    raise ChainFault(Verdict.ALTERED, max(1, entry.seq - 1), reason)


def _check_key(walk: Walk, entry: chain.ChainEntry) -> None:
    """A key that nothing endorses is remembered: what follows it is looked at all the same."""
    reason = _key_problem(walk, entry)
    if reason and walk.key_fault is None:
        walk.key_fault = ChainFault(Verdict.KEY_CHANGED, entry.seq, reason)


def _key_problem(walk: Walk, entry: chain.ChainEntry) -> str:
    key = walk.keys.get(entry.key_id)
    if entry.key_id and (key is None or chain.key_id(key.public) != entry.key_id):
        return f"the key {entry.key_id} of entry {entry.seq} is missing or was replaced"
    before = walk.key_id
    if entry.key_id == before:
        return ""
    if key is None or entry.key_id != walk.announced or not _endorsed(walk, before, key):
        return f"entry {entry.seq} uses a key that the one before did not announce and endorse"
    return ""


def _endorsed(walk: Walk, before: str, key: Key) -> bool:
    if not before:
        return True
    message = chain.endorsement_message(key.public)
    known = walk.keys.get(before)
    return known is not None and is_signature_of(known.public, key.endorsement or b"", message)


def _announced(entry: chain.ChainEntry) -> str | None:
    if entry.kind != ANNOUNCEMENT or len(entry.subjects) != 1:
        return None
    return entry.subjects[0].removeprefix("key:")


def _check_payload(walk: Walk, stored: StoredEntry) -> None:
    seq = stored.entry.seq
    if not stored.payload:
        raise ChainFault(Verdict.ALTERED, seq, f"the payload of entry {seq} is missing")
    if stored.erased_by is not None:
        if stored.salt is not None or stored.content is not None:
            reason = f"the payload of entry {seq} was erased, and there is another in its place"
            raise ChainFault(Verdict.ALTERED, seq, reason)
        walk.erased[seq] = stored.erased_by
        walk.erased_kinds[seq] = stored.entry.kind
    elif stored.salt is None or stored.content is None:
        raise ChainFault(Verdict.ALTERED, seq, f"the payload of entry {seq} was emptied")
    elif chain.payload_hash(stored.salt, stored.content) != stored.entry.payload_hash:
        raise ChainFault(Verdict.ALTERED, seq, f"the payload of entry {seq} was changed")


def check_erasures(walk: Walk, may_be_erased: MayBeErased | None = None) -> None:
    """Each payload that is gone was erased by an entry that names it, and might be by that entry.

    Errors: `ChainFault`; `msgspec.DecodeError` for an erasure whose payload cannot be read.
    """
    for seq, erased_by in walk.erased.items():
        if f"entry:{seq}" not in walk.erasures.get(erased_by, frozenset()):
            reason = f"the payload of entry {seq} was erased without an entry that says so"
            raise ChainFault(Verdict.ALTERED, seq, reason)
        kind = walk.erased_kinds[seq]
        if may_be_erased is not None and not may_be_erased(kind, walk.grounds[erased_by]):
            reason = f"entry {erased_by} erased the payload of entry {seq} ({kind}), which is kept"
            raise ChainFault(Verdict.ALTERED, seq, reason)


def check_key_rows(walk: Walk) -> None:
    """Every key of the file was announced by an entry, and endorsed by the one before it, whether
    an entry was written under it yet or not. Errors: `ChainFault`.
    """
    before = ""
    for seq, key_id in walk.announcements:
        key = walk.keys.get(key_id)
        if key is None or chain.key_id(key.public) != key_id or not _endorsed(walk, before, key):
            reason = (
                f"the key {key_id} that entry {seq} announces is missing, or nothing endorses it"
            )
            raise ChainFault(Verdict.KEY_CHANGED, seq, reason)
        before = key_id
    announced = {key_id for _seq, key_id in walk.announcements}
    if strangers := sorted(walk.keys.keys() - announced):
        reason = f"the key {strangers[0]} stands in the file, and no entry announces it"
        raise ChainFault(Verdict.KEY_CHANGED, None, reason)


def check_heads(walk: Walk, heads: Sequence[Head]) -> None:
    """The heads are signed by the keys that were in force, and it is the chain that they knew.

    Heads of a database that a restore put aside are those that its entry names and signs.
    """
    lost = [head for head in heads if name_of(head) in walk.other_lives and not is_ours(walk, head)]
    _check_whole(walk, [head for head in heads if head not in lost])
    for head in sorted(lost, key=lambda head: head.count):
        if not _is_by_a_known_key(walk, head):
            raise _stranger(walk, head)
        seq = walk.other_lives[name_of(head)]
        reason = (
            f"the head of {head.at} over {head.count} entries is of the database that the restore"
            f" of entry {seq} replaced, as that entry says"
        )
        raise ChainFault(Verdict.RESTORED, seq, reason)


def is_ours(walk: Walk, head: Head) -> bool:
    """Whether the chain has what the head knew: two lives have their beginning in common."""
    return head.count <= walk.count and walk.hash_of(head.count).hex() == head.hash


def is_signed_over(walk: Walk, head: Head) -> bool:
    """Whether the key that was in force signed the head, over what the chain has; where a key came
    unendorsed, any that an entry announced.
    """
    return is_ours(walk, head) and _is_signed(walk, head)


def _check_whole(walk: Walk, heads: Sequence[Head]) -> None:
    """No head is of another history, of more than there is, or of a stranger: those that this
    chain's keys signed decide first, so that a stranger's beside them hides nothing.
    """
    ordered = sorted(heads, key=lambda head: head.count)
    ours = [head for head in ordered if _is_signed(walk, head)]
    checks: tuple[Callable[[Walk, Head], None], ...] = (_check_count, _check_hash)
    for check in checks:
        for head in ours:
            check(walk, head)
    for head in ordered:
        _check_signer(walk, head)


def _is_signed(walk: Walk, head: Head) -> bool:
    """Whether the signature is that of the key in force: then, or ever for one of what is gone."""
    if head.count > walk.count or walk.key_fault is not None:
        return _is_by_a_known_key(walk, head)
    return head.key_id == walk.key_after(head.count) and _is_by_a_known_key(walk, head)


def _is_by_a_known_key(walk: Walk, head: Head) -> bool:
    """Whether a key that an entry announced signed it."""
    key = walk.keys.get(head.key_id)
    announced = any(head.key_id == name for _seq, name in walk.announcements)
    return (
        announced
        and key is not None
        and is_signature_of(key.public, _signature(head), head.message())
    )


def _check_signer(walk: Walk, head: Head) -> None:
    if not _is_signed(walk, head):
        raise _stranger(walk, head)


def _stranger(walk: Walk, head: Head) -> ChainFault:
    known = head.key_id in walk.keys
    why = "by another key than was in force" if known else "by a key this chain does not have"
    reason = f"the head of {head.at} over {head.count} entries is signed {why}"
    return ChainFault(Verdict.KEY_CHANGED, walk.key_began(head.count), reason)


def _check_count(walk: Walk, head: Head) -> None:
    if head.count > walk.count:
        missing = walk.count + 1
        reason = f"entry {missing} is missing: the head of {head.at} counts {head.count} entries"
        raise ChainFault(Verdict.TRUNCATED, missing, reason)


def _check_hash(walk: Walk, head: Head) -> None:
    if walk.hash_of(head.count).hex() != head.hash:
        # The first that is known to differ: between it and the head before, no hash is known.
        reason = f"entry {head.count} is another than the head of {head.at} knew"
        raise ChainFault(Verdict.FORKED, head.count, reason)


def _signature(head: Head) -> bytes:
    try:
        return base64.b64decode(head.signature, validate=True)
    except binascii.Error:
        return b""
