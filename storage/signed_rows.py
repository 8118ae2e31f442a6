"""Rows that are signed together, where an entry for each look that changes them would be too many.

A table with the binding SIGNED has a *scope*, such as month and tenant: the commit that changes a
row of a scope signs all its rows anew, under the key in force. Before a scope is changed it must be
as whoever holds the key left it; else its signature says for ever that it was not (`fault`). Which
scopes there are is on record, and what they held when they were closed: so none can be taken away,
or put back as it was once.
"""

import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import msgspec

from storage import chain
from storage.change import Change, HeadKey, Scope, add_term, insert_entry, transaction_of
from storage.connection import Readable, Row
from storage.direct import answer_from
from storage.evidence import program
from storage.heads import is_signature_of
from storage.row_digests import rows_digest
from storage.row_terms import term_of
from storage.signing_rule import ABOUT_CHAIN
from storage.tables import Table
from storage.times import micros
from storage.verdict import AlteredRow, altered_sum

BEGUN, CLOSED, ENDED = "rows.scopes_begun", "rows.scopes_closed", "rows.scopes_ended"
"""The kinds of the entries by which scopes begin; that say what they hold once nothing changes them
any more; by which their rows are removed. From the first of them on every scope has a signature.
"""


class RowSignature(msgspec.Struct, frozen=True):
    """What stands in the file about a scope."""

    count: int
    fault: int
    at: int
    key_id: str
    signature: bytes


def message(kind: str, scope: str, digest: Mapping[str, object], said: RowSignature) -> bytes:
    """The bytes that are signed: table, scope, the digest over its rows, and the rest."""
    return chain.encode(
        [
            b"noc-rows-1",
            kind.encode(),
            scope.encode(),
            str(digest["count"]).encode(),
            str(digest["sha256"]).encode(),
            str(said.fault).encode(),
            str(said.at).encode(),
            said.key_id.encode(),
        ]
    )


def scope_text(scope: Scope) -> str:
    """A scope as its row names it: the JSON array of its columns."""
    return msgspec.json.encode(scope).decode()


class FirstLook(NamedTuple):
    """How a scope was found before a change: without a row, other than it was left; and what it
    added to the sum of its table.
    """

    new: bool
    fault: bool
    term: int


Looks = dict[tuple[Table[Any], Scope], FirstLook]
"""The scopes that a change touched, and how they were before it."""


class SignedScopes:
    """The signatures of one writer's scopes: those that it made are known, and expected."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], bytes] = {}
        self._tried: dict[tuple[str, str], set[bytes]] = {}  # a failed commit may be in the file
        self._begun = False
        self._waiting: Looks = {}

    async def look(self, change: Change) -> Looks:
        """How the scopes that a change touched were before it; what was changed before there was a
        key, as it was before that.
        """
        return {
            (table, scope): self._waiting.get((table, scope))
            or await self._first_look(change, table, scope, before)
            for table, scopes in change.touched.items()
            for scope, before in scopes.items()
        }

    async def _first_look(
        self, change: Change, table: Table[Any], scope: Scope, before: Sequence[Row]
    ) -> FirstLook:
        said = await _signature(change, table.name, scope)
        fault = await self._is_faulty(change, table, scope, before, said)
        return FirstLook(not before, fault, scope_term(table, scope, said, before))

    async def sign(
        self, change: Change, key: HeadKey, looks: Looks
    ) -> dict[tuple[str, str], bytes | None]:
        """Sign each scope, and record those that begin or end; the signatures, for `committed`."""
        made: dict[tuple[str, str], bytes | None] = {}
        begun: dict[Table[Any], list[Scope]] = {}
        ended: dict[Table[Any], list[Scope]] = {}
        for (table, scope), first in {**self._waiting, **looks}.items():
            said, term = await sign_scope(change, key, table, scope, fault=first.fault)
            signature = None if said is None else said.signature
            add_term(change, table.name, term - first.term)
            made[table.name, scope_text(scope)] = signature
            self._tried.setdefault((table.name, scope_text(scope)), set()).add(signature or b"")
            if signature is None:
                ended.setdefault(table, []).append(scope)
            elif first.new and not first.fault:
                begun.setdefault(table, []).append(scope)
        for kind, found in ((BEGUN, begun), (ENDED, ended)):
            for table, scopes in found.items():
                await _record(change, kind, table, scopes)
        return made

    def committed(self, made: Mapping[tuple[str, str], bytes | None] | None, looks: Looks) -> None:
        """That is in the file: signatures, or without a key (None) what waits for one."""
        if made is None:
            self._waiting.update(looks)
            return
        self._waiting.clear()
        for scope, signature in made.items():
            self._made.pop(scope, None)
            self._tried.pop(scope, None)
            if signature is not None:
                self._made[scope] = signature

    async def _is_faulty(
        self,
        change: Change,
        table: Table[Any],
        scope: Scope,
        before: Sequence[Row],
        said: RowSignature | None,
    ) -> bool:
        """Whether a scope was not as it was left, now or ever."""
        text = scope_text(scope)
        if not self._begun:
            self._begun = await has_begun(change)
        if not self._begun:
            return False
        if (known := self._made.get((table.name, text))) is not None:
            tried = self._tried.get((table.name, text), set())
            if (b"" if said is None else said.signature) not in {known, *tried}:
                return True
        if said is None:
            return bool(before) or text in await scopes_on_record(change, table.name)
        public = await change.rows(
            "SELECT public_key FROM evidence_key WHERE key_id = ?", (said.key_id,)
        )
        return bool(said.fault) or not _holds(
            table, text, before, said, public[0][0] if public else b""
        )


async def has_begun(db: Readable) -> bool:
    """Whether every scope has a signature from an entry on."""
    return bool(await db.rows("SELECT 1 FROM evidence WHERE kind = ? LIMIT 1", (BEGUN,)))


async def sign_scope(
    change: Change, key: HeadKey, table: Table[Any], scope: Scope, *, fault: bool
) -> tuple[RowSignature | None, int]:
    """Sign the rows of a scope as they are now; the signature, None where there are none, and what
    the scope adds to the sum of its table.
    """
    rows = await change.rows(table.of_scope, scope)
    if not rows:
        await transaction_of(change).execute(
            "DELETE FROM row_signature WHERE kind = ? AND scope = ?",
            (table.name, scope_text(scope)),
        )
        return None, 0
    digest = rows_digest([table.canonical(row) for row in rows])
    said = RowSignature(len(rows), int(fault), micros(change.at), key.key_id, b"")
    text = scope_text(scope)
    said = msgspec.structs.replace(
        said, signature=key.sign(message(table.name, text, digest, said))
    )
    await transaction_of(change).execute(
        "INSERT INTO row_signature(kind, scope, count, fault, at, key_id, signature)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT(kind, scope) DO UPDATE SET"
        " count = excluded.count, fault = excluded.fault, at = excluded.at,"
        " key_id = excluded.key_id, signature = excluded.signature",
        (table.name, text, *msgspec.structs.astuple(said)),
    )
    return said, scope_term(table, scope, said, rows)


def scope_term(
    table: Table[Any], scope: Scope, said: RowSignature | None, rows: Sequence[Row]
) -> int:
    """What a scope adds to the sum of its table (`storage.row_sums`): its signature, and the
    revisions of its rows, which that does not cover.
    """
    if said is None and not rows:
        return 0
    revisions = sorted((table.stored_key(row), row[-1]) for row in rows)
    signature = b"" if said is None else said.signature
    return term_of(table.name, scope_text(scope), signature, revisions)


async def scope_terms(db: Readable, table: Table[Any]) -> AsyncIterator[int]:
    """Yield what each scope adds to the sum of a table, as it is."""
    signatures = {
        scope: RowSignature(*row)
        for scope, *row in await db.rows(
            "SELECT scope, count, fault, at, key_id, signature FROM row_signature WHERE kind = ?",
            (table.name,),
        )
    }
    there = {scope_text(scope) for scope in await db.rows(table.scopes)}
    for text in {*there, *signatures}:
        scope = tuple(msgspec.json.decode(text))
        rows = await db.rows(table.of_scope, scope)
        yield scope_term(table, scope, signatures.get(text), rows)


async def begin_signing(change: Change, key: HeadKey, tables: Sequence[Table[Any]]) -> None:
    """Sign what an earlier version left, once, and put it on record."""
    if await has_begun(change):
        return
    for table in tables:
        scopes = await change.rows(table.scopes)
        for scope in scopes:
            await sign_scope(change, key, table, scope, fault=False)
        await _record(change, BEGUN, table, scopes)


async def close_scopes(change: Change, table: Table[Any], scopes: Sequence[Scope]) -> None:
    """Put on record what scopes hold that nothing changes any more, where it is not yet."""
    known = await scopes_on_record(change, table.name)
    digests = {}
    for scope in scopes:
        if known.get(scope_text(scope)) is not None:
            continue
        rows = await change.rows(table.of_scope, scope)
        digests[scope_text(scope)] = rows_digest([table.canonical(row) for row in rows])["sha256"]
    if digests:
        payload = {"table": table.name, "digests": digests}
        await change.record(CLOSED, _subjects(table, scopes), payload, actor=program())


async def _record(change: Change, kind: str, table: Table[Any], scopes: Sequence[Scope]) -> None:
    if scopes:
        payload = {"table": table.name, "scopes": [scope_text(scope) for scope in scopes]}
        await insert_entry(change, kind, program(), _subjects(table, scopes), payload)


def _subjects(table: Table[Any], scopes: Sequence[Scope]) -> list[str]:
    """The tenants whose scopes they are; else the chain."""
    if "tenant" not in table.scope:
        return [ABOUT_CHAIN]
    place = table.scope.index("tenant")
    return sorted({f"tenant:{scope[place]}" for scope in scopes})


async def _signature(db: Readable, kind: str, scope: Scope) -> RowSignature | None:
    found = await db.rows(
        "SELECT count, fault, at, key_id, signature FROM row_signature"
        " WHERE kind = ? AND scope = ?",
        (kind, scope_text(scope)),
    )
    return RowSignature(*found[0]) if found else None


def _holds(
    table: Table[Any], scope: str, rows: Sequence[Row], said: RowSignature, public: bytes
) -> bool:
    digest = rows_digest([table.canonical(row) for row in rows])
    return said.count == len(rows) and is_signature_of(
        public, said.signature, message(table.name, scope, digest, said)
    )


class _ScopesSaid(msgspec.Struct, frozen=True):
    """What is read of an entry about scopes."""

    table: str
    scopes: tuple[str, ...] = ()
    digests: dict[str, str] = {}


async def scopes_on_record(db: Readable, table: str) -> dict[str, str | None]:
    """The scopes that there must be, with the digest of their rows where they are closed.

    Errors: `ValueError` for an entry that no program of ours wrote.
    """
    found: dict[str, str | None] = {}
    rows = await db.rows(
        "SELECT kind, content FROM evidence JOIN evidence_payload USING (seq)"
        " WHERE kind IN (?, ?, ?) ORDER BY seq",
        (BEGUN, CLOSED, ENDED),
    )
    for kind, content in rows:
        said = msgspec.json.decode(content or b"", type=_ScopesSaid)
        if said.table != table:
            continue
        found.update(dict.fromkeys(said.scopes) if kind == BEGUN else said.digests)
        for scope in said.scopes if kind == ENDED else ():
            found.pop(scope, None)
    return found


def altered_scopes(
    db: sqlite3.Connection, table: Table[Any], sums: Mapping[str, int] | None = None
) -> Iterator[AlteredRow]:
    """Yield the scopes whose rows are not as they were signed, or not those on record, and the
    table where it has not the sum that was signed. Blocks.

    Errors: `ValueError` for an entry that no program of ours wrote.
    """
    if not db.execute("SELECT 1 FROM evidence WHERE kind = ? LIMIT 1", (BEGUN,)).fetchone():
        return
    expected = answer_from(db, partial(scopes_on_record, table=table.name))
    keys = dict(db.execute("SELECT key_id, public_key FROM evidence_key"))
    signatures = {
        scope: RowSignature(*row)
        for scope, *row in db.execute(
            "SELECT scope, count, fault, at, key_id, signature FROM row_signature WHERE kind = ?",
            (table.name,),
        )
    }
    there = {scope_text(scope) for scope in db.execute(table.scopes)}
    total = 0
    for scope in sorted({*there, *signatures, *expected}):
        said = signatures.get(scope)
        rows = db.execute(table.of_scope, msgspec.json.decode(scope)).fetchall()
        total += scope_term(table, tuple(msgspec.json.decode(scope)), said, rows)
        wrong = ""
        if said is None:
            wrong = "no signature"
        elif not _holds(table, scope, rows, said, keys.get(said.key_id, b"")):
            wrong = "rows that the signature does not cover"
        elif said.fault:
            wrong = "found by nocd to be other than it left them"
        elif (digest := expected.get(scope)) is not None and digest != rows_digest(
            [table.canonical(row) for row in rows]
        )["sha256"]:
            wrong = "rows that are not those on record"
        if wrong:
            yield AlteredRow(
                table=table.name,
                key=scope,
                entry=None,
                expected="rows as nocd signed them",
                found=wrong,
                tenants=_tenant(table, scope),
            )
    yield from altered_sum(table.name, total, sums)


def _tenant(table: Table[Any], scope: str) -> tuple[str, ...]:
    values = msgspec.json.decode(scope)
    return (values[table.scope.index("tenant")],) if "tenant" in table.scope else ()
