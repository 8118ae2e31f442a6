"""A new database of the evidence log and of the rows that were worked out of it. Blocks."""

import asyncio
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from storage import evidence, files, migrations
from storage.bound_tables import SIGNED_TABLES
from storage.connection import Value
from storage.database import Writer
from storage.direct import answer_from
from storage.errors import UnavailableError, translate_errors
from storage.evidence import Actor
from storage.heads import SigningKey, key_in_force, sign_head, use_key
from storage.months import FIGURES, MonthFigure
from storage.outcomes import REBUILT
from storage.proof_gaps import Shortfall
from storage.replay import Replay
from storage.restoration import SUBJECT
from storage.row_sums import has_begun, sign_anew
from storage.statements import quote_name
from storage.tables import Table

_CHAIN = (
    "evidence",
    "evidence_subject",
    "evidence_payload",
    "evidence_key",
    "evidence_head",
    "evidence_current",
)
_SIGNED = ("row_signature", "row_sum", "row_state", *(table.name for table in SIGNED_TABLES))
"""What has no entry and proves itself: as the file has it. The sums are those that were signed, so
a row that moves without an entry and that the file lacks is named by `verify`.
"""
Lost = Callable[[Path, Mapping[str, int]], None]
"""Told a new file and, by table, of how many rows that the log has the file before lacked."""
_NOTE = REBUILT
_NO_FIGURES = dict.fromkeys(FIGURES.unbound, 0)
SETTLED: Mapping[str, Callable[[Mapping[str, Value]], Mapping[str, Value]]] = {
    "observer": lambda row: {"seen": row["since"]},
    "edge_state": lambda row: {
        "checked_at": row["since"],
        "failures": 0,
        "failing_since": None,
        "reason": _NOTE,
    },
    "month_figure": lambda _row: _NO_FIGURES,
    "suspension_guest": lambda _row: {"state": "planned", "detail": _NOTE, "changed_at": 0},
    "message": lambda row: {
        "state": "refused",
        "attempts": 0,
        "next_at": None,
        "answer": _NOTE,
        "changed_at": row["queued_at"],
    },
    "page": lambda _row: {"state": "failed", "attempts": 0, "next_at": None, "answer": _NOTE},
    "intent": lambda row: {
        "state": "failed",
        "changed_at": row["requested_at"],
        "attempts": 0,
        "result": msgspec.json.encode({"said": _NOTE}).decode(),
    },
    "alert": lambda _row: {
        "severity": "warning",
        "words": "[]",
        "deadline": None,
        "incident": None,
    },
}
"""What the columns hold that move without an entry, of rows that the file lacks: no mail, page or
order leaves by itself."""


def write_rebuilt(
    db: sqlite3.Connection,
    replay: Replay,
    tables: Sequence[Table[Any]],
    path: Path,
    now: datetime,
    finish: Lost,
) -> int:
    """Write the log of `db` and the rows of `replay` to a new file; returns how many rows.

    `finish` is given the file before it has its name. Columns that move without an entry are those
    of the row in `db`, else `SETTLED`. Errors: `StorageError`, also where there is a file of that
    name.
    """
    if path.exists() or path.is_symlink():
        raise UnavailableError(f"{path}: there is a file of that name already")
    if not path.parent.is_dir():
        raise UnavailableError(f"{path.parent}: there is no such directory")
    with translate_errors(path), TemporaryDirectory(prefix=".rebuild-", dir=path.parent) as folder:
        partial = Path(folder) / "noc.db"
        migrations.migrate(partial, now, copies=False)
        with closing(sqlite3.connect(partial, isolation_level=None)) as new:
            new.execute("PRAGMA synchronous=OFF")
            new.execute("BEGIN")
            lost: dict[str, int] = {}
            written = _fill(db, new, replay, tables, lost)
            new.execute("COMMIT")
        finish(partial, lost)
        files.copy(partial, path)
    return written


def put_figures(path: Path, figures: Sequence[MonthFigure]) -> None:
    """Put the figures of months into a file that `write_rebuilt` wrote. Errors: `StorageError`."""
    columns = ", ".join(f"{quote_name(name)} = ?" for name in FIGURES.unbound)
    sql = f"UPDATE month_figure SET {columns} WHERE month = ? AND tenant = ?"  # noqa: S608 - names from code
    rows = [
        [*(getattr(one, name) for name in FIGURES.unbound), one.month, one.tenant]
        for one in figures
    ]
    with translate_errors(path), closing(sqlite3.connect(path)) as new, new:
        new.executemany(sql, rows)


def sign_sums(path: Path, key: SigningKey, lost: Collection[str]) -> bool:
    """Sign the sums of a file that `write_rebuilt` wrote (`storage.row_sums`); False where the log
    is not under that key.

    Only of the tables of which rows were `lost`, and of the figures, which were worked out, it is
    the sum of the rows as they are: of others it stays the one that was signed, so that what
    another hand changed is not signed as if it were true. Errors: `StorageError`.
    """
    with translate_errors(path), closing(sqlite3.connect(path)) as new, new:
        begun, in_force = answer_from(new, has_begun), answer_from(new, key_in_force)
        if begun and in_force == key.key_id:
            sign_anew(new, key, {*lost, FIGURES.name})
    return in_force == key.key_id


def record_rebuilt(
    path: Path, key: SigningKey, actor: Actor, now: datetime, said: Shortfall
) -> None:
    """Put on record, under the key of the log, that a file was worked out of it, and what it cannot
    prove. Blocks. Errors: `StorageError`.
    """

    async def record() -> None:
        writer = await Writer.open(path, clock_now=lambda: now)
        try:
            async with writer.change(actor) as change:
                await use_key(change, key)
                await change.record(evidence.REBUILT, [SUBJECT], msgspec.to_builtins(said))
                await sign_head(change, key)
        finally:
            await writer.close()

    asyncio.run(record())


def _fill(
    db: sqlite3.Connection,
    new: sqlite3.Connection,
    replay: Replay,
    tables: Sequence[Table[Any]],
    lost: dict[str, int],
) -> int:
    triggers = new.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _sql in triggers:
        new.execute(f"DROP TRIGGER {quote_name(name)}")
    for name in (*_CHAIN, *_SIGNED):
        _copy(db, new, name)
    written = sum(_insert(db, new, replay, table, lost) for table in tables)
    ((revision,),) = db.execute("SELECT value FROM revision")
    new.execute("UPDATE revision SET value = ?, forgotten = ?", (revision, revision))
    for _name, sql in triggers:
        new.execute(sql)
    return written


def _copy(db: sqlite3.Connection, new: sqlite3.Connection, name: str) -> None:
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).fetchone():
        return  # an older file
    columns = [row[1] for row in new.execute(f"PRAGMA table_info({name})")]
    listed = ", ".join(map(quote_name, columns))
    rows = db.execute(f"SELECT {listed} FROM {name} ORDER BY 1")  # noqa: S608 - names from code
    _put(new, name, columns, rows)


def _insert(
    db: sqlite3.Connection,
    new: sqlite3.Connection,
    replay: Replay,
    table: Table[Any],
    lost: dict[str, int],
) -> int:
    revisions = _Revisions(db)
    standing = _Standing(db, table)
    count = 0

    def complete() -> Iterable[Sequence[Value]]:
        nonlocal count
        for row in replay.rows(table):
            if row.values is None:
                continue
            values = dict(zip(table.fields, row.values, strict=True))
            revision = revisions.of(row.entry)
            if table.unbound:
                moved, revision = standing.unbound(row.key, values, revision)
                values |= moved
            count += 1
            yield [*values.values(), revision]

    _put(new, table.name, [*table.fields, "revision"], complete())
    if standing.lacked:
        lost[table.name] = standing.lacked
    return count


def _put(
    new: sqlite3.Connection, name: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]
) -> None:
    listed, marks = ", ".join(map(quote_name, columns)), ", ".join("?" * len(columns))
    sql = f"INSERT INTO {quote_name(name)}({listed}) VALUES ({marks})"  # noqa: S608 - names from code
    new.executemany(sql, rows)


class _Revisions:
    """The change that wrote an entry, and its rows."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._last = (0, 0)

    def of(self, entry: int) -> int:
        if self._last[0] != entry:
            sql = "SELECT revision FROM evidence WHERE seq = ?"
            self._last = (entry, self._db.execute(sql, (entry,)).fetchone()[0])
        return self._last[1]


class _Standing:
    """The columns that move without an entry, and the revision that they moved with, as the file
    has them.
    """

    def __init__(self, db: sqlite3.Connection, table: Table[Any]) -> None:
        self._db = db
        self.lacked = 0
        self._unbound = table.unbound
        self._settled = SETTLED.get(table.name)
        where = " AND ".join(f"{quote_name(name)} = ?" for name in table.key)
        columns = ", ".join(map(quote_name, (*table.unbound, "revision")))
        self._sql = f"SELECT {columns} FROM {quote_name(table.name)} WHERE {where}"  # noqa: S608 - names from code

    def unbound(
        self, key: str, row: Mapping[str, Value], revision: int
    ) -> tuple[Mapping[str, Value], int]:
        """Those of one row; of a row that the file lacks as `SETTLED` says, with `revision`."""
        try:
            found = self._db.execute(self._sql, msgspec.json.decode(key)).fetchone()
        except sqlite3.OperationalError:  # the file has no such table any more
            found = None
        if found is None:
            self.lacked += 1
            return {} if self._settled is None else self._settled(row), revision
        *moved, last = found
        return dict(zip(self._unbound, moved, strict=True)), last
