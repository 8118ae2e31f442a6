"""`nocd rebuild --from-evidence`: what it says, its exit codes, and the file that it writes."""

import asyncio
import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from noc_tui import cli
from tests.forgeries.rows import Lived, forge, lived_database, sql


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    return asyncio.run(lived_database(tmp_path_factory.mktemp("lived")))


@pytest.fixture
def copied(lived: Lived, tmp_path: Path) -> Path:
    path = tmp_path / "noc.db"
    shutil.copy(lived.path, path)
    return path


def run(*words: str | Path) -> int:
    return cli.nocd(["rebuild", "--from-evidence", *map(str, words)])


def test_nothing_differs(lived: Lived, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.nocd(["rebuild", "--from-evidence", "--config", str(lived.config)]) == 0
    said = capsys.readouterr().out
    assert "chain intact" in said
    assert said.rstrip().endswith("differing: 0")


def test_a_row_that_differs_is_named_with_key_entry_and_column(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forge(
        copied,
        sql(
            "UPDATE tenant_amount SET amount = '1.00' WHERE tenant = 'zeta'",
            "DELETE FROM exclusion",
            "INSERT INTO site SELECT 'dc9', title || char(27), country, revision FROM site",
        ),
    )
    assert run("--database", copied) == 1
    said = capsys.readouterr().out
    assert 'tenant_amount ["zeta","2025-01-01"]: not as entry ' in said
    assert "file 1.00" in said
    assert "exclusion [1]: missing in the file; entry " in said
    assert 'site ["dc9"]: in the file, made by no entry' in said
    assert "\x1b" not in said
    assert said.rstrip().endswith("differing: 3")


def test_one_document_of_one_table(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forge(copied, sql('UPDATE outage SET "end" = start + 1', "DELETE FROM site"))
    assert run("--database", copied, "--table", "outage", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    (one,) = told["differences"]
    assert (one["table"], one["kind"], [column["name"] for column in one["columns"]]) == (
        "outage",
        "other",
        ["end"],
    )
    assert (told["differs"], [table["table"] for table in told["tables"]]) == (True, ["outage"])


def test_the_file_that_it_writes_verifies_with_the_figures_of_its_months(
    lived: Lived, copied: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forgery = sql("DELETE FROM outage", "UPDATE month_figure SET counted = 0", "DELETE FROM alert")
    forge(copied, forgery)
    lived.key.save(tmp_path / "evidence.key")
    into = tmp_path / "new.db"
    assert run("--database", copied, "--into", into) == 1
    assert "new.db: written, rows: " in capsys.readouterr().out
    assert cli.main(["evidence", "verify", "--database", str(into)]) == 0, capsys.readouterr().err
    said = capsys.readouterr().err
    assert "had this file rebuilt from the evidence log" in said
    assert "NOT PROVEN before entry" in said
    assert "lost: alert 1" in said
    assert "outage" not in said, "each of its columns has an entry"
    assert run("--database", into) == 0
    assert run("--database", copied, "--into", into) == 2
    assert "there is a file of that name already" in capsys.readouterr().err


def test_what_stands_beside_a_lost_row_is_not_proven_by_rebuilding(
    lived: Lived, copied: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who changes a row of a table and takes another away has a rebuild sign the first: it says."""
    forge(copied, sql("UPDATE observer SET seen = seen + 60000000", "DELETE FROM page"))
    lived.key.save(tmp_path / "evidence.key")
    into = tmp_path / "new.db"
    assert run("--database", copied, "--into", into) == 1
    assert cli.main(["evidence", "verify", "--database", str(into)]) == 1
    said = capsys.readouterr().err
    assert "observer, all rows" in said
    assert "lost: page 1" in said


def test_without_the_key_what_was_lost_without_an_entry_is_named(
    copied: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forge(copied, sql("DELETE FROM alert"))
    into = tmp_path / "new.db"
    assert run("--database", copied, "--into", into) == 1
    assert "the signing key cannot be read" in capsys.readouterr().err
    assert cli.main(["evidence", "verify", "--database", str(into)]) == 1
    assert "alert, all rows" in capsys.readouterr().err


def test_what_cannot_be_read_is_exit_code_2(
    copied: Path, tmp_path: Path, lived: Lived, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.db").write_text("no database at all, and long enough to be looked at")
    for path in (tmp_path / "absent.db", tmp_path / "text.db"):
        assert run("--database", path) == 2
    assert run("--database", copied, "--table", "guest") == 2
    assert run("--database", copied, "--table", "outage", "--into", tmp_path / "x.db") == 2
    capsys.readouterr()
    forge(copied, sql("UPDATE evidence SET account = 'eve' WHERE seq = 5"))
    assert run("--database", copied, "--into", tmp_path / "x.db") == 2
    assert "altered: entry 5 does not have its hash" in capsys.readouterr().err
    assert not (tmp_path / "x.db").exists()


def test_a_head_from_outside_that_counts_more_entries(
    lived: Lived, copied: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heads = tmp_path / "heads.txt"
    heads.write_text(lived.head.line() + "\n")
    assert run("--database", copied, "--head", heads) == 0
    forge(copied, cut_off_last)
    assert run("--database", copied, "--head", heads) == 2
    assert "truncated" in capsys.readouterr().err


def cut_off_last(db: sqlite3.Connection) -> None:
    for table in ("evidence_subject", "evidence_payload", "evidence"):
        db.execute(f"DELETE FROM {table} WHERE seq = (SELECT max(seq) FROM evidence)")  # noqa: S608 - names from here
    db.execute("DELETE FROM evidence_head")
    db.execute("DELETE FROM evidence_current")


def test_what_a_restored_file_lacks_of_the_record_that_was_put_aside(
    lived: Lived, copied: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forge(copied, sql("DELETE FROM attribution"))
    forge(copied, cut_off_last)
    assert run("--database", lived.path, "--against", copied) == 1
    assert "attribution [1]: missing in the file; entry " in capsys.readouterr().out
    assert run("--database", lived.path, "--against", lived.path) == 0
    assert run("--database", lived.path, "--against", tmp_path / "absent.db") == 2


def test_without_its_option_it_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.nocd(["rebuild"])
    assert ended.value.code == 2
