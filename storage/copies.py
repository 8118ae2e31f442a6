"""The copies that stand beside the database: from before migrations, and what restores replaced.

They are removed when they are old, and what was erased from the database is erased from them: by an
entry of their own, so that each stays whole as a chain.
"""

import asyncio
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

from storage import erasure, files
from storage.chain_reader import connect
from storage.change import HeadKey
from storage.commit_signing import CommitSigner
from storage.connection import Connection, Readable, Snapshots
from storage.database import Writer
from storage.errors import ConflictError, translate_errors
from storage.evidence import Actor
from storage.heads import key_in_force, use_key

_KINDS = ("before-*", "replaced*")
_UNFINISHED = (*files.SIDECARS, ".partial", "-journal")


def copies_of(database: Path) -> list[Path]:
    """The copies beside the database, in the order of their names."""
    return sorted(
        path
        for kind in _KINDS
        for path in database.parent.glob(f"{database.name}.{kind}")
        if not path.name.endswith(_UNFINISHED)
    )


def remove_old(database: Path, before: datetime) -> list[Path]:
    """Remove the copies that were made before that instant; returns those that went."""
    gone = []
    with translate_errors(database):
        for path in copies_of(database):
            if path.stat().st_mtime < before.timestamp():
                for suffix in ("", *files.SIDECARS):
                    files.sidecar(path, suffix).unlink(missing_ok=True)
                gone.append(path)
    return gone


async def erased_entries(db: Readable) -> dict[int, bytes]:
    """The hash of each entry whose content was erased."""
    rows = await db.rows(
        "SELECT seq, hash FROM evidence JOIN evidence_payload USING (seq)"
        " WHERE erased_by IS NOT NULL"
    )
    return dict(rows)


def still_there(copy: Path, erased: Mapping[int, bytes]) -> list[int]:
    """Which erased entries the copy still holds the content of; none where it has no evidence."""
    try:
        with closing(connect(copy)) as connection:
            rows = connection.execute(
                "SELECT seq, hash FROM evidence JOIN evidence_payload USING (seq)"
                " WHERE content IS NOT NULL ORDER BY seq"
            )
            return [seq for seq, digest in rows if erased.get(seq) == digest]
    except (sqlite3.Error, OSError):
        return []


async def erase(
    copy: Path, seqs: list[int], actor: Actor, now: datetime, key: HeadKey | None = None
) -> None:
    """Empty entries of a copy and their rows; it keeps its schema and its age. With the key that it
    is under, the erasure is signed there too.

    A copy whose schema is too old for its rows to be emptied is removed. Errors: `StorageError`.
    """
    try:
        await _erase(copy, seqs, actor, now, key)
    except (sqlite3.Error, ConflictError):
        for suffix in ("", *files.SIDECARS):
            files.sidecar(copy, suffix).unlink(missing_ok=True)


async def _erase(
    copy: Path, seqs: list[int], actor: Actor, now: datetime, key: HeadKey | None
) -> None:
    times = await asyncio.to_thread(copy.stat)
    writing = await Connection.open(copy, query="mode=rw")
    try:
        reading = Snapshots(await Connection.open(copy, query="mode=ro"))
        signer = await CommitSigner.over(reading)
    except BaseException:
        await writing.close()
        raise
    writer = Writer(writing, reading, lambda: now, lambda _revision: None, signer)
    try:
        async with writer.change(actor) as change:
            await erasure.erase(change, seqs, erasure.ERASED_IN_COPY)
            if key is not None and await _is_under(change, key):
                await use_key(change, key)
    finally:
        await writer.close()
    with translate_errors(copy):
        for suffix in files.SIDECARS:
            files.sidecar(copy, suffix).unlink(missing_ok=True)
        os.utime(copy, ns=(times.st_atime_ns, times.st_mtime_ns))


async def _is_under(db: Readable, key: HeadKey) -> bool:
    """Whether a copy goes on under that key, and is of a version that signs each commit."""
    signs = await db.rows("SELECT 1 FROM sqlite_master WHERE name = 'evidence_current'")
    return bool(signs) and await key_in_force(db) == key.key_id
