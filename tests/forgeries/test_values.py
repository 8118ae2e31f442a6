"""Forged values: what an entry says of a row is what its digest was made of, or it is named."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from noc_tui import cli
from storage import chain
from tests.forgeries.rows import Lived, chain_anew, forge, lived_database, sql

Content = dict[str, Any]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    return asyncio.run(lived_database(tmp_path_factory.mktemp("lived")))


@pytest.fixture
def copied(lived: Lived, tmp_path: Path) -> Path:
    path = tmp_path / "noc.db"
    shutil.copy(lived.path, path)
    return path


@pytest.fixture
def compare(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, Any], str]]:
    def run(path: Path) -> tuple[int, dict[str, Any], str]:
        capsys.readouterr()
        code = cli.nocd(["rebuild", "--from-evidence", "--database", str(path), "--json"])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else {}, err

    return run


def entry_with(db: sqlite3.Connection, table: str) -> tuple[int, Content]:
    """The last entry that holds values of a table's rows."""
    for seq, content in db.execute("SELECT seq, content FROM evidence_payload ORDER BY seq DESC"):
        fields: Content = json.loads(content)
        if fields.get("row_values", {}).get(table):
            return seq, fields
    raise AssertionError(f"no entry holds values of {table}")


def rewrite(table: str, change: Callable[[Content], None], *, hide: bool) -> Any:
    """Another content of that entry; `hide`: with its digest, and the whole chain made anew."""

    def forgery(db: sqlite3.Connection) -> None:
        seq, fields = entry_with(db, table)
        change(fields)
        content = json.dumps(fields, sort_keys=True, ensure_ascii=False).encode()
        ((salt,),) = db.execute("SELECT salt FROM evidence_payload WHERE seq = ?", (seq,))
        db.execute("UPDATE evidence_payload SET content = ? WHERE seq = ?", (content, seq))
        if hide:
            digest = chain.payload_hash(salt, content)
            db.execute("UPDATE evidence SET payload_hash = ? WHERE seq = ?", (digest, seq))
            db.execute("DELETE FROM evidence_head")
            db.execute("DELETE FROM evidence_current")
            chain_anew(db, "eve")

    return forgery


def set_value(table: str, name: str, value: object) -> Callable[[Content], None]:
    def change(fields: Content) -> None:
        for values in fields["row_values"][table].values():
            values[name] = value

    return change


def test_a_value_changed_without_more_is_the_chains_to_tell(copied: Path, compare: Any) -> None:
    forge(copied, rewrite("outage", set_value("outage", "end", 1), hide=False))
    code, _told, why = compare(copied)
    assert code == 2
    assert "altered: the payload of entry " in why


VALUES: dict[str, tuple[str, Callable[[Content], None]]] = {
    "an outage's end": ("outage", set_value("outage", "end", 1)),
    "an amount": ("tenant_amount", set_value("tenant_amount", "amount", "1.00")),
    "a value that is missing": (
        "exclusion",
        lambda fields: fields["row_values"]["exclusion"]["[1]"].pop("reason"),
    ),
    "a column that the table does not have": (
        "credit",
        set_value("credit", "granted_too", 5),
    ),
    "a value of no column's kind": ("credit", set_value("credit", "reference", ["x"])),
    "a form that is none": ("credit", set_value("credit", "reference", {"as": "x"})),
    "a text that the payload does not have": (
        "credit",
        set_value("credit", "reference", {"payload": "nothing"}),
    ),
    "bytes that are none": ("message", set_value("message", "raw", {"base64": "*"})),
    "bytes without any": ("message", set_value("message", "raw", {"base64": None})),
    "a patch of nothing": (
        "suspension",
        set_value("suspension", "document", {"patch": [[[1], 2]]}),
    ),
    "a patch that is none": ("suspension", set_value("suspension", "document", {"patch": 5})),
}


@pytest.mark.parametrize("what", VALUES)
def test_a_value_that_does_not_give_the_digest(copied: Path, compare: Any, what: str) -> None:
    table, change = VALUES[what]
    with closing(sqlite3.connect(copied)) as db:
        seq, _fields = entry_with(db, table)
    forge(copied, rewrite(table, change, hide=True))
    code, told, why = compare(copied)
    assert code == 1, why
    named = {(one["table"], one["kind"], one["entry"]) for one in told["differences"]}
    assert named == {(table, "altered", seq)}


ROWS: dict[str, Callable[[Content], None]] = {
    "a state": lambda fields: _first_block(fields)["rows"][0].__setitem__(-1, "up "),
    "a row left out": lambda fields: _first_block(fields)["rows"].pop(),
    "a row twice": lambda fields: _first_block(fields)["rows"].append(
        _first_block(fields)["rows"][0]
    ),
    "a short row": lambda fields: _first_block(fields)["rows"][0].pop(),
    "a column less": lambda fields: _first_block(fields)["columns"].pop(),
    "no block": lambda fields: fields["row_values"].__setitem__("ledger", {"rows": 5}),
    "a list in a column": lambda fields: _first_block(fields)["rows"][0].__setitem__(0, [1]),
}


def _first_block(fields: Content) -> Content:
    block: Content = fields["row_values"]["ledger"]
    return block


@pytest.mark.parametrize("what", ROWS)
def test_rows_of_an_entry_that_do_not_give_its_digest(
    copied: Path, compare: Any, what: str
) -> None:
    with closing(sqlite3.connect(copied)) as db:
        seq, _fields = entry_with(db, "ledger")
    forge(copied, rewrite("ledger", ROWS[what], hide=True))
    code, told, why = compare(copied)
    assert code == 1, why
    named = {(one["table"], one["kind"], one["entry"]) for one in told["differences"]}
    assert ("ledger", "altered", seq) in named


def test_row_and_value_forged_together_but_not_the_digest(copied: Path, compare: Any) -> None:
    def both(db: sqlite3.Connection) -> None:
        rewrite("outage", set_value("outage", "end", 1), hide=True)(db)
        db.execute('UPDATE outage SET "end" = 1')

    forge(copied, both)
    code, told, _why = compare(copied)
    assert code == 1
    assert {one["kind"] for one in told["differences"]} == {"altered", "other"}
    assert cli.main(["evidence", "verify", "--database", str(copied)]) == 1


def test_an_entry_that_erases_nothing_cannot_speak_for_rows(copied: Path, compare: Any) -> None:
    """Only `evidence.erased` and `rows.adopted` hold what is other entries'."""

    def claim(fields: Content) -> None:
        fields["row_values_of"] = {"1": {"site": {'["dc9"]': {"name": "dc9", "title": "x"}}}}
        fields["rows_of"] = {"1": {"site": {'["dc9"]': "0" * 64}}}

    forge(copied, rewrite("outage", claim, hide=True))
    code, told, why = compare(copied)
    assert (code, told["count"]) == (0, 0), why


def test_values_withheld_by_a_forger_leave_the_row_to_its_digest(
    copied: Path, compare: Any
) -> None:
    forge(
        copied,
        rewrite("outage", set_value("outage", "end", {"withheld": "secret"}), hide=True),
    )
    code, told, _why = compare(copied)
    (table,) = [one for one in told["tables"] if one["unknown"]]
    assert (code, table["table"], table["secret"]) == (0, "outage", 1)
    forge(copied, sql('UPDATE outage SET "end" = 1'))
    code, told, _why = compare(copied)
    assert (code, [one["kind"] for one in told["differences"]]) == (1, ["other"])
