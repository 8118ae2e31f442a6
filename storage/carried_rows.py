"""What an erasure keeps of the rows of the entries that it empties, so that they stay proven.

For `storage.erasure` alone. Digests of rows that still are as the entry left them, and the values
that a row still has, without what somebody wrote (`Table.erasable`).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from storage.bound_tables import BOUND_TABLES
from storage.connection import Readable, Value
from storage.payload_rows import decode_rows
from storage.row_digests import row_digest
from storage.row_values import (
    ERASED_VALUE,
    WITHHELD,
    column_value,
    is_document,
    is_withheld,
    long_texts,
    take_value,
    tell_value,
)
from storage.statements import quote_name
from storage.tables import Binding, Table

Rows = dict[str, dict[str, Any]]
"""Digests or values by table, as entries hold them."""
Blanked = Sequence[tuple[Table[Any], Sequence[Any]]]
"""Rows as they are to be, table by table."""
_TABLES = {table.name: table for table in BOUND_TABLES}
_EMPTY = (None, "", b"", "[]")


class _PayloadValues(msgspec.Struct):
    row_values: dict[str, dict[str, Any]] = {}


async def carried_digests(
    db: Readable, seqs: Sequence[int], blanked: Blanked, removed: Collection[tuple[str, str]] = ()
) -> dict[str, Rows]:
    """The digests in these entries of rows that still are as the entry left them.

    Digests of what rows were before tell nothing any more and are left out, and so are those of
    rows that are blanked, which get new ones, and of rows that are `removed` (table and key).
    """
    anew = {*_stored(blanked), *removed}
    carried: dict[str, Rows] = {}
    for seq in seqs:
        for name, rows in decode_rows(await _content(db, seq)).rows.items():
            table = _TABLES.get(name)
            if table is None:
                continue
            kept = rows
            if table.binding is not Binding.GATHERED:
                kept = {
                    key: one
                    for key, one in rows.items()
                    if (name, key) not in anew and await _stands(db, table, key, one)
                }
            if kept:
                carried.setdefault(str(seq), {})[name] = kept
    return carried


async def carried_values(
    db: Readable, seqs: Sequence[int], blanked: Blanked, removed: Collection[tuple[str, str]] = ()
) -> dict[str, Rows]:
    """The values in these entries that rows still have; what is withheld is named, and of rows that
    are `removed` there is nothing.

    The rows of an entry of many stay in the file as they are, and so do their values.
    """
    anew = _stored(blanked)
    carried: dict[str, Rows] = {}
    for seq in seqs:
        content = await _content(db, seq)
        told = msgspec.json.decode(content, type=_PayloadValues).row_values if content else {}
        texts = long_texts(content) if told else {}
        for name, rows in told.items():
            table = _TABLES.get(name)
            if table is None:
                continue
            kept: dict[str, Any] = rows
            if table.binding is not Binding.GATHERED:
                kept = {}
                for key, values in rows.items():
                    if (name, key) in removed:
                        continue
                    stands = await _row(db, table, key)
                    if stands is not None:
                        after = anew.get((name, key), stands)
                        kept[key] = _kept_values(table, values, stands, after, texts)
            if kept:
                carried.setdefault(str(seq), {})[name] = kept
    return carried


def _kept_values(
    table: Table[Any],
    told: Mapping[str, Any],
    stands: Sequence[Value],
    after: Sequence[Value],
    texts: Mapping[str, str],
) -> dict[str, Any]:
    """The columns that the row has from this entry; blanked ones come with the erasure."""
    kept: dict[str, Any] = {}
    for name, value in told.items():
        if name not in table.bound_columns:
            continue
        place = table.fields.index(name)
        held, now = stands[place], after[place]
        if now != held:
            continue
        taken = take_value(value, None, texts)
        if is_withheld(taken):
            kept[name] = {WITHHELD: ERASED_VALUE} if "patch" in value else taken
        elif column_value(taken) != held:  # a later entry has it, whole or as what changed in it
            if isinstance(taken, str) and is_document(taken):
                kept[name] = {WITHHELD: ERASED_VALUE}
        elif name in table.erasable and held not in _EMPTY:
            kept[name] = {WITHHELD: ERASED_VALUE}
        else:
            kept[name] = tell_value(held)
    return kept


def _stored(blanked: Blanked) -> dict[tuple[str, str], Sequence[Value]]:
    return {
        (table.name, table.stored_key(values)): values
        for table, rows in blanked
        for values in map(table.stored_values, rows)
    }


async def _content(db: Readable, seq: int) -> bytes:
    found = await db.rows("SELECT content FROM evidence_payload WHERE seq = ?", (seq,))
    return (found[0][0] or b"") if found else b""


async def _stands(db: Readable, table: Table[Any], key: str, digest: str | None) -> bool:
    """Whether the row is as the digest says; one that was removed says no more than its key."""
    values = await _row(db, table, key)
    return (None if values is None else row_digest(table.canonical(values))) == digest


async def _row(db: Readable, table: Table[Any], key: str) -> Sequence[Value] | None:
    columns = ", ".join(map(quote_name, table.fields))
    where = " AND ".join(f"{quote_name(name)} = ?" for name in table.key)
    parts: Sequence[Value] = msgspec.json.decode(key)
    sql = f"SELECT {columns} FROM {quote_name(table.name)} WHERE {where}"  # noqa: S608 - names from code
    found = await db.rows(sql, parts)
    return found[0] if found else None
