"""The write path: rows, with the evidence entries that say who changed them.

    async with writer.change(actor) as change:
        entry = await change.record("guest.power", ["guest:rennes/101"], {"action": "stop"})
        await change.put(OUTAGES, rows)

Each table declares how its rows are bound to the evidence log (`storage.tables.Binding`). A row of
a recorded table belongs to the entry that is given (`by`), else to the last one of this change,
else to the next one. At the end of the block the entries are inserted with the digests of their
rows and the values by which each is worked out again (`storage.row_digests`,
`storage.row_values`); a row without an entry makes the whole change fail.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from storage import recording
from storage.connection import Row, Value
from storage.errors import UnrecordedRowError
from storage.evidence import ERASED, Actor
from storage.row_digests import row_digest, rows_digest
from storage.row_values import (
    OTHER_TENANT,
    WITHHELD,
    Delta,
    has_long_text,
    long_texts,
    tell_delta,
    tell_rows,
)
from storage.tables import Binding, BoundRow, Key, R, Table, WriteCounts
from storage.times import micros
from storage.transaction import Transaction

Scope = tuple[str | int, ...]
"""The columns by which rows are signed together."""


class HeadKey(Protocol):
    """What signs the chain at a commit: `storage.heads.SigningKey`."""

    key_id: str
    public: bytes

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        ...


class _Rows:
    """The rows of one entry, by table: what was written of each key, or only what was written."""

    def __init__(self) -> None:
        self._each: dict[str, dict[str, str | None]] = {}
        self._deltas: dict[str, dict[str, tuple[Delta, str]]] = {}
        self._many: dict[str, list[BoundRow]] = {}
        self._columns: dict[str, list[str]] = {}
        self.carried: dict[str, object] = {}

    def __bool__(self) -> bool:
        return bool(self._each)

    def __str__(self) -> str:
        return "; ".join(f"{table} {', '.join(keys)}" for table, keys in self._each.items())

    @property
    def keys(self) -> list[tuple[str, str]]:
        """Table and key of each row."""
        return [(table, key) for table, keys in self._each.items() for key in keys]

    def take(self, table: Table[Any], key: str, row: BoundRow | None) -> None:
        """A row as it now is, or None when it was removed."""
        digests = self._each.setdefault(table.name, {})
        deltas = self._deltas.setdefault(table.name, {})
        if row is None:
            digests[key] = None
            deltas.pop(key, None)
            return
        delta = row.delta
        if key in digests and digests[key] is None:  # removed by this entry, and put again
            delta = dict.fromkeys(table.bound_columns, (None, None)) | delta
        before, _ = deltas.get(key, ({}, ""))
        firsts = {
            name: (before[name][0], new) for name, (_, new) in delta.items() if name in before
        }
        deltas[key] = (before | delta | firsts, row.tenant)
        digests[key] = row_digest(row.canonical)

    def gather(self, table: Table[Any], row: BoundRow) -> None:
        """One of many rows."""
        self._many.setdefault(table.name, []).append(row)
        self._columns[table.name] = table.bound_columns

    def reserved(self, entry: "_Reserved") -> dict[str, Any]:
        """What the entry says of them, by the payload's reserved keys."""
        digests = self._each | {
            table: rows_digest([row.canonical for row in rows])
            for table, rows in self._many.items()
        }
        if not digests:
            return dict(self.carried)
        values = self._values(entry)
        return {recording.ROWS: digests, recording.ROW_VALUES: values, **self.carried}

    def _values(self, entry: "_Reserved") -> dict[str, Any]:
        named = {
            subject.removeprefix("tenant:")
            for subject in entry.subjects
            if subject.startswith("tenant:")
        }
        long = any(has_long_text(one) for rows in self._deltas.values() for one, _ in rows.values())
        texts = long_texts(entry.content) if long else {}
        each = {
            table: {
                key: _tell(delta, tenant, named, texts, whole=entry.kind == ERASED)
                for key, (delta, tenant) in rows.items()
            }
            for table, rows in self._deltas.items()
        }
        many = {
            table: tell_rows(self._columns[table], [row.values for row in rows])
            for table, rows in self._many.items()
        }
        return {table: rows for table, rows in each.items() if rows} | many


def _tell(
    delta: Delta,
    tenant: str,
    named: Collection[str],
    texts: Mapping[str, str],
    *,
    whole: bool,
) -> dict[str, Any]:
    """A row's values; none of another tenant than those that the entry is about, in whose packs
    it is.
    """
    if tenant and named and tenant not in named:
        return {name: {WITHHELD: OTHER_TENANT} for name in sorted(delta)}
    return tell_delta(delta, texts, whole=whole)


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
    writer's clock when the change began, and the instant of its entries. `touched` are the scopes
    of signed tables in which it wrote, with the rows as they were before. `is_faulty` is set where
    the file was found other than it was left, `accepts_faults` where a lead accepts that.
    """

    def __init__(self, transaction: Transaction, actor: Actor) -> None:
        self._transaction = transaction
        self.actor = actor
        self._reserved: dict[int, _Reserved] = {}
        self._newest = 0
        self._waiting = _Rows()
        self._owners: dict[tuple[str, str], int] = {}
        self._chain_end: tuple[int, bytes] | None = None
        self._signing_key: HeadKey | None = None
        self.touched: dict[Table[Any], dict[Scope, list[Row]]] = {}
        self._terms: dict[str, int] = {}
        self.is_faulty = False
        self.accepts_faults = False

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
        if table.binding is Binding.SIGNED:
            rows = list(rows)
            await self._touch(table, {table.scope_of(table.stored_values(row)) for row in rows})
        written = await table.write(self._transaction, rows)
        if table.is_summed and written.count:
            add_term(self, table.name, written.terms)
        if table.binding is Binding.GATHERED:
            self._gather(table, written)
        else:
            for row in written.bound:
                self._bind(table, row.key, row, by)
        return written.count

    async def remove(
        self, table: Table[R], keys: Iterable[Sequence[str | int]], *, by: int | None = None
    ) -> int:
        """Delete rows by key, in the key's order of fields; returns how many there were."""
        if table.binding is Binding.SIGNED:
            keys = [*keys]
            await self._touch(table, {table.scope_of_key(key) for key in keys})
        gone = await table.delete(self._transaction, keys)
        removed = gone.keys
        if table.is_summed and removed:
            add_term(self, table.name, gone.terms)
        if table.binding is Binding.GATHERED and removed:
            raise UnrecordedRowError(f"{table.name}: rows are added to this table, never removed")
        if table.binding is Binding.RECORDED:
            for key in removed:
                self._bind(table, key, None, by)
        return len(removed)

    async def replace(self, table: Table[R], rows: Iterable[R], *, by: int | None = None) -> int:
        """Make the table hold these rows and no others; returns how many that changed."""
        wanted = {table.key_of(row): row for row in rows}
        stored = [table.key_of(row) for row in await table.read(self)]
        removed = await self.remove(table, [key for key in stored if key not in wanted], by=by)
        return removed + await self.put(table, wanted.values(), by=by)

    async def _touch(self, table: Table[Any], scopes: Iterable[Scope]) -> None:
        """Remember the rows that are signed together as they were before this change."""
        known = self.touched.setdefault(table, {})
        for scope in scopes:
            if scope not in known:
                known[scope] = await self.rows(table.of_scope, scope)

    def _gather(self, table: Table[R], written: WriteCounts) -> None:
        for row in written.bound:
            bearing = [number for number in row.entries if number in self._reserved]
            if not bearing:
                raise UnrecordedRowError(f"{table.name} {_text(row.key)}: no entry of this change")
            self._reserved[max(bearing)].rows.gather(table, row)

    def _bind(self, table: Table[Any], key: Key, row: BoundRow | None, by: int | None) -> None:
        entry = by if by is not None else next(reversed(self._reserved), None)
        if by is not None and by not in self._reserved:
            raise ValueError(f"entry {by} was not recorded in this change")
        text = _text(key)
        if entry is None:
            self._waiting.take(table, text, row)
            return
        if entry < self._owners.get((table.name, text), 0):
            raise ValueError(f"{table.name} {text}: a later entry of this change has this row")
        self._owners[table.name, text] = entry
        self._reserved[entry].rows.take(table, text, row)


def _text(key: Key) -> str:
    return msgspec.json.encode(key).decode()


def transaction_of(change: Change) -> Transaction:
    """What is beneath a change, for `storage` alone: chain, keys, heads, erasures."""
    return change._transaction


def add_term(change: Change, table: str, term: int) -> None:
    """Change the sum of a table (`storage.row_sums`); for `storage` alone."""
    change._terms[table] = change._terms.get(table, 0) + term


def added_terms(change: Change) -> Mapping[str, int]:
    """What the sums change by, by table; for `storage` alone."""
    return change._terms


def carry(change: Change, entry: int, reserved: Mapping[str, object]) -> None:
    """What an entry of this change holds for others, by reserved keys; for `storage` alone."""
    change._reserved[entry].rows.carried.update(reserved)


async def insert_entries(change: Change) -> None:
    """Insert what was recorded so far, for `storage` alone; no more rows can be theirs."""
    for entry in change._reserved.values():
        reserved = entry.rows.reserved(entry)
        await _insert(change, entry, recording.with_reserved(entry.content, reserved))
    change._reserved.clear()


async def insert_entry(
    change: Change, kind: str, actor: Actor, subjects: Sequence[str], payload: Mapping[str, object]
) -> None:
    """Insert an entry that has no rows, after those that were recorded; for `storage` alone."""
    await insert_entries(change)
    seq = await recording.last_number(change._transaction) + 1
    change._newest = seq
    content = recording.encode_scrubbed(payload)
    await _insert(change, _Reserved(seq, kind, actor, tuple(subjects), content, _Rows()), content)


async def _insert(change: Change, entry: _Reserved, content: bytes) -> None:
    digest = await recording.insert(
        change._transaction,
        seq=entry.seq,
        kind=entry.kind,
        actor=entry.actor,
        at=change.at,
        subjects=entry.subjects,
        content=content,
    )
    change._chain_end = (entry.seq, digest)


def chain_end_of(change: Change) -> tuple[int, bytes] | None:
    """Number and hash of the last entry that this change inserted; for `storage` alone."""
    return change._chain_end


def sign_with(change: Change, key: HeadKey) -> None:
    """Have this change and those after it signed by that key; for `storage` alone."""
    change._signing_key = key


def signing_key_of(change: Change) -> HeadKey | None:
    """The key that this change brought; for `storage` alone."""
    return change._signing_key


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
