"""The sealed file: what is secret, in a database of its own that `nocd` alone can read.

Every account with a role reads the database; so the orders of authorities that are secret, and the
suspensions that carry them out, stand in `noc.db.sealed/sealed.db`: the same tables, the same write
path and an evidence chain of its own, in a directory of mode 0700. It is there from the first start
on, whether or not anything stands in it, so that nobody learns anything from its being there.

Each hour, whatever happened, `commit_digest` puts a salted digest of its chain on the chain that
all can read: so it cannot be altered unseen, and its hour tells nobody that something was written.
"""

import hashlib
import os
import secrets
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import msgspec

from storage import evidence, files
from storage.chain_reader import connect
from storage.change import Change
from storage.connection import Readable
from storage.direct import answer_from
from storage.errors import translate_errors
from storage.heads import signed_count
from storage.signing_rule import read_found_unsigned
from storage.verdict import Verdict
from storage.verify import verify

DIGEST_KIND = "evidence.digest"
"""The kind of the hourly entry on the chain that all can read: `{"digest": hex}`."""
SUBJECT = "evidence:chain"
_COMMITTED = "sealed.committed"
_FILE = "sealed.db"
_SALT_BYTES = 32


class _Commitment(msgspec.Struct, frozen=True):
    """What the sealed chain says of a digest: over so many entries up to that hash, with a salt."""

    salt: str
    count: int
    hash: str
    digest: str


class _Digest(msgspec.Struct, frozen=True):
    """What the chain that all can read says of it."""

    digest: str


class SealedVerdict(msgspec.Struct, frozen=True):
    """What a comparison of the sealed file with the chain that all can read found.

    `verdict` is that of `verify` over the sealed chain, `altered` where a digest does not agree,
    `truncated` where the sealed chain lacks one that was put on record, `unsigned` where somebody
    wrote there who does not hold the key; `digests` agreed.
    """

    verdict: Verdict
    count: int
    digests: int
    reason: str = ""


def sealed_path(database: Path) -> Path:
    """`noc.db` gives `noc.db.sealed/sealed.db`."""
    return database.with_name(database.name + files.SEALED) / _FILE


def sealed_copy_path(backup: Path) -> Path:
    """Where the sealed file goes beside a backup: `DIR/noc-….db` gives `DIR/noc.sealed/noc-….db`,
    in a directory that its owner alone enters.
    """
    return backup.parent / f"noc{files.SEALED}" / backup.name


def salted_digest(path: Path, salt: str = "") -> str:
    """`salt:SHA-256` of a file behind that salt (hexadecimal), or behind a new one."""
    salt = salt or secrets.token_hex(_SALT_BYTES)
    digest = hashlib.sha256(salt.encode())
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
    return f"{salt}:{digest.hexdigest()}"


async def commit_digest(sealed: Change) -> str:
    """Put a new digest of the sealed chain on that chain; returns it, for the one that all read."""
    ((count, last),) = await sealed.rows(
        "SELECT coalesce(max(seq), 0),"
        " coalesce((SELECT hash FROM evidence ORDER BY seq DESC LIMIT 1), zeroblob(32))"
        " FROM evidence"
    )
    salt = secrets.token_bytes(_SALT_BYTES)
    digest = _digest(salt, count, last)
    said = _Commitment(salt.hex(), count, last.hex(), digest)
    await sealed.record(_COMMITTED, [SUBJECT], msgspec.structs.asdict(said))
    return digest


async def last_digest_at(db: Readable) -> datetime | None:
    """When a digest was last put on the chain that all can read; None before the first."""
    found = await evidence.search(db, evidence.Query(kind=DIGEST_KIND, limit=1))
    return found[0].at if found else None


def compare_sealed(database: Path) -> SealedVerdict:
    """Whether the sealed file is what it was at each digest on the chain of `database`. Blocks.

    The digests are read first: each is in the sealed file before it is on that chain.

    Errors: `StorageError` where one of the two cannot be read.
    """
    path = sealed_path(database)
    with translate_errors(database), closing(connect(database)) as other:
        contents = _contents(other, DIGEST_KIND)
    report = verify(path)
    if report.verdict not in (Verdict.INTACT, Verdict.EMPTY):
        return SealedVerdict(report.verdict, report.count, 0, report.reason)
    with translate_errors(path), closing(connect(path)) as one:
        try:
            known = {said.digest: said for said in _commitments(one)}
            digests = [msgspec.json.decode(content, type=_Digest).digest for content in contents]
        except msgspec.DecodeError as error:
            reason = f"an entry about a digest cannot be read: {error}"
            return SealedVerdict(Verdict.ALTERED, report.count, 0, reason)
        for digest in digests:
            said = known.get(digest)
            if said is None:
                reason = "a digest that was put on record is not in the sealed chain"
                return SealedVerdict(Verdict.TRUNCATED, report.count, 0, reason)
            if not _agrees(one, said):
                reason = f"entry {said.count} is not what its digest was made of"
                return SealedVerdict(Verdict.ALTERED, report.count, 0, reason)
        if reason := answer_from(one, _unsigned):
            return SealedVerdict(Verdict.UNSIGNED, report.count, len(digests), reason)
    return SealedVerdict(Verdict.INTACT, report.count, len(digests))


def is_missing(database: Path) -> bool:
    """Whether digests are on the chain of `database` and there is no sealed file beside it, as far
    as this account can tell: it may not look into the directory. Blocks.

    Errors: `StorageError` where the database cannot be read.
    """
    path = sealed_path(database)
    if path.parent.exists() and (not os.access(path.parent, os.X_OK) or path.exists()):
        return False
    with translate_errors(database), closing(connect(database)) as db:
        return bool(_contents(db, DIGEST_KIND))


async def _unsigned(db: Readable) -> str:
    """What whoever holds the key did not write; nothing where there was no key yet."""
    signed, count = await signed_count(db), await evidence.count(db)
    if signed is not None and signed < count:
        return f"entries {signed + 1} to {count} are not signed"
    for one in await read_found_unsigned(db):
        if not one.accepted_by:
            return (
                f"entry {one.entry} says that entries {one.first} to {one.last} were found"
                " unsigned, and no lead has accepted that"
            )
    return ""


def _digest(salt: bytes, count: int, last: bytes) -> str:
    return hashlib.sha256(b"noc sealed 1\n" + salt + count.to_bytes(8, "big") + last).hexdigest()


def _contents(connection: sqlite3.Connection, kind: str) -> list[bytes]:
    rows = connection.execute(
        "SELECT content FROM evidence JOIN evidence_payload USING (seq)"
        " WHERE kind = ? AND content IS NOT NULL ORDER BY seq",
        (kind,),
    )
    return [content for (content,) in rows]


def _commitments(connection: sqlite3.Connection) -> list[_Commitment]:
    return [
        msgspec.json.decode(content, type=_Commitment)
        for content in _contents(connection, _COMMITTED)
    ]


def _agrees(connection: sqlite3.Connection, said: _Commitment) -> bool:
    """Whether the entry that a digest ends at has its hash, and the digest follows from it."""
    row = connection.execute("SELECT hash FROM evidence WHERE seq = ?", (said.count,)).fetchone()
    last = row[0] if row else bytes(_SALT_BYTES)
    return last.hex() == said.hash and _digest(bytes.fromhex(said.salt), said.count, last) == (
        said.digest
    )
