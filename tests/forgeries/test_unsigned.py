"""Forgeries of one who adds entries without the key: while nobody runs, and while `nocd` does."""

import asyncio
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from noc_tui.queries.record_check import check_record
from storage.database import Writer
from storage.evidence import Actor
from storage.row_kinds import KINDS
from storage.sealed import commit_digest, compare_sealed, sealed_path
from storage.signing_rule import LONGEST_WAIT, URGENT, UncoveredEntry
from tests.forgeries.chains import append, digest_of, recompute
from tests.forgeries.rows import Forgery, Lived, forge, lived_database, sql

MAIL = "sample"
WAITS = {
    "alert",
    "alert_note",
    "gap",
    "handover",
    "handover_item",
    "incident",
    "incident_entry",
    "ledger",
    "observer",
    "page",
    "placement",
    "shift",
    "shift_note",
}
"""Tables of the watch and of what was observed: the head that is kept of them may wait."""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    return asyncio.run(lived_database(tmp_path_factory.mktemp("lived")))


@pytest.fixture
def copied(lived: Lived, tmp_path: Path) -> Path:
    return Path(shutil.copy(lived.path, tmp_path / "noc.db"))


def verdict(path: Path) -> str:
    return check_record(path).verdict


def added(kind: str, subjects: list[str], payload: dict[str, Any] | None = None) -> Forgery:
    return lambda db: append(db, kind, subjects, payload or {})


def dated(at: int) -> Forgery:
    """An entry of an instant in microseconds."""

    def change(db: sqlite3.Connection) -> None:
        seq = append(db, "incident.note", ["incident:1"], {})
        db.execute("UPDATE evidence SET at = ? WHERE seq = ?", (at, seq))
        recompute(db, seq)

    return change


def rewritten(db: sqlite3.Connection, *, about: str = "evidence:head", made: bool = False) -> None:
    """A mail says something else, or is another that was never sent; an entry agrees with it."""
    name = "<new@example.fr>" if made else MAIL
    if made:
        columns = [row[1] for row in db.execute("PRAGMA table_info(message)")]
        others = ", ".join(f'"{one}"' for one in columns if one != "id")
        db.execute(
            f"INSERT INTO message(id, {others}) SELECT ?, {others} FROM message",  # noqa: S608 - names from here
            (name,),
        )
    db.execute(
        "UPDATE message SET about = ?, raw = CAST('another' AS BLOB), state = 'queued',"
        " recipient = 'other@example.fr' WHERE id = ?",
        (about, name),
    )
    key, digest = digest_of(db, "message", f"id = '{name}'")
    payload = {"message_id": name, "rows": {"message": {key: digest}}}
    append(db, "mail.queued", ["evidence:head"], payload)
    db.execute("UPDATE message SET revision = (SELECT value FROM revision) WHERE id = ?", (name,))


@pytest.mark.parametrize(
    "kind",
    [
        "credit.granted",
        "payments.imported",
        "availability.observed",
        "availability.outage_ended",
        "incident.note",
        "handover.written",
        "alert.resolved",
        "page.queued",
        "shift.planned",
        "evidence.compared",
        "evidence.unsigned_accepted",
        "database.resumed",
        "x",
    ],
)
@pytest.mark.parametrize("subjects", [["tenant:zeta"], ["evidence:head"]])
def test_no_entry_without_a_signature_is_intact(
    copied: Path, kind: str, subjects: list[str]
) -> None:
    """Not for a second, whatever it is about."""
    forge(copied, added(kind, subjects, {"found": 1, "reason": "x"}))
    assert verdict(copied) == "unsigned"


@pytest.mark.parametrize("at", [2**60, -(2**60), 4_000_000_000_000_000])
def test_an_instant_that_is_none_stops_nobody(copied: Path, at: int) -> None:
    forge(copied, dated(at))
    assert verdict(copied) == "unsigned"


def test_the_signature_of_another_state_does_not_cover_this_one(copied: Path) -> None:
    def aside(db: sqlite3.Connection) -> None:
        append(db, "credit.granted", ["tenant:zeta"], {})
        ((count, last),) = db.execute("SELECT seq, hash FROM evidence ORDER BY seq DESC LIMIT 1")
        db.execute(
            "UPDATE evidence_current SET line = json_set(line, '$.count', ?, '$.hash', ?)",
            (count, last.hex()),
        )

    forge(copied, aside)
    assert verdict(copied) == "key-changed"


@pytest.mark.parametrize("line", ["x", "{}", "[1]"])
def test_a_signature_that_cannot_be_read_is_told(copied: Path, line: str) -> None:
    forge(copied, lambda db: db.execute("UPDATE evidence_current SET line = ?", (line,)))
    assert verdict(copied) == "unreadable"


def test_heads_that_are_all_gone_sign_nothing(copied: Path) -> None:
    forge(copied, sql("DELETE FROM evidence_head", "DELETE FROM evidence_current"))
    assert verdict(copied) == "altered-rows"


def test_a_notice_that_was_never_sent_is_of_nobody(copied: Path) -> None:
    forge(copied, lambda db: rewritten(db, made=True))
    assert verdict(copied) == "altered-rows"


def test_no_mail_is_queued_again_as_another(copied: Path) -> None:
    forge(copied, rewritten)
    assert verdict(copied) == "altered"


def test_a_mail_was_taken_when_its_entry_says(copied: Path) -> None:
    """A termination counts from the day on which the formal notice was taken."""

    def taken(db: sqlite3.Connection) -> None:
        append(db, "mail.accepted", ["x:1"], {"message_id": MAIL, "answer": "250 ok"})
        db.execute(
            "UPDATE message SET state = 'accepted', answer = '250 ok', next_at = NULL,"
            " changed_at = (SELECT at FROM evidence ORDER BY seq DESC LIMIT 1)"
        )

    forge(copied, taken)
    assert {row.table for row in check_record(copied).altered} == {"message"}
    forge(copied, sql("UPDATE message SET changed_at = changed_at - 864000000000"))
    assert verdict(copied) == "altered-rows"


@pytest.mark.parametrize("payload", [{}, {"first": "x", "last": 1}])
def test_a_false_word_about_unsigned_entries_is_told_and_stops_nobody(
    copied: Path, payload: dict[str, Any]
) -> None:
    forge(copied, added("evidence.found_unsigned", ["evidence:chain"], payload))
    assert verdict(copied) == "unreadable"


@pytest.mark.parametrize("payload", [{}, {"digest": 1}, {"digest": "00"}])
def test_a_false_digest_of_the_sealed_file_is_told(copied: Path, payload: dict[str, Any]) -> None:
    sealed = sealed_path(copied)
    sealed.parent.mkdir(mode=0o700)
    asyncio.run(_sealed(sealed))
    forge(copied, added("evidence.digest", ["evidence:chain"], payload))
    assert compare_sealed(copied).verdict in ("altered", "truncated")


async def _sealed(path: Path) -> None:
    writer = await Writer.open(path, clock_now=lambda: datetime(2026, 3, 1, tzinfo=UTC))
    async with writer.change(Actor(0, "nocd")) as change:
        await commit_digest(change)
    await writer.close()


def test_whatever_binds_money_dates_or_services_is_urgent() -> None:
    assert KINDS.keys() > WAITS
    for table in KINDS.keys() - WAITS:
        patient = [one for one in KINDS[table] if not one.startswith(URGENT)]
        assert not patient, table


def test_a_head_waits_as_long_as_it_may_and_not_for_the_future() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    patience = LONGEST_WAIT
    written = UncoveredEntry(1, now - timedelta(minutes=4), "incident.note")
    ahead = UncoveredEntry(2, now + timedelta(seconds=1), "incident.note")
    urgent = UncoveredEntry(3, now, "payments.imported")
    assert written.due_in(now, patience) == timedelta(minutes=6)
    assert written.due_in(now, timedelta(minutes=3)) == timedelta()
    assert ahead.due_in(now, patience) == urgent.due_in(now, patience) == timedelta()
