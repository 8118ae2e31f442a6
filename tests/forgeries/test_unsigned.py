"""Forgeries of one who adds entries that no head signs: how soon, ahead of time, and by what they
say that they are about.
"""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from noc_tui.queries.record_check import check_record
from storage.database import Writer
from storage.evidence import Actor
from storage.row_kinds import KINDS
from storage.sealed import commit_digest, compare_sealed, sealed_path
from storage.signing_rule import AT_ONCE, LONGEST_WAIT, URGENT, UnsignedEntry
from tests.forgeries.chains import append, digest_of, recompute
from tests.forgeries.rows import Forgery, Lived, forge, lived_database, sql

LATER = timedelta(days=1)
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
"""Tables of the watch and of what was observed: their entries' head may wait for ten minutes."""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    return asyncio.run(lived_database(tmp_path_factory.mktemp("lived")))


@pytest.fixture
def copied(lived: Lived, tmp_path: Path) -> Path:
    return Path(shutil.copy(lived.path, tmp_path / "noc.db"))


def verdict(path: Path, after: timedelta) -> str:
    """What is said so long after the last entry says that it was written."""
    with closing(sqlite3.connect(path)) as db:
        ((at,),) = db.execute("SELECT at FROM evidence ORDER BY seq DESC LIMIT 1")
    return check_record(path, now=datetime.fromtimestamp(at / 1_000_000, UTC) + after).verdict


def added(kind: str, subjects: list[str], payload: dict[str, Any] | None = None) -> Forgery:
    return lambda db: append(db, kind, subjects, payload or {})


def ahead(kind: str, by: timedelta) -> Forgery:
    """An entry that is dated so long after the one before it, which is the newest head's."""

    def change(db: sqlite3.Connection) -> None:
        seq = append(db, kind, ["tenant:zeta"], {})
        db.execute(
            "UPDATE evidence SET at = at + ? WHERE seq = ?", (by // timedelta(microseconds=1), seq)
        )
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
        "payments.imported",
        "promise.limited",
        "promise.licence_supplied",
        "promise.licences_audited",
        "promise.edge_ended",
        "backup.restore_tested",
        "backup.nights_checked",
        "maintenance.planned",
        "month.closed",
        "availability.outage_shortened",
        "availability.unmeasured",
        "availability.month_terms",
        "incident.merged",
        "clock.set_back",
        "contract.imported",
        "mail.accepted",
        "guest.power.done",
        "decision.proposed",
        "suspension.edited",
        "scope.decided",
        "database.resumed",
    ],
)
def test_money_dates_and_services_do_not_wait_for_their_head(copied: Path, kind: str) -> None:
    forge(copied, added(kind, ["tenant:zeta"]))
    assert verdict(copied, AT_ONCE) == "intact"
    assert verdict(copied, AT_ONCE + timedelta(seconds=1)) == "unsigned"


@pytest.mark.parametrize("kind", ["incident.note", "handover.written", "alert.resolved", "x"])
def test_no_entry_is_of_the_future(copied: Path, kind: str) -> None:
    forge(copied, ahead(kind, LATER))
    assert verdict(copied, timedelta()) == "intact"
    assert verdict(copied, -timedelta(seconds=1)) == "unsigned"
    assert verdict(copied, -LATER) == "unsigned"


@pytest.mark.parametrize(
    "kind",
    [
        "evidence.erased",
        "evidence.compared",
        "evidence.digest",
        "evidence.found_unsigned",
        "evidence.erasure_requested",
        "handover.written",
    ],
)
def test_of_heads_are_mails_and_time_stamps_alone(copied: Path, kind: str) -> None:
    payload = {"first": 1, "last": 2, "digest": "00", "verdict": "intact", "reason": ""}
    forge(copied, added(kind, ["evidence:head"], payload))
    assert verdict(copied, LATER) == "unsigned"


def test_a_time_stamp_is_about_heads_alone(copied: Path) -> None:
    forge(copied, added("evidence.stamped", ["evidence:head", "guest:rennes/101"]))
    assert verdict(copied, LATER) == "unsigned"


@pytest.mark.parametrize(
    "payload", [{}, {"message_id": MAIL}, {"message_id": "<none@x>"}, {"message_id": [1]}]
)
def test_a_mail_of_heads_is_one_whose_row_says_so(copied: Path, payload: dict[str, Any]) -> None:
    forge(copied, added("mail.retried", ["evidence:head"], payload))
    assert verdict(copied, LATER) == "unsigned"


def test_a_notice_that_was_never_sent_is_not_of_heads(copied: Path) -> None:
    forge(copied, lambda db: rewritten(db, about="suspension:S-0001", made=True))
    assert verdict(copied, LATER) == "unsigned"


def test_a_mail_of_heads_needs_no_head(copied: Path) -> None:
    forge(copied, lambda db: rewritten(db, made=True))
    assert verdict(copied, LATER) == "intact"


def test_no_mail_is_queued_again_as_another(copied: Path) -> None:
    forge(copied, rewritten)
    assert verdict(copied, timedelta()) == "altered"


def test_a_mail_was_taken_when_its_entry_says(copied: Path) -> None:
    """A termination counts from the day on which the formal notice was taken."""

    def taken(db: sqlite3.Connection) -> None:
        append(db, "mail.accepted", ["x:1"], {"message_id": MAIL, "answer": "250 ok"})
        db.execute(
            "UPDATE message SET state = 'accepted', answer = '250 ok', next_at = NULL,"
            " changed_at = (SELECT at FROM evidence ORDER BY seq DESC LIMIT 1)"
        )

    forge(copied, taken)
    assert verdict(copied, timedelta()) == "intact"
    forge(copied, sql("UPDATE message SET changed_at = changed_at - 864000000000"))
    assert verdict(copied, timedelta()) == "altered-rows"


@pytest.mark.parametrize("payload", [{}, {"first": "x", "last": 1}])
def test_a_false_word_about_unsigned_entries_is_told_and_stops_nobody(
    copied: Path, payload: dict[str, Any]
) -> None:
    forge(copied, added("evidence.found_unsigned", ["evidence:chain"], payload))
    assert verdict(copied, timedelta()) == "unreadable"


@pytest.mark.parametrize("at", [2**60, -(2**60)])
def test_an_instant_that_is_none_is_told_and_stops_nobody(copied: Path, at: int) -> None:
    def add(db: sqlite3.Connection) -> None:
        seq = append(db, "incident.note", ["incident:1"], {})
        db.execute("UPDATE evidence SET at = ? WHERE seq = ?", (at, seq))
        recompute(db, seq)

    forge(copied, add)
    assert check_record(copied).verdict == "unreadable"


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
    written = UnsignedEntry(1, now - timedelta(minutes=4), "incident.note")
    ahead = UnsignedEntry(2, now + timedelta(seconds=1), "incident.note")
    urgent = UnsignedEntry(3, now, "payments.imported")
    assert written.due_in(now, patience) == timedelta(minutes=6)
    assert written.due_in(now, timedelta(minutes=3)) == timedelta()
    assert ahead.due_in(now, patience) == urgent.due_in(now, patience) == timedelta()
