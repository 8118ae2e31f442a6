"""A copy put in the place of the database, on record in the file that results.

The entry `database.restored` names both lives of the evidence: how far the copy goes, how far the
file that it replaced went and the heads that were signed there, so that a head of that life can
later be told from a forgery. It lists what was queued or under way in the copy: none of it leaves
until a lead has resumed it (`database.resumed`).
"""

import asyncio
import hashlib
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from storage import erasure, evidence, files, migrations, outbox
from storage.chain_reader import connect, kept_heads
from storage.change import Change
from storage.connection import Readable
from storage.database import Writer
from storage.errors import StorageError
from storage.evidence import Actor
from storage.heads import Head, SigningKey, key_in_force, sign_head, use_key
from storage.intents import open_intents
from storage.oncall import open_alerts, open_pages
from storage.other_lives import name_of, names_in, sign_names
from storage.suspension import open_cases
from storage.times import instant

SUBJECT = "database:noc"


class Extent(msgspec.Struct, frozen=True):
    """How far the evidence of a file goes: entries, the last one's hash (hex) and instant."""

    count: int
    hash: str
    at: datetime | None


class Comparison(msgspec.Struct, frozen=True):
    """A copy beside the file in place.

    `common` entries are the same in both; the file in place has `lost` entries besides, of which
    the first is of `lost_from` and the last of `lost_until`. `place` is None where there is no
    file, or none that can be read (`unreadable` says why). `heads`, as `count:hash`, were signed
    over entries that are lost, here or in what earlier restores put aside; `erased` are entries
    whose contents were erased since the copy. `restores` are the restores in the file in place that
    the copy does not know, as JSON.
    """

    copy: Extent
    place: Extent | None = None
    common: int = 0
    lost: int = 0
    lost_from: datetime | None = None
    lost_until: datetime | None = None
    unreadable: str = ""
    heads: tuple[str, ...] = ()
    erased: tuple[int, ...] = ()
    restores: tuple[str, ...] = ()


class HeldItems(msgspec.Struct, frozen=True):
    """What does not leave until it is resumed: Message-IDs, pages, tellings of alerts
    (`telling_key`), numbers of intents, cases.
    """

    mails: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    orders: tuple[int, ...] = ()
    cases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every item as `kind:name`: `mail:<…>`, `page:…`, `alert:…`, `order:12`, `case:S-0001`."""
        return (
            *(f"mail:{name}" for name in self.mails),
            *(f"page:{name}" for name in self.pages),
            *(f"alert:{name}" for name in self.alerts),
            *(f"order:{number}" for number in self.orders),
            *(f"case:{name}" for name in self.cases),
        )


class Hold(msgspec.Struct, frozen=True):
    """The database was restored and is not resumed, or some of its cases are not.

    `entry` is the one that says so, of the instant `since`, by `account`.
    """

    entry: int
    since: datetime
    account: str
    items: HeldItems


class _Recorded(msgspec.Struct, frozen=True):
    """What of an entry's payload is read again."""

    held: HeldItems = HeldItems()


def compare(copy: Path, place: Path, outside: Sequence[Head] = ()) -> Comparison:
    """What putting the copy in the place of the file would lose. Blocks.

    `outside` are heads that were kept elsewhere: they say what a file knew that is gone or damaged.
    Errors: `StorageError` when the copy cannot be read; a file in place that is damaged is told.
    """
    try:
        with closing(connect(copy)) as one:
            found = _extent(one)
            gone = Comparison(found, heads=_lost_heads(outside, found.count))
            if not place.exists():
                return gone
            try:
                with closing(connect(place)) as other:
                    return _compared(found, one, other, outside)
            except sqlite3.Error as error:
                return replace(gone, unreadable=str(error))
    except (sqlite3.Error, OSError) as error:
        raise StorageError(f"{copy}: the copy cannot be read: {error}") from error


def _compared(
    found: Extent,
    copy: sqlite3.Connection,
    place: sqlite3.Connection,
    outside: Sequence[Head],
) -> Comparison:
    there = _extent(place)
    common = _common(copy, place, min(found.count, there.count))
    first = place.execute("SELECT at FROM evidence WHERE seq = ?", (common + 1,)).fetchone()
    return Comparison(
        copy=found,
        place=there,
        common=common,
        lost=there.count - common,
        lost_from=instant(first[0]) if first else None,
        lost_until=there.at if there.count > common else None,
        heads=_lost_heads(
            [*kept_heads(place), *(head for head in outside if _agrees(place, head))],
            common,
            _named_heads(place, common),
        ),
        erased=tuple(sorted(_erased(place, common) - _erased(copy, common))),
        restores=tuple(_restores(place, common)),
    )


def _lost_heads(heads: Sequence[Head], common: int, named: Sequence[str] = ()) -> tuple[str, ...]:
    names = [*named, *(name_of(head) for head in heads)]
    lost = [name for name in names if int(name.partition(":")[0]) > common]
    return tuple(dict.fromkeys(lost))


def _agrees(connection: sqlite3.Connection, head: Head) -> bool:
    """Whether a head is of this file: one of another history is not made honest by a restore."""
    row = connection.execute("SELECT hash FROM evidence WHERE seq = ?", (head.count,)).fetchone()
    return row is not None and row[0].hex() == head.hash


def _named_heads(connection: sqlite3.Connection, after: int) -> list[str]:
    """The heads that restores put aside of which the copy knows nothing."""
    rows = connection.execute(
        "SELECT content FROM evidence JOIN evidence_payload USING (seq)"
        " WHERE kind = ? AND seq > ? AND content IS NOT NULL",
        (evidence.RESTORED, after),
    )
    return [name for (content,) in rows for name in names_in(content)]


def _extent(connection: sqlite3.Connection) -> Extent:
    row = connection.execute(
        "SELECT seq, hash, at FROM evidence ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    return Extent(row[0], row[1].hex(), instant(row[2])) if row else Extent(0, "", None)


def _common(one: sqlite3.Connection, other: sqlite3.Connection, most: int) -> int:
    """How many entries are the same: each is hashed with the one before, so halving finds it."""
    query = "SELECT hash FROM evidence WHERE seq = ?"
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        pair = [each.execute(query, (middle,)).fetchone() for each in (one, other)]
        if pair[0] == pair[1]:
            low = middle
        else:
            high = middle - 1
    return low


def _erased(connection: sqlite3.Connection, until: int) -> set[int]:
    query = "SELECT seq FROM evidence_payload WHERE erased_by IS NOT NULL AND seq <= ?"
    return {seq for (seq,) in connection.execute(query, (until,))}


def _restores(connection: sqlite3.Connection, after: int) -> Sequence[str]:
    rows = connection.execute(
        "SELECT seq, at, account, content FROM evidence JOIN evidence_payload USING (seq)"
        " WHERE kind = ? AND seq > ? AND content IS NOT NULL ORDER BY seq",
        (evidence.RESTORED, after),
    ).fetchall()
    told = []
    for seq, at, account, content in rows:
        payload = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
        line: dict[str, object] = {"entry": seq, "at": instant(at), "account": account}
        line |= {key: payload[key] for key in ("file", "digest", "common") if key in payload}
        told.append(msgspec.json.encode(line).decode())
    return told


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def restore(
    copy: Path,
    path: Path,
    found: Comparison,
    actor: Actor,
    now: datetime,
    key: SigningKey | None = None,
) -> Path | None:
    """Put a copy in the place of the database, with the entry that says so. Blocks.

    With `key`, where it is the copy's own, what that entry says of the file in place is signed, and
    a head over it: without the signature it is not believed. `found` is what `compare` said of the
    two. The file that was there keeps existing under the name that is returned, None where there
    was none. Errors: those of `files.restore` and of `migrations.migrate`; the file in place is
    then as it was.
    """
    digest = digest_of(copy) if copy.is_file() else ""

    def prepare(fresh: Path, kept: Path | None) -> None:
        migrations.migrate(fresh, now, copies=False)
        asyncio.run(_record(fresh, copy, digest, kept, found, actor, now, key))

    return files.restore(copy, path, prepare)


async def _record(
    fresh: Path,
    copy: Path,
    digest: str,
    kept: Path | None,
    found: Comparison,
    actor: Actor,
    now: datetime,
    key: SigningKey | None,
) -> None:
    writer = await Writer.open(fresh, clock_now=lambda: now)
    try:
        async with writer.change(actor) as change:
            replaced = None if kept is None else {"file": kept.name, "extent": found.place}
            ours = key if key and await key_in_force(change) == key.key_id else None
            await change.record(
                evidence.RESTORED,
                [SUBJECT],
                {
                    "file": copy.name,
                    "digest": digest,
                    "copy": found.copy,
                    "replaced": replaced,
                    "unreadable": found.unreadable,
                    "common": found.common,
                    "lost": found.lost,
                    "lost_from": found.lost_from,
                    "lost_until": found.lost_until,
                    "heads": found.heads,
                    "signature": await _signed(change, found.heads, ours),
                    "restores": [msgspec.json.decode(line) for line in found.restores],
                    "held": await under_way(change),
                },
            )
            if found.erased:
                await erasure.erase(change, found.erased, erasure.ERASED_AFTER_RESTORE)
            if ours is not None:
                await use_key(change, ours)
                await sign_head(change, ours)
    finally:
        await writer.close()


async def _signed(change: Change, names: Sequence[str], key: SigningKey | None) -> str:
    """The signature over the heads that are put aside; empty without the copy's key."""
    rows = await change.rows("SELECT hash FROM evidence ORDER BY seq DESC LIMIT 1")
    return "" if key is None or not rows else sign_names(key, rows[0][0], names)


async def under_way(db: Readable) -> HeldItems:
    """What is queued or begun now, and would leave by itself."""
    return HeldItems(
        mails=tuple(row.id for row in await outbox.unsettled_messages(db)),
        pages=tuple(row.id for row in await open_pages(db)),
        alerts=tuple(telling_key(row.fingerprint, row.since) for row in await open_alerts(db)),
        orders=tuple(row.id for row in await open_intents(db)),
        cases=tuple(row.id for row in await open_cases(db)),
    )


def telling_key(fingerprint: str, since: datetime) -> str:
    """An alert as it was raised: what is raised anew later is another one."""
    return f"{fingerprint} {since.isoformat()}"


async def hold_of(db: Readable) -> Hold | None:
    """What is held since the last restore; None when nothing is."""
    kinds = (evidence.RESTORED, evidence.RESUMED)
    found = [
        entry
        for kind in kinds
        for entry in await evidence.search(db, evidence.Query(kind=kind, limit=1))
    ]
    if not found:
        return None
    last = max(found, key=lambda entry: entry.seq)
    items = msgspec.json.decode(last.payload or "{}", type=_Recorded).held
    if last.kind == evidence.RESUMED and not items.names:
        return None
    return Hold(last.seq, last.at, last.account, items)


async def resume(change: Change, hold: Hold, dropped: HeldItems, still: HeldItems) -> int:
    """Say that what was held may leave, but what is dropped for good or `still` held."""
    return await change.record(
        evidence.RESUMED,
        [SUBJECT],
        {
            "restored": hold.entry,
            "dropped": dropped.names,
            "released": len(hold.items.names) - len(dropped.names) - len(still.names),
            "held": still,
        },
    )
