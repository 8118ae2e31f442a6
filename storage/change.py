"""The write path: rows, with the evidence entries that say who changed them.

    async with writer.change(actor) as change:
        entry = await change.record("guest.power", ["guest:rennes/101"], {"action": "stop"})
        await change.put(OUTAGES, rows)

Each table declares how its rows are bound to the evidence log (`storage.tables.Binding`). A row of
a recorded table belongs to the entry that is given (`by`), else to the last one of this change,
else to the next one. At the end of the block the entries are inserted with the digests of their
rows; a row without an entry makes the whole change fail.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from storage import recording
from storage.connection import Row, Value
from storage.errors import UnrecordedRowError
from storage.evidence import Actor
from storage.row_digests import row_digest, rows_digest
from storage.tables import Binding, Key, R, Table, Written
from storage.times import micros
from storage.transaction import Transaction


class _Rows:
    """The rows of one entry, by table: what was written of each key, or only what was written."""

    def __init__(self) -> None:
        self._each: dict[str, dict[str, str | None]] = {}
        self._many: dict[str, list[bytes]] = {}

    def __bool__(self) -> bool:
        return bool(self._each)

    def __str__(self) -> str:
        return "; ".join(f"{table} {', '.join(keys)}" for table, keys in self._each.items())

    @property
    def keys(self) -> list[tuple[str, str]]:
        """Table and key of each row."""
        return [(table, key) for table, keys in self._each.items() for key in keys]

    def take(self, table: str, key: str, digest: str | None) -> None:
        """A row as it now is, or None when it was removed."""
        self._each.setdefault(table, {})[key] = digest

    def gather(self, table: str, canonical: bytes) -> None:
        """One of many rows."""
        self._many.setdefault(table, []).append(canonical)

    def digests(self) -> dict[str, Any]:
        """What the entry says of them."""
        return self._each | {table: rows_digest(rows) for table, rows in self._many.items()}


class _Reserved(msgspec.Struct, frozen=True):
    """An entry that has its number and is not inserted yet."""

    seq: int
    kind: str
    actor: Actor
    subjects: tuple[str, ...]
    content: bytes
    rows: _Rows


class Change:
    """One change by one account: all of it is committed, or nothing.

    `revision` is a number no earlier change had; every row that is written carries it. `at` is the
    writer's clock when the change began, and the instant of its entries.
    """

    def __init__(self, transaction: Transaction, actor: Actor) -> None:
        self._transaction = transaction
        self.actor = actor
        self._reserved: dict[int, _Reserved] = {}
        self._newest = 0
        self._waiting = _Rows()
        self._owners: dict[tuple[str, str], int] = {}

    @property
    def revision(self) -> int:
        """The number of this change."""
        return self._transaction.revision

    @property
    def at(self) -> datetime:
        """When it began."""
        return self._transaction.at

    async def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """All rows of one query, which sees what this change has written."""
        return await self._transaction.rows(sql, parameters)

    async def record(
        self,
        kind: str,
        subjects: Sequence[str],
        payload: Mapping[str, object],
        *,
        actor: Actor | None = None,
    ) -> int:
        """Reserve the next entry of the evidence log; returns its number.

        `kind` is `area.event` (`guest.power`); `subjects` are `type:name` (`tenant:acme`), by which
        it is found; `actor` is whose act it is, where that is another account's than the change.
        Errors: `ValueError` for a payload with a field named like a secret.
        """
        content = recording.encode_scrubbed(payload)
        if not self._newest:
            self._newest = await recording.last_number(self._transaction)
        self._newest += 1
        self._reserved[self._newest] = _Reserved(
            self._newest, kind, actor or self.actor, tuple(subjects), content, self._waiting
        )
        self._owners |= dict.fromkeys(self._waiting.keys, self._newest)
        self._waiting = _Rows()
        return self._newest

    async def put(self, table: Table[R], rows: Iterable[R], *, by: int | None = None) -> int:
        """Insert or update rows; returns how many truly changed.

        Errors: `ValueError` when `by` is no entry of this change, or one before another that this
        change has for the row; `UnrecordedRowError` when a row bears the number of no such entry.
        """
        written = await table.write(self._transaction, rows)
        if table.binding is Binding.GATHERED:
            self._gather(table, written)
        else:
            for row in written.bound:
                self._bind(table.name, row.key, row_digest(row.canonical), by)
        return written.count

    async def remove(
        self, table: Table[R], keys: Iterable[Sequence[str | int]], *, by: int | None = None
    ) -> int:
        """Delete rows by key, in the key's order of fields; returns how many there were."""
        removed = await table.delete(self._transaction, keys)
        if table.binding is Binding.GATHERED and removed:
            raise UnrecordedRowError(f"{table.name}: rows are added to this table, never removed")
        if table.binding is Binding.RECORDED:
            for key in removed:
                self._bind(table.name, key, None, by)
        return len(removed)

    async def replace(self, table: Table[R], rows: Iterable[R], *, by: int | None = None) -> int:
        """Make the table hold these rows and no others; returns how many that changed."""
        wanted = {table.key_of(row): row for row in rows}
        stored = [table.key_of(row) for row in await table.read(self)]
        removed = await self.remove(table, [key for key in stored if key not in wanted], by=by)
        return removed + await self.put(table, wanted.values(), by=by)

    def _gather(self, table: Table[R], written: Written) -> None:
        for row in written.bound:
            bearing = [number for number in row.entries if number in self._reserved]
            if not bearing:
                raise UnrecordedRowError(f"{table.name} {_text(row.key)}: no entry of this change")
            self._reserved[max(bearing)].rows.gather(table.name, row.canonical)

    def _bind(self, table: str, key: Key, digest: str | None, by: int | None) -> None:
        entry = by if by is not None else next(reversed(self._reserved), None)
        if by is not None and by not in self._reserved:
            raise ValueError(f"entry {by} was not recorded in this change")
        text = _text(key)
        if entry is None:
            self._waiting.take(table, text, digest)
            return
        if entry < self._owners.get((table, text), 0):
            raise ValueError(f"{table} {text}: a later entry of this change has this row")
        self._owners[table, text] = entry
        self._reserved[entry].rows.take(table, text, digest)


def _text(key: Key) -> str:
    return msgspec.json.encode(key).decode()


def transaction_of(change: Change) -> Transaction:
    """What is beneath a change, for `storage` alone: chain, keys, heads, erasures."""
    return change._transaction


async def insert_entries(change: Change) -> None:
    """Insert what was recorded so far, for `storage` alone; no more rows can be theirs."""
    for entry in change._reserved.values():
        await recording.insert(
            change._transaction,
            seq=entry.seq,
            kind=entry.kind,
            actor=entry.actor,
            at=change.at,
            subjects=entry.subjects,
            content=recording.with_rows(entry.content, entry.rows.digests()),
        )
    change._reserved.clear()


async def finish(change: Change) -> None:
    """Insert the entries, for the writer alone, before it commits.

    Errors: `UnrecordedRowError` when a row has no entry.
    """
    if change._waiting:
        raise UnrecordedRowError(f"written without an entry of the evidence: {change._waiting}")
    await insert_entries(change)


async def forget_deletions(change: Change, before: datetime) -> None:
    """Forget removals from before that instant; who reads from before them reads all anew."""
    tx, limit = change._transaction, (micros(before),)
    await tx.execute(
        "UPDATE revision SET forgotten = max(forgotten,"
        " coalesce((SELECT max(revision) FROM gone WHERE at < ?), 0))",
        limit,
    )
    await tx.execute("DELETE FROM gone WHERE at < ?", limit)
