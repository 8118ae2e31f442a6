"""Rows as frozen Structs: one description of a table gives its reading and its writing.

A table has the Struct's fields as columns, in that order, and a last column `revision`. Only rows
that differ from what is stored are written, so `revision` moves when something changed and not
when something was merely said again. A row that is removed leaves its key and a revision in `gone`.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Generic, TypeVar

import msgspec
from msgspec.structs import astuple

from storage.codecs import converters
from storage.connection import Readable, Row, Value
from storage.database import Transaction
from storage.statements import quoted, update, upsert
from storage.times import micros

R = TypeVar("R", bound=msgspec.Struct)


class TableChanges(msgspec.Struct, Generic[R], frozen=True):
    """What is new in a table: drop `gone` first, then put `rows`.

    `complete` says that `rows` are all there are: forget what you had. It is so for the first
    reading, and for one who was away for longer than removals are remembered.
    """

    rows: Sequence[R]
    gone: Sequence[tuple[str | int, ...]]
    complete: bool


class Table(Generic[R]):
    """A table of the database that holds one kind of Struct.

    `key` names the fields of the primary key; `interned` the fields of text or whole numbers that
    repeat so often that equal values had better be one object. `amends` is for a Struct of some
    columns alone: it changes rows that are there, and adds none.
    """

    def __init__(
        self,
        name: str,
        row: type[R],
        key: Sequence[str],
        interned: Sequence[str] = (),
        *,
        amends: bool = False,
    ) -> None:
        self.name = name
        self.key = tuple(key)
        self._row = row
        self._fields = row.__struct_fields__
        self._out, self._in = converters(row, interned)
        self._key_out = [
            (self.key.index(self._fields[index]), convert)
            for index, convert in self._out
            if self._fields[index] in self.key
        ]
        self._select = f"SELECT {', '.join(map(quoted, self._fields))} FROM {quoted(name)}"  # noqa: S608 - names from code
        self._arranged: Callable[[tuple[Value, ...]], tuple[Value, ...]] | None = None
        if amends:
            self._put, places = update(name, self._fields, self.key)
            self._arranged = itemgetter(*places)
        else:
            self._put = upsert(name, self._fields, self.key)

    async def put(self, tx: Transaction, rows: Iterable[R]) -> int:
        """Insert or update; returns how many rows truly changed."""
        values = [(*self._encoded(row), tx.revision) for row in rows]
        if self._arranged is not None:
            values = [*map(self._arranged, values)]
        return await tx.executemany(self._put, values) if values else 0

    async def remove(self, tx: Transaction, keys: Iterable[Sequence[str | int]]) -> int:
        """Delete rows by key, in the key's order of fields; returns how many there were."""
        wanted = [tuple(key) for key in keys]
        if not wanted:
            return 0
        where = " AND ".join(f"{quoted(field)} = ?" for field in self.key)
        removed = await tx.executemany(f"DELETE FROM {quoted(self.name)} WHERE {where}", wanted)  # noqa: S608 - names from code
        await tx.executemany(
            "INSERT INTO gone(kind, key, revision, at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT(kind, key) DO UPDATE SET revision = excluded.revision, at = excluded.at",
            [(self.name, json.dumps(key), tx.revision, micros(tx.at)) for key in wanted],
        )
        return removed

    async def replace(self, tx: Transaction, rows: Iterable[R]) -> int:
        """Make the table hold these rows and no others; returns how many that changed."""
        wanted = {self.key_of(row): row for row in rows}
        stored = [self.key_of(row) for row in await self.read(tx)]
        removed = await self.remove(tx, [key for key in stored if key not in wanted])
        return removed + await self.put(tx, wanted.values())

    async def read(self, db: Readable, since: int = 0) -> list[R]:
        """The rows that changed after revision `since`, in the order of their keys."""
        keys = [quoted(field) for field in self.key]
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
        keys = ", ".join(map(quoted, self.key))
        begin = f"WHERE ({keys}) > ({', '.join('?' * len(self.key))}) "
        rows, last = await self._page(db, "", (), keys, size)
        while last is not None:
            yield rows
            rows, last = await self._page(db, begin, last, keys, size)

    async def _page(
        self, db: Readable, where: str, after: Sequence[str | int], keys: str, size: int
    ) -> tuple[list[R], tuple[str | int, ...] | None]:
        found = await db.rows(f"{self._select} {where}ORDER BY {keys} LIMIT ?", (*after, size))
        rows = self.decoded(found)
        return rows, self.key_of(rows[-1]) if rows else None

    async def where(self, db: Readable, clause: str, *parameters: Value) -> list[R]:
        """The rows of a condition, which may go on with ORDER BY and LIMIT. For `storage` alone."""
        return self.decoded(await db.rows(f"{self._select} WHERE {clause}", parameters))

    async def get(self, db: Readable, *key: str | int) -> R | None:
        """One row by its key."""
        found = await self.where(db, " AND ".join(f"{quoted(f)} = ?" for f in self.key), *key)
        return found[0] if found else None

    async def changes(self, db: Readable, since: int) -> TableChanges[R]:
        """What changed after revision `since`; give a snapshot, and keep its `revision`."""
        if since < await forgotten(db):
            return TableChanges(await self.read(db), (), complete=True)
        return await self.newer(db, since)

    async def newer(self, db: Readable, since: int) -> TableChanges[R]:
        """As `changes`, for one who knows from `touched` that removals are still remembered."""
        gone = await self.gone(db, since)
        return TableChanges(await self.read(db, since), gone, complete=since <= 0)

    async def gone(self, db: Readable, since: int) -> list[tuple[str | int, ...]]:
        """The keys of the rows that were removed after revision `since`."""
        sql = "SELECT key FROM gone WHERE kind = ? AND revision > ?"
        return [tuple(json.loads(key)) for (key,) in await db.rows(sql, (self.name, since))]

    def key_of(self, row: R) -> tuple[str | int, ...]:
        """The row's primary key, each part as it is stored: a day is its text."""
        key = [getattr(row, field) for field in self.key]
        for index, convert in self._key_out:
            key[index] = convert(key[index])
        return tuple(key)

    def decoded(self, rows: Iterable[Row]) -> list[R]:
        """Database rows with this table's columns, as Structs."""
        row_type, inward = self._row, self._in
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


async def revision(db: Readable) -> int:
    """The number of the last change."""
    ((value,),) = await db.rows("SELECT value FROM revision")
    return int(value)


async def forgotten(db: Readable) -> int:
    """The revision up to which removals are no longer remembered."""
    ((value,),) = await db.rows("SELECT forgotten FROM revision")
    return int(value)


async def touched(db: Readable, since: int, *among: Table[Any]) -> frozenset[str] | None:
    """The names of the tables with rows changed or gone after `since`, in one query.

    `None` when that is longer ago than removals are remembered: read everything.
    """
    asked = " UNION ALL ".join(
        f"SELECT {number} WHERE EXISTS (SELECT 1 FROM {quoted(table.name)} WHERE revision > ?)"  # noqa: S608 - names from code
        f" OR EXISTS (SELECT 1 FROM gone WHERE kind = '{table.name}' AND revision > ?)"
        for number, table in enumerate(among)
    )
    sql = f"SELECT -1 FROM revision WHERE forgotten > ? UNION ALL {asked}"  # noqa: S608 - names from code
    found = {number for (number,) in await db.rows(sql, (since,) * sql.count("?"))}
    return None if -1 in found else frozenset(among[number].name for number in found)


async def forget_gone(tx: Transaction, before: datetime) -> None:
    """Forget removals from before that instant; who reads from before them reads all anew."""
    limit = (micros(before),)
    await tx.execute(
        "UPDATE revision SET forgotten = max(forgotten,"
        " coalesce((SELECT max(revision) FROM gone WHERE at < ?), 0))",
        limit,
    )
    await tx.execute("DELETE FROM gone WHERE at < ?", limit)
