"""Forgeries thought of once all others were refused: rows, chain, heads, keys, restores.

Each is of one who may write the file, without the key. A statement that calls itself verified must
say what the genuine one says, and the verdict must not be `intact`.
"""

import asyncio
import json
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from noc_tui import cli
from noc_tui.queries.record_check import check_record
from storage.heads import SigningKey, build_head
from storage.row_digests import row_digest
from tests.forgeries.chains import TABLES, append, digest_of, recompute
from tests.forgeries.rows import Forgery, Lived, forge, lived_database, sql

NOW = datetime(2026, 4, 2, tzinfo=UTC)
Db = sqlite3.Connection


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    return asyncio.run(lived_database(tmp_path_factory.mktemp("lived")))


@pytest.fixture
def copied(lived: Lived, tmp_path: Path) -> Path:
    return Path(shutil.copy(lived.path, tmp_path / "noc.db"))


def last(db: Db) -> tuple[int, bytes]:
    count, digest = db.execute(
        "SELECT seq, hash FROM evidence ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    return int(count), bytes(digest)


def put_head(db: Db, key: SigningKey) -> None:
    """A head over all there is, by a key of the forger's."""
    head = build_head(key, *last(db), NOW)
    row = (head.count, head.line(), int(NOW.timestamp() * 1_000_000))
    db.execute(
        "INSERT INTO evidence_head SELECT coalesce(max(number), 0) + 1, ?, ?, ?,"
        " (SELECT value FROM revision) FROM evidence_head",
        row,
    )


def put_key(db: Db, key: SigningKey, endorsement: bytes | None) -> None:
    db.execute(
        "INSERT INTO evidence_key SELECT max(number) + 1, ?, ?, ?, 0 FROM evidence_key",
        (key.key_id, key.public, endorsement),
    )


def announced_by_a_forger(db: Db) -> None:
    """The key is announced as a true one is, and endorsed by nobody; a head of it covers all."""
    key = SigningKey.generate()
    append(db, "evidence.key", [f"key:{key.key_id}"], {"public_key": "x"}, account="nocd")
    put_key(db, key, b"x" * 64)
    put_head(db, key)


def endorsed_by_itself(db: Db) -> None:
    from storage import chain

    key = SigningKey.generate()
    append(db, "evidence.key", [f"key:{key.key_id}"], {"public_key": "x"}, account="nocd")
    put_key(db, key, key.sign(chain.endorsement_message(key.public)))
    put_head(db, key)


def begun_under_a_forgers_key(db: Db) -> None:
    """Every entry is said to be from before there was a key, and the key is the forger's."""
    key = SigningKey.generate()
    db.execute("DELETE FROM evidence_head")
    db.execute("DELETE FROM evidence_current")
    db.execute("UPDATE evidence SET key_id = ''")
    db.execute("UPDATE evidence_key SET key_id = ?, public_key = ?", (key.key_id, key.public))
    recompute(db)
    put_head(db, key)


def adopted_again(db: Db) -> None:
    """The rows as they were forged are adopted, as if an earlier version had written the file."""
    db.execute('UPDATE outage SET "end" = start + 1000000')
    key, digest = digest_of(db, "outage", "TRUE")
    said = {"table": "outage", "digests": 1, "rows_of": {"0": {"outage": {key: digest}}}}
    append(db, "rows.adopted", ["table:outage"], said, account="nocd")


def bound_to_an_older_entry(db: Db) -> None:
    """An erasure carries another digest for the entry that ended the outage, in its place."""
    db.execute('UPDATE outage SET "end" = start + 1000000')
    key, digest = digest_of(db, "outage", "TRUE")
    ((seq,),) = db.execute("SELECT max(seq) FROM evidence WHERE kind = 'availability.outage_ended'")
    by = append(
        db,
        "evidence.erased",
        [f"entry:{seq}"],
        {"reason": "x", "rows_of": {str(seq): {"outage": {key: digest}}}},
    )
    db.execute(
        "UPDATE evidence_payload SET salt = NULL, content = NULL, erased_by = ? WHERE seq = ?",
        (by, seq),
    )


def blanked_by_an_erasure(db: Db) -> None:
    """An erasure empties the reason of the exclusion, and no entry's content."""
    db.execute('UPDATE exclusion SET reason = \'\', "end" = "end" + 3600000000')
    key, digest = digest_of(db, "exclusion", "TRUE")
    append(db, "evidence.erased", [], {"reason": "x", "rows": {"exclusion": {key: digest}}})


def removed_by_an_entry(db: Db) -> None:
    """The credit is gone, and an entry of another kind says that it was removed."""
    db.execute("DELETE FROM credit")
    append(db, "register.read", ["tenant:zeta"], {"rows": {"credit": {'["zeta","2026-03"]': None}}})


def restored_once_more(db: Db) -> None:
    append(db, "database.restored", ["database:noc"], {"heads": [], "held": {}})
    db.execute('UPDATE outage SET "end" = start + 1000000')


def count_of_rows_alone(db: Db) -> None:
    """The observations of an entry are as many as they were, and others."""
    db.execute("UPDATE ledger SET state = 'up', reason = '' WHERE state = 'down'")


def swapped_between_entries(db: Db) -> None:
    """Two observations bear the numbers of each other's entries."""
    one, other = db.execute(
        "SELECT min(evidence), max(evidence) FROM ledger WHERE source = 'guest:rennes/201'"
    ).fetchone()
    assert one != other
    db.execute("UPDATE ledger SET evidence = -1 WHERE evidence = ?", (one,))
    db.execute("UPDATE ledger SET evidence = ? WHERE evidence = ?", (one, other))
    db.execute("UPDATE ledger SET evidence = ? WHERE evidence = -1", (other,))


def said_in_capitals(db: Db) -> None:
    """The row's key as another text that SQLite holds for the same."""
    db.execute("UPDATE tenant SET id = 'Zeta' WHERE id = 'zeta'")


def of_another_month(db: Db) -> None:
    db.execute("UPDATE credit SET month = '2026-02'")


def two_promises(db: Db) -> None:
    """A promise of a version that the months are stamped with, made before the true one."""
    db.execute("UPDATE promise SET version = 'of-old'")
    row = dict(zip(TABLES["promise"].fields, db.execute(
        f"SELECT {', '.join(TABLES['promise'].fields)} FROM promise"  # noqa: S608
    ).fetchone(), strict=True))  # fmt: skip
    assert row_digest(TABLES["promise"].canonical([*row.values()]))


FORGERIES: dict[str, Forgery] = {
    "a key that a forger announced": announced_by_a_forger,
    "a key that endorses itself": endorsed_by_itself,
    "a chain that is said to have begun under another key": begun_under_a_forgers_key,
    "rows adopted once more": adopted_again,
    "another digest carried to an older place": bound_to_an_older_entry,
    "an exclusion blanked and stretched": blanked_by_an_erasure,
    "a credit removed by an entry of the register": removed_by_an_entry,
    "a restore that nobody made": restored_once_more,
    "as many observations, and others": count_of_rows_alone,
    "observations of each other's entries": swapped_between_entries,
    "a tenant in capitals": said_in_capitals,
    "a credit of another month": of_another_month,
    "a promise under another name": two_promises,
    "an amount from another day": sql("UPDATE tenant_amount SET valid_from = '2026-03-31'"),
    "an amount in another writing": sql("UPDATE tenant_amount SET amount = amount || '0'"),
    "an exclusion withdrawn": sql(
        "UPDATE exclusion SET withdrawn_at = at, withdrawn_account = 'omar',"
        " withdrawn_reason = 'x', withdrawn_by = evidence"
    ),
    "an exclusion without end": sql('UPDATE exclusion SET "end" = NULL'),
    "an outage that began when it could not": sql("UPDATE outage SET not_before = start - 1"),
    "an outage ended by another entry": sql("UPDATE outage SET ended_by = evidence"),
    "an attribution of an earlier entry": sql("UPDATE attribution SET evidence = 2"),
    "a claim received before it was sent": sql("UPDATE credit SET received = sent - 1"),
    "a claim under other terms": sql("UPDATE credit SET terms = 'of-old'"),
    "a grant that no entry made": sql("UPDATE credit SET granted = '125.00', decided_at = sent"),
    "unmeasured time of another tenant": sql(
        "DELETE FROM unmeasured WHERE tenant = 'acme'",
        "UPDATE unmeasured SET tenant = 'acme' WHERE tenant = 'zeta'",
    ),
    "unmeasured time without end": sql('UPDATE unmeasured SET "end" = NULL'),
    "an observer from outside": sql("UPDATE observer SET outside = 1 - outside"),
    "a placement on another node": sql("UPDATE placement SET node = 'rennes/pve9'"),
    "a figure of a tenant that has none": sql(
        "INSERT INTO month_figure SELECT 'ferme', '2026-02', base, past, down, counted, unmeasured,"
        " worst, outages, open, revision, terms, excluded, negotiated FROM month_figure"
        " WHERE tenant = 'zeta' LIMIT 1"
    ),
    "the clock put back once more": sql(
        "INSERT INTO clock_step SELECT max(seq), 1, 2, revision FROM evidence"
    ),
    "a contract's end": sql("UPDATE tenant SET contract_end = '2026-03-02' WHERE id = 'zeta'"),
    "a case of another tenant": sql("UPDATE suspension SET tenant = 'acme'"),
    "a case's own account": sql("UPDATE suspension SET document = '{}'"),
    "an order by another account": sql("UPDATE intent SET account = 'lea', uid = 1002"),
    "an order that is over": sql("UPDATE intent SET state = 'done'"),
    "a mail that was accepted": sql("UPDATE message SET state = 'accepted', answer = '250 OK'"),
    "a mail that was refused": sql("UPDATE message SET state = 'refused'"),
    "a page that was answered": sql("UPDATE page SET state = 'done'"),
    "a row that consoles forget": sql(
        "INSERT INTO gone SELECT 'outage', '[' || id || ']', (SELECT value FROM revision), 0"
        " FROM outage"
    ),
    "a handover to another": sql("UPDATE handover SET incoming = 'eve'"),
    "a shift of another": sql("UPDATE shift SET account = 'eve'"),
    "the official text": sql("UPDATE contract_text SET content = 'nothing is owed'"),
    "the terms of a case": sql("UPDATE terms SET content = '{}'"),
    "a site abroad": sql("UPDATE site SET country = 'FR2'"),
    "heads in another order": sql(
        "UPDATE evidence_head SET count = count - 1 WHERE number = (SELECT max(number)"
        " FROM evidence_head)"
    ),
    "a key from another day's row": sql("UPDATE evidence_key SET number = number + 3"),
}


def stated(lived: Lived, path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    config = path.with_name("noc.toml")
    config.write_text(lived.config.read_text().replace(str(lived.path), str(path)))
    capsys.readouterr()
    words = ["sla", "statement", "--tenant", "zeta", "--month", "2026-03", "--format", "json"]
    cli.main([*words, "--config", str(config)])
    text = capsys.readouterr().out
    found: dict[str, Any] = json.loads(text) if text else {"verified": False}
    return found


@pytest.mark.parametrize("what", FORGERIES)
def test_what_is_forged_is_told(
    lived: Lived, copied: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    true = stated(lived, copied, capsys)
    assert true["verified"]
    forge(copied, FORGERIES[what])
    said = stated(lived, copied, capsys)
    if said["verified"]:
        assert {**said, "digest": ""} == {**true, "digest": ""}, "a forged statement is verified"
    report = check_record(copied, [lived.head])
    assert report.verdict != "intact", what
