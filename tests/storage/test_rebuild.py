"""Rows worked out of the evidence log alone: what anybody did to the file is named, to the row."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from storage import chain, erasure
from storage.bound_tables import BOUND_TABLES
from storage.change import Change
from storage.database import Writer
from storage.erased_rows import PLACES
from storage.errors import ConflictError, StorageError, UnavailableError
from storage.evidence import Entry
from storage.ledger import GAPS, LEDGER, PLACEMENTS, Gap, ObservedState, Placement
from storage.oncall import SHIFT_NOTES, SHIFTS, Shift, ShiftNote
from storage.outages import EXCLUSIONS, Exclusion
from storage.outbox import MESSAGES
from storage.rebuild import BrokenChainError, RebuildResult, rebuild
from storage.rebuilt_file import SETTLED
from storage.register import SITES, TENANTS, Site, Tenant
from storage.scope import DECISIONS
from storage.suspension import SUSPENSIONS
from storage.tables import Binding, Table
from storage.verdict import Verdict
from storage.verify import verify
from tests.forgeries.rows import added, altered, chain_anew, forge, removed, sample_row, sql
from tests.storage.conftest import NOW, OMAR
from tests.support.changes import PREPARED

RECORDED = [table for table in BOUND_TABLES if table.binding is Binding.RECORDED]
TEXTS = ("", "sample", 'é\n\x1f"\\', "a note that is long enough to be named by its place " * 2)
TOKEN = "omar@pve!noc=01234567-89ab-cdef-0123-456789abcdef"


def worked_out(path: Path, into: Path | None = None, **more: Any) -> RebuildResult:
    return rebuild(path, into=into, now=NOW, **more)


def contents(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The bound columns of every bound table."""
    found = {}
    with closing(sqlite3.connect(path)) as db:
        for table in BOUND_TABLES:
            columns = ", ".join(f'"{name}"' for name in table.bound_columns)
            found[table.name] = sorted(
                db.execute(f'SELECT {columns} FROM "{table.name}"'),  # noqa: S608 - names from code
                key=repr,
            )
    return found


def payload(path: Path, seq: int) -> dict[str, Any]:
    with closing(sqlite3.connect(path)) as db:
        sql_text = "SELECT content FROM evidence_payload WHERE seq = ?"
        ((content,),) = db.execute(sql_text, (seq,))
    found: dict[str, Any] = json.loads(content)
    return found


def close(path: Path) -> None:
    """A file that nobody writes, in one piece."""
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "noc.db"

    async def make() -> None:
        await (await Writer.open(path, clock_now=lambda: NOW)).close()

    asyncio.run(make())
    close(path)
    return path


Act = tuple[str, int, int, int]
ACTS = st.tuples(
    st.sampled_from(("put", "put", "put", "remove", "record", "observe")),
    st.integers(0, len(RECORDED) - 1),
    st.integers(1, 2),
    st.integers(0, 40),
)


async def play(change: Change, acts: Sequence[Act], place: int) -> None:
    entry = await change.record(PREPARED, [], {"text": TEXTS[3]})
    for number, (what, index, key, seed) in enumerate(acts, place * 10 + 1):
        table = RECORDED[index]
        match what:
            case "record":
                entry = await change.record(PREPARED, [], {"said": TEXTS[seed % 4]})
            case "put":
                await change.put(table, [_row(table, key, seed)])
            case "remove":
                await change.remove(table, [table.key_of(_row(table, key, seed))])
            case _:
                await observe(change, entry, number)


async def observe(change: Change, entry: int, number: int) -> None:
    lines = [
        ObservedState(number * 10 + one, f"guest:rennes/{one}", number, number - 1, "up", "", entry)
        for one in range(3)
    ]
    await change.put(LEDGER, lines)
    await change.put(GAPS, [Gap("cluster:rennes", number, number + 1, "not observed", entry)])
    ended = await PLACEMENTS.where(change, "until IS NULL ORDER BY since")
    old = [replace(row, until=number, ended_by=entry) for row in ended[:1]]
    await change.put(PLACEMENTS, [row for row in old if row.evidence != entry])
    new = Placement("guest:rennes/1", number, "acme", "cluster:rennes", "rennes/a", None, entry)
    await change.put(PLACEMENTS, [new])


def _row(table: Table[Any], key: int, seed: int) -> Any:
    """A row of one of two keys, whose columns hold one thing or another, or nothing."""
    row = sample_row(table)
    values: dict[str, Any] = {}
    for place, field in enumerate(msgspec.structs.fields(table.row)):
        old = getattr(row, field.name)
        turn = (seed >> (place % 4)) % 4
        if field.name in table.key:
            if isinstance(old, str):
                values[field.name] = f"{old}{key}"
            elif type(old) is int:
                values[field.name] = key
        elif field.name in table.unbound or old in ("open", "pending", "queued", "critical"):
            continue
        elif isinstance(old, str) and field.name not in (
            "basis",
            "kind",
            "severity",
            "state",
        ):
            values[field.name] = _document(seed) if field.name == "document" else TEXTS[turn]
        elif isinstance(old, bytes):
            values[field.name] = TEXTS[turn].encode()
        elif type(old) is int:
            values[field.name] = None if _may_be_none(field.type) and not turn else old + turn
    return replace(row, **values)


def _may_be_none(annotation: Any) -> bool:
    return type(None) in getattr(annotation, "__args__", ())


def _document(seed: int) -> str:
    events = [{"at": number, "text": f"event {number}", "by": "omar"} for number in range(seed)]
    return msgspec.json.encode({"state": f"s{seed % 3}", "events": events, "end": None}).decode()


async def write(path: Path, history: Sequence[Sequence[Act]]) -> None:
    writer = await Writer.open(path, clock_now=lambda: NOW)
    try:
        for place, acts in enumerate(history):
            try:
                async with writer.change(OMAR) as change:
                    await play(change, acts, place)
            except (ConflictError, StorageError):
                continue  # what the table's own conditions refuse
    finally:
        await writer.close()
    close(path)


FORGERS: dict[str, Callable[[Table[Any]], Any]] = {
    "other": altered,
    "missing": removed,
    "extra": added,
}


@settings(max_examples=15)
@given(
    st.lists(st.lists(ACTS, min_size=1, max_size=8), min_size=1, max_size=6),
    st.integers(0, 99),
    st.sampled_from(sorted(FORGERS)),
)
def test_what_was_done_to_a_row_is_named_and_the_log_gives_the_rows_back(
    empty: Path, history: list[list[Act]], which: int, kind: str
) -> None:
    with TemporaryDirectory() as folder:
        path, into = Path(folder) / "noc.db", Path(folder) / "new.db"
        shutil.copy(empty, path)
        asyncio.run(write(path, history))
        true = contents(path)
        assert worked_out(path).count == 0
        filled = [table for table in BOUND_TABLES if true[table.name]]
        if filled:
            table = filled[which % len(filled)]
            forge(path, FORGERS[kind](table))
            found = worked_out(path, into)
            assert [(one.table, one.kind) for one in found.differences] == [(table.name, kind)]
            assert bool(found.differences[0].columns) == (kind == "other")
            assert contents(into) == true
            assert verify(into).verdict is Verdict.INTACT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "noc.db"


async def opened(path: Path) -> Writer:
    return await Writer.open(path, clock_now=lambda: NOW)


pytestmark: list[pytest.MarkDecorator] = []
anyio = pytest.mark.anyio


@anyio
async def test_an_entry_holds_the_columns_that_changed_and_no_others(path: Path) -> None:
    writer = await opened(path)
    row = Exclusion(
        1, "acme", 5, None, "quota", "x", "omar", 5, None, contestable=False, evidence=1
    )
    async with writer.change(OMAR) as change:
        await change.record("a.first", ["tenant:acme"], {})
        await change.put(EXCLUSIONS, [row])
    async with writer.change(OMAR) as change:
        await change.record("a.second", ["tenant:acme"], {})
        await change.put(EXCLUSIONS, [replace(row, end=9, ended_by=2)])
    await writer.close()
    first = payload(path, 1)["row_values"]["exclusion"]["[1]"]
    assert first["reason"] == "x"
    assert "end" not in first
    assert payload(path, 2)["row_values"] == {"exclusion": {"[1]": {"end": 9, "ended_by": 2}}}


@anyio
async def test_a_long_text_that_the_payload_has_stands_there_once(path: Path) -> None:
    writer = await opened(path)
    raw = b"Subject: x\r\n\r\n" + b"y" * 200
    async with writer.change(OMAR) as change:
        await change.record("mail.queued", [], {"eml": raw.decode(), "note": TEXTS[3]})
        message = replace(sample_row(MESSAGES), id="m", raw=raw, subject=TEXTS[3])
        await change.put(MESSAGES, [message])
    await writer.close()
    told = payload(path, 1)["row_values"]["message"]['["m"]']
    assert told["raw"] == {"payload": "eml", "bytes": True}
    assert told["subject"] == {"payload": "note"}
    into = path.with_name("new.db")
    assert worked_out(path, into).count == 0
    assert contents(into) == contents(path)


@anyio
async def test_a_document_of_which_little_changed_is_not_repeated(path: Path) -> None:
    writer = await opened(path)
    case = replace(sample_row(SUSPENSIONS), id="S-0001")
    for seed in range(20, 30):
        async with writer.change(OMAR) as change:
            await change.record("suspension.event", ["suspension:S-0001"], {})
            await change.put(SUSPENSIONS, [replace(case, document=_document(seed))])
    await writer.close()
    told = payload(path, 10)["row_values"]["suspension"]['["S-0001"]']
    assert set(told["document"]) == {"patch"}
    assert len(json.dumps(told)) < 200 < len(_document(29))
    into = path.with_name("new.db")
    assert worked_out(path, into).count == 0
    assert contents(into) == contents(path)


@anyio
async def test_what_looks_like_a_secret_is_not_put_on_record(path: Path) -> None:
    writer = await opened(path)
    async with writer.change(OMAR) as change:
        await change.record("shift.note", [], {})
        await change.put(SHIFT_NOTES, [ShiftNote(1, NOW, "omar", f"use {TOKEN}", None)])
        await change.put(SHIFTS, [Shift(1, NOW, NOW, "omar", '{"password": "x"}')])
    await writer.close()
    told = payload(path, 1)["row_values"]
    assert told["shift_note"]["[1]"]["text"] == {"withheld": "secret"}
    assert told["shift"]["[1]"]["planned_by"] == {"withheld": "secret"}
    found = worked_out(path)
    assert found.count == 0
    assert [(one.table, one.unknown, one.secret) for one in found.tables if one.unknown] == [
        ("shift", 1, 1),
        ("shift_note", 1, 1),
    ]
    forge(path, sql("UPDATE shift_note SET account = 'eve'"))
    (one,) = worked_out(path).differences
    assert (one.kind, [column.name for column in one.columns]) == ("other", ["account"])


@anyio
async def test_a_row_of_another_tenant_than_the_entrys_stays_out_of_its_packs(path: Path) -> None:
    writer = await opened(path)
    async with writer.change(OMAR) as change:
        await change.record("a.b", ["tenant:acme"], {})
        tenants = [replace(sample_row(TENANTS), id=name, email=name) for name in ("acme", "zeta")]
        await change.put(TENANTS, tenants)
    await writer.close()
    told = payload(path, 1)["row_values"]["tenant"]
    assert told['["acme"]']["email"] == "acme"
    assert set(map(str, told['["zeta"]'].values())) == {"{'withheld': 'tenant'}"}
    found = worked_out(path)
    assert (found.count, sum(one.tenant for one in found.tables)) == (0, 1)


@anyio
async def test_a_row_removed_and_put_again_by_one_entry_keeps_nothing_of_before(path: Path) -> None:
    writer = await opened(path)
    full = replace(sample_row(DECISIONS), id=1)
    case = replace(sample_row(SUSPENSIONS), id="S-1", started_at=NOW, deadline=NOW)
    async with writer.change(OMAR) as change:
        await change.record("a.first", [], {})
        await change.put(DECISIONS, [full])
        await change.put(SUSPENSIONS, [case])
    async with writer.change(OMAR) as change:
        await change.record("a.second", [], {})
        await change.remove(SUSPENSIONS, [("S-1",)])
        await change.put(SUSPENSIONS, [replace(case, started_at=None)])
        await change.put(SUSPENSIONS, [replace(case, started_at=None, deadline=NOW)])
    await writer.close()
    into = path.with_name("new.db")
    assert worked_out(path, into).count == 0
    assert contents(into) == contents(path)


def write_content(db: sqlite3.Connection, seq: int, content: bytes) -> None:
    """Another content, with its digest; the chain is yet to be made anew."""
    ((salt,),) = db.execute("SELECT salt FROM evidence_payload WHERE seq = ?", (seq,))
    digest = chain.payload_hash(salt, content)
    db.execute("UPDATE evidence_payload SET content = ? WHERE seq = ?", (content, seq))
    db.execute("UPDATE evidence SET payload_hash = ? WHERE seq = ?", (digest, seq))


def strip_values(path: Path) -> None:
    """As a version wrote it that put digests on record and no values; the chain is made anew."""

    def without(db: sqlite3.Connection) -> None:
        for seq, content in db.execute("SELECT seq, content FROM evidence_payload").fetchall():
            fields = json.loads(content)
            fields.pop("row_values", None)
            write_content(db, seq, json.dumps(fields, sort_keys=True).encode())
        chain_anew(db, "omar")

    forge(path, without)


@anyio
async def test_entries_from_before_values_are_named_and_nothing_is_guessed(path: Path) -> None:
    writer = await opened(path)
    async with writer.change(OMAR) as change:
        await change.record(PREPARED, [], {})
        await change.put(SITES, [Site("dc1", "Rennes", "FR"), Site("dc2", "Nantes", "FR")])
        await change.put(LEDGER, [ObservedState(1, "guest:rennes/1", 5, 4, "up", "", 1)])
    await writer.close()
    strip_values(path)
    writer = await opened(path)
    async with writer.change(OMAR) as change:
        await change.record(PREPARED, [], {})
        await change.put(SITES, [Site("dc1", "Brest", "FR"), Site("dc3", "Lorient", "FR")])
        await change.put(LEDGER, [ObservedState(2, "guest:rennes/1", 6, 5, "down", "", 2)])
    await writer.close()
    into = path.with_name("new.db")
    found = worked_out(path, into)
    assert found.count == 0
    site, ledger = (
        next(one for one in found.tables if one.table == name) for name in ("site", "ledger")
    )
    assert (site.unknown, site.digest_only, site.digest_until) == (2, 2, 1)
    assert (ledger.rows, ledger.unknown, ledger.digest_until) == (1, 1, 1)
    assert contents(into)["site"] == [("FR", "dc3", "Lorient")]
    assert verify(into).verdict is Verdict.ALTERED_ROWS
    forge(path, sql("UPDATE site SET title = 'x' WHERE name = 'dc1'", "DELETE FROM ledger"))
    named = [(one.table, one.kind, one.key) for one in worked_out(path).differences]
    assert ("site", "other", '["dc1"]') in named
    assert ("ledger", "missing", "[2]") in named
    assert ("ledger", "other", "rows of entry 1: ") in named


@anyio
async def test_an_erasure_keeps_what_the_rows_keep_and_nothing_else(path: Path) -> None:
    writer = await opened(path)
    texts = [f"something that somebody wrote, number {number}, at length" for number in range(3)]
    tenant = Tenant(
        "acme", texts[2], "acme@example.fr", None, None, (), (), (), (), (), "none", "", ()
    )
    async with writer.change(OMAR) as change:
        first = await change.record("shift.note", [], {"text": texts[0]})
        await change.put(SHIFT_NOTES, [ShiftNote(1, NOW, "omar", texts[0], None)])
        second = await change.record("register.read", [], {})
        await change.put(TENANTS, [tenant])
        third = await change.record("availability.observed", [], {})
        await change.put(
            LEDGER, [ObservedState(n, "guest:rennes/1", n, n - 1, "up", "", third) for n in (1, 2)]
        )
        placed = Placement("guest:rennes/1", 7, "acme", "cluster:rennes", "rennes/a", None, third)
        await change.put(PLACEMENTS, [placed])
    async with writer.change(OMAR) as change:
        await change.record("handover.signed", [], {})
        await change.put(SHIFT_NOTES, [ShiftNote(1, NOW, "omar", texts[0], 4)])
        await change.put(PLACEMENTS, [replace(placed, until=9, ended_by=4)])
        await change.put(TENANTS, [replace(tenant, support="infogerance")])
    async with writer.change(OMAR) as change:
        by = await erasure.erase(change, [first, second, third], "over")
    await writer.close()
    with closing(sqlite3.connect(path)) as db:
        ((kept,),) = db.execute("SELECT content FROM evidence_payload WHERE seq = ?", (by,))
    for gone in (texts[0], texts[2], "acme@example.fr"):
        assert gone.encode() not in kept
    into = path.with_name("new.db")
    found = worked_out(path, into)
    assert found.count == 0
    unknown = {one.table: (one.unknown, one.erased) for one in found.tables if one.unknown}
    assert unknown == {"tenant": (1, 1)}
    true = contents(path)
    assert contents(into) == true | {"tenant": []}
    forge(path, sql("UPDATE shift_note SET handover = 5", "UPDATE placement SET until = 8"))
    named = {(one.table, one.kind, one.columns[0].name) for one in worked_out(path).differences}
    assert named == {("shift_note", "other", "handover"), ("placement", "other", "until")}


@anyio
async def test_no_erasure_keeps_what_somebody_wrote(path: Path) -> None:
    tables = [table for table in RECORDED if table.erasable]
    writer = await opened(path)
    async with writer.change(OMAR) as change:
        entry = await change.record("a.first", [], {})
        for table in tables:
            row = sample_row(table)
            written = {
                name: type(old)(("someone's",)) if isinstance(old, tuple) else "someone's"
                for name in table.erasable
                if isinstance(old := getattr(row, name), str | tuple)
            }
            await change.put(table, [replace(row, **written)])
    async with writer.change(OMAR) as change:
        by = await erasure.erase(change, [entry], "over")
    await writer.close()
    with closing(sqlite3.connect(path)) as db:
        ((kept,),) = db.execute("SELECT content FROM evidence_payload WHERE seq = ?", (by,))
    assert b"someone" not in kept
    found = worked_out(path)
    assert found.count == 0
    assert {one.table for one in found.tables if one.rows} == {table.name for table in tables}


@anyio
@pytest.mark.parametrize("erased", [[1], [2], [3], [1, 2], [2, 3]])
async def test_a_document_of_which_a_part_was_erased_is_unknown_until_it_is_whole_again(
    path: Path, erased: list[int]
) -> None:
    writer = await opened(path)
    case = replace(sample_row(SUSPENSIONS), id="S-1", state="open", closed_at=None)
    for seed in (20, 21, 22):
        async with writer.change(OMAR) as change:
            await change.record("mail.queued", [], {})
            await change.put(SUSPENSIONS, [replace(case, document=_document(seed))])
    async with writer.change(OMAR) as change:
        by = await erasure.erase(change, erased, "over")
    assert b"event" not in json.dumps(payload(path, by)).encode()
    found = worked_out(path)
    assert (found.count, sum(one.erased for one in found.tables)) == (0, 1)
    async with writer.change(OMAR) as change:
        over = await change.record("suspension.closed", ["suspension:S-1"], {})
        closed = replace(case, state="closed", document=_document(23))
        await change.put(SUSPENSIONS, [closed])
    async with writer.change(OMAR) as change:
        await erasure.erase(change, [over], "over")  # of the case nothing is left but its frame
    await writer.close()
    found = worked_out(path)
    assert (found.count, sum(one.unknown for one in found.tables)) == (0, 0)


def test_every_column_that_an_erasure_blanks_is_one_that_no_erasure_keeps() -> None:
    entry = Entry(7, NOW, "a.b", 1, "omar", (), "{}", None, "")
    for table, blanks_of in PLACES:
        row = sample_row(table)
        fields = {"evidence": 7, "withdrawn_by": 7} if table is EXCLUSIONS else {}
        blanked = set(blanks_of(replace(row, **fields), entry))
        assert blanked <= table.erasable | set(table.unbound), table.name


def test_every_column_without_an_entry_has_a_value_for_a_file_that_lacks_it() -> None:
    for table in BOUND_TABLES:
        row = dict.fromkeys(table.fields, 0)
        given = SETTLED[table.name](row) if table.unbound else {}
        assert set(given) == set(table.unbound), table.name


@anyio
async def test_what_was_queued_does_not_leave_from_a_rebuilt_file(path: Path) -> None:
    writer = await opened(path)
    async with writer.change(OMAR) as change:
        await change.record("mail.queued", [], {})
        await change.put(MESSAGES, [replace(sample_row(MESSAGES), id="m", state="queued")])
    await writer.close()
    forge(path, sql("DELETE FROM message"))
    into = path.with_name("new.db")
    assert [one.kind for one in worked_out(path, into).differences] == ["missing"]
    with closing(sqlite3.connect(into)) as db:
        assert db.execute("SELECT state, attempts FROM message").fetchall() == [("refused", 0)]


@anyio
async def test_a_file_is_never_overwritten_and_none_is_left_behind(path: Path) -> None:
    await (await opened(path)).close()
    there = path.with_name("there.db")
    there.write_text("precious")
    with pytest.raises(UnavailableError, match="there is a file of that name"):
        worked_out(path, there)
    with pytest.raises(UnavailableError, match="no such directory"):
        worked_out(path, path.parent / "nowhere" / "new.db")
    with pytest.raises(UnavailableError, match="there is a file of that name"):
        worked_out(path, path)
    assert there.read_text() == "precious"
    assert not [one for one in path.parent.iterdir() if "rebuild" in one.name]


@anyio
async def test_a_table_that_is_gone_lacks_all_its_rows(path: Path) -> None:
    writer = await opened(path)
    async with writer.change(OMAR) as change:
        await change.record("a.b", [], {})
        await change.put(SITES, [Site("dc1", "Rennes", "FR")])
        await change.put(LEDGER, [ObservedState(1, "guest:rennes/1", 5, 4, "up", "", 1)])
    await writer.close()
    forge(path, sql("DROP TABLE site", "DROP TABLE ledger"), guards=False)
    into = path.with_name("new.db")
    named = [(one.table, one.kind) for one in worked_out(path, into).differences]
    assert sorted(named) == [("ledger", "missing"), ("site", "missing")]
    assert contents(into)["site"] == [("FR", "dc1", "Rennes")]


@anyio
async def test_nothing_is_worked_out_of_a_chain_that_is_not_intact(path: Path) -> None:
    writer = await opened(path)
    async with writer.change(OMAR) as change:
        await change.record("a.b", [], {"amount": "10"})
        await change.put(SITES, [Site("dc1", "Rennes", "FR")])
    await writer.close()
    forge(
        path,
        sql(
            "UPDATE evidence_payload SET content ="
            " CAST(replace(CAST(content AS TEXT), 'Rennes', 'Nantes') AS BLOB)"
        ),
    )
    with pytest.raises(BrokenChainError, match="altered: the payload of entry 1 was changed"):
        worked_out(path, path.with_name("new.db"))
    assert not path.with_name("new.db").exists()


def test_hours_apart_the_same(empty: Path) -> None:
    """Nothing of the comparison depends on the clock."""
    assert rebuild(empty, now=NOW).count == rebuild(empty, now=NOW + timedelta(hours=5)).count == 0
