"""Forged rows, chains and heads: each gets its verdict from `noc-tui evidence verify`."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from noc_tui import cli
from storage.bound_tables import BOUND_TABLES
from storage.heads import SigningKey, build_head
from storage.tables import Table
from tests.forgeries.rows import (
    Forgery,
    Lived,
    added,
    altered,
    chain_anew,
    forge,
    lived_database,
    removed,
    sql,
)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    return asyncio.run(lived_database(tmp_path_factory.mktemp("lived")))


@pytest.fixture
def copied(lived: Lived, tmp_path: Path) -> Path:
    path = tmp_path / "noc.db"
    shutil.copy(lived.path, path)
    return path


Verify = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def verify(capsys: pytest.CaptureFixture[str]) -> Verify:
    def run(path: Path, *options: str | Path) -> tuple[int, dict[str, Any], str]:
        capsys.readouterr()
        arguments = ["evidence", "verify", "--database", str(path), *map(str, options)]
        code = cli.main(arguments)
        word, why = capsys.readouterr()
        assert cli.main([*arguments, "--json"]) == code
        report = json.loads(capsys.readouterr().out)
        assert word == report["verdict"] + "\n"
        return code, report, why

    return run


def test_what_nobody_forged_is_intact(lived: Lived, verify: Verify, tmp_path: Path) -> None:
    code, report, why = verify(lived.path)
    assert (code, report["verdict"], report["altered"]) == (0, "intact", [])
    assert "not compared with a head kept outside" in why
    assert not report["compared_outside"]
    head = tmp_path / "heads.txt"
    head.write_text(lived.head.line() + "\n")
    code, report, why = verify(lived.path, "--head", head)
    assert (code, report["verdict"], report["compared_outside"]) == (0, "intact", True)
    assert "not compared" not in why


EVERY_TABLE = pytest.mark.parametrize("table", BOUND_TABLES, ids=lambda table: table.name)


@EVERY_TABLE
@pytest.mark.parametrize("how", [altered, removed, added], ids=lambda how: how.__name__)
def test_a_row_that_is_not_as_its_entry_holds_it(
    copied: Path, verify: Verify, table: Table[Any], how: Callable[[Table[Any]], Forgery]
) -> None:
    forge(copied, how(table))
    code, report, why = verify(copied)
    assert (code, report["verdict"]) == (1, "altered-rows"), why
    named = [row for row in report["altered"] if row["table"] == table.name]
    assert named
    for row in named:
        assert row["key"]
        assert row["expected"] != row["found"]
    assert table.name in why


def test_the_finding_names_table_key_entry_expected_and_found(copied: Path, verify: Verify) -> None:
    with closing(sqlite3.connect(copied)) as db:
        ((number, ended_by),) = db.execute("SELECT id, ended_by FROM outage").fetchall()
    forge(copied, sql('UPDATE outage SET "end" = start + 1'))
    _code, report, why = verify(copied)
    (row,) = [row for row in report["altered"] if row["table"] == "outage"]
    assert (row["key"], row["tenants"]) == (f"[{number}]", ["zeta"])
    assert row["entry"] >= ended_by
    assert len(row["expected"]) == len(row["found"]) == 64
    assert f"outage [{number}]: entry {row['entry']}, expected {row['expected']}" in why
    figure = next(row for row in report["altered"] if row["table"] == "month_figure")
    assert ("counted" in figure["expected"], "counted" in figure["found"]) == (True, True)


ROWS: dict[str, Forgery] = {
    "an outage goes to another tenant": sql("UPDATE outage SET tenant = 'acme'"),
    "an exclusion is stretched": sql('UPDATE exclusion SET "end" = "end" + 3600000000'),
    "an exclusion points at an unrelated entry": sql(
        'INSERT INTO exclusion(id, tenant, start, "end", basis, reason, account, at, contestable,'
        " evidence, revision) SELECT 99, tenant, start, \"end\", 'quota', 'x', 'omar', at, 0, 3,"
        " revision FROM exclusion LIMIT 1"
    ),
    "the amount": sql("UPDATE tenant_amount SET amount = '1.00'"),
    "the contract begins later": sql("UPDATE tenant SET contract_start = '2026-03-31'"),
    "less is promised": sql("UPDATE promise SET commitment = '9/10'"),
    "the claim was refused": sql("UPDATE credit SET refused = 'no', decided_at = 1"),
    "the outage was the client's": sql("UPDATE attribution SET party = 'client'"),
    "the observer began later": sql("UPDATE observer SET since = since + 3600000000"),
    "an observation says up": sql("UPDATE ledger SET state = 'up' WHERE state = 'down'"),
    "an observation is gone": sql("DELETE FROM ledger WHERE state = 'down'"),
    "an observation is given to another entry": sql(
        "UPDATE ledger SET evidence = evidence + 1 WHERE seq = 1"
    ),
    "a gap grows": sql('UPDATE gap SET "end" = "end" + 1'),
    "a guest was another tenant's": sql("UPDATE placement SET tenant = 'acme'"),
    "a placement never ended": sql(
        "UPDATE placement SET until = NULL, ended_by = NULL WHERE until IS NOT NULL"
    ),
    "unmeasured time is shorter": sql('UPDATE unmeasured SET "end" = start'),
    "a figure of a month": sql("UPDATE month_figure SET counted = 0, down = 0"),
    "the terms stamped on a month": sql("UPDATE month_figure SET terms = 'of-old'"),
    "the revision of a row": sql("UPDATE outage SET revision = revision - 1"),
    "the revision of an observation": sql("UPDATE ledger SET revision = revision + 1"),
    "the revision of a placement": sql(
        "UPDATE placement SET revision = revision + 1 WHERE until IS NULL"
    ),
    "the revision of a placement that ended": sql(
        "UPDATE placement SET revision = revision - 1 WHERE until IS NOT NULL"
    ),
    "a revision yet to come": sql("UPDATE month_figure SET revision = 99999"),
}


@pytest.mark.parametrize("what", ROWS)
def test_forged_rows(copied: Path, verify: Verify, what: str) -> None:
    forge(copied, ROWS[what])
    code, report, _why = verify(copied)
    assert (code, report["verdict"]) == (1, "altered-rows")


def test_a_row_as_it_truly_was_before(copied: Path, verify: Verify) -> None:
    """The outage as the entry that began it had it: true once, and not what the last one holds."""
    forge(
        copied,
        sql(
            'UPDATE outage SET "end" = NULL, not_over_before = NULL, ended_by = NULL, revision ='
            " (SELECT revision FROM evidence WHERE seq = outage.evidence)"
        ),
    )
    assert verify(copied)[1]["verdict"] == "altered-rows"


@pytest.mark.parametrize(
    "forgery",
    [
        "DROP TRIGGER ledger_no_update",
        "DROP TRIGGER evidence_no_delete",
        "DROP INDEX outage_tenant",
        "CREATE TRIGGER forged AFTER INSERT ON outage BEGIN DELETE FROM outage; END",
        "CREATE TABLE beside(x)",
        "DROP VIEW guest_line",
        "ALTER TABLE outage ADD COLUMN forged TEXT",
    ],
)
def test_a_schema_that_is_not_this_versions(copied: Path, verify: Verify, forgery: str) -> None:
    forge(copied, lambda db: None)
    with closing(sqlite3.connect(copied, isolation_level=None)) as db:
        db.execute(forgery)
    code, report, why = verify(copied)
    assert (code, report["verdict"]) == (1, "altered-rows"), why


def test_all_triggers_dropped(copied: Path, verify: Verify) -> None:
    forge(copied, lambda db: None, guards=False)
    code, report, why = verify(copied)
    assert (code, report["verdict"]) == (1, "altered-rows")
    assert "evidence_no_update" in why


CHAIN: dict[str, tuple[Forgery, str]] = {
    "an author": (sql("UPDATE evidence SET account = 'eve' WHERE seq = 4"), "altered"),
    "a time": (sql("UPDATE evidence SET at = at + 1 WHERE seq = 4"), "altered"),
    "a payload": (
        sql("UPDATE evidence_payload SET content = CAST('{}' AS BLOB) WHERE seq = 4"),
        "altered",
    ),
    "the digest of a row in a payload": (
        sql(
            "UPDATE evidence_payload SET content ="
            " CAST(replace(CAST(content AS TEXT), '\"outage\"', '\"other\"') AS BLOB)"
            " WHERE instr(content, '\"outage\"')"
        ),
        "altered",
    ),
    "subjects of no entry": (
        sql("INSERT INTO evidence_subject VALUES (99999, 0, 'tenant:acme')"),
        "altered",
    ),
    "a payload of no entry": (
        sql("INSERT INTO evidence_payload VALUES (99999, x'00', x'7b7d', NULL)"),
        "altered",
    ),
    "the revision of an entry": (
        sql("UPDATE evidence SET revision = 99999 WHERE seq = 4"),
        "altered",
    ),
    "the count of a head": (sql("UPDATE evidence_head SET count = count - 1"), "altered"),
    "the revision of a head": (sql("UPDATE evidence_head SET revision = 99999"), "altered"),
    "the last entry is cut off": (
        sql(
            "DELETE FROM evidence_payload WHERE seq = (SELECT max(seq) FROM evidence)",
            "DELETE FROM evidence_subject WHERE seq = (SELECT max(seq) FROM evidence)",
            "DELETE FROM evidence WHERE seq = (SELECT max(seq) FROM evidence)",
        ),
        "truncated",
    ),
    "the key": (
        lambda db: db.execute(
            "UPDATE evidence_key SET public_key = ?", (SigningKey.generate().public,)
        ),
        "key-changed",
    ),
    "every entry is gone, the rows stand": (
        sql(
            "DELETE FROM evidence_payload", "DELETE FROM evidence_subject", "DELETE FROM evidence",
            "DELETE FROM evidence_head", "DELETE FROM evidence_current", "DELETE FROM evidence_key",
        ),
        "empty",
    ),
    "every entry is gone, the heads stand": (
        sql(
            "DELETE FROM evidence_payload", "DELETE FROM evidence_subject", "DELETE FROM evidence"
        ),
        "empty",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CHAIN)
def test_forged_chains_and_heads(copied: Path, verify: Verify, what: str) -> None:
    forgery, verdict = CHAIN[what]
    forge(copied, forgery)
    code, report, why = verify(copied)
    assert (code, report["verdict"]) == (1, verdict), why


def heads_outside(lived: Lived, tmp_path: Path) -> Path:
    file = tmp_path / "heads.txt"
    file.write_text(lived.head.line() + "\n")
    return file


def test_a_chain_rebuilt_without_the_key(
    lived: Lived, copied: Path, verify: Verify, tmp_path: Path
) -> None:
    def anew(db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM evidence_head")
        db.execute("DELETE FROM evidence_current")
        chain_anew(db, "eve")

    forge(copied, anew)
    code, report, _why = verify(copied, "--head", heads_outside(lived, tmp_path))
    assert (code, report["verdict"]) == (1, "forked")
    # Within itself the chain agrees; the heads are in the sum that the last commit signed.
    code, report, why = verify(copied)
    assert (code, report["verdict"], "evidence_head" in why) == (1, "altered-rows", True)


def test_a_chain_rebuilt_with_the_stolen_key(
    lived: Lived, copied: Path, verify: Verify, tmp_path: Path
) -> None:
    def anew(db: sqlite3.Connection) -> None:
        count, last = chain_anew(db, "eve")
        head = build_head(lived.key, count, last, datetime(2026, 4, 2, tzinfo=UTC))
        db.execute("UPDATE evidence_head SET count = ?, line = ?", (count, head.line()))

    forge(copied, anew)
    code, report, _why = verify(copied, "--head", heads_outside(lived, tmp_path))
    assert (code, report["verdict"]) == (1, "forked")


def test_another_database_under_another_key(lived: Lived, verify: Verify, tmp_path: Path) -> None:
    other = asyncio.run(lived_database(tmp_path / "other"))
    code, report, _why = verify(other.path, "--head", heads_outside(lived, tmp_path))
    assert (code, report["verdict"]) == (1, "key-changed")


def test_another_database_under_the_same_key(lived: Lived, verify: Verify, tmp_path: Path) -> None:
    other = asyncio.run(lived_database(tmp_path / "other", lived.key))
    code, report, _why = verify(other.path, "--head", heads_outside(lived, tmp_path))
    assert (code, report["verdict"]) == (1, "forked")


def test_an_empty_file_and_a_file_of_nothing(verify: Verify, tmp_path: Path) -> None:
    empty = tmp_path / "noc.db"
    empty.touch()
    assert verify(empty)[1]["verdict"] == "unreadable"
    assert verify(tmp_path / "absent.db")[1]["verdict"] == "unreadable"


def test_rows_are_compared_by_table_and_by_tenant(copied: Path, verify: Verify) -> None:
    forge(copied, sql("UPDATE tenant_amount SET amount = '1.00' WHERE tenant = 'zeta'"))
    assert verify(copied, "--table", "outage")[0] == 0
    assert verify(copied, "--table", "tenant_amount")[0] == 1
    assert verify(copied, "--tenant", "acme")[0] == 0
    code, report, _why = verify(copied, "--tenant", "zeta")
    assert (code, [row["table"] for row in report["altered"]]) == (1, ["tenant_amount"])


def test_a_table_that_is_none(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["evidence", "verify", "--database", str(copied), "--table", "guest"]
    assert cli.main(arguments) == 2
    assert "tenant_amount" in capsys.readouterr().err
