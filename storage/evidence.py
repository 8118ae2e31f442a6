"""The evidence log as it is read and searched; `storage.change` is how entries come into it."""

import os
from collections.abc import Sequence
from datetime import datetime

import msgspec

from storage.connection import Readable, Row, Value
from storage.times import instant, micros


class Actor(msgspec.Struct, frozen=True):
    """The operating-system user, as the kernel told it; `nocd` itself has its own uid."""

    uid: int
    name: str


def program() -> Actor:
    """The daemon, as the author of what it does on its own; every such entry names it by this.

    Who acts is the uid, which the kernel tells (R32). The name says that nobody asked: the one of
    the account would read as a person's deed wherever `nocd` runs as somebody, as in a demo.
    Mails and suspensions on older evidence logs have that one, under the same uid.
    """
    return Actor(os.getuid(), "nocd")


class Entry(msgspec.Struct, frozen=True):
    """One entry as it is read. `payload` is JSON text, None once it was erased."""

    seq: int
    at: datetime
    kind: str
    uid: int
    account: str
    subjects: tuple[str, ...]
    payload: str | None
    erased_by: int | None
    hash: str


class EntryHead(msgspec.Struct, frozen=True):
    """An entry without its content: what was done, when and by which account."""

    seq: int
    at: datetime
    kind: str
    account: str


ERASED = "evidence.erased"
"""The kind of the entries that empty others."""
REGISTER_READ = "register.read"
"""The kind of the entries about the tenants of whom the register says something else."""

RESTORED = "database.restored"
REBUILT = "database.rebuilt"
FAULT_ACCEPTED = "evidence.fault_accepted"
FAULT_REQUESTED = "evidence.fault_requested"
"""The kind of the entry in which a lead asks that such a fault be accepted."""
RESUMED = "database.resumed"
"""The kinds of the entries of a restore, and of a lead's leave for what was held since."""


class Query(msgspec.Struct, frozen=True):
    """What to look for; what is left out does not restrict. All given conditions hold at once.

    `subject` is exact (`tenant:acme`), `kind` exact or a prefix ending in a dot (`suspension.`),
    `since` is inclusive and `until` exclusive, `text` occurs in the payload.
    """

    subject: str | None = None
    kind: str | None = None
    account: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None
    before: int | None = None
    after_revision: int = 0
    limit: int = 200


_ENTRIES = (
    "SELECT seq, at, kind, uid, account, content, erased_by, hash"
    " FROM evidence LEFT JOIN evidence_payload USING (seq)"
)


async def search(db: Readable, query: Query) -> list[Entry]:
    """Matching entries, newest first, at most `limit`; go on with `before` the last one's `seq`."""
    conditions, values = _conditions(query)
    where = " AND ".join(conditions)
    found = await db.rows(
        f"{_ENTRIES} WHERE {where} ORDER BY seq DESC LIMIT ?", (*values, query.limit)
    )
    subjects = await _subjects(db, [row[0] for row in found])
    return [_entry(row, subjects.get(row[0], ())) for row in found]


async def acts_on(db: Readable, subject: str) -> list[EntryHead]:
    """The entries about a subject, oldest first, without reading their contents."""
    found = await db.rows(
        "SELECT seq, at, kind, account FROM evidence"
        " WHERE seq IN (SELECT seq FROM evidence_subject WHERE subject = ?) ORDER BY seq",
        (subject,),
    )
    return [EntryHead(seq, instant(at), kind, account) for seq, at, kind, account in found]


async def newest(db: Readable, subject: str, kind: str) -> int | None:
    """The number of the newest entry of that kind about a subject."""
    found = await search(db, Query(subject=subject, kind=kind, limit=1))
    return found[0].seq if found else None


async def get(db: Readable, seq: int) -> Entry | None:
    """One entry by its number."""
    found = await search(db, Query(before=seq + 1, limit=1))
    return found[0] if found and found[0].seq == seq else None


async def several(db: Readable, seqs: Sequence[int]) -> list[Entry]:
    """Entries by their numbers, in that order of numbers; absent ones are left out."""
    found = await db.rows(
        f"{_ENTRIES} WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq",  # noqa: S608 - a constant
        (msgspec.json.encode(seqs).decode(),),
    )
    subjects = await _subjects(db, [row[0] for row in found])
    return [_entry(row, subjects.get(row[0], ())) for row in found]


async def last_at(db: Readable) -> datetime | None:
    """When the last entry was appended; None for an empty log."""
    found = await db.rows("SELECT at FROM evidence ORDER BY seq DESC LIMIT 1")
    return instant(found[0][0]) if found else None


async def count(db: Readable) -> int:
    """How many entries there are."""
    ((number,),) = await db.rows("SELECT coalesce(max(seq), 0) FROM evidence")
    return int(number)


def _conditions(query: Query) -> tuple[list[str], list[Value]]:
    offered: list[tuple[str, Value]] = [
        ("seq IN (SELECT seq FROM evidence_subject WHERE subject = ?)", query.subject),
        ("account = ?", query.account),
        ("at >= ?", micros(query.since) if query.since else None),
        ("at < ?", micros(query.until) if query.until else None),
        ("instr(lower(CAST(content AS TEXT)), lower(?)) > 0", query.text),
        ("seq < ?", query.before),
        ("revision > ?", query.after_revision or None),
    ]
    if query.kind is not None and query.kind.endswith("."):
        # "/" comes right after "." in the order of bytes: a range, so that the index serves.
        offered += [("kind >= ?", query.kind), ("kind < ?", query.kind[:-1] + "/")]
    else:
        offered.append(("kind = ?", query.kind))
    used = [(condition, value) for condition, value in offered if value is not None]
    return ["1 = 1", *(condition for condition, _ in used)], [value for _, value in used]


async def _subjects(db: Readable, seqs: Sequence[int]) -> dict[int, tuple[str, ...]]:
    if not seqs:
        return {}
    found = await db.rows(
        "SELECT seq, subject FROM evidence_subject"
        " WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq, position",
        (msgspec.json.encode(seqs).decode(),),
    )
    gathered: dict[int, list[str]] = {}
    for seq, subject in found:
        gathered.setdefault(seq, []).append(subject)
    return {seq: tuple(names) for seq, names in gathered.items()}


def _entry(row: Row, subjects: tuple[str, ...]) -> Entry:
    seq, at, kind, uid, account, content, erased_by, digest = row
    payload = None if content is None else content.decode()
    return Entry(
        seq=seq,
        at=instant(at),
        kind=kind,
        uid=uid,
        account=account,
        subjects=subjects,
        payload=payload,
        erased_by=erased_by,
        hash=digest.hex(),
    )
