"""The evidence log: appended with the change, found again, never changed, no secret in it."""

import sqlite3
from pathlib import Path

import pytest

from storage import errors, evidence, intents
from storage.database import Writer
from storage.evidence import Query
from tests.storage.conftest import NOW, OMAR

pytestmark = pytest.mark.anyio


async def add(writer: Writer, kind: str = "guest.power", *subjects: str, **payload: object) -> int:
    async with writer.change(OMAR) as change:
        return await change.record(kind, subjects, payload)


async def test_entries_are_found_by_subject_kind_account_time_and_text(writer: Writer) -> None:
    await add(writer, "guest.power", "tenant:acme", "guest:rennes/101", action="stop")
    await add(writer, "suspension.ordered", "tenant:acme", note="Écran")
    await add(writer, "suspensions", "tenant:zeta")

    async def found(**query: object) -> list[int]:
        return [entry.seq for entry in await evidence.search(writer, Query(**query))]  # type: ignore[arg-type] # the fields of Query

    assert await found() == [3, 2, 1]
    assert await found(subject="tenant:acme") == [2, 1]
    assert await found(kind="suspension.") == [2]
    assert await found(kind="guest.power") == [1]
    assert await found(account="olga") == []
    assert await found(text="STOP") == [1]
    assert await found(since=NOW, limit=1) == [3]
    assert await found(until=NOW) == []
    assert await found(before=3, limit=1) == [2]


async def test_an_entry_reads_as_it_was_written(writer: Writer) -> None:
    seq = await add(writer, "guest.power", "guest:rennes/101", "tenant:acme", action="stop", n=1)
    entry = await evidence.get(writer, seq)
    assert entry is not None
    assert entry.subjects == ("guest:rennes/101", "tenant:acme")
    assert entry.payload == '{"action":"stop","n":1}'
    assert (entry.uid, entry.account, entry.at) == (1001, "omar", NOW)


async def test_a_change_and_its_entry_fail_together(writer: Writer) -> None:
    async def fail() -> None:
        async with writer.change(OMAR) as change:
            await intents.create(
                change, kind="power", subject="guest:rennes/1", payload={}, uid=1, account="omar"
            )
            await change.record("x.y", [], {"password": "x"})

    with pytest.raises(ValueError, match=r"payload\.password: a secret"):
        await fail()
    assert await intents.open_intents(writer) == []
    assert await evidence.search(writer, Query()) == []


async def test_token_values_are_masked_wherever_they_stand(writer: Writer) -> None:
    token = "root@pam!noc=01234567-89ab-cdef-0123-456789abcdef"
    seq = await add(writer, "log.line", lines=[f"Authorization used PVEAPIToken={token}"])
    entry = await evidence.get(writer, seq)
    assert entry is not None
    assert "89ab" not in str(entry.payload)
    assert "root@pam!noc=***" in str(entry.payload)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evidence SET account = 'eve' WHERE seq = 1",
        "DELETE FROM evidence WHERE seq = 2",
        "UPDATE evidence_subject SET subject = 'tenant:zeta'",
        "DELETE FROM evidence_subject",
        "UPDATE evidence_payload SET content = 'x'",
        "UPDATE evidence_payload SET salt = NULL, content = NULL, erased_by = 2 WHERE seq = 1",
        "DELETE FROM evidence_payload",
        "INSERT OR REPLACE INTO evidence_payload(seq, salt, content) VALUES (2, x'00', x'00')",
        "INSERT INTO evidence_subject VALUES (1, 1, 'tenant:zeta')",
        "INSERT OR REPLACE INTO evidence SELECT * FROM evidence WHERE seq = 2",
        "INSERT INTO evidence SELECT 3, zeroblob(32), x'01', at, kind, uid, account, 0,"
        " payload_hash, key_id, revision FROM evidence WHERE seq = 1",
    ],
)
async def test_the_file_itself_refuses_to_change_evidence(
    writer: Writer, path: Path, statement: str
) -> None:
    await add(writer, "a.b", "tenant:acme")
    await add(writer, "a.b", "tenant:acme")
    connection = sqlite3.connect(path)
    try:
        with pytest.raises(sqlite3.IntegrityError, match=r"evidence|subjects|payload"):
            connection.execute(statement)
    finally:
        connection.close()


async def test_intents_go_through_their_states(writer: Writer) -> None:
    async with writer.change(OMAR) as change:
        number = await intents.create(
            change,
            kind="power",
            subject="guest:rennes/1",
            payload={"do": "stop"},
            uid=7,
            account="o",
        )
        await change.record("guest.power.ordered", [], {"intent": number})
    async with writer.change(OMAR) as change:
        await intents.move(change, number, "doing")
    async with writer.change(OMAR) as change:
        await intents.move(change, number, "unknown", {"why": "timeout"})
    (intent,) = await intents.open_intents(writer, "power")
    assert (intent.state, intent.attempts, intent.result) == ("unknown", 1, '{"why":"timeout"}')
    async with writer.change(OMAR) as change:
        await intents.move(change, number, "done")
    assert await intents.open_intents(writer) == []

    async def undo() -> None:
        async with writer.change(OMAR) as change:
            await intents.move(change, number, "doing")

    with pytest.raises(errors.ConflictError, match="is done and cannot become doing"):
        await undo()
