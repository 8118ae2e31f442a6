"""What must hold of the file around chain and rows: its schema, its triggers, its revisions.

Blocks; reads a snapshot through `chain_reader.connect`.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from functools import lru_cache
from typing import Any

from storage import migrations
from storage.chain_checks import ChainFault
from storage.heads import ANNOUNCEMENT, HEAD
from storage.statements import quote_name
from storage.tables import Table
from storage.times import micros
from storage.verdict import AlteredRow, Verdict

_OBJECTS = "SELECT type, name, tbl_name, sql FROM sqlite_master"
_NAMED = 5
"""So many faults of the file are looked for and named."""
_FORGED = ("index ", "constraint failed", "value in ")
"""What SQLite says of rows that another hand wrote; everything else is damage."""
_LIVED = ("evidence_key", "evidence_head", "evidence_subject", "evidence_payload")


def check_orphans(db: sqlite3.Connection) -> None:
    """Subjects and payloads belong to entries. Errors: `ChainFault`."""
    for table in ("evidence_subject", "evidence_payload"):
        ((seq,),) = db.execute(
            f"SELECT min(seq) FROM {table} WHERE seq NOT IN (SELECT seq FROM evidence)"  # noqa: S608 - names from code
        )
        if seq is not None:
            reason = f"{table} has a row of entry {seq}, which does not exist"
            raise ChainFault(Verdict.ALTERED, seq, reason)


def check_revisions(db: sqlite3.Connection) -> None:
    """Entries and heads have rising numbers of changes. Errors: `ChainFault`."""
    ((last,),) = db.execute("SELECT value FROM revision")
    for table, number in (("evidence", "seq"), ("evidence_head", "number")):
        found = db.execute(
            f"SELECT min({number}) FROM (SELECT {number}, revision,"  # noqa: S608 - names from code
            f" lag(revision, 1, 0) OVER (ORDER BY {number}) AS before FROM {table})"
            " WHERE revision < before OR revision > ?",
            (last,),
        ).fetchone()
        if found[0] is not None:
            reason = f"{table} {found[0]}: its revision is not the one that it was written with"
            raise ChainFault(Verdict.ALTERED, found[0] if table == "evidence" else None, reason)


def check_integrity(db: sqlite3.Connection) -> None:
    """Every index holds the rows of its table, and no others. Errors: `ChainFault`.

    Rows are compared by table, and read by index elsewhere: an index that leaves a row out shows
    another record than the one that was compared.
    """
    faults = [text for (text,) in db.execute(f"PRAGMA integrity_check({_NAMED})")]
    if faults == ["ok"]:
        return
    forged = all(any(word in text for word in _FORGED) for text in faults)
    verdict = Verdict.ALTERED if forged else Verdict.UNREADABLE
    raise ChainFault(verdict, None, "the file does not agree with itself: " + "; ".join(faults))


def check_head_rows(db: sqlite3.Connection) -> None:
    """A head's row says what the signed line says, and was written after the entries that the head
    counts and before those that follow. Errors: `ChainFault`.
    """
    for place, (number, count, line, at, revision, last, following) in enumerate(
        db.execute(_HEADS), 1
    ):
        head = HEAD.decode(line)
        wrong = ""
        if head.count != count:
            wrong = f"counts {head.count} entries and its row {count}"
        elif micros(datetime.fromisoformat(head.at)) != at:
            wrong = f"is of {head.at}, and its row of another time"
        elif number != place:
            wrong = f"is the {place}. that there is"
        elif not (last or 0) <= revision <= (following or revision):
            wrong = "was not written after the entries that it counts"
        if wrong:
            raise ChainFault(Verdict.ALTERED, None, f"head {number} {wrong}")


def check_key_order(db: sqlite3.Connection) -> None:
    """Keys have the order and the instants of their announcements. Errors: `ChainFault`."""
    keys = db.execute("SELECT number, 'key:' || key_id, at FROM evidence_key ORDER BY number")
    announced = db.execute(
        "SELECT subject, at FROM evidence JOIN evidence_subject USING (seq) WHERE kind = ?"
        " ORDER BY seq",
        (ANNOUNCEMENT,),
    )
    for place, (key, entry) in enumerate(zip(keys, announced, strict=False), 1):
        if (place, *entry) != key:
            reason = f"the key of number {key[0]} is not as the entry that announces it says"
            raise ChainFault(Verdict.ALTERED, None, reason)


_HEADS = (
    "SELECT number, count, line, head.at, head.revision, last.revision, following.revision"
    " FROM evidence_head AS head LEFT JOIN evidence AS last ON last.seq = count"
    " LEFT JOIN evidence AS following ON following.seq = count + 1 ORDER BY number"
)


def forged_removals(db: sqlite3.Connection, tables: Iterable[Table[Any]]) -> Iterator[AlteredRow]:
    """Rows that stand, and that a console is told to forget: a removal later than the row."""
    known = {table.name: table for table in tables}
    for kind, key, revision in db.execute("SELECT kind, key, revision FROM gone"):
        table = known.get(kind)
        if table is None:
            continue
        where = " AND ".join(f"{quote_name(name)} = ?" for name in table.key)
        sql = f"SELECT revision FROM {quote_name(kind)} WHERE {where}"  # noqa: S608 - names from code
        row = db.execute(sql, json.loads(key)).fetchone()
        if row is not None and row[0] < revision:
            yield AlteredRow(kind, key, None, f"revision {row[0]}", f"removed by {revision}")


def has_lived(db: sqlite3.Connection) -> bool:
    """Whether anything was ever written."""
    ((changes,),) = db.execute("SELECT value FROM revision")
    return bool(changes) or any(
        db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()  # noqa: S608 - names from code
        for table in _LIVED
    )


def missing_migrations(db: sqlite3.Connection) -> tuple[frozenset[int], frozenset[int]]:
    """The migrations that the file lacks, and those that this program does not know."""
    applied = frozenset(number for (number,) in db.execute("SELECT number FROM migration"))
    return migrations.migration_numbers() - applied, applied - migrations.migration_numbers()


def schema_changes(db: sqlite3.Connection) -> Iterator[AlteredRow]:
    """Tables, triggers, indexes and views that are not as the migrations make them."""
    expected, found = _made(), _objects(db)
    for kind, name in sorted(expected.keys() | found.keys()):
        made, has = expected.get((kind, name)), found.get((kind, name))
        if made != has:
            yield AlteredRow(
                table=(made or has or ("", ""))[0],
                key=name,
                entry=None,
                expected=f"the {kind} of this version" if made else f"no {kind}",
                found=f"another {kind}" if made and has else f"no {kind}" if made else f"a {kind}",
            )


@lru_cache(maxsize=1)
def _made() -> dict[tuple[str, str], tuple[str, str]]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        migrations.make_schema(db)
        return _objects(db)


def _objects(db: sqlite3.Connection) -> dict[tuple[str, str], tuple[str, str]]:
    return {(kind, name): (table, _plain(sql)) for kind, name, table, sql in db.execute(_OBJECTS)}


def _plain(sql: str | None) -> str:
    return " ".join((sql or "").split())
