"""Works rows out of the evidence log alone: each entry's values over those of the entries before.

What was worked out stands in a database of its own that SQLite keeps on the disk as it grows, so
that millions of rows take no more memory than a few.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from storage.chain_reader import StoredEntry
from storage.connection import Value
from storage.evidence import ERASED
from storage.payload_rows import NO_ROWS, PayloadRows, Values, values_of
from storage.row_digests import ADOPTED, ENDED_BY, ENTRY, row_digest, rows_digest
from storage.row_index import digest_text
from storage.row_values import (
    UNFIT,
    WITHHELD,
    column_value,
    is_withheld,
    long_texts,
    take_rows,
    take_value,
)
from storage.tables import Binding, Table

_SCHEMA = """
CREATE TABLE single(
  tbl INTEGER, key TEXT, seq INTEGER, digest TEXT, removed INTEGER, digest_only INTEGER,
  columns TEXT, PRIMARY KEY (tbl, key)
) WITHOUT ROWID;
CREATE TABLE gathered(
  tbl INTEGER, key TEXT, began INTEGER, ended INTEGER, columns TEXT, PRIMARY KEY (tbl, key)
) WITHOUT ROWID;
CREATE TABLE bundle(
  tbl INTEGER, seq INTEGER, digest TEXT, found TEXT, PRIMARY KEY (tbl, seq)
) WITHOUT ROWID;
"""
_NAMES_TEXT = b'"payload":'
"""In a payload of which a row's value is a text by its key."""
_Columns = dict[str, list[Any]]  # by name: the entry, the last one that gave it whole, the value
_BAD = (ValueError, TypeError, LookupError, OverflowError)


class ReplayedRow(msgspec.Struct, frozen=True):
    """A row as the log gives it. `entry` is the last one about it, `digest` the one in there.

    `known` are the columns whose values the log holds; `values` all of them in the table's order,
    None where the log does not hold enough. `digest_only` is the last entry that holds a digest
    and no values, `withheld` says why a value is not there; with neither, and without `values`,
    the log's values do not give its digest.
    """

    key: str
    entry: int
    digest: str
    known: Mapping[str, Value]
    values: Sequence[Value] | None
    digest_only: int | None = None
    withheld: frozenset[str] = frozenset()

    @property
    def is_altered(self) -> bool:
        """Whether the log's values are not those that its digest was made of."""
        return self.values is None and self.digest_only is None and not self.withheld - {UNFIT}


class Bundle(msgspec.Struct, frozen=True):
    """The rows of one entry that holds one digest over them; `found` is the digest that the values
    in the entry give, None where it holds none.
    """

    entry: int
    digest: str
    found: str | None


class Replay:
    """The rows of some tables; `take` the entries in their order, then ask."""

    def __init__(self, tables: Sequence[Table[Any]]) -> None:
        self._numbers = {table.name: number for number, table in enumerate(tables)}
        self._tables = {table.name: table for table in tables}
        self._db = sqlite3.connect("", isolation_level=None)  # on the disk, and gone with us
        self._db.executescript(_SCHEMA)
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute("BEGIN")
        self._is_indexed = False

    def close(self) -> None:
        """Drop it."""
        self._db.close()

    def take(self, stored: StoredEntry, said: PayloadRows) -> None:
        """The next entry, and what it holds of rows."""
        content, seq = stored.content, stored.entry.seq
        if content is None or said is NO_ROWS:
            return
        if stored.entry.kind == ADOPTED:
            for number, rows in said.rows_of.items():
                self._take(seq, rows, {}, {}, bundle=int(number))
        elif stored.entry.kind == ERASED:
            for number in sorted({*said.rows_of, *said.row_values_of}, key=int):
                if f"entry:{number}" in stored.entry.subjects:  # for no other than it empties
                    values = said.row_values_of.get(number, {})
                    self._take(int(number), said.rows_of.get(number, {}), values, {})
        if said.rows:
            texts = long_texts(content) if _NAMES_TEXT in content else {}
            self._take(seq, said.rows, said.row_values, texts)

    def _take(
        self,
        seq: int,
        rows: Mapping[str, Mapping[str, Any]],
        values: Values,
        texts: Mapping[str, str],
        bundle: int | None = None,
    ) -> None:
        for name in {**rows, **values}:
            table = self._tables.get(name)
            if table is None:
                continue
            said, told = rows.get(name, {}), values_of(values.get(name))
            if table.binding is Binding.GATHERED:
                self._take_bundle(table, seq if bundle is None else bundle, said, told)
                continue
            for key in {**said, **(told or {})}:
                self._take_row(table, key, seq, said, (told or {}).get(key), texts)

    def _take_row(
        self,
        table: Table[Any],
        key: str,
        seq: int,
        said: Mapping[str, Any],
        told: Mapping[str, Any] | None,
        texts: Mapping[str, str],
    ) -> None:
        number = self._numbers[table.name]
        if key_parts(table, key) is None:
            raise ValueError(f"entry {seq}: {key:.60} is no key of {table.name}")
        found = self._db.execute(
            "SELECT seq, digest, removed, digest_only, columns FROM single"
            " WHERE tbl = ? AND key = ?",
            (number, key),
        ).fetchone()
        last, digest, removed, digest_only, text = found or (0, None, 0, None, "{}")
        columns: _Columns = msgspec.json.decode(text)
        if key in said and seq >= last:
            last, digest = seq, said[key]
            if digest is None:
                removed, digest_only, columns = seq, None, {}
        if told is None:
            if said.get(key) is not None and seq > removed:
                digest_only = max(seq, digest_only or 0)
        elif seq >= removed and isinstance(told, dict):
            _apply(columns, told, seq, texts)
        self._db.execute(
            "INSERT OR REPLACE INTO single VALUES (?, ?, ?, ?, ?, ?, ?)",
            (number, key, last, digest, removed, digest_only, _text(columns)),
        )

    def _take_bundle(
        self, table: Table[Any], seq: int, said: Mapping[str, Any], told: Mapping[str, Any] | None
    ) -> None:
        number, found = self._numbers[table.name], None
        if told is not None:
            try:
                found = self._take_rows(table, seq, take_rows(told, table.bound_columns))
            except _BAD as error:
                found = f"no rows: {error}"
        if said:
            self._db.execute(
                "INSERT OR REPLACE INTO bundle VALUES (?, ?, ?, ?)",
                (number, seq, digest_text(said), found),
            )

    def _take_rows(self, table: Table[Any], seq: int, rows: Sequence[list[Any]]) -> str | None:
        """Keep the rows of an entry; returns the digest that they give, None if one is withheld."""
        if any(is_withheld(value) for row in rows for value in row):
            return None
        canonical = []
        names = table.bound_columns
        places = [names.index(field) for field in table.fields]
        for row in rows:
            values = [column_value(row[place]) for place in places]
            canonical.append(table.canonical(values))
            began, ended = _numbers_of(table, values)
            self._db.execute(
                "INSERT INTO gathered VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " began = excluded.began, ended = excluded.ended, columns = excluded.columns"
                # What an erased entry began comes after the end of it.
                " WHERE gathered.ended IS NULL OR excluded.ended IS NOT NULL",
                (self._numbers[table.name], table.stored_key(values), began, ended, _text(values)),
            )
        return digest_text(rows_digest(canonical))

    def count(self, table: Table[Any]) -> int:
        """How many rows the log knows of a table of single rows."""
        sql = "SELECT count(*) FROM single WHERE tbl = ? AND digest IS NOT NULL"
        ((count,),) = self._db.execute(sql, (self._numbers[table.name],))
        return int(count)

    def rows(self, table: Table[Any]) -> Iterator[ReplayedRow]:
        """The rows of a table that the log has, in the order of their keys as text."""
        number = self._numbers[table.name]
        if table.binding is Binding.GATHERED:
            sql = "SELECT key, began, ended, columns FROM gathered WHERE tbl = ?"
            for row in self._db.execute(sql, (number,)):
                yield _gathered_row(table, *row)
            return
        sql = (
            "SELECT key, seq, digest, digest_only, columns FROM single"
            " WHERE tbl = ? AND digest IS NOT NULL"
        )
        for row in self._db.execute(sql, (number,)):
            yield _replayed_row(table, *row)

    def row(self, table: Table[Any], key: str) -> ReplayedRow | None:
        """One row of a table of bundles; None where the log does not hold its values."""
        sql = "SELECT key, began, ended, columns FROM gathered WHERE tbl = ? AND key = ?"
        found = self._db.execute(sql, (self._numbers[table.name], key)).fetchone()
        return None if found is None else _gathered_row(table, *found)

    def last_entry(self, table: Table[Any], key: str) -> tuple[int | None, bool]:
        """The last entry about a single row, and whether the row stands after it."""
        sql = "SELECT seq, digest IS NOT NULL FROM single WHERE tbl = ? AND key = ?"
        found = self._db.execute(sql, (self._numbers[table.name], key)).fetchone()
        return (None, False) if found is None else (found[0], bool(found[1]))

    def bundles(self, table: Table[Any]) -> Iterator[Bundle]:
        """The bundles of a table, in the order of their entries."""
        sql = "SELECT seq, digest, found FROM bundle WHERE tbl = ? ORDER BY seq"
        for row in self._db.execute(sql, (self._numbers[table.name],)):
            yield Bundle(*row)

    def keys_of(self, table: Table[Any], entry: int) -> Iterator[str]:
        """The keys of the rows of a bundle."""
        if not self._is_indexed:
            self._db.execute("CREATE INDEX gathered_began ON gathered(tbl, began)")
            self._db.execute("CREATE INDEX gathered_ended ON gathered(tbl, ended)")
            self._is_indexed = True
        number = self._numbers[table.name]
        for column in ("began", "ended"):
            sql = f"SELECT key FROM gathered WHERE tbl = ? AND {column} = ?"  # noqa: S608 - two names
            for (key,) in self._db.execute(sql, (number, entry)):
                yield key


def key_parts(table: Table[Any], key: str) -> list[str | int] | None:
    """The parts of a row's key as entries name it; None for a text that names none."""
    try:
        parts = msgspec.json.decode(key, type=list[str | int])
    except msgspec.DecodeError:
        return None
    return parts if len(parts) == len(table.key) else None


def _apply(columns: _Columns, told: Mapping[str, Any], seq: int, texts: Mapping[str, str]) -> None:
    """Bring columns up to what an entry holds; what a later one gave stays."""
    for name, value in told.items():
        last, whole, before = columns.get(name, (0, 0, None))
        if last > seq:
            if is_withheld(value) and whole < seq:  # the later one changed what is not there
                columns[name] = [last, last, value]
            continue
        try:
            after = take_value(value, before, texts)
        except _BAD:
            after = {WITHHELD: UNFIT}
        patched = isinstance(value, dict) and "patch" in value
        columns[name] = [seq, whole if patched else seq, after]


def _replayed_row(
    table: Table[Any], key: str, seq: int, digest: str, digest_only: int | None, text: str
) -> ReplayedRow:
    columns: _Columns = msgspec.json.decode(text)
    withheld = {str(value.get(WITHHELD)) for _, _, value in columns.values() if is_withheld(value)}
    if columns.keys() - set(table.bound_columns):
        withheld.add(UNFIT)
    known: dict[str, Value] = {}
    for name, (_, _, value) in columns.items():
        if is_withheld(value):
            continue
        try:
            known[name] = column_value(value)
        except _BAD:
            withheld.add(UNFIT)
    values = [known.get(name) for name in table.fields]
    try:
        whole = not withheld and row_digest(table.canonical(values)) == digest
    except _BAD:
        whole = False
    return ReplayedRow(
        key=key,
        entry=seq,
        digest=digest,
        known=known,
        values=values if whole else None,
        digest_only=None if whole else digest_only,
        withheld=frozenset(withheld),
    )


def _gathered_row(
    table: Table[Any], key: str, began: int, ended: int | None, text: str
) -> ReplayedRow:
    values = msgspec.json.decode(text)
    return ReplayedRow(
        key=key,
        entry=ended if ended is not None else began,
        digest=row_digest(table.canonical(values)),
        known=dict(zip(table.fields, values, strict=True)),
        values=values,
    )


def _numbers_of(table: Table[Any], values: Sequence[Value]) -> tuple[Any, Any]:
    began = values[table.fields.index(ENTRY)] or 0
    ended = values[table.fields.index(ENDED_BY)] if ENDED_BY in table.fields else None
    return began, ended


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
