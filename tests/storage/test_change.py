"""The one write path: a recorded row comes with its entry, which proves it; or nothing comes."""

import asyncio
import hashlib
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from storage import (
    authority,
    backup_nights,
    cloud_edges,
    data_copies,
    decisions,
    estate_facts,
    exhibits,
    incidents,
    intents,
    inventory,
    invoices,
    ledger,
    legal_registers,
    licences,
    load_history,
    membership,
    month_closes,
    months,
    oncall,
    outages,
    outbox,
    register,
    reparations,
    resources,
    scope,
    suspension,
)
from storage import settings as stored_settings
from storage.backups import BACKUPS
from storage.bound_tables import BOUND_TABLES, SIGNED_TABLES
from storage.change import Change
from storage.database import Writer
from storage.datastores import DATASTORES
from storage.errors import UnrecordedRowError
from storage.evidence import Query, search
from storage.guests import GUESTS
from storage.inventory import POOLS, Pool
from storage.ledger import LEDGER, OBSERVERS, PLACEMENTS, ObservedState, Observer, Placement
from storage.register import AMOUNTS, SITES, Site
from storage.tables import Binding, Table
from tests.storage.conftest import NOW, OMAR

pytestmark = pytest.mark.anyio

CHAIN = {
    "evidence", "evidence_subject", "evidence_payload", "evidence_key", "evidence_head",
    "evidence_current", "row_signature", "row_sum", "row_state",
}  # fmt: skip
SPINE = {"migration", "revision", "gone"}


def tables() -> list[Table[Any]]:
    """Every table that is declared, views and amendments apart."""
    modules = (
        authority, backup_nights, cloud_edges, data_copies, decisions, exhibits, incidents,
        intents, inventory, invoices, ledger, legal_registers, licences, load_history, membership,
        month_closes,
        months, oncall, outages, outbox, register, reparations, resources, scope, suspension,
        estate_facts, stored_settings,
    )  # fmt: skip
    found = [one for module in modules for one in vars(module).values() if isinstance(one, Table)]
    declared: list[Table[Any]] = [BACKUPS, DATASTORES, GUESTS, *reversed(found)]
    return [*{one.name: one for one in declared}.values()]


def digest(table: str, row: dict[str, object], unbound: Sequence[str] = ()) -> str:
    """The digest of a row, as somebody else works it out who has read the documents alone."""
    return hashlib.sha256(canonical(table, row, unbound)).hexdigest()


def canonical(table: str, row: dict[str, object], unbound: Sequence[str] = ()) -> bytes:
    left_out = {"revision", *unbound}
    kept = {name: v for name, v in row.items() if name not in left_out and v is not None}
    text = json.dumps([table, kept], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def read(path: Path, sql: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql)]


def entries(path: Path) -> list[tuple[int, dict[str, Any]]]:
    rows = read(path, "SELECT seq, content FROM evidence_payload ORDER BY seq")
    return [(row["seq"], json.loads(row["content"])) for row in rows]


Act = tuple[Literal["record", "put", "remove"], int, str]
ACTS = st.tuples(
    st.sampled_from(("record", "put", "remove")), st.integers(1, 4), st.text(max_size=8)
)


async def play(change: Change, acts: Sequence[Act]) -> None:
    for what, number, text in acts:
        match what:
            case "record":
                await change.record("test.act", [f"site:{number}"], {"text": text})
            case "put":
                await change.put(SITES, [Site(f"s{number}", text, "FR")])
            case "remove":
                await change.remove(SITES, [(f"s{number}",)])


@settings(max_examples=60)
@given(st.lists(st.tuples(st.lists(ACTS, max_size=6), st.booleans()), max_size=5))
def test_a_row_never_comes_without_an_entry_that_proves_it(
    changes: list[tuple[list[Act], bool]],
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "noc.db"

        async def write() -> None:
            writer = await Writer.open(path, clock_now=lambda: NOW)
            try:
                for acts, fails in changes:
                    before = read(path, "SELECT * FROM site"), entries(path)
                    try:
                        async with writer.change(OMAR) as change:
                            await play(change, acts)
                            if fails:
                                raise ZeroDivisionError
                    except (ZeroDivisionError, UnrecordedRowError):
                        assert (read(path, "SELECT * FROM site"), entries(path)) == before
            finally:
                await writer.close()

        asyncio.run(write())
        written = entries(path)
        assert [seq for seq, _ in written] == list(range(1, len(written) + 1))
        last: dict[str, str | None] = {}
        for _, payload in written:
            last |= payload.get("rows", {}).get("site", {})
        stored = {
            json.dumps([row["name"]]): digest("site", row)
            for row in read(path, "SELECT * FROM site")
        }
        assert stored == {key: one for key, one in last.items() if one is not None}


async def test_a_row_without_an_entry_fails_the_whole_change(writer: Writer, path: Path) -> None:
    async def fail() -> None:
        async with writer.change(OMAR) as change:
            await change.put(POOLS, [Pool("rennes", "acme")])
            await change.put(SITES, [Site("dc1", "Rennes", "FR"), Site("dc2", "Nantes", "FR")])

    with pytest.raises(UnrecordedRowError, match=r'site \["dc1"\], \["dc2"\]'):
        await fail()
    assert await SITES.read(writer) == []
    assert await POOLS.read(writer) == []
    assert entries(path) == []


async def test_a_row_belongs_to_the_entry_given_the_last_one_or_the_next(
    writer: Writer, path: Path
) -> None:
    one, two, three = (Site(f"dc{number}", "", "FR") for number in (1, 2, 3))
    async with writer.change(OMAR) as change:
        await change.put(SITES, [one])
        first = await change.record("a.first", [], {})
        second = await change.record("a.second", [], {})
        await change.put(SITES, [two])
        await change.put(SITES, [three], by=first)
    found = {seq: set(payload["rows"]["site"]) for seq, payload in entries(path)}
    assert found == {first: {'["dc1"]', '["dc3"]'}, second: {'["dc2"]'}}


async def test_an_entry_of_another_change_or_an_earlier_one_cannot_have_a_row(
    writer: Writer,
) -> None:
    async with writer.change(OMAR) as change:
        former = await change.record("a.former", [], {})

    async def put(*, late: bool) -> None:
        async with writer.change(OMAR) as change:
            first = await change.record("a.first", [], {})
            second = await change.record("a.second", [], {})
            await change.put(SITES, [Site("dc1", "x", "FR")], by=second)
            by = first if late else former
            await change.put(SITES, [Site("dc1", "y", "FR")], by=by)

    with pytest.raises(ValueError, match=f"entry {former} was not recorded in this change"):
        await put(late=False)
    with pytest.raises(ValueError, match="a later entry of this change has this row"):
        await put(late=True)
    assert await SITES.read(writer) == []


async def test_what_is_merely_said_again_needs_no_entry(writer: Writer, path: Path) -> None:
    site = Site("dc1", "Rennes", "FR")
    async with writer.change(OMAR) as change:
        await change.record("a.b", [], {})
        await change.put(SITES, [site])
    async with writer.change(OMAR) as change:
        assert await change.put(SITES, [site]) == 0
        assert await change.remove(SITES, [("dc9",)]) == 0
    assert len(entries(path)) == 1


async def test_unbound_columns_move_without_an_entry_and_the_others_do_not(
    writer: Writer, path: Path
) -> None:
    row = Observer("cluster:rennes", 5, 5, outside=False)
    async with writer.change(OMAR) as change:
        await change.record("a.b", [], {})
        await change.put(OBSERVERS, [row])
    async with writer.change(OMAR) as change:
        assert await change.put(OBSERVERS, [replace(row, seen=9)]) == 1

    async def move() -> None:
        async with writer.change(OMAR) as change:
            await change.put(OBSERVERS, [replace(row, since=1)])

    with pytest.raises(UnrecordedRowError, match="observer"):
        await move()
    ((_, payload),) = entries(path)
    (stored,) = read(path, "SELECT * FROM observer")
    assert stored["seen"] == 9
    assert payload["rows"]["observer"] == {
        '["cluster:rennes"]': digest("observer", stored, ["seen"])
    }


async def test_many_rows_have_one_digest_that_the_file_gives_again(
    writer: Writer, path: Path
) -> None:
    async with writer.change(OMAR) as change:
        first = await change.record("a.first", [], {})
        await change.put(
            LEDGER,
            [
                ObservedState(seq, f"guest:rennes/{seq}", 7, 5, "up", "é\n\x1f", first)
                for seq in range(1, 120)
            ],
        )
        placed = [
            Placement(f"guest:rennes/{n}", 7, "acme", "cluster:rennes", "rennes/a", None, first)
            for n in range(9)
        ]
        await change.put(PLACEMENTS, placed)
    async with writer.change(OMAR) as change:
        second = await change.record("a.second", [], {})
        await change.put(PLACEMENTS, [replace(row, until=8, ended_by=second) for row in placed[:4]])

    def found(table: str, seq: int) -> dict[str, object]:
        rows = read(path, f"SELECT * FROM {table}")  # noqa: S608
        begun = [
            canonical(table, row, ("until", "ended_by")) for row in rows if row["evidence"] == seq
        ]
        ended = [canonical(table, row) for row in rows if row.get("ended_by") == seq]
        lines = b"".join(line + b"\n" for line in sorted(begun + ended))
        return {"count": len(begun + ended), "sha256": hashlib.sha256(lines).hexdigest()}

    told = {seq: payload["rows"] for seq, payload in entries(path)}
    assert told == {
        first: {"ledger": found("ledger", first), "placement": found("placement", first)},
        second: {"placement": found("placement", second)},
    }
    assert told[first]["ledger"]["count"] == 119


async def test_a_row_that_bears_no_entry_of_its_change_is_refused(writer: Writer) -> None:
    async def put() -> None:
        async with writer.change(OMAR) as change:
            entry = await change.record("a.b", [], {})
            await change.put(
                LEDGER, [ObservedState(1, "guest:rennes/1", 7, 5, "up", "", entry + 1)]
            )

    with pytest.raises(UnrecordedRowError, match=r"ledger \[1\]"):
        await put()
    assert await LEDGER.read(writer) == []
    assert await search(writer, Query()) == []


async def test_placements_on_record_are_ended_and_nothing_else(writer: Writer) -> None:
    async with writer.change(OMAR) as change:
        entry = await change.record("a.b", [], {})
        row = Placement("guest:rennes/1", 7, "acme", "cluster:rennes", "rennes/a", None, entry)
        await change.put(PLACEMENTS, [row])

    async def write(wrong: Placement) -> None:
        async with writer.change(OMAR) as change:
            number = await change.record("a.b", [], {})
            await change.put(PLACEMENTS, [replace(wrong, ended_by=number)])

    for wrong in (replace(row, tenant="zeta", until=9), row, replace(row, since=8, until=9)):
        with pytest.raises(Exception, match="a placement"):
            await write(wrong)
    await write(replace(row, until=9))
    with pytest.raises(Exception, match="a placement"):
        await write(replace(row, until=12))


async def test_consoles_are_told_of_what_is_committed_and_of_nothing_else(path: Path) -> None:
    told: list[int] = []
    writer = await Writer.open(path, clock_now=lambda: NOW, committed=told.append)

    async def fail() -> None:
        async with writer.change(OMAR) as change:
            await change.put(SITES, [Site("dc1", "", "FR")])

    try:
        async with writer.change(OMAR) as change:
            await change.put(POOLS, [Pool("rennes", "a")])
            assert told == []
        with pytest.raises(UnrecordedRowError):
            await fail()
        async with writer.change(OMAR, quiet=True) as quiet:
            await quiet.put(POOLS, [Pool("rennes", "b")])
    finally:
        await writer.close()
    assert told == [change.revision]


async def test_the_key_of_the_digests_is_reserved(writer: Writer) -> None:
    async def write() -> None:
        async with writer.change(OMAR) as change:
            await change.record("a.b", [], {"rows": {}})

    with pytest.raises(ValueError, match="rows"):
        await write()


async def test_every_table_of_the_file_is_declared_and_can_be_proven(
    writer: Writer, path: Path
) -> None:
    declared = {table.name: table for table in tables()}
    schema = {
        row["name"] for row in read(path, "SELECT name FROM sqlite_master WHERE type='table'")
    }
    assert schema - CHAIN - SPINE == set(declared)
    for table in declared.values():
        columns = read(path, f"PRAGMA table_info({table.name})")
        if table.binding is not Binding.OBSERVED:
            assert "REAL" not in {column["type"] for column in columns}, table.name
    with pytest.raises(TypeError, match="binding"):
        Table("site", Site, ["name"])  # type: ignore[call-arg]  # there is no default


async def test_every_bound_table_is_verified() -> None:
    bound = {table.name for table in tables() if table.binding is not Binding.OBSERVED}
    assert bound == {table.name for table in (*BOUND_TABLES, *SIGNED_TABLES)}
    assert {one.binding for one in SIGNED_TABLES} == {Binding.SIGNED}


async def test_amounts_are_bound_to_the_entry_that_read_the_register(
    writer: Writer, path: Path
) -> None:
    """An altered amount is found by what the file itself holds."""
    amount = msgspec.convert(
        {"tenant": "acme", "valid_from": "2026-01-01", "amount": "2516.90"},
        register.TenantAmount,
    )
    async with writer.change(OMAR) as change:
        await change.replace(AMOUNTS, [amount])
        await change.record("register.read", ["tenant:acme"], {})
    ((_, payload),) = entries(path)
    (stored,) = read(path, "SELECT * FROM tenant_amount")
    told = payload["rows"]["tenant_amount"]['["acme","2026-01-01"]']
    assert told == digest("tenant_amount", stored)
    assert told != digest("tenant_amount", stored | {"amount": "1.00"})
