"""A database that has lived, with rows in every table, and what a forger does to it."""

# ruff: noqa: S608 - names from code

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NamedTuple, get_args, get_origin

import msgspec

from noc_tui.clock import SteppedClock
from noc_tui.contract.attribution import Party
from noc_tui.contract.calendar import Month
from noc_tui.contract.credits import CreditClaimed
from noc_tui.daemon.availability import claims, decisions
from noc_tui.daemon.availability.month_figures import refresh_figures_since
from noc_tui.daemon.core.identity import itself
from noc_tui.roles import Caller, Role
from storage import chain, heads
from storage.bound_tables import BOUND_TABLES
from storage.database import Writer
from storage.heads import Head, SigningKey
from storage.outages import OUTAGES
from storage.tables import Table
from tests.support.changes import recorded
from tests.support.played_estate import START, STEP, context_of, estate_of, guest, opened_writer

Forgery = Callable[[sqlite3.Connection], object]
MARCH = Month(2026, 3)
OMAR = Caller(1001, "omar", Role.OPERATOR)
LEA = Caller(1002, "lea", Role.LEAD)
ALLOWED = {
    ("attribution", "party"): "hoster",
    ("exclusion", "basis"): "quota",
    ("ledger", "state"): "down",
    ("proposed_decision", "state"): "open",
    ("proposed_decision", "party"): "client",
    ("proposed_decision", "basis"): "quota",
    ("outage", "cause"): "instances",
    ("alert", "severity"): "critical",
    ("alert", "state"): "open",
    ("handover", "state"): "open",
    ("intent", "state"): "pending",
    ("incident", "state"): "open",
    ("message", "state"): "queued",
    ("page", "state"): "queued",
    ("scope_decision", "kind"): "accepted",
    ("scope_case", "state"): "approved",
    ("suspension", "tenant"): "zeta",
    ("credit", "tenant"): "zeta",
    ("credit", "month"): "2026-02",
}
"""What a column may hold, where not everything will do."""
SAMPLES: dict[type, Any] = {
    str: "sample",
    int: 7,
    bool: True,
    bytes: b"sample",
    datetime: datetime(2026, 3, 1, tzinfo=UTC),
    date: date(2026, 3, 1),
    Decimal: Decimal("12.50"),
    tuple: ("sample",),
}


class Lived(NamedTuple):
    """A true database, its configuration, the newest head, and the key."""

    path: Path
    config: Path
    head: Head
    key: SigningKey


async def lived_database(directory: Path, key: SigningKey | None = None) -> Lived:
    """Zeta was down for an hour of March, of which a part is excluded; it claimed its credit."""
    clock = SteppedClock(START)
    writer = await opened_writer(directory, clock)
    key = key or SigningKey.generate()
    async with writer.change(itself()) as change:
        await heads.use_key(change, key)
    await _story(directory, clock, writer)
    async with recorded(writer) as change:
        for table in BOUND_TABLES:
            if not await table.read(change):
                await change.put(table, [sample_row(table)])
    async with writer.change(itself()) as change:
        head = await heads.sign_head(change, key)
    await writer.close()
    config = directory / "noc.toml"
    config.write_text(
        f'[database]\npath = "{writer.path}"\n[socket]\npath = "{directory / "s"}"\n'
        '[hoster]\nname = "Hébergeur"\n'
    )
    return Lived(writer.path, config, head, key)


async def _story(directory: Path, clock: SteppedClock, writer: Writer) -> None:
    context = context_of(directory, clock, writer)
    estate = estate_of(context, clock)
    await estate.poll(4)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(12)
    estate.put(guest(201, "zeta"), guest(102, "acme", "pve1"))
    await estate.poll(4)
    await estate.sleep(10)
    estate.restart()
    await estate.poll(2)
    (outage,) = await OUTAGES.read(writer)
    assert outage.end is not None
    async with writer.change(itself()) as change:
        span = (outage.start, outage.start + 60 * 1_000_000)
        await decisions.exclude(change, OMAR, "zeta", span, "maintenance", "switch replaced")
        await decisions.attribute(change, OMAR, outage.id, Party.HOSTER, "our switch", ["UPID"])
        await refresh_figures_since(change, {"zeta": outage.start}, estate.context)
    await clock.advance((MARCH.span.end - estate.at(32)) / 1_000_000 + STEP)
    await estate.poll(2)
    at = int(clock.now().timestamp()) * 1_000_000
    async with writer.change(itself()) as change:
        claim = CreditClaimed(at, at, "e-mail", "TCK-7")
        await claims.claim(change, OMAR, "zeta", MARCH, claim, terms=context.terms)


def sample_row(table: Table[Any]) -> Any:
    """A row in which every column has something."""
    row: type[msgspec.Struct] = table.row
    values = {
        one.name: ALLOWED.get((table.name, one.name), _value(one.type))
        for one in msgspec.structs.fields(row)
    }
    return row(**values)


def _value(annotation: Any) -> Any:
    if isinstance(annotation, UnionType):
        (annotation,) = (part for part in get_args(annotation) if part is not NoneType)
    return SAMPLES[get_origin(annotation) or annotation]


def forge(path: Path, forgery: Forgery, *, guards: bool = True) -> None:
    """Change the file as its owner can; `guards` are the triggers, which are put back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        found = triggers.fetchall()
        for name, _sql in found:
            db.execute(f"DROP TRIGGER {name}")
        forgery(db)
        for _name, sql in found if guards else ():
            db.execute(sql)


def chain_anew(db: sqlite3.Connection, account: str) -> tuple[int, bytes]:
    """Write the whole chain anew, each author another, with all hashes made to fit."""
    last = chain.GENESIS
    count = 0
    for seq, at, kind, uid, payload_hash, key_id in db.execute(
        "SELECT seq, at, kind, uid, payload_hash, key_id FROM evidence ORDER BY seq"
    ).fetchall():
        subjects = tuple(
            name
            for (name,) in db.execute(
                "SELECT subject FROM evidence_subject WHERE seq = ? ORDER BY position", (seq,)
            )
        )
        entry = chain.ChainEntry(seq, last, at, kind, uid, account, subjects, payload_hash, key_id)
        digest = chain.entry_hash(entry)
        db.execute(
            "UPDATE evidence SET previous = ?, hash = ?, account = ? WHERE seq = ?",
            (last, digest, account, seq),
        )
        last, count = digest, seq
    return count, last


def sql(*statements: str) -> Forgery:
    return lambda db: [db.execute(statement) for statement in statements]


def altered(table: Table[Any]) -> Forgery:
    """One value of the last row, whichever the table's own conditions allow."""

    def change(db: sqlite3.Connection) -> None:
        for column, value in _other_values(db, table):
            try:
                db.execute(
                    f'UPDATE "{table.name}" SET "{column}" = ? WHERE {_last(table)}', (value,)
                )
            except sqlite3.IntegrityError:
                continue
            return
        raise AssertionError(f"nothing of {table.name} could be changed")

    return change


def removed(table: Table[Any]) -> Forgery:
    return sql(f'DELETE FROM "{table.name}" WHERE {_last(table)}')


def added(table: Table[Any]) -> Forgery:
    """A copy of the last row under another key."""

    def change(db: sqlite3.Connection) -> None:
        row = dict(zip(_columns(table), _last_row(db, table), strict=True))
        key = table.key[-1]
        row[key] = row[key] + 1000 if isinstance(row[key], int) else f"{row[key]}x"
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" * len(row))
        db.execute(f'INSERT INTO "{table.name}"({names}) VALUES ({marks})', [*row.values()])

    return change


def _other_values(db: sqlite3.Connection, table: Table[Any]) -> Iterator[tuple[str, Any]]:
    row = dict(zip(_columns(table), _last_row(db, table), strict=True))
    for name, value in row.items():
        if name in (*table.key, *table.unbound, "revision"):
            continue
        if isinstance(value, bytes):
            yield name, value + b"x"
        elif isinstance(value, int):
            yield name, value + 1
        else:
            yield name, f"{value or ''}1"


def _columns(table: Table[Any]) -> list[str]:
    return [*table.fields, "revision"]


def _last_row(db: sqlite3.Connection, table: Table[Any]) -> tuple[Any, ...]:
    names = ", ".join(f'"{name}"' for name in _columns(table))
    found: tuple[Any, ...] = db.execute(
        f'SELECT {names} FROM "{table.name}" WHERE {_last(table)}'
    ).fetchone()
    return found


def _last(table: Table[Any]) -> str:
    key = ", ".join(f'"{name}"' for name in table.key)
    order = ", ".join(f'"{name}" DESC' for name in table.key)
    return f'({key}) = (SELECT {key} FROM "{table.name}" ORDER BY {order} LIMIT 1)'
