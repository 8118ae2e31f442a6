"""Forgeries written by somebody who had not read the others: none passes for what was recorded.

Each test changes a copy of a genuine database or pack as one could who may write the file, and puts
the schema back as it was. It fails where the verdict is `intact`, or where a statement or a list
calls other figures than the true ones verified.
"""

import asyncio
import base64
import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from noc_tui import cli
from noc_tui.evidence import pack_verifier
from noc_tui.evidence.pack import NotAsWritten, manifest_signer, pack_of
from noc_tui.queries.record_check import check_record
from storage.database import Writer
from storage.direct import answer
from storage.erasure import erase
from storage.evidence import Actor
from storage.head_comparison import compare_heads
from storage.heads import HEAD, Head, SigningKey, build_head, load_key, sign_head
from tests.forgeries.chains import append, digest_of, entry_of, recompute

TENANT, MONTH = "atelier-armor", "2026-10"
BEGUN = "2026-11-27T12:00:00+00:00"
"""The demo's own now: its last month is `MONTH`, and stays so."""
DEMO = ("--headless", "--past")
SECOND = 1_000_000


class Past:
    """A genuine past: `db` as it is, `early` as it was before the credit was granted."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.db, self.early = root / "noc.db", root / "early.db"
        self.heads = [HEAD.decode(line) for line in (root / "heads.txt").read_bytes().splitlines()]
        self.head = self.heads[-1]
        self.key = load_key(root / "evidence.key")
        self.config = (root / "noc.toml").read_text()
        self.told: dict[tuple[str, str], tuple[dict[str, Any], dict[str, Any]]] = {}
        """What statement and list say of the genuine file, by month and tenant."""


def _run(root: Path, *words: str) -> str:
    env = {**os.environ, "NOC_CONFIG": str(root / "noc.toml")}
    done = subprocess.run(
        [sys.executable, "-m", "noc_tui", *words],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def backup(source: Path, target: Path) -> Path:
    with (
        contextlib.closing(sqlite3.connect(source)) as db,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        db.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    return target


@pytest.fixture(scope="session")
def past(tmp_path_factory: pytest.TempPathFactory) -> Past:
    root = tmp_path_factory.mktemp("past")
    demo = subprocess.Popen(
        [sys.executable, "-m", "tests.end_to_end.at", BEGUN, "demo", *DEMO, "--dir", str(root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert demo.stdout is not None
        assert demo.stdout.readline()
        heads = str(root / "heads.txt")
        _run(root, "evidence", "anchor", "--out", heads)
        _run(root, "evidence", "export", f"tenant:{TENANT}", "--out", str(root / "early.zip"))
        backup(root / "noc.db", root / "early.db")
        _run(
            root,
            "evidence",
            "register",
            "authority",
            "--add",
            "requisition",
            "--reference",
            "R-1",
            "--tenant",
            "garage-ys",
            "--as",
            "lea",
        )
        _run(root, "handover", "note", "watch the link", "--as", "olga")
        _run(root, "sla", "grant", "--tenant", TENANT, "--month", MONTH, "--as", "lea")
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.wait(60)
        if demo.stdout is not None:
            demo.stdout.close()
    key = load_key(root / "evidence.key")

    async def erase_a_mail() -> Head:
        writer = await Writer.open(root / "noc.db", clock_now=lambda: datetime.now(UTC))
        try:
            ((seq,),) = await writer.rows(
                "SELECT min(seq) FROM evidence WHERE kind = 'mail.queued'"
            )
            async with writer.change(Actor(1002, "lea")) as change:
                await erase(change, [seq], "its time is over")
            async with writer.change(Actor(0, "nocd")) as change:
                return await sign_head(change, key)
        finally:
            await writer.close()

    head = asyncio.run(erase_a_mail())
    with (root / "heads.txt").open("a") as file:
        file.write(head.line() + "\n")
    backup(root / "noc.db", root / "plain.db")
    os.replace(root / "plain.db", root / "noc.db")
    for left in ("noc.db-wal", "noc.db-shm"):
        (root / left).unlink(missing_ok=True)
    made = Past(root)
    zipped = pack_of(made.db, f"tenant:{TENANT}", head=head, sign=manifest_signer(key))
    assert zipped
    (root / "late.zip").write_bytes(zipped)
    return made


@pytest.fixture
def copy(past: Past, tmp_path: Path) -> Path:
    return Path(shutil.copy(past.db, tmp_path / "noc.db"))


@contextlib.contextmanager
def forging(path: Path, *, checks: bool = True) -> Iterator[sqlite3.Connection]:
    """Write as one who took the triggers away and laid them back."""
    db = sqlite3.connect(path, isolation_level=None)
    try:
        if not checks:
            db.execute("PRAGMA ignore_check_constraints=ON")
        triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type='trigger'").fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        yield db
        for _, sql in triggers:
            db.execute(sql)
    finally:
        db.close()


def schema(db: sqlite3.Connection, sql: str, *values: object) -> None:
    """Change sqlite_master itself; the connection must be opened anew to believe it."""
    db.execute("PRAGMA writable_schema=ON")
    db.execute(sql, values)
    db.execute("PRAGMA writable_schema=OFF")


def shown(past: Past, path: Path, *words: str) -> tuple[int, str]:
    config = path.with_name("noc.toml")
    text = past.config.replace(f'"{past.root}/noc.db"', f'"{path}"')
    config.write_text(text.replace(f'"{past.root}/nocd.sock"', f'"{path.parent}/none.sock"'))
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = cli.main([*words, "--config", str(config)])
        except SystemExit as stop:
            code = int(stop.code or 0)
    out.flush()
    return code, out.buffer.getvalue().decode()


def statement(past: Past, path: Path, month: str = MONTH, tenant: str = TENANT) -> dict[str, Any]:
    code, text = shown(
        past, path, "sla", "statement", "--tenant", tenant, "--month", month, "--json"
    )
    found = json.loads(text) if text.startswith("{") else {"verified": False}
    return {"code": code, **found}


def listed(past: Past, path: Path, month: str = MONTH, tenant: str = TENANT) -> dict[str, Any]:
    code, text = shown(past, path, "sla", "list", "--month", month, "--json")
    found = json.loads(text)["tenants"] if text.startswith("{") else []
    mine = [one for one in found if one["tenant"] == tenant]
    return {"code": code, **(mine[0] if mine else {"verified": False})}


FIGURES = (
    "raw",
    "contractual",
    "credit",
    "intervals",
    "name",
    "base_seconds",
    "month_terms",
    "unmeasured_seconds",
    "worst",
)


def truth(past: Past, month: str, tenant: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What statement and list say of the genuine file."""
    if (month, tenant) not in past.told:
        said = statement(past, past.db, month, tenant), listed(past, past.db, month, tenant)
        past.told[month, tenant] = said
    return past.told[month, tenant]


def judge(past: Past, path: Path, name: str, *, tenant: str = TENANT, month: str = MONTH) -> None:
    """Fail where a forged file passes for the record."""
    report = check_record(path, [past.head])
    lies = []
    if report.verdict != "unreadable":
        true, row = truth(past, month, tenant)
        told, said = statement(past, path, month, tenant), listed(past, path, month, tenant)
        if told["verified"] and any(told.get(one) != true.get(one) for one in FIGURES):
            lies.append("statement")
        if said.get("verified") and any(
            said.get(one) != row.get(one)
            for one in ("tier", "amount", "contractual", "raw", "state")
        ):
            lies.append("sla list")
    assert not lies, f"{name}: {report.verdict}, and {lies} call forged figures verified"
    assert report.verdict != "intact", f"{name}: a forged file is called intact"


def test_the_genuine_past_is_intact(past: Past) -> None:
    report = check_record(past.db, past.heads)
    assert report.verdict == "intact", report.reason
    assert statement(past, past.db)["credit"]["amount"] == "251.69"


# Rows: the value of one column


ROW_FORGERIES = {
    "outage_of_a_second": 'UPDATE outage SET "end" = start + 1000000 WHERE id = 1',
    "outage_starts_later": "UPDATE outage SET start = start + 3000000000 WHERE id = 1",
    "outage_deleted": "DELETE FROM outage WHERE id = 1",
    "outage_moved_to_another_tenant": "UPDATE outage SET tenant = 'garage-ys' WHERE id = 1",
    "outage_number_changed": "UPDATE outage SET id = 99 WHERE id = 1",
    "outage_cause_changed": "UPDATE outage SET cause = 'maintenance' WHERE id = 1",
    "outage_not_before_moved": "UPDATE outage SET not_before = not_before - 3600000000 WHERE id "
    "= 1",
    "outage_inserted": "INSERT INTO outage SELECT 1000, 'garage-ys', start, \"end\", not_before,"
    " not_over_before, cause, sources, origin, incident, evidence, ended_by, revision FROM outage"
    " WHERE id = 1",
    "exclusion_inserted": 'INSERT INTO exclusion(id, tenant, start, "end", basis, reason, account,'
    " at, maintenance, contestable, evidence, revision) SELECT 1000, 'atelier-armor',"
    " 1791500000000000, 1791600000000000, basis, reason, account, at, maintenance, contestable,"
    " evidence, revision FROM exclusion LIMIT 1",
    "exclusion_moved_here_and_stretched": "UPDATE exclusion SET tenant = 'atelier-armor',"
    ' start = 1791500000000000, "end" = 1791600000000000 WHERE id = 1',
    "exclusion_stretched_for_another": 'UPDATE exclusion SET start = 0, "end" = NULL WHERE id = 1',
    "exclusion_author_changed": "UPDATE exclusion SET account = 'lea'",
    "exclusion_no_longer_contestable": "UPDATE exclusion SET contestable = 1 - contestable",
    "attribution_to_the_client": "UPDATE attribution SET party = 'client' WHERE outage = 1",
    "attribution_inserted": "INSERT INTO attribution(id, outage, party, reason, grounds, account,"
    " at, exclusion, evidence, revision) SELECT 1000, outage, 'client', 'x', grounds, account, at,"
    " exclusion, evidence, revision FROM attribution WHERE outage = 1",
    "attribution_deleted": "DELETE FROM attribution WHERE outage = 1",
    "amount_lowered": "UPDATE tenant_amount SET amount = '1.00' WHERE tenant = 'atelier-armor'",
    "amount_of_a_later_day": "INSERT INTO tenant_amount SELECT tenant, '2026-09-01', '1.00',"
    " revision FROM tenant_amount WHERE tenant = 'atelier-armor'",
    "contract_start_moved": "UPDATE tenant SET contract_start = '2026-10-20' WHERE id = "
    "'atelier-armor'",
    "tenant_renamed": "UPDATE tenant SET name = 'Nobody' WHERE id = 'atelier-armor'",
    "promise_lowered": "UPDATE promise SET commitment = '9/10'",
    "promise_claim_days": "UPDATE promise SET claim_days = 1",
    "promise_deleted": "DELETE FROM promise",
    "month_stamped_with_other_terms": "UPDATE month_figure SET terms = '0' WHERE month = '2026-10'",
    "month_stamp_taken_away": "UPDATE month_figure SET terms = '' WHERE month = '2026-10'",
    "month_figure_zeroed": "UPDATE month_figure SET down = 0, counted = 0, outages = 0",
    "month_figure_deleted": "DELETE FROM month_figure WHERE tenant = 'atelier-armor'",
    "credit_refused": "UPDATE credit SET granted = NULL, refused = 'not due'",
    "credit_deleted": "DELETE FROM credit",
    "credit_granted_less": "UPDATE credit SET granted = '1.00'",
    "credit_claim_received_late": "UPDATE credit SET received = received + 99 * 86400000000",
    "credit_decided_by_another": "UPDATE credit SET account = 'omar'",
    "unmeasured_inserted": "INSERT INTO unmeasured SELECT 'atelier-armor', 1791572640000000,"
    " 1791575880000000, reason, evidence, ended_by, revision FROM unmeasured LIMIT 1",
    "unmeasured_deleted": "DELETE FROM unmeasured WHERE tenant = 'atelier-armor'",
    "observer_began_later": "UPDATE observer SET since = since + 20 * 86400000000",
    "ledger_state_changed": "UPDATE ledger SET state = 'up' WHERE state = 'down'",
    "ledger_row_deleted": "DELETE FROM ledger WHERE seq = 5",
    "ledger_row_moved_in_time": "UPDATE ledger SET since = since + 1 WHERE seq = 7",
    "gap_stretched": 'UPDATE gap SET "end" = "end" + 3600000000',
    "gap_deleted": "DELETE FROM gap",
    "placement_of_another_tenant": "UPDATE placement SET tenant = 'garage-ys' WHERE rowid = 1",
    "placement_deleted": "DELETE FROM placement WHERE rowid = 1",
    "placement_ended_by_an_entry_that_did_not": "UPDATE placement SET until = since + 1000000,"
    " ended_by = 50 WHERE tenant = 'atelier-armor' AND ended_by IS NULL",
    "clock_step_inserted": "INSERT INTO clock_step VALUES (100, 1790805600000000, "
    "1799000000000000, 200)",
    "pool_of_another_tenant": "UPDATE tenant_pool SET tenant = 'garage-ys' WHERE tenant = "
    "'atelier-armor'",
    "quota_raised": "UPDATE tenant_quota SET vcpus = 9999",
    "site_abroad": "UPDATE site SET country = 'US'",
    "maintenance_announced_earlier": "UPDATE maintenance SET announced_at = planned_at - "
    "864000000000",
    "incident_ended_earlier": "UPDATE incident SET ended_at = opened_at + 1",
    "incident_line_rewritten": "UPDATE incident_entry SET text = 'nothing happened' WHERE id = 3",
    "incident_line_of_another_author": "UPDATE incident_entry SET account = 'lea' WHERE id = 3",
    "incident_line_deleted": "DELETE FROM incident_entry WHERE id = 3",
    "mail_rewritten": "UPDATE message SET raw = CAST('From: x' AS BLOB) WHERE rowid = 2",
    "mail_to_another": "UPDATE message SET recipient = 'x@example.fr' WHERE rowid = 2",
    "shift_note_rewritten": "UPDATE shift_note SET text = 'all is well'",
    "alert_acknowledged_by_another": "UPDATE alert SET acknowledged_by = 'lea', acknowledged_at "
    "= since",
    "mail_said_to_be_refused": "UPDATE message SET state = 'refused'",
    "mail_answer_rewritten": "UPDATE message SET answer = '550 nobody of that name'",
    "mail_back_in_the_queue": "UPDATE message SET state = 'queued', next_at = NULL",
    "row_said_to_be_removed": "INSERT INTO gone SELECT 'outage', '[1]', value, 0 FROM revision",
    "placement_ended_by_nobody": "UPDATE placement SET until = since + 1000000"
    " WHERE tenant = 'atelier-armor' AND ended_by IS NULL",
    "row_revision_moved": "UPDATE outage SET revision = revision + 1 WHERE id = 1",
    "last_revision_turned_back": "UPDATE revision SET value = 10",
}


@pytest.mark.parametrize("name", ROW_FORGERIES)
def test_row(past: Past, copy: Path, name: str) -> None:
    with forging(copy) as db:
        changed = db.execute(ROW_FORGERIES[name]).rowcount
    assert changed
    judge(past, copy, "row " + name)


@pytest.mark.parametrize("past_part", [0, 86_400_000_000])
def test_month_figure_rolled_back_to_before_the_outage(
    past: Past, copy: Path, past_part: int
) -> None:
    """What was true on the first day is not the month that is over."""
    with forging(copy) as db:
        db.execute(
            "UPDATE month_figure SET past = ?, down = 0, counted = 0, unmeasured = 0, worst = 0,"
            " open = 0 WHERE month = ? AND tenant = ?",
            (past_part, MONTH, TENANT),
        )
    judge(past, copy, f"month_figure as of {past_part // SECOND} s into a month that is over")


def test_altered_rows_hidden_behind_two_hundred_others(past: Past, copy: Path) -> None:
    """Only so many altered rows are kept: those of another tenant must not push ours out."""
    with forging(copy) as db:
        db.executemany(
            "INSERT INTO outage SELECT ?, 'ferme-oceane', 1, 2, 1, 2, cause, sources, origin, NULL,"
            " 234, 239, revision FROM outage WHERE id = 8",
            [(-n,) for n in range(1, 260)],
        )
        db.execute('UPDATE outage SET "end" = start + 1000000 WHERE id = 1')
    judge(past, copy, "outage shortened behind 259 altered rows of another tenant")


def test_credit_hidden_behind_two_hundred_others(past: Past, copy: Path) -> None:
    with forging(copy) as db:
        db.executemany(
            "INSERT INTO outage SELECT ?, 'ferme-oceane', 1, 2, 1, 2, cause, sources, origin, NULL,"
            " 234, 239, revision FROM outage WHERE id = 8",
            [(-n,) for n in range(1, 260)],
        )
        db.execute("UPDATE tenant_amount SET amount = '99999.00' WHERE tenant = ?", (TENANT,))
    judge(past, copy, "amount raised behind 259 altered rows of another tenant")


def test_pack_of_altered_rows_hidden_behind_two_hundred_others(past: Past, copy: Path) -> None:
    with forging(copy) as db:
        db.executemany(
            "INSERT INTO outage SELECT ?, 'ferme-oceane', 1, 2, 1, 2, cause, sources, origin, NULL,"
            " 234, 239, revision FROM outage WHERE id = 8",
            [(-n,) for n in range(1, 260)],
        )
        db.execute('UPDATE outage SET "end" = start + 1000000 WHERE id = 1')
    try:
        pack_of(copy, f"tenant:{TENANT}", head=past.head, sign=manifest_signer(past.key))
        verdict = "signed"
    except NotAsWritten as refused:
        verdict = f"refused: {refused}"
    assert verdict != "signed"


# Rows that the verification reads otherwise than who shows them: indexes


def _blind_index(path: Path, index: str, where: str) -> None:
    """The index leaves rows out; its text is the one of the schema."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        ((sql,),) = db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (index,))
        db.execute(f"DROP INDEX {index}")
        db.execute(f"{sql} WHERE {where}")
        schema(db, "UPDATE sqlite_master SET sql = ? WHERE name = ?", sql, index)


def test_index_leaves_the_outage_out(past: Past, copy: Path) -> None:
    _blind_index(copy, "outage_tenant", "id <> 1")
    _blind_index(copy, "outage_start", "id <> 1")
    judge(past, copy, "index outage_tenant leaves outage 1 out, text restored")


def test_index_leaves_the_outage_out_and_the_kept_figure_agrees(past: Past, copy: Path) -> None:
    """Verification reads the table, statements read by the index: each is told what it expects."""
    _blind_index(copy, "outage_tenant", "id <> 1")
    _blind_index(copy, "outage_start", "id <> 1")
    with forging(copy) as db:
        db.execute(
            "UPDATE month_figure SET down = 0, counted = 0, worst = unmeasured, outages = 0"
            " WHERE month = ? AND tenant = ?",
            (MONTH, TENANT),
        )
    judge(past, copy, "index leaves outage 1 out, kept figure made to agree")


def test_index_leaves_an_exclusion_out(past: Past, copy: Path) -> None:
    _blind_index(copy, "exclusion_tenant", "tenant <> 'cabinet-la-colombe'")
    _blind_index(copy, "exclusion_start", "tenant <> 'cabinet-la-colombe'")
    with forging(copy) as db:
        db.execute(
            "UPDATE month_figure SET counted = down, worst = worst + down WHERE month = ?"
            " AND tenant = 'cabinet-la-colombe'",
            (MONTH,),
        )
    judge(past, copy, "index exclusion_tenant leaves an exclusion out", tenant="cabinet-la-colombe")


def test_index_leaves_the_attribution_out(past: Past, copy: Path) -> None:
    _blind_index(copy, "attribution_outage", "outage <> 1")
    judge(past, copy, "index attribution_outage leaves the attribution out")


def test_index_leaves_the_subject_out(past: Past, copy: Path) -> None:
    """What was done to a tenant is no longer found by its name."""
    _blind_index(copy, "evidence_subject_seq", f"subject <> 'tenant:{TENANT}'")
    _, text = shown(past, copy, "evidence", "list", "--about", f"tenant:{TENANT}", "--json")
    len(json.loads(text))
    judge(past, copy, "index evidence_subject_seq leaves a tenant's entries out")


def _second_row(path: Path, table: str, sql: str, autoindex: str) -> None:
    """A row of a key that is there already, which the key's own index does not know."""
    db = sqlite3.connect(path, isolation_level=None)
    ((made,),) = db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,))
    kept = db.execute("SELECT * FROM sqlite_master WHERE name = ?", (autoindex,)).fetchone()
    plain = re.sub(r",\s*PRIMARY KEY \([^)]*\)", "", made).replace("TEXT PRIMARY KEY", "TEXT")
    assert plain != made
    schema(db, "UPDATE sqlite_master SET sql = ? WHERE name = ?", plain, table)
    schema(db, "DELETE FROM sqlite_master WHERE name = ?", autoindex)
    db.close()
    db = sqlite3.connect(path, isolation_level=None)
    triggers = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,)
    ).fetchall()
    for name, _ in triggers:
        db.execute(f"DROP TRIGGER {name}")
    db.execute(sql)
    for _, text in triggers:
        db.execute(text)
    schema(db, "UPDATE sqlite_master SET sql = ? WHERE name = ?", made, table)
    schema(db, "INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", *kept)
    db.close()


def test_second_amount_of_the_same_day_outside_its_index(past: Past, copy: Path) -> None:
    _second_row(
        copy,
        "tenant_amount",
        "INSERT INTO tenant_amount SELECT tenant, valid_from, '1.00', revision"
        " FROM tenant_amount WHERE tenant = 'atelier-armor'",
        "sqlite_autoindex_tenant_amount_1",
    )
    judge(past, copy, "second tenant_amount row outside the key's index")


def test_second_credit_outside_its_index(past: Past, copy: Path) -> None:
    _second_row(
        copy,
        "credit",
        "INSERT INTO credit SELECT tenant, month, terms, sent + 2592000000000, received, channel,"
        " 'T-9999', NULL, NULL, '', account, claimed_by, NULL, revision FROM credit",
        "sqlite_autoindex_credit_1",
    )
    _, _text = shown(past, copy, "sla", "list", "--month", MONTH, "--json")
    judge(past, copy, "second credit row outside the key's index")


def test_second_tenant_outside_its_index(past: Past, copy: Path) -> None:
    _second_row(
        copy,
        "observer",
        "INSERT INTO observer SELECT name, since + 20 * 86400000000, seen, outside,"
        " revision FROM observer WHERE name LIKE 'cluster:%'",
        "sqlite_autoindex_observer_1",
    )
    judge(past, copy, "second observer rows outside the key's index")


def test_credit_of_the_wrong_key_in_its_index(past: Past, copy: Path) -> None:
    """The index has the month's key, the row tells of another."""
    with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as db:
        ((made,),) = db.execute("SELECT sql FROM sqlite_master WHERE name = 'outage_tenant'")
        db.execute("DROP INDEX outage_tenant")
        db.execute(
            "CREATE INDEX outage_tenant ON outage(CASE id WHEN 1 THEN 'zz' ELSE tenant END, start)"
        )
        schema(db, "UPDATE sqlite_master SET sql = ? WHERE name = 'outage_tenant'", made)
    with forging(copy) as db:
        agree(db, down=0, counted=0, worst=720000000, outages=0)
    judge(past, copy, "index outage_tenant files outage 1 under another tenant")


def test_index_holds_another_start(past: Past, copy: Path) -> None:
    with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as db:
        ((made,),) = db.execute("SELECT sql FROM sqlite_master WHERE name = 'outage_tenant'")
        db.execute("DROP INDEX outage_tenant")
        db.execute(
            "CREATE INDEX outage_tenant ON outage(tenant, CASE id WHEN 1 THEN 1999999999999999"
            " ELSE start END)"
        )
        schema(db, "UPDATE sqlite_master SET sql = ? WHERE name = 'outage_tenant'", made)
    with forging(copy) as db:
        agree(db, down=0, counted=0, worst=720000000, outages=0)
    judge(past, copy, "index outage_tenant holds a start in the future for outage 1")


def test_trigger_of_a_reserved_name(past: Past, copy: Path) -> None:
    """Names that SQLite keeps for itself are not compared with the schema."""
    with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as db:
        sql = (
            "CREATE TRIGGER sqlite_x AFTER INSERT ON attribution BEGIN"
            " UPDATE attribution SET party = 'client' WHERE id = NEW.id; END"
        )
        schema(
            db, "INSERT INTO sqlite_master VALUES ('trigger', 'sqlite_x', 'attribution', 0, ?)", sql
        )
    with contextlib.closing(sqlite3.connect(copy)) as db:
        assert "sqlite_x" in [name for (name,) in db.execute("SELECT name FROM sqlite_master")]
    judge(past, copy, "hidden trigger of a reserved name")


SCHEMA_FORGERIES = {
    "trigger_dropped": ["DROP TRIGGER evidence_no_update"],
    "index_dropped": ["DROP INDEX outage_tenant"],
    "index_made_partial": [
        "DROP INDEX outage_tenant",
        "CREATE INDEX outage_tenant ON outage(tenant, start) WHERE id <> 1",
    ],
    "view_added": ["CREATE VIEW outage_view AS SELECT * FROM outage"],
    "view_replaced": ["DROP VIEW guest_line", "CREATE VIEW guest_line AS SELECT 1"],
    "table_added": ["CREATE TABLE x(y)"],
}


@pytest.mark.parametrize("name", SCHEMA_FORGERIES)
def test_schema(past: Past, copy: Path, name: str) -> None:
    with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as db:
        for sql in SCHEMA_FORGERIES[name]:
            db.execute(sql)
    judge(past, copy, "schema " + name)


# The chain


def agree(db: sqlite3.Connection, **figures: int) -> None:
    """The kept figure of the month is made to be what the forged rows give."""
    sets = ", ".join(f"{name} = {value}" for name, value in figures.items())
    db.execute(f"UPDATE month_figure SET {sets} WHERE month = ? AND tenant = ?", (MONTH, TENANT))  # noqa: S608 - names from here


def test_erasure_appended_by_nobody(past: Past, copy: Path) -> None:
    """The claim's content is gone, by an entry that no lead confirmed, of a kind that is kept."""
    with forging(copy) as db:
        ((seq,),) = db.execute("SELECT seq FROM evidence WHERE kind = 'credit.claimed'")
        content = json.loads(entry_of(db, seq)[2] or b"{}")
        by = append(
            db,
            "evidence.erased",
            [f"entry:{seq}"],
            {"reason": "x", "count": 1, "rows_of": {str(seq): content.get("rows", {})}},
        )
        db.execute(
            "UPDATE evidence_payload SET salt = NULL, content = NULL, erased_by = ? WHERE seq = ?",
            (by, seq),
        )
    judge(past, copy, "appended erasure empties the claim, covered by a head, before its time")


def test_erasure_appended_that_carries_forged_digests(past: Past, copy: Path) -> None:
    with forging(copy) as db:
        db.execute('UPDATE outage SET "end" = start + 1000000 WHERE id = 1')
        key, digest = digest_of(db, "outage", "id = 1")
        (
            db.execute(
                "SELECT max(seq) FROM evidence JOIN evidence_payload USING (seq)"
                " WHERE kind = 'availability.outage_ended' AND instr(content, '\"[1]\"') > 0"
            ).fetchone()[0]
            or 42
        )
        seqs = [
            number
            for (number, content) in db.execute("SELECT seq, content FROM evidence_payload")
            if content and key in json.loads(content).get("rows", {}).get("outage", {})
        ]
        by = append(
            db,
            "evidence.erased",
            [f"entry:{one}" for one in seqs],
            {"reason": "x", "count": 1, "rows_of": {str(max(seqs)): {"outage": {key: digest}}}},
        )
        db.executemany(
            "UPDATE evidence_payload SET salt = NULL, content = NULL, erased_by = ? WHERE seq = ?",
            [(by, one) for one in seqs],
        )
        db.execute(
            "UPDATE outage SET revision = (SELECT revision FROM evidence WHERE seq = ?)"
            " WHERE id = 1",
            (max(seqs),),
        )
        agree(db, down=1000000, counted=1000000, worst=721000000)
    judge(past, copy, "appended erasure empties an outage's entries and carries forged digests")


def test_foreign_content_in_an_erased_entry(past: Past, copy: Path) -> None:
    """An entry whose content was erased gets another, which nothing can be compared with."""
    with forging(copy, checks=False) as db:
        ((seq,),) = db.execute("SELECT seq FROM evidence_payload WHERE erased_by IS NOT NULL")
        db.execute(
            "UPDATE evidence_payload SET salt = ?, content = ? WHERE seq = ?",
            (bytes(32), b'{"text":"the client was told everything"}', seq),
        )
    _, _text = shown(past, copy, "evidence", "list", "--json", "--limit", "1000")
    judge(past, copy, "foreign content in an erased entry")


def test_forged_outage_bound_by_an_erased_entry(past: Past, copy: Path) -> None:
    """The content laid into an erased entry holds digests of rows, and they count."""
    with forging(copy, checks=False) as db:
        ((seq, revision),) = db.execute(
            "SELECT seq, revision FROM evidence JOIN evidence_payload USING (seq)"
            " WHERE erased_by IS NOT NULL"
        )
        db.execute(
            'UPDATE outage SET "end" = start + 1000000, revision = ? WHERE id = 1', (revision,)
        )
        agree(db, down=1000000, counted=1000000, worst=721000000)
        key, digest = digest_of(db, "outage", "id = 1")
        content = json.dumps({"rows": {"outage": {key: digest}}}, separators=(",", ":")).encode()
        db.execute(
            "UPDATE evidence_payload SET salt = ?, content = ? WHERE seq = ?",
            (bytes(32), content, seq),
        )
    judge(past, copy, "forged outage bound by content laid into an erased entry")


def test_inserted_exclusion_bound_by_an_erased_entry(past: Past, copy: Path) -> None:
    with forging(copy, checks=False) as db:
        ((seq, revision),) = db.execute(
            "SELECT seq, revision FROM evidence JOIN evidence_payload USING (seq)"
            " WHERE erased_by IS NOT NULL"
        )
        db.execute(ROW_FORGERIES["exclusion_inserted"])
        db.execute("UPDATE exclusion SET revision = ? WHERE id = 1000", (revision,))
        agree(db, counted=0, worst=720000000)
        key, digest = digest_of(db, "exclusion", "id = 1000")
        content = json.dumps({"rows": {"exclusion": {key: digest}}}, separators=(",", ":")).encode()
        db.execute(
            "UPDATE evidence_payload SET salt = ?, content = ? WHERE seq = ?",
            (bytes(32), content, seq),
        )
    judge(past, copy, "inserted exclusion bound by content laid into an erased entry")


def _rewritten(path: Path, sql: str) -> None:
    with forging(path, checks=False) as db:
        db.execute(sql)
        recompute(db)
        db.execute("DELETE FROM evidence_head")
        db.execute("DELETE FROM evidence_current")


def test_author_changed_and_chain_recomputed(past: Past, copy: Path) -> None:
    _rewritten(copy, "UPDATE evidence SET account = 'omar' WHERE kind = 'credit.granted'")
    judge(past, copy, "author changed, whole chain recomputed, heads deleted")


def test_content_changed_and_chain_recomputed(past: Past, copy: Path) -> None:
    _rewritten(
        copy,
        "UPDATE evidence_payload SET content = CAST(replace(CAST(content AS TEXT), 'mail', "
        "'post') AS BLOB)"
        " WHERE seq = (SELECT seq FROM evidence WHERE kind = 'credit.claimed')",
    )
    judge(past, copy, "content changed, whole chain recomputed, heads deleted")


def test_chain_rebuilt_without_heads_says_that_nothing_was_compared(past: Past, copy: Path) -> None:
    _rewritten(copy, "UPDATE evidence SET account = 'omar' WHERE kind = 'credit.granted'")
    report = check_record(copy)
    assert report.verdict != "intact" or not report.outside


CHAIN_FORGERIES = {
    "author": "UPDATE evidence SET account = 'omar' WHERE kind = 'credit.granted'",
    "uid": "UPDATE evidence SET uid = 4242 WHERE kind = 'credit.granted'",
    "time": "UPDATE evidence SET at = at - 86400000000 WHERE kind = 'credit.granted'",
    "kind": "UPDATE evidence SET kind = 'credit.refused' WHERE kind = 'credit.granted'",
    "subject": "UPDATE evidence_subject SET subject = 'tenant:garage-ys' WHERE subject = "
    "'tenant:atelier-armor' AND seq > 100",
    "subject_added": "INSERT INTO evidence_subject VALUES (50, 9, 'tenant:garage-ys')",
    "subject_removed": "DELETE FROM evidence_subject WHERE seq = 129 AND position = 0",
    "content": "UPDATE evidence_payload SET content = CAST('{}' AS BLOB) WHERE seq = 129",
    "content_removed": "DELETE FROM evidence_payload WHERE seq = 129",
    "content_emptied_by_an_entry_that_did_not": "UPDATE evidence_payload SET salt = NULL, "
    "content = NULL, erased_by = 130 WHERE seq = 129",
    "content_emptied_by_nobody": "UPDATE evidence_payload SET salt = NULL, content = NULL, "
    "erased_by = NULL WHERE seq = 129",
    "last_entry_removed": "DELETE FROM evidence WHERE seq = (SELECT max(seq) FROM evidence)",
    "orphan_payload": "INSERT INTO evidence_payload VALUES (99999, x'00', CAST('{}' AS BLOB), "
    "NULL)",
    "orphan_subject": "INSERT INTO evidence_subject VALUES (99999, 0, 'tenant:x')",
    "revision": "UPDATE evidence SET revision = 1 WHERE seq = 200",
    "head_count": "UPDATE evidence_head SET count = 3 WHERE number = 1",
    "head_line": "UPDATE evidence_head SET line = json_set(line, '$.at', '2026-10-30T00:00:00Z')",
    "key_replaced": "UPDATE evidence_key SET public_key = randomblob(32)",
    "key_deleted": "DELETE FROM evidence_key",
}


@pytest.mark.parametrize("name", CHAIN_FORGERIES)
def test_chain(past: Past, copy: Path, name: str) -> None:
    with forging(copy, checks=False) as db:
        assert db.execute(CHAIN_FORGERIES[name]).rowcount
    judge(past, copy, "chain " + name)


def test_tail_cut_back_to_a_head_that_is_older_than_the_grant(past: Past, tmp_path: Path) -> None:
    """The whole file as it was, with the older head: true then, and verify must say how far it "
    "is."""
    old = Path(shutil.copy(past.early, tmp_path / "noc.db"))
    report = check_record(old, [past.head])
    assert report.verdict == "truncated"


def test_old_head_and_a_rewritten_tail(past: Past, copy: Path) -> None:
    """`intact` with a head over a part must say how many entries no head from outside covers."""
    with forging(copy, checks=False) as db:
        ((first,),) = db.execute("SELECT seq FROM evidence WHERE kind = 'credit.granted'")
        db.execute("UPDATE evidence SET account = 'omar' WHERE seq = ?", (first,))
        recompute(db, first)
        db.execute("DELETE FROM evidence_head WHERE count >= ?", (first,))
    heads = copy.with_name("heads.txt")
    heads.write_text(past.heads[0].line() + "\n")
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main(["evidence", "verify", "--database", str(copy), "--head", str(heads)])
    said = out.getvalue().strip()
    told = f"entries {past.heads[0].count + 1} to" in err.getvalue()
    assert said != "intact" or code or told, "nothing says that the head covers a part alone"


def test_row_rolled_back_to_an_earlier_true_state(past: Past, copy: Path) -> None:
    with forging(copy) as db:
        db.execute("ATTACH ? AS early", (str(past.early),))
        db.execute("DELETE FROM main.credit")
        db.execute("INSERT INTO main.credit SELECT * FROM early.credit")
    judge(past, copy, "credit row rolled back, chain untouched")


def test_database_begun_anew(past: Past, tmp_path: Path) -> None:
    path = tmp_path / "noc.db"

    async def make() -> None:
        writer = await Writer.open(path, clock_now=lambda: datetime.now(UTC))
        await writer.close()

    asyncio.run(make())
    report = check_record(path, [past.head])
    check_record(path)
    assert report.verdict != "intact"


def test_emptied_file(past: Past, tmp_path: Path) -> None:
    path = tmp_path / "noc.db"
    path.touch()
    report = check_record(path)
    assert report.verdict != "intact"


def test_database_of_the_same_rows_without_chain_and_revisions(past: Past, copy: Path) -> None:
    with forging(copy, checks=False) as db:
        for table in (
            "evidence_subject",
            "evidence_payload",
            "evidence",
            "evidence_head",
            "evidence_key",
        ):
            db.execute(f"DELETE FROM {table}")  # noqa: S608 - names from here
        db.execute("UPDATE revision SET value = 0")
    report = check_record(copy)
    assert report.verdict != "intact"


def test_rebuilt_with_the_stolen_key(past: Past, copy: Path) -> None:
    with forging(copy, checks=False) as db:
        db.execute("UPDATE evidence SET account = 'nobody' WHERE kind = 'credit.claimed'")
        recompute(db)
        count, last = db.execute(
            "SELECT seq, hash FROM evidence ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        head = build_head(past.key, count, last, datetime.now(UTC))
        db.execute("DELETE FROM evidence_head")
        db.execute("DELETE FROM evidence_current")
        db.execute("INSERT INTO evidence_head VALUES (1, ?, ?, 1, 1)", (count, head.line()))
    judge(past, copy, "rebuilt and signed with the stolen key")


@pytest.mark.parametrize("option", ["--tenant"])
def test_part_of_the_record_is_not_called_intact(past: Past, copy: Path, option: str) -> None:
    """A tenant that does not exist says nothing of the forged credit."""
    with forging(copy) as db:
        db.execute("UPDATE credit SET granted = '1.00'")
    word = "atelier-armour"
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = cli.main(["evidence", "verify", "--database", str(copy), option, word])
        except SystemExit as stop:
            code = int(stop.code or 0)
    assert out.getvalue().strip() != "intact" or code or word in err.getvalue()


def test_time_stamp_of_nothing(past: Past, copy: Path) -> None:
    """An entry that claims a time stamp over another history."""
    with forging(copy) as db:
        append(
            db,
            "evidence.stamped",
            ["evidence:head"],
            {"head": past.heads[0].line(), "token": "AAAA", "tsa_url": "http://tsa.example"},
            account="nocd",
            uid=0,
        )
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main(["evidence", "verify", "--database", str(copy)])
    assert out.getvalue().strip() != "intact" or "stamp" in err.getvalue() or code


# Packs


def unpacked(past: Past, name: str = "late.zip") -> dict[str, bytes]:
    with zipfile.ZipFile(past.root / name) as archive:
        return {one: archive.read(one) for one in archive.namelist()}


def packed(files: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
            archive.writestr(member, data)
    return path


def known(past: Past, *heads: Head) -> pack_verifier.KnownKeys:
    names = frozenset({past.key.key_id if hasattr(past.key, "key_id") else past.head.key_id})
    return pack_verifier.KnownKeys(names, tuple(json.loads(one.line()) for one in heads))


def judge_pack(past: Past, path: Path, name: str, *heads: Head) -> None:
    report = pack_verifier.verify_pack(str(path), known(past, *(heads or past.heads)))
    assert report.verdict != "intact", report.lines


def test_the_genuine_pack_is_intact(past: Past) -> None:
    report = pack_verifier.verify_pack(str(past.root / "late.zip"), known(past, *past.heads))
    assert report.verdict == "intact", report.lines


def _sub(name: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        assert old in files[name], name
        files[name] = files[name].replace(old, new, 1)

    return change


def _drop_line(name: str, place: int) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        lines = files[name].splitlines(keepends=True)
        del lines[place]
        files[name] = b"".join(lines)

    return change


def _fake_key(files: dict[str, bytes]) -> None:
    key = SigningKey(Ed25519PrivateKey.generate())
    manifest = json.loads(files["manifest.json"])
    head = Head(**manifest["head"])
    mine = build_head(key, head.count, bytes.fromhex(head.hash), datetime.now(UTC))
    manifest["head"] = json.loads(mine.line())
    manifest["keys"] = [
        {
            "key_id": mine.key_id,
            "endorsement": None,
            "public_key": base64.b64encode(key.public).decode(),
        }
    ]
    files["key.pem"] = pack_verifier.pem(key.public).encode()
    for one in manifest["files"]:
        one["size"] = len(files[one["name"]])
        one["sha256"] = hashlib.sha256(files[one["name"]]).hexdigest()
    files["manifest.json"] = json.dumps(manifest, sort_keys=True).encode()
    files["manifest.sig"] = base64.b64encode(manifest_signer(key)(files["manifest.json"])) + b"\n"


PACK_FORGERIES: dict[str, Callable[[dict[str, bytes]], object]] = {
    "timeline_rewritten": _sub("timeline.md", b"#", b"# nothing happened\n#"),
    "readme_rewritten": _sub("README.txt", b"\n", b"\nAll is well.\n"),
    "verify_py_that_always_agrees": lambda f: f.update({"verify.py": b"print('intact')\n"}),
    "key_pem_replaced": lambda f: f.update(
        {"key.pem": pack_verifier.pem(SigningKey(Ed25519PrivateKey.generate()).public).encode()}
    ),
    "entry_author": _sub("entries.jsonl", b'"account":"lea"', b'"account":"omar"'),
    "entry_amount": _sub("entries.jsonl", b"251.69", b"001.00"),
    "entry_removed": _drop_line("entries.jsonl", 3),
    "entry_doubled": lambda f: f.update(
        {"entries.jsonl": f["entries.jsonl"] + f["entries.jsonl"].splitlines(keepends=True)[-1]}
    ),
    "entries_reordered": lambda f: f.update(
        {"entries.jsonl": b"".join(reversed(f["entries.jsonl"].splitlines(keepends=True)))}
    ),
    "all_entries_removed": lambda f: f.update({"entries.jsonl": b""}),
    "link_removed": _drop_line("links.jsonl", 10),
    "links_cut": _drop_line("links.jsonl", -1),
    "subject_changed": _sub("manifest.json", b"tenant:atelier-armor", b"tenant:garage-ys"),
    "signature_stripped": lambda f: f.pop("manifest.sig"),
    "manifest_stripped": lambda f: f.pop("manifest.json"),
    "document_added": lambda f: f.update({"documents/000001-eml.eml": b"Dear client"}),
    "file_added_beside": lambda f: f.update({"hashlib.py": b"raise SystemExit(0)"}),
    "folder_of_an_odd_name": lambda f: f.update({"documents/../timeline.md": b"x"}),
    "signed_by_the_forger": _fake_key,
}


@pytest.mark.parametrize("name", PACK_FORGERIES)
def test_pack(past: Past, tmp_path: Path, name: str) -> None:
    files = unpacked(past)
    PACK_FORGERIES[name](files)
    judge_pack(past, packed(files, tmp_path / "x.zip"), name)


def test_pack_of_another_tenant_under_its_name(past: Past, tmp_path: Path) -> None:
    zipped = pack_of(past.db, "tenant:garage-ys", head=past.head, sign=manifest_signer(past.key))
    with zipfile.ZipFile(io.BytesIO(zipped or b"")) as archive:
        files = {one: archive.read(one) for one in archive.namelist()}
    files["manifest.json"] = files["manifest.json"].replace(
        b'"subject":"tenant:garage-ys"', b'"subject":"tenant:atelier-armor"'
    )
    judge_pack(past, packed(files, tmp_path / "x.zip"), "another tenant's pack under this name")


def test_chain_rebuilt_that_says_it_was_restored(past: Past, copy: Path) -> None:
    """An entry that names the outside heads does not turn a forgery into a restore."""
    with forging(copy, checks=False) as db:
        db.execute("UPDATE evidence SET account = 'omar' WHERE kind = 'credit.granted'")
        recompute(db)
        db.execute("DELETE FROM evidence_head")
        db.execute("DELETE FROM evidence_current")
        named = [f"{one.count}:{one.hash}" for one in past.heads]
        append(
            db,
            "database.restored",
            ["database:noc"],
            {"heads": named},
            account="nocd",
            uid=0,
        )
    at_start = answer(copy, lambda db: compare_heads(db, past.heads))
    assert at_start.verdict != "intact", "nocd would start on it without a word"
    assert check_record(copy, past.heads).verdict not in {"intact", "restored"}
