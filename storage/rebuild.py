"""What the file holds otherwise than the evidence log gives: `nocd rebuild --from-evidence`.

Blocks; reads one snapshot without changing anything, whoever writes meanwhile. Memory stays
bounded: what was worked out stands on the disk, and of the file the rows of one entry are held at
the most.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal

import msgspec

from storage import file_checks
from storage.bound_tables import BOUND_TABLES
from storage.chain_checks import (
    ChainFault,
    MayBeErased,
    Walk,
    check_entry,
    check_erasures,
    check_heads,
)
from storage.chain_reader import connect, entries, kept_heads, keys
from storage.connection import Value
from storage.errors import CorruptError, OlderSchemaError
from storage.heads import Head
from storage.payload_rows import decode_rows
from storage.proof_gaps import Shortfall
from storage.rebuilt_file import write_rebuilt
from storage.replay import Bundle, Replay, ReplayedRow
from storage.row_checks import NumberedRow, NumberedRows, Step, name_rows, rows_of_entry
from storage.row_digests import row_digest, rows_digest
from storage.row_index import digest_text
from storage.row_values import ERASED_VALUE, LARGE, OTHER_TENANT, SECRET
from storage.statements import quote_name
from storage.tables import Binding, Table
from storage.verdict import LIMIT, Verdict

Kind = Literal["missing", "extra", "other", "altered"]
Finish = Callable[[Path, Shortfall], None]
"""Told a new file, and what it cannot prove."""
SHOWN = 200
"""So much of a value is told."""


class ColumnDifference(msgspec.Struct, frozen=True):
    """A column that the file holds otherwise; long values are cut, bytes told by their number."""

    name: str
    record: int | str | None
    file: int | str | None


class RowDifference(msgspec.Struct, frozen=True):
    """A row that the file does not hold as the log gives it.

    `missing` in the file, `extra` in the file without an entry or after the one that removed it,
    `other`, or `altered`: the values in the log do not give the digest beside them. `key` is the
    JSON array of the primary key, or names the rows of an entry. `entry` is the last one about the
    row. `columns` are those that differ, as far as the log holds their values.
    """

    table: str
    key: str
    kind: Kind
    entry: int | None
    columns: tuple[ColumnDifference, ...] = ()


class RebuiltTable(msgspec.Struct):
    """A table: how many rows the log gives, how many are not as it gives them, by kind.

    `unknown` rows are on record by their digest and cannot be worked out: `digest_only` of them
    since no entry up to `digest_until` holds values, `secret` or `tenant` since a value is not put
    on record, `erased` since one was erased.
    """

    table: str
    rows: int = 0
    missing: int = 0
    extra: int = 0
    other: int = 0
    altered: int = 0
    unknown: int = 0
    digest_only: int = 0
    digest_until: int | None = None
    secret: int = 0
    tenant: int = 0
    erased: int = 0
    large: int = 0

    @property
    def differing(self) -> int:
        """How many rows are not as the log gives them."""
        return self.missing + self.extra + self.other + self.altered

    @property
    def left_out(self) -> int:
        """How many rows a new file does not get."""
        return self.unknown + self.altered

    def count(self, kind: Kind) -> None:
        """One difference more."""
        setattr(self, kind, getattr(self, kind) + 1)

    def note_unknown(self, row: ReplayedRow) -> None:
        """One row more that cannot be worked out."""
        self.unknown += 1
        if row.digest_only is not None:
            self.digest_only += 1
            self.digest_until = max(self.digest_until or 0, row.digest_only)
        self.secret += SECRET in row.withheld
        self.tenant += OTHER_TENANT in row.withheld
        self.erased += ERASED_VALUE in row.withheld
        self.large += LARGE in row.withheld


class RebuildResult(msgspec.Struct, frozen=True):
    """`differences` are at most `LIMIT`, of `count`; `entries` were read, from an intact chain.

    `into` is the file that was written, with `written` rows, and without those that are `unknown`
    or altered.
    """

    entries: int
    last_hash: str
    tables: tuple[RebuiltTable, ...]
    differences: tuple[RowDifference, ...]
    count: int
    into: str | None = None
    written: int = 0


class BrokenChainError(Exception):
    """Nothing is worked out from a chain that is not as it was written."""

    def __init__(self, verdict: Verdict, reason: str) -> None:
        super().__init__(f"{verdict}: {reason}")
        self.verdict = verdict


def rebuild(
    path: Path,
    heads: Sequence[Head] = (),
    *,
    tables: Sequence[Table[Any]] = BOUND_TABLES,
    against: Path | None = None,
    into: Path | None = None,
    finish: Finish = lambda _path, _shortfall: None,
    now: datetime,
    may_be_erased: MayBeErased | None = None,
    step: Step = lambda: None,
) -> RebuildResult:
    """Work the tables out of the log and compare; with `into` write both to a new file, which
    `finish` is given before it has its name.

    `heads` are compared besides those in the file. With `against` the rows are those of another
    file, such as the one that a restore put in the place of this one. Errors: `BrokenChainError`;
    `StorageError` for a file that cannot be read, or where one of that name exists;
    `sqlite3.Error`, `OSError`.
    """
    with closing(connect(path)) as db, closing(Replay(tables)) as replay:
        _require_schema(db, path)
        walk = _follow(db, replay, heads, may_be_erased, step)
        with nullcontext(db) if against is None else closing(connect(against)) as file:
            _require_schema(file, against or path)
            with closing(_Comparison(file, replay, step)) as comparison:
                results = tuple(comparison.compare(table) for table in tables)
        written = 0
        if into is not None:
            left_out = {one.table: one.left_out for one in results if one.left_out}
            written = write_rebuilt(
                db,
                replay,
                tables,
                into,
                now,
                lambda new, lost: finish(new, Shortfall(lost, left_out)),
            )
        return RebuildResult(
            entries=walk.count,
            last_hash=walk.last.hex(),
            tables=results,
            differences=tuple(comparison.differences),
            count=comparison.count,
            into=None if into is None else str(into),
            written=written,
        )


def _require_schema(db: sqlite3.Connection, path: Path) -> None:
    older, newer = file_checks.missing_migrations(db)
    if newer:
        raise CorruptError(f"{path}: a newer program wrote this database")
    if older:
        raise OlderSchemaError(
            f"{path}: an older nocd wrote this file: start this version once on it"
        )


def _follow(
    db: sqlite3.Connection,
    replay: Replay,
    heads: Sequence[Head],
    may_be_erased: MayBeErased | None,
    step: Step,
) -> Walk:
    """The whole chain, checked as `verify` does, and its values. Errors: `BrokenChainError`."""
    walk = Walk({})
    try:
        walk.keys = keys(db)
        for stored in entries(db):
            check_entry(walk, stored)
            replay.take(stored, decode_rows(stored.content))
            step()
        check_erasures(walk, may_be_erased)
        file_checks.check_orphans(db)
        if not walk.count and file_checks.has_lived(db):
            raise ChainFault(
                Verdict.EMPTY, None, "there is no entry, in a database that was in use"
            )
        check_heads(walk, [*kept_heads(db), *heads])
    except ChainFault as bad:
        if bad.verdict is not Verdict.RESTORED:
            raise BrokenChainError(bad.verdict, bad.reason) from bad
    except (ValueError, TypeError, msgspec.DecodeError) as error:
        raise BrokenChainError(Verdict.UNREADABLE, str(error)) from error
    return walk


class _Comparison:
    """The file beside what was worked out, table by table."""

    def __init__(self, db: sqlite3.Connection, replay: Replay, step: Step) -> None:
        self._db = db
        self._replay = replay
        self._step = step
        self._suspects = sqlite3.connect("", isolation_level=None)
        self.differences: list[RowDifference] = []
        self.count = 0

    def close(self) -> None:
        """Drop what was kept aside."""
        self._suspects.close()

    def compare(self, table: Table[Any]) -> RebuiltTable:
        """Compare one table. Errors: `CorruptError` where the file has it with other columns."""
        result = RebuiltTable(table.name)
        there = {name for (name,) in self._db.execute("SELECT name FROM sqlite_master")}
        if table.name in there:
            present = [row[1] for row in self._db.execute(f"PRAGMA table_info({table.name})")]
            if lacking := sorted({*table.fields, "revision"} - set(present)):
                raise CorruptError(f"{table.name}: there is no column {', '.join(lacking)}")
        if table.binding is Binding.GATHERED:
            found = self._bundles(table, result, in_file=table.name in there)
        else:
            found = self._singles(table, result, in_file=table.name in there)
        for one in found:
            result.count(one.kind)
            self.count += 1
            if len(self.differences) < LIMIT:
                self.differences.append(one)
        return result

    def _singles(
        self, table: Table[Any], result: RebuiltTable, *, in_file: bool
    ) -> Iterator[RowDifference]:
        stand = 0
        for row in self._replay.rows(table):
            self._step()
            result.rows += 1
            if row.is_altered:
                yield RowDifference(table.name, row.key, "altered", row.entry)
            elif row.values is None:
                result.note_unknown(row)
            values = self._row(table, row.key) if in_file else None
            stand += values is not None
            if values is None:
                yield RowDifference(table.name, row.key, "missing", row.entry)
            elif _digest(table, values) != row.digest:
                columns = _columns(table, row, values)
                yield RowDifference(table.name, row.key, "other", row.entry, columns)
        if in_file:
            ((count,),) = self._db.execute(f"SELECT count(*) FROM {quote_name(table.name)}")  # noqa: S608 - names from code
            if count > stand:
                yield from self._extras(table)

    def _extras(self, table: Table[Any]) -> Iterator[RowDifference]:
        for values in self._db.execute(_select(table)):
            self._step()
            key = table.stored_key(values)
            entry, stands = self._replay.last_entry(table, key)
            if not stands:
                yield RowDifference(table.name, key, "extra", entry)

    def _bundles(
        self, table: Table[Any], result: RebuiltTable, *, in_file: bool
    ) -> Iterator[RowDifference]:
        """Bundles whose digest is the file's are as they were written; the rows of the others are
        compared one by one, if the log holds them.
        """
        self._suspects.executescript(
            "DROP TABLE IF EXISTS suspect;"
            "CREATE TABLE suspect(key TEXT PRIMARY KEY, entry INTEGER);"
        )
        rows = NumberedRows(self._db, self._step).of(table) if in_file else iter(())
        groups = groupby(rows, itemgetter(0))
        number, group = next(groups, (None, iter(())))
        for bundle in self._replay.bundles(table):
            self._step()
            while number is not None and number < bundle.entry:
                self._suspect(number, _stored_keys(table, group))
                number, group = next(groups, (None, iter(())))
            mine: list[NumberedRow] = []
            if number == bundle.entry:
                mine = list(group)
                number, group = next(groups, (None, iter(())))
            yield from self._bundle(table, bundle, mine, result)
        while number is not None:
            self._suspect(number, _stored_keys(table, group))
            number, group = next(groups, (None, iter(())))
        yield from self._suspected(table, in_file=in_file)

    def _bundle(
        self,
        table: Table[Any],
        bundle: Bundle,
        mine: Sequence[NumberedRow],
        result: RebuiltTable,
    ) -> Iterator[RowDifference]:
        count = int(bundle.digest.partition(" ")[0])
        found = digest_text(rows_digest([canonical for _, canonical, _, _ in mine]))
        if bundle.found is None:
            result.unknown += count
            result.digest_only += count
            result.digest_until = max(result.digest_until or 0, bundle.entry)
            if found != bundle.digest:
                key = name_rows(bundle.entry, sorted(set(_stored_keys(table, mine))))
                yield RowDifference(table.name, key, "other", bundle.entry)
            return
        result.rows += count
        if bundle.found != bundle.digest:
            yield RowDifference(table.name, rows_of_entry(bundle.entry), "altered", bundle.entry)
        if found != bundle.digest:
            self._suspect(bundle.entry, _stored_keys(table, mine))
            self._suspect(bundle.entry, self._replay.keys_of(table, bundle.entry))

    def _suspect(self, entry: int, keys: Iterator[str]) -> None:
        self._suspects.executemany(
            "INSERT OR IGNORE INTO suspect VALUES (?, ?)", ((key, entry) for key in keys)
        )

    def _suspected(self, table: Table[Any], *, in_file: bool) -> Iterator[RowDifference]:
        for key, entry in self._suspects.execute("SELECT key, entry FROM suspect ORDER BY key"):
            row = self._replay.row(table, key)
            values = self._row(table, key) if in_file else None
            if row is None:
                if values is not None:
                    yield RowDifference(table.name, key, "extra", entry or None)
            elif values is None:
                yield RowDifference(table.name, key, "missing", row.entry)
            elif columns := _columns(table, row, values):
                yield RowDifference(table.name, key, "other", row.entry, columns)

    def _row(self, table: Table[Any], key: str) -> Sequence[Value] | None:
        where = " AND ".join(f"{quote_name(name)} = ?" for name in table.key)
        parts: Sequence[Value] = msgspec.json.decode(key)
        found: Sequence[Value] | None = self._db.execute(
            f"{_select(table)} WHERE {where}", parts
        ).fetchone()
        return found


def _stored_keys(
    table: Table[Any],
    rows: Iterator[NumberedRow] | Sequence[Any],
) -> Iterator[str]:
    return (table.stored_key(values) for _, _, values, _ in rows)


def _digest(table: Table[Any], values: Sequence[Value]) -> str:
    return row_digest(table.canonical(values))


def _columns(
    table: Table[Any], row: ReplayedRow, values: Sequence[Value]
) -> tuple[ColumnDifference, ...]:
    """The columns that differ; of a row that is known in part, those that are known."""
    file = dict(zip(table.fields, values, strict=True))
    known: Mapping[str, Value] = row.known
    if row.values is not None:
        known = dict(zip(table.fields, row.values, strict=True))
    return tuple(
        ColumnDifference(name, _shown(known[name]), _shown(file[name]))
        for name in table.bound_columns
        if name in known and known[name] != file[name]
    )


def _shown(value: Value) -> int | str | None:
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, str) and len(value) > SHOWN:
        return value[:SHOWN] + "…"
    return str(value) if isinstance(value, float) else value


def _select(table: Table[Any]) -> str:
    columns = ", ".join(map(quote_name, table.fields))
    return f"SELECT {columns} FROM {quote_name(table.name)}"  # noqa: S608 - names from code
