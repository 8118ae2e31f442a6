"""One signed sum of each table over what no entry holds: columns that move, numbers of changes.

Of each recorded table with unbound columns, of each table that is signed by scope, of the heads
that are kept and of the entries, the file holds the sum of its rows' terms (`storage.row_terms`).
Each commit brings the sums up to its rows and signs them with its number and the end of the chain
(`row_state`). So a row that another hand wrote, or put back as it was once, is not in the sum; and
as only what a commit itself found and wrote is added, it never agrees again, whatever is written
later. `fault` says that `nocd` found the state other than it left it, until a lead accepts it
(`accepts_faults` of a change).

The first commit that writes a row of such a table says in an entry that the sums begin: from then
on they must be there.
"""

import hashlib
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial

import msgspec

from storage import chain
from storage.bound_tables import BOUND_TABLES, SIGNED_TABLES
from storage.change import Change, HeadKey, added_terms, insert_entry, transaction_of
from storage.connection import Readable
from storage.direct import answer_from
from storage.evidence import program
from storage.heads import HEAD, HEAD_ROWS, head_term, is_signature_of, key_in_force
from storage.row_terms import ENTRIES, MODULUS, entry_term, sum_bytes
from storage.signed_rows import scope_terms
from storage.signing_rule import ABOUT_CHAIN
from storage.verdict import WHOLE_TABLE, AlteredRow, altered_sum

BEGUN = "rows.sums_begun"
"""The kind of the entry from which on the sums must be there."""
SUMMED = tuple(table for table in BOUND_TABLES if table.is_summed)
Sums = dict[str, int]
"""By table."""

_PUT_SUM = (
    "INSERT INTO row_sum(kind, sum) VALUES (?, ?)"
    " ON CONFLICT(kind) DO UPDATE SET sum = excluded.sum"
)
_PUT_STATE = (
    "INSERT INTO row_state(id, revision, count, hash, fault, key_id, signature)"
    " VALUES (1, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET revision = excluded.revision,"
    " count = excluded.count, hash = excluded.hash, fault = excluded.fault,"
    " key_id = excluded.key_id, signature = excluded.signature"
)
_ENTRIES_AFTER = (
    "SELECT seq, revision FROM evidence WHERE seq > ? AND seq <= coalesce(?, seq)"
    " ORDER BY seq LIMIT 20000"
)
_EXPECTED = "as nocd signed it"
_FOUND_FAULTY = "found by nocd to be other than it left it"


class RowState(msgspec.Struct, frozen=True, kw_only=True):
    """What a commit signed: its number, the chain's end, whether a fault was ever found."""

    revision: int
    count: int
    hash: bytes
    fault: int
    key_id: str
    signature: bytes = b""

    def signed(self, key: HeadKey, sums: Mapping[str, int]) -> "RowState":
        """The state with the signature of that key."""
        return msgspec.structs.replace(self, signature=key.sign(message(self, sums)))


def message(state: RowState, sums: Mapping[str, int]) -> bytes:
    """The bytes that are signed."""
    parts = [part for kind in sorted(sums) for part in (kind.encode(), sum_bytes(sums[kind]))]
    return chain.encode(
        [
            b"noc-state-1",
            str(state.revision).encode(),
            str(state.count).encode(),
            state.hash.hex().encode(),
            str(state.fault).encode(),
            state.key_id.encode(),
            hashlib.sha256(chain.encode(parts)).hexdigest().encode(),
        ]
    )


class SumSigner:
    """The sums as one writer left them; what it does not know it reads, and believes a signature.

    A commit that failed may be in the file all the same: what it signed is known besides. `stale`
    says that the state in the file is not that of the chain's signed end (`is_of_end`).
    """

    def __init__(self, begun: bool, *, stale: bool) -> None:
        self._begun = begun
        self._stale = stale
        self._begins = False
        self._left: dict[bytes, Sums] = {}
        self._made: tuple[bytes, Sums] | None = None
        self._waiting: Sums = {}  # written before there was a key

    async def begin(self, change: Change) -> None:
        """Say that the sums begin, with the first row that is to be in one."""
        summed = added_terms(change).keys() - {"evidence_head"}
        self._begins = not self._begun and bool(summed)
        if self._begins:
            payload = {"tables": sorted(one.name for one in (*SUMMED, *SIGNED_TABLES))}
            await insert_entry(change, BEGUN, program(), [ABOUT_CHAIN], payload)

    async def sign(self, change: Change, key: HeadKey, end: tuple[int, bytes]) -> None:
        """Sign the sums as the change leaves them; nothing before they begin."""
        self._made = None
        if not self._begun and not self._begins:
            return
        if self._begins or change.accepts_faults:
            sums, fault, written = await work_out(change), 0, None
        else:
            sums, fault, written = await self._carried(change)
        fault = int(fault or (change.is_faulty and not change.accepts_faults))
        count, last = end
        state = RowState(
            revision=change.revision, count=count, hash=last, fault=fault, key_id=key.key_id
        ).signed(key, sums)
        await _put(change, state, sums, written)
        self._made = (state.signature, sums)
        self._left[state.signature] = sums

    async def _carried(self, change: Change) -> tuple[Sums, int, set[str] | None]:
        """The sums with what is new in them, the fault, and which became others; None for all."""
        state = await read_state(change)
        if self._left:
            known = None if state is None else self._left.get(state.signature)
            sums = dict(known if known is not None else [*self._left.values()][-1])
        else:
            sums = await read_sums(change)
            believed = None if self._stale else state
            known = sums if believed and await _is_whole(change, believed, sums) else None
        new = [*self._waiting.items(), *added_terms(change).items()]
        for kind, term in new:
            sums[kind] = (sums.get(kind, 0) + term) % MODULUS
        if state is None or known is None:
            sums[ENTRIES] = await _sum_of_entries(change)
            return sums, 1, None
        sums[ENTRIES] = await _carry_entries(change, state, sums)
        return sums, state.fault, {ENTRIES, *(kind for kind, _ in new)}

    def committed(self, change: Change) -> None:
        """That is in the file."""
        if self._made is not None:
            self._begun = True
            self._left = dict([self._made])
            self._waiting.clear()
            return
        for kind, term in added_terms(change).items() if self._begun else ():
            self._waiting[kind] = self._waiting.get(kind, 0) + term


def mark_fault(change: Change) -> None:
    """Sign for ever that the state was found other than it was left."""
    change.is_faulty = True


async def find_faults(db: Readable) -> tuple[str, ...]:
    """Return the tables whose rows do not have the sum that was signed, and `row_state` where that
    is not what was signed or a fault was ever found.
    """
    if not await has_begun(db):
        return ()
    state, sums = await read_state(db), await read_sums(db)
    found = [kind for kind, total in (await work_out(db)).items() if total != sums.get(kind, 0)]
    if state is None or state.fault or not await _is_whole(db, state, sums):
        found.append("row_state")
    return tuple(sorted(found))


async def has_begun(db: Readable) -> bool:
    """Whether the sums must be there."""
    return bool(await db.rows("SELECT 1 FROM evidence WHERE kind = ? LIMIT 1", (BEGUN,)))


async def read_state(db: Readable) -> RowState | None:
    """What the last commit signed; None where there is nothing."""
    found = await db.rows("SELECT revision, count, hash, fault, key_id, signature FROM row_state")
    fields = RowState.__struct_fields__
    return RowState(**dict(zip(fields, found[0], strict=True))) if found else None


async def read_sums(db: Readable) -> Sums:
    """The sums in the file."""
    rows = await db.rows("SELECT kind, sum FROM row_sum")
    return {kind: int.from_bytes(total, "big") for kind, total in rows}


async def work_out(db: Readable) -> Sums:
    """The sums of the rows as they are."""
    sums = {table.name: await table.sum_of_all(db) for table in SUMMED}
    for table in SIGNED_TABLES:
        sums[table.name] = sum([term async for term in scope_terms(db, table)]) % MODULUS
    sums["evidence_head"] = await _sum_of_heads(db)
    sums[ENTRIES] = await _sum_of_entries(db)
    return sums


async def _sum_of_entries(db: Readable, after: int = 0, last: int | None = None) -> int:
    """The sum of those that follow an entry, up to the last given."""
    total = 0
    while rows := await db.rows(_ENTRIES_AFTER, (after, last)):
        total += sum(entry_term(*row) for row in rows)
        after = rows[-1][0]
    return total % MODULUS


async def _carry_entries(db: Readable, state: RowState, sums: Sums) -> int:
    """The sum of the entries as it was signed with that state, and of those added since, whoever
    did: what another hand wrote is named as unsigned. Of all, where an earlier version signed none.
    """
    if ENTRIES not in sums:
        return await _sum_of_entries(db)
    return (sums[ENTRIES] + await _sum_of_entries(db, state.count)) % MODULUS


async def _sum_of_heads(db: Readable) -> int:
    return sum(head_term(*row) for row in await db.rows(HEAD_ROWS)) % MODULUS


async def is_of_end(db: Readable, state: RowState, signed: int = 0) -> bool:
    """Whether the state is of the chain's signed end: that of the last commit's head, under the key
    in force, and no kept head is over more entries, nor over more than `signed`.

    An older one is as genuine: nothing but the heads tells that it was put back.
    """
    ((line, kept),) = await db.rows(
        "SELECT (SELECT line FROM evidence_current), (SELECT max(count) FROM evidence_head)"
    )
    try:
        head = HEAD.decode(line or "")
    except ValueError:  # no head, or none that a commit signed
        return False
    return (
        (head.count, head.hash) == (state.count, state.hash.hex())
        and state.key_id == await key_in_force(db)
        and state.count >= max(kept or 0, signed)
    )


async def _is_whole(db: Readable, state: RowState, sums: Sums) -> bool:
    found = await db.rows("SELECT public_key FROM evidence_key WHERE key_id = ?", (state.key_id,))
    return bool(found) and is_signature_of(found[0][0], state.signature, message(state, sums))


async def _put(change: Change, state: RowState, sums: Sums, written: set[str] | None) -> None:
    """Write the state, and those of the sums that became others."""
    tx = transaction_of(change)
    if written is None:
        await tx.execute("DELETE FROM row_sum")
    kinds: Iterable[str] = sums if written is None else written
    await tx.executemany(_PUT_SUM, [(kind, sum_bytes(sums[kind])) for kind in kinds])
    await tx.execute(_PUT_STATE, msgspec.structs.astuple(state))


def sign_anew(db: sqlite3.Connection, key: HeadKey, kinds: Collection[str]) -> None:
    """Sign the sums of a file of one's own: of these tables as their rows are, of others as they
    were signed, and for ever that something was wrong with what was signed. Blocks.
    """
    found = answer_from(db, work_out)
    signed, fault = answer_from(db, _as_signed)
    sums = {kind: total if kind in kinds else signed.get(kind, 0) for kind, total in found.items()}
    ((revision, count, last),) = db.execute(
        "SELECT value, (SELECT max(seq) FROM evidence),"
        " (SELECT hash FROM evidence ORDER BY seq DESC LIMIT 1) FROM revision"
    )
    state = RowState(
        revision=revision, count=count, hash=last, fault=int(fault), key_id=key.key_id
    ).signed(key, sums)
    db.execute("DELETE FROM row_sum")
    db.executemany(_PUT_SUM, [(kind, sum_bytes(total)) for kind, total in sums.items()])
    db.execute(_PUT_STATE, msgspec.structs.astuple(state))


async def _as_signed(db: Readable) -> tuple[Sums, bool]:
    """The sums in the file, and whether something is wrong with their state, or ever was."""
    state, sums = await read_state(db), await read_sums(db)
    if state is None:
        return {**sums, ENTRIES: await _sum_of_entries(db)}, True
    true = not state.fault and await _is_whole(db, state, sums)
    newest = await is_of_end(db, state) and await _is_newest(db, state)
    return {**sums, ENTRIES: await _carry_entries(db, state, sums)}, not (true and newest)


def signed_sums(db: sqlite3.Connection) -> Sums | None:
    """The sums that rows are compared with; None before they begin. Blocks."""
    return answer_from(db, _signed_sums)


async def _signed_sums(db: Readable) -> Sums | None:
    return await read_sums(db) if await has_begun(db) else None


def altered_state(db: sqlite3.Connection, signed: int = 0) -> Iterator[AlteredRow]:
    """Yield what is wrong with the state that was signed last, and with the heads. A head is over
    the first `signed` entries, in the file or outside. Blocks.
    """
    yield from answer_from(db, partial(_altered_state, signed=signed))


async def _altered_state(db: Readable, signed: int) -> list[AlteredRow]:
    if not await has_begun(db):
        return []
    state, sums = await read_state(db), await read_sums(db)
    if state is None:
        return [_altered("row_state", "no row")]
    found = []
    if not await _is_whole(db, state, sums):
        found.append(_altered("row_state", "another than was signed"))
    elif state.fault:
        found.append(_altered("row_state", _FOUND_FAULTY))
    elif not (await is_of_end(db, state, signed) and await _is_newest(db, state)):
        found.append(_altered("row_state", f"the one of change {state.revision}"))
    found += altered_sum("evidence_head", await _sum_of_heads(db), sums)
    if ENTRIES in sums:  # else an earlier version signed them
        found += altered_sum(ENTRIES, await _sum_of_entries(db, last=state.count), sums)
    return found


async def _is_newest(db: Readable, state: RowState) -> bool:
    """Whether the state is of the number of the last commit.

    What was committed after it without the key has entries, which are named as unsigned.
    """
    ((last, seq),) = await db.rows("SELECT value, (SELECT max(seq) FROM evidence) FROM revision")
    return bool(seq != state.count or last == state.revision)


def _altered(table: str, found: str) -> AlteredRow:
    return AlteredRow(table, WHOLE_TABLE, None, _EXPECTED, found)
