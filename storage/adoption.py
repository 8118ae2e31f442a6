"""Digests of rows from before entries held any.

A database that an earlier version wrote has rows of which no entry holds a digest. The first start
of this version adopts them: entries of the kind `rows.adopted` hold the digest of each as it is
then. It happens once; from then on, and in a new database from the start, a row without an entry is
one that somebody put there.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import msgspec

from storage.bound_tables import BOUND_TABLES
from storage.chain_reader import connect
from storage.change import Change, carry
from storage.recording import ROWS_OF
from storage.row_digests import ADOPTED, ENTRY, row_digest, rows_digest
from storage.statements import quote_name
from storage.tables import Binding, Table

AT_ONCE = 1000
"""So many digests stand in one entry."""

Rows = dict[str, dict[str, Any]]
"""Digests by table, as entries hold them."""


class Batch(msgspec.Struct, frozen=True):
    """Digests of one table for one entry, by the number of the entry that they stand for."""

    table: str
    count: int
    rows_of: Mapping[str, Rows]


def find_unbound(path: Path) -> list[Batch]:
    """What is to be adopted, in batches: nothing where an entry holds digests. Blocks."""
    with closing(connect(path)) as db:
        if _is_bound(db):
            return []
        return [batch for table in BOUND_TABLES for batch in _batches(db, table)]


async def adopt_rows(change: Change, batches: Sequence[Batch]) -> None:
    """Put the digests on record."""
    for batch in batches:
        payload = {"table": batch.table, "digests": batch.count}
        entry = await change.record(ADOPTED, [f"table:{batch.table}"], payload)
        carry(change, entry, {ROWS_OF: batch.rows_of})


def _is_bound(db: sqlite3.Connection) -> bool:
    found = db.execute(
        "SELECT 1 FROM evidence JOIN evidence_payload USING (seq) WHERE kind = ?"
        " OR instr(content, CAST('\"rows\":{' AS BLOB)) > 0"
        ' OR instr(content, CAST(\'"rows_of":{"\' AS BLOB)) > 0 ORDER BY seq DESC LIMIT 1',
        (ADOPTED,),
    )
    return found.fetchone() is not None


def _batches(db: sqlite3.Connection, table: Table[Any]) -> Iterator[Batch]:
    digests = _by_entry(db, table) if table.binding is Binding.GATHERED else _by_row(db, table)
    batch: dict[str, Rows] = {}
    count = 0
    for entry, said in digests:
        batch.setdefault(entry, {}).setdefault(table.name, {}).update(said)
        count += 1
        if count == AT_ONCE:
            yield Batch(table.name, count, batch)
            batch, count = {}, 0
    if batch:
        yield Batch(table.name, count, batch)


def _by_row(db: sqlite3.Connection, table: Table[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for values in db.execute(_select(table, ", ".join(map(quote_name, table.key)))):
        yield "0", {table.stored_key(values): row_digest(table.canonical(values))}


def _by_entry(db: sqlite3.Connection, table: Table[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    place = table.fields.index(ENTRY)
    rows = (
        (values[place] or 0, values) for values in db.execute(_select(table, quote_name(ENTRY)))
    )
    for number, group in groupby(rows, itemgetter(0)):
        yield str(number), rows_digest([table.canonical(values) for _, values in group])


def _select(table: Table[Any], order: str) -> str:
    columns = ", ".join(map(quote_name, table.fields))
    return f"SELECT {columns} FROM {quote_name(table.name)} ORDER BY {order}"  # noqa: S608 - names from code
