"""What an entry may bind, whose heads and keys count, what is seen where two faults meet.

Each forgery is of one who may write the file, and has not the key.
"""

import asyncio
import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from noc_tui import cli
from noc_tui.evidence.pack import NotAsWritten, manifest_signer, pack_of
from noc_tui.queries.record_check import RecordCheck, check_month_rows, check_record
from storage.bound_tables import BOUND_TABLES
from storage.direct import answer
from storage.head_comparison import compare_heads
from storage.heads import Head, SigningKey, build_head
from storage.row_kinds import BLANKED, KINDS, may_bind
from storage.verdict import Verdict
from tests.forgeries.chains import append, digest_of, recompute
from tests.forgeries.rows import Forgery, Lived, forge, lived_database, sql

NOW = datetime(2026, 4, 2, tzinfo=UTC)
SHORTER = 'UPDATE outage SET "end" = start + 1000000'


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    return asyncio.run(lived_database(tmp_path_factory.mktemp("lived")))


@pytest.fixture
def copied(lived: Lived, tmp_path: Path) -> Path:
    return Path(shutil.copy(lived.path, tmp_path / "noc.db"))


def bound_by(kind: str, forgery: str = SHORTER, account: str = "nocd") -> Forgery:
    """The outage is another, and an entry more says so."""

    def change(db: sqlite3.Connection) -> None:
        db.execute(forgery)
        key, digest = digest_of(db, "outage", "TRUE")
        append(db, kind, ["tenant:zeta"], {"rows": {"outage": {key: digest}}}, account=account)
        db.execute("UPDATE outage SET revision = (SELECT value FROM revision)")

    return change


@pytest.mark.parametrize(
    "kind", ["handover.noted", "credit.granted", "incident.note", "evidence.erased", "x", "mail."]
)
def test_an_entry_binds_no_rows_that_it_never_writes(copied: Path, kind: str) -> None:
    forge(copied, bound_by(kind))
    report = check_record(copied)
    assert report.verdict == "altered"
    assert f"({kind}) holds digests of outage" in report.reason
    assert check_month_rows(copied).problems("zeta")


ENDED = bound_by("availability.outage_ended", "UPDATE outage SET cause = 'x'")
"""An entry of the right kind agrees with the row: that no head signs it is all there is to see."""


def test_an_entry_that_nobody_signed_is_decided_upon_and_packed_by_nobody(
    lived: Lived, copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forge(copied, ENDED)
    assert cli.main(["evidence", "verify", "--database", str(copied), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["verdict"], report["first_bad"]) == ("unsigned", report["count"])
    assert report["unsigned_rows"] >= 1
    assert report["signed"] == report["count"] - 1
    assert check_month_rows(copied).problems("zeta")
    assert check_month_rows(copied).hindrances("zeta")
    with pytest.raises(NotAsWritten, match="unsigned"):
        pack_of(copied, "tenant:zeta", head=lived.head, sign=manifest_signer(lived.key))
    assert pack_of(copied, "tenant:zeta") is not None


def _another_tenants(db: sqlite3.Connection) -> None:
    db.execute("UPDATE tenant SET name = 'another' WHERE id = 'acme'")


def _no_keys(db: sqlite3.Connection) -> None:
    """A key that no entry announces, and that is in force for nobody."""
    key = SigningKey.generate()
    row = (0, key.key_id, key.public, None, 0)
    db.execute("INSERT INTO evidence_key VALUES (?, ?, ?, ?, ?)", row)


def _unreadable(db: sqlite3.Connection) -> None:
    """An entry that no program can read, beside the row of another tenant."""
    _another_tenants(db)
    append(db, "evidence.found_unsigned", ["evidence:chain"], {"first": "x"})


@pytest.mark.parametrize(
    ("beside", "verdict"),
    [
        (_another_tenants, "altered-rows"),
        (_unreadable, "altered-rows"),
        (_no_keys, "key-changed"),
    ],
)
def test_no_other_verdict_hides_an_entry_that_nobody_signed(
    lived: Lived,
    copied: Path,
    capsys: pytest.CaptureFixture[str],
    beside: Forgery,
    verdict: str,
) -> None:
    """The outage of zeta is as the unsigned entry says, and something else is wrong besides."""
    forge(copied, ENDED)
    forge(copied, beside)
    assert cli.main(["evidence", "verify", "--database", str(copied), "--lang", "en"]) == 1
    told = capsys.readouterr()
    assert told.out == f"{verdict}\n"
    assert "without the signing key" in told.err
    check = check_month_rows(copied)
    assert check.problems("zeta")
    assert check.hindrances("zeta")
    with pytest.raises(NotAsWritten, match=r"unsigned|altered-rows"):
        pack_of(copied, "tenant:zeta", head=lived.head, sign=manifest_signer(lived.key))


def test_an_attribution_of_another_outage_concerns_whose_that_is(copied: Path) -> None:
    """Whose it was is on record; whose it is by now, no entry says."""
    forge(copied, sql("UPDATE attribution SET outage = 99"))
    assert check_month_rows(copied).problems("acme")


def test_rows_that_are_not_named_hinder_beside_a_key_too() -> None:
    check = RecordCheck(Verdict.KEY_CHANGED, "x", unnamed=1)
    assert check.hindrances("zeta")


def test_every_bound_table_says_who_writes_it() -> None:
    assert {table.name for table in BOUND_TABLES} == KINDS.keys()
    assert KINDS.keys() > BLANKED
    assert not any(may_bind("test.other", table) for table in KINDS)


def _carried(db: sqlite3.Connection) -> None:
    """An erasure that carries a row's digest for an entry that never wrote the row."""
    db.execute(SHORTER)
    key, digest = digest_of(db, "outage", "TRUE")
    ((seq,),) = db.execute("SELECT seq FROM evidence WHERE kind = 'credit.claimed'")
    said = {"reason": "x", "rows_of": {str(seq): {"outage": {key: digest}}}}
    append(db, "evidence.erased", [f"entry:{seq}"], said)


def _stranger(db: sqlite3.Connection, at: datetime = NOW) -> SigningKey:
    """A key of the forger's own among those of the file."""
    key = SigningKey.generate()
    ((number,),) = db.execute("SELECT max(number) + 1 FROM evidence_key")
    row = (number, key.key_id, key.public, b"x" * 64, int(at.timestamp() * 1_000_000))
    db.execute("INSERT INTO evidence_key VALUES (?, ?, ?, ?, ?)", row)
    return key


def _head(db: sqlite3.Connection, head: Head) -> None:
    ((number, revision),) = db.execute(
        "SELECT (SELECT coalesce(max(number), 0) + 1 FROM evidence_head), value FROM revision"
    )
    at = int(datetime.fromisoformat(head.at).timestamp() * 1_000_000)
    row = (number, head.count, head.line(), at, revision)
    db.execute("INSERT INTO evidence_head VALUES (?, ?, ?, ?, ?)", row)


def _signed_by_a_stranger(db: sqlite3.Connection) -> None:
    key = _stranger(db)
    db.execute("UPDATE evidence SET account = 'eve' WHERE kind = 'credit.claimed'")
    recompute(db)
    db.execute("DELETE FROM evidence_head")
    db.execute("DELETE FROM evidence_current")
    count, last = db.execute("SELECT seq, hash FROM evidence ORDER BY seq DESC LIMIT 1").fetchone()
    _head(db, build_head(key, count, last, NOW))


def _head_of_nothing(db: sqlite3.Connection) -> None:
    """A head's line again, as if signed later, over other entries than its row belongs to."""
    db.execute(
        "INSERT INTO evidence_head SELECT number + 1, count, line, at + 1, revision"
        " FROM evidence_head ORDER BY number DESC LIMIT 1"
    )


CHAINS: dict[str, tuple[Forgery, str]] = {
    "an erasure carries a stranger's row": (_carried, "altered"),
    "a key that no entry announced": (_stranger, "key-changed"),
    "heads signed by a key that no entry announced": (_signed_by_a_stranger, "key-changed"),
    "a head of nothing": (_head_of_nothing, "altered"),
    "a head signed at another time than its row says": (
        sql("UPDATE evidence_head SET at = at + 1"),
        "altered",
    ),
    "a head from before the entries that it counts": (
        sql("UPDATE evidence_head SET revision = 1"),
        "altered",
    ),
    "heads that are not counted one by one": (
        sql("UPDATE evidence_head SET number = number + 5"),
        "altered",
    ),
    "a placement that ended without an entry": (
        sql("UPDATE placement SET until = since + 1000000, ended_by = NULL"),
        "altered-rows",
    ),
    "a placement whose end is an entry's that it has not": (
        sql("UPDATE placement SET until = since + 1, ended_by = 3 WHERE until IS NULL"),
        "altered-rows",
    ),
}


@pytest.mark.parametrize("what", CHAINS)
def test_forged_bindings(copied: Path, what: str) -> None:
    forgery, verdict = CHAINS[what]
    forge(copied, forgery)
    report = check_record(copied)
    assert report.verdict == verdict, report.reason


def _key_gone(db: sqlite3.Connection) -> None:
    """The key's row is another's: the chain says so, whatever else was done beside it."""
    db.execute("UPDATE evidence_key SET public_key = ?", (SigningKey.generate().public,))


def test_a_changed_key_hides_no_row(lived: Lived, copied: Path) -> None:
    forge(copied, _key_gone)
    forge(copied, sql(SHORTER))
    report = check_record(copied)
    assert report.verdict == "key-changed"
    assert "outage" in {row.table for row in report.altered}
    assert any("outage" in one for one in check_month_rows(copied).problems("zeta"))
    with pytest.raises(NotAsWritten, match="altered-rows"):
        pack_of(copied, "tenant:zeta", head=lived.head, sign=manifest_signer(lived.key))


def test_a_strangers_head_hides_no_cut_tail(lived: Lived, copied: Path) -> None:
    def cut(db: sqlite3.Connection) -> None:
        for table in ("evidence_payload", "evidence_subject", "evidence"):
            db.execute(f"DELETE FROM {table} WHERE seq = (SELECT max(seq) FROM evidence)")  # noqa: S608

    forge(copied, cut)
    key = SigningKey.generate()
    stranger = build_head(key, 1, bytes(32), NOW)
    assert check_record(copied, [stranger, lived.head]).verdict == "truncated"


def test_a_restore_that_nobody_signed_is_not_believed_once_nocd_signs_over_it(
    lived: Lived, copied: Path
) -> None:
    """The history is rewritten, an entry says that the heads outside are of another life, and
    `nocd` starts on the file and signs what it finds.
    """

    def rewrite(db: sqlite3.Connection) -> None:
        db.execute("UPDATE evidence SET account = 'eve' WHERE kind = 'credit.claimed'")
        recompute(db)
        db.execute("DELETE FROM evidence_head")
        db.execute("DELETE FROM evidence_current")
        said = {"heads": [f"{lived.head.count}:{lived.head.hash}"], "signature": "AAAA"}
        append(db, "database.restored", ["database:noc"], said)
        count, last = db.execute(
            "SELECT seq, hash FROM evidence ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        _head(db, build_head(lived.key, count, last, NOW))

    forge(copied, rewrite)
    assert check_record(copied, [lived.head]).verdict == "forked"
    found = answer(copied, lambda db: compare_heads(db, [lived.head]))
    assert found.verdict == "forked"


def test_no_pack_of_a_schema_that_nobody_knows(lived: Lived, copied: Path) -> None:
    forge(
        copied,
        sql(
            SHORTER, "INSERT INTO migration SELECT 9999, 'later', applied_at FROM migration LIMIT 1"
        ),
    )
    assert check_record(copied).verdict == "unreadable"
    with pytest.raises(NotAsWritten):
        pack_of(copied, "tenant:zeta", head=lived.head, sign=manifest_signer(lived.key))
    with pytest.raises(NotAsWritten):
        pack_of(copied, "tenant:zeta")


def test_no_pack_against_a_newer_head_from_outside(lived: Lived, copied: Path) -> None:
    newer = build_head(lived.key, lived.head.count + 5, bytes(32), NOW)
    with pytest.raises(NotAsWritten, match="truncated"):
        pack_of(
            copied,
            "tenant:zeta",
            head=lived.head,
            sign=manifest_signer(lived.key),
            kept=[newer],
        )


def test_the_months_check_takes_the_heads_at_hand(
    lived: Lived, copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = copied.with_name("noc.toml")
    text = lived.config.read_text().replace(str(lived.path), str(copied))
    config.write_text(text + f'[evidence]\nanchor_file = "{copied.with_name("heads")}"\n')
    words = ["sla", "list", "--month", "2026-03", "--json", "--config", str(config)]
    capsys.readouterr()
    assert cli.main(words) == 0
    assert "not compared with a head kept outside" in capsys.readouterr().err
    copied.with_name("heads").write_text(lived.head.line() + "\n")
    assert cli.main(words) == 0
    assert "kept outside" not in capsys.readouterr().err
    newer = build_head(lived.key, lived.head.count + 5, bytes(32), NOW)
    copied.with_name("evidence.key.head").write_text(newer.line() + "\n")
    assert cli.main(words) == 1
    (zeta,) = [
        one for one in json.loads(capsys.readouterr().out)["tenants"] if one["tenant"] == "zeta"
    ]
    assert (zeta["verified"], zeta["amount"]) == (False, None)
    assert "truncated" in zeta["problems"][0]


@pytest.mark.parametrize("options", [["--table", "outage"], ["--tenant", "acme"]])
def test_a_part_says_that_it_is_one(
    copied: Path, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    forge(copied, sql("UPDATE tenant_amount SET amount = '1.00' WHERE tenant = 'zeta'"))
    capsys.readouterr()
    assert cli.main(["evidence", "verify", "--database", str(copied), *options]) == 0
    assert "only" in capsys.readouterr().err
    cli.main(["evidence", "verify", "--database", str(copied), *options, "--json"])
    assert json.loads(capsys.readouterr().out)["all_rows"] is False


def test_what_a_reader_is_shown_is_what_was_verified(copied: Path) -> None:
    """Both read one snapshot: what another writes in between is in neither."""
    from noc_tui.queries.record_check import check_month_snapshot
    from storage.chain_reader import connect
    from storage.direct import answer_from
    from storage.outages import OUTAGES

    with closing(sqlite3.connect(copied)) as db:
        db.execute("PRAGMA journal_mode=WAL")
    with closing(connect(copied)) as reading:
        check = check_month_snapshot(reading)
        (before,) = answer_from(reading, OUTAGES.read)
        forge(copied, sql(SHORTER))
        (after,) = answer_from(reading, OUTAGES.read)
    assert check.verdict == "intact"
    assert before == after
    assert check_month_rows(copied).problems("zeta")
