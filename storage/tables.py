"""Rows as frozen Structs: one description of a table gives its reading and its writing.

A table has the Struct's fields as columns, in that order, and a last column `revision`. Only rows
that differ from what is stored are written, so `revision` moves when something changed and not
when something was merely said again. A row that is removed leaves its key and a revision in `gone`.

Rows are written through `storage.change.Change` alone.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from enum import Enum, auto
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec
from msgspec.structs import astuple

from storage.codecs import converters
from storage.connection import Readable, Row, Value
from storage.errors import ConflictError
from storage.row_digests import ENDED_BY, ENTRY, Columns
from storage.row_terms import add_terms, term_of
from storage.statements import quote_name, update, upsert
from storage.times import micros

if TYPE_CHECKING:  # a reader needs no write path
    from storage.row_values import Delta
    from storage.transaction import Transaction

Key = tuple[str | int, ...]
"""A primary key, each part as it is stored."""

R = TypeVar("R", bound=msgspec.Struct)


class Binding(Enum):
    """How the rows of a table are bound to the evidence log (`storage.row_digests`).

    RECORDED: each change of a row has an entry, which holds the row's digest and the values that
    became others (`storage.row_values`). GATHERED: the same
    for tables to which one entry may add thousands of rows: each bears the entry's number, and the
    entry holds one digest over them; they are added and ended, never removed. SIGNED: sums of many
    looks, which have no entry each: all rows of a scope are signed by the commit that changes any
    (`storage.signed_rows`). OBSERVED: figures of
    a poll, caches, and what the program says of itself: no entry.
    """

    RECORDED = auto()
    GATHERED = auto()
    SIGNED = auto()
    OBSERVED = auto()


class BoundRow(msgspec.Struct, frozen=True):
    """A row that was written: its key, its canonical form, the entries whose number it bears.

    `delta` are the columns that became others, `values` the bound columns of a gathered row;
    `tenant` is whose it is, empty where it is nobody's.
    """

    key: Key
    canonical: bytes
    entries: tuple[Any, ...]  # whole numbers, or None where the row bears none
    delta: "Delta" = {}
    values: tuple[Value, ...] = ()
    tenant: str = ""


class WriteCounts(msgspec.Struct, frozen=True):
    """How many rows truly changed, those of them that need an entry, and what the table's sum
    changes by (`storage.row_sums`).
    """

    count: int
    bound: Sequence[BoundRow] = ()
    terms: int = 0


class Deletions(msgspec.Struct, frozen=True):
    """The keys of the rows that were removed, and what the table's sum changes by."""

    keys: list[Key]
    terms: int = 0


class TableChanges(msgspec.Struct, Generic[R], frozen=True):
    """What is new in a table: drop `deletions` first, then put `rows`.

    `complete` says that `rows` are all there are: forget what you had. It is so for the first
    reading, and for one who was away for longer than removals are remembered.
    """

    rows: Sequence[R]
    deletions: Sequence[Key]
    complete: bool


def value_picker(indexes: Sequence[int]) -> Callable[[Sequence[Value]], tuple[Any, ...]]:
    """Return a function that takes the values at these indexes out of a row."""
    if len(indexes) > 1:
        return itemgetter(*indexes)
    return lambda values: tuple([values[index] for index in indexes])


class Table(Generic[R]):
    """A table of the database that holds one kind of Struct.

    `binding` says whether its rows come with an entry of the evidence log; `unbound` names columns
    that move without one, in a table whose other columns do not; `erasable` those that hold what
    somebody wrote or that name somebody, of which an erasure keeps nothing. `key` names the fields
    of the primary key; `interned` the fields of text or whole numbers that repeat so often that
    equal values had better be one object. `scope` names the fields by which rows are signed
    together. `amends` is for a Struct of some columns alone: it
    changes rows that are there, and adds none.
    """

    def __init__(
        self,
        name: str,
        row: type[R],
        key: Sequence[str],
        interned: Sequence[str] = (),
        *,
        binding: Binding,
        unbound: Sequence[str] = (),
        erasable: Sequence[str] = (),
        scope: Sequence[str] = (),
        amends: bool = False,
    ) -> None:
        self.name = name
        self.key = tuple(key)
        self.binding = binding
        self.row = row
        self._fields = row.__struct_fields__
        self._out, self._in = converters(row, interned)
        self._key_out = [
            (self.key.index(self._fields[index]), convert)
            for index, convert in self._out
            if self._fields[index] in self.key
        ]
        self._select = _select(name, self._fields)
        self._arranged: Callable[[tuple[Value, ...]], tuple[Value, ...]] | None = None
        if amends:
            self._put, places = update(name, self._fields, self.key)
            self._arranged = itemgetter(*places)
        else:
            self._put = upsert(name, self._fields, self.key)
        self._columns = Columns(name, self._fields, unbound)
        self._key_indexes = [self._fields.index(field) for field in self.key]
        numbers = (ENTRY, ENDED_BY) if binding is Binding.GATHERED else ()
        self._key_values = value_picker(self._key_indexes)
        self._entries = value_picker(
            [i for i, field in enumerate(self._fields) if field in numbers]
        )
        by = "id" if name == "tenant" else "tenant"
        self._tenant = self._fields.index(by) if by in self._fields else None
        self.scope = tuple(scope)
        self._scope = value_picker([self._fields.index(field) for field in scope])
        columns, where = (
            ", ".join(map(quote_name, scope)),
            " AND ".join(f"{quote_name(field)} = ?" for field in scope),
        )
        self.scopes = f"SELECT DISTINCT {columns} FROM {quote_name(name)}"  # noqa: S608 - names from code
        self.of_scope = f"{_select(name, (*self._fields, 'revision'))} WHERE {where}"
        self.unbound = tuple(unbound)
        self.is_summed = binding is Binding.RECORDED and bool(unbound)
        self._moving = [self._fields.index(field) for field in unbound]
        self._look = self._looking()
        self.erasable = frozenset(erasable)

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns, without `revision`."""
        return self._fields

    @property
    def bound_columns(self) -> list[str]:
        """The columns that entries hold, in the order of their names."""
        return self._columns.names

    def canonical(self, values: Sequence[Value]) -> bytes:
        """The canonical form of a row, given all its `fields` as they are stored."""
        return self._columns.canonical(values)

    def stored_values(self, row: R) -> list[Value]:
        """All `fields` of a row as they are stored."""
        return self._encoded(row)

    def scope_of(self, values: Sequence[Value]) -> tuple[Any, ...]:
        """What a row of all `fields` is signed together with."""
        return self._scope(values)

    def scope_of_key(self, key: Sequence[str | int]) -> tuple[Any, ...]:
        """The scope of a row by its key, which has all of the scope's fields."""
        return tuple(key[self.key.index(field)] for field in self.scope)

    def stored_key(self, values: Sequence[Value]) -> str:
        """A row's key as entries name it: the JSON array of its parts."""
        return msgspec.json.encode([values[index] for index in self._key_indexes]).decode()

    def _looking(self) -> str:
        """The bound columns of one row as it stands; of a summed one what is summed before them."""
        where = " AND ".join(f"{quote_name(field)} = ?" for field in self.key)
        summed = ("revision", *self.unbound) if self.is_summed else ()
        return f"{_select(self.name, (*summed, *self._columns.names))} WHERE {where}"

    def term(self, values: Sequence[Value], revision: int) -> int:
        """What a row of all `fields` adds to the sum of this table."""
        moving = [values[index] for index in self._moving]
        return term_of(self.name, self._key_values(values), moving, revision)

    async def sum_of_all(self, db: Readable) -> int:
        """The sum over all rows as they are."""
        columns = (*self.key, *self.unbound, "revision")
        rows = await db.rows(_select(self.name, columns))
        end = len(self.key)
        terms = [term_of(self.name, row[:end], row[end:-1], row[-1]) for row in rows]
        return add_terms(terms)

    async def write(self, tx: "Transaction", rows: Iterable[R]) -> WriteCounts:
        """Insert or update. For `storage.change` alone."""
        values = [(*self._encoded(row), tx.revision) for row in rows]
        if not values:
            return WriteCounts(0)
        if self.binding in (Binding.OBSERVED, Binding.SIGNED):
            if self._arranged is not None:
                values = [*map(self._arranged, values)]
            return WriteCounts(await tx.executemany(self._put, values))
        if self.binding is Binding.GATHERED:
            return await self._write_many(tx, values)
        outcomes = await tx.execute_each(self._put, values, self._look, self._key_indexes)
        bound: list[BoundRow] = []
        terms: list[int] = []
        written = 0
        for row, (changed, before) in zip(values, outcomes, strict=True):
            if not changed:
                continue
            written += 1
            if self.is_summed:
                terms += self._terms(self._key_values(row), row, before)
                before = None if before is None else before[1 + len(self.unbound) :]
            if before is None or self._bound(row) != before:
                bound.append(self._recorded_row(row, before))
        return WriteCounts(written, bound, add_terms(terms))

    def _terms(self, key: Sequence[Value], row: Row | None, before: Row | None) -> Iterator[int]:
        """What the sum changes by, of a row with its revision behind it; None where there is, or
        was, none.
        """
        if row is not None:
            yield self.term(row[:-1], row[-1])
        if before is not None:
            revision, *moving = before[: 1 + len(self.unbound)]
            yield -term_of(self.name, key, moving, revision)

    def _recorded_row(self, values: Sequence[Value], before: Row | None) -> BoundRow:
        bound = self._bound(values)
        old = before or (None,) * len(bound)
        after = zip(self._columns.names, old, bound, strict=True)
        delta = {name: (was, value) for name, was, value in after if was != value}
        tenant = "" if self._tenant is None else str(values[self._tenant])
        canonical = self._columns.canonical(values)
        return BoundRow(self._key_values(values), canonical, (), delta, tenant=tenant)

    async def _write_many(self, tx: "Transaction", values: list[tuple[Value, ...]]) -> WriteCounts:
        """Rows that are all new, or ended now: in one statement, since there may be thousands."""
        changed = await tx.executemany(self._put, values)
        if changed != len(values):
            raise ConflictError(f"{self.name}: rows that are on record were put again")
        return WriteCounts(changed, [*map(self._gathered_row, values)])

    def _bound(self, values: Sequence[Value]) -> tuple[Value, ...]:
        return tuple(values[index] for index in self._columns.indexes)

    def _gathered_row(self, values: Sequence[Value]) -> BoundRow:
        key, entries = self._key_values(values), self._entries(values)
        return BoundRow(key, self._columns.canonical(values), entries, {}, self._bound(values))

    async def delete(self, tx: "Transaction", keys: Iterable[Sequence[str | int]]) -> Deletions:
        """Delete rows by key, in the key's order of fields; those there were.

        For `storage.change` alone.
        """
        wanted = [tuple(key) for key in keys]
        if not wanted:
            return Deletions([])
        import json  # removals alone need it

        where = " AND ".join(f"{quote_name(field)} = ?" for field in self.key)
        sql = f"DELETE FROM {quote_name(self.name)} WHERE {where}"  # noqa: S608 - names from code
        look, places = (self._look, range(len(self.key))) if self.is_summed else ("", ())
        outcomes = await tx.execute_each(sql, wanted, look, places)
        await tx.executemany(
            "INSERT INTO gone(kind, key, revision, at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT(kind, key) DO UPDATE SET revision = excluded.revision, at = excluded.at",
            [(self.name, json.dumps(key), tx.revision, micros(tx.at)) for key in wanted],
        )
        gone = [(key, row) for key, (was, row) in zip(wanted, outcomes, strict=True) if was]
        terms = [term for key, row in gone for term in self._terms(key, None, row)]
        return Deletions([key for key, _ in gone], add_terms(terms))

    async def read(self, db: Readable, since: int = 0) -> list[R]:
        """The rows that changed after revision `since`, in the order of their keys."""
        keys = [quote_name(field) for field in self.key]
        if since <= 0:
            return self.decoded(await db.rows(f"{self._select} ORDER BY {', '.join(keys)}"))
        # The plus keeps SQLite from walking the whole key's index to save sorting a few rows.
        order = ", ".join(f"+{key}" for key in keys)
        found = await db.rows(f"{self._select} WHERE revision > ? ORDER BY {order}", (since,))
        return self.decoded(found)

    async def pages(self, db: Readable, size: int = 200) -> AsyncIterator[list[R]]:
        """All rows in the order of their keys, `size` at a time: who draws need not wait for all.

        Give a snapshot, so that all pages are of one moment.
        """
        keys = ", ".join(map(quote_name, self.key))
        begin = f"WHERE ({keys}) > ({', '.join('?' * len(self.key))}) "
        rows, last = await self._page(db, "", (), keys, size)
        while last is not None:
            yield rows
            rows, last = await self._page(db, begin, last, keys, size)

    async def _page(
        self, db: Readable, where: str, after: Sequence[str | int], keys: str, size: int
    ) -> tuple[list[R], Key | None]:
        found = await db.rows(f"{self._select} {where}ORDER BY {keys} LIMIT ?", (*after, size))
        rows = self.decoded(found)
        return rows, self.key_of(rows[-1]) if rows else None

    async def where(self, db: Readable, clause: str, *parameters: Value) -> list[R]:
        """The rows of a condition, which may go on with ORDER BY and LIMIT. For `storage` alone."""
        return self.decoded(await db.rows(f"{self._select} WHERE {clause}", parameters))

    async def get(self, db: Readable, *key: str | int) -> R | None:
        """One row by its key."""
        found = await self.where(db, " AND ".join(f"{quote_name(f)} = ?" for f in self.key), *key)
        return found[0] if found else None

    async def changes(self, db: Readable, since: int) -> TableChanges[R]:
        """What changed after revision `since`; give a snapshot, and keep its `revision`."""
        if since < await forgotten_revision(db):
            return TableChanges(await self.read(db), (), complete=True)
        return await self.changes_since(db, since)

    async def changes_since(self, db: Readable, since: int) -> TableChanges[R]:
        """As `changes`, for one who knows by `changed_tables` that removals are remembered."""
        deletions = await self.deletions(db, since)
        return TableChanges(await self.read(db, since), deletions, complete=since <= 0)

    async def deletions(self, db: Readable, since: int) -> list[Key]:
        """The keys of the rows that were removed after revision `since`."""
        import json

        sql = "SELECT key FROM gone WHERE kind = ? AND revision > ?"
        return [tuple(json.loads(key)) for (key,) in await db.rows(sql, (self.name, since))]

    def key_of(self, row: R) -> Key:
        """The row's primary key, each part as it is stored: a day is its text."""
        key = [getattr(row, field) for field in self.key]
        for index, convert in self._key_out:
            key[index] = convert(key[index])
        return tuple(key)

    def decoded(self, rows: Iterable[Row]) -> list[R]:
        """Database rows with this table's columns, as Structs."""
        row_type, inward = self.row, self._in
        if not inward:
            return [row_type(*row) for row in rows]
        structs = []
        for row in rows:
            values = list(row)
            for index, convert in inward:
                if (value := values[index]) is not None:
                    values[index] = convert(value)
            structs.append(row_type(*values))
        return structs

    def _encoded(self, row: R) -> list[Value]:
        values: list[Any] = list(astuple(row))
        for index, convert in self._out:
            if (value := values[index]) is not None:
                values[index] = convert(value)
        return values


def _select(name: str, fields: Iterable[str]) -> str:
    return f"SELECT {', '.join(map(quote_name, fields))} FROM {quote_name(name)}"  # noqa: S608 - names from code


async def revision(db: Readable) -> int:
    """The number of the last change."""
    ((value,),) = await db.rows("SELECT value FROM revision")
    return int(value)


async def forgotten_revision(db: Readable) -> int:
    """Return the revision up to which removals are no longer kept."""
    ((value,),) = await db.rows("SELECT forgotten FROM revision")
    return int(value)


async def changed_tables(db: Readable, since: int, *among: Table[Any]) -> frozenset[str] | None:
    """The names of the tables with rows changed or gone after `since`, in one query.

    `None` when that is longer ago than removals are remembered: read everything.
    """
    asked = " UNION ALL ".join(
        f"SELECT {number} WHERE EXISTS (SELECT 1 FROM {quote_name(table.name)} WHERE revision > ?)"  # noqa: S608 - names from code
        f" OR EXISTS (SELECT 1 FROM gone WHERE kind = '{table.name}' AND revision > ?)"
        for number, table in enumerate(among)
    )
    sql = f"SELECT -1 FROM revision WHERE forgotten > ? UNION ALL {asked}"  # noqa: S608 - names from code
    found = {number for (number,) in await db.rows(sql, (since,) * sql.count("?"))}
    return None if -1 in found else frozenset(among[number].name for number in found)
