"""Each verdict, by tampering with a real file as somebody with the right to write it could."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from storage import chain, heads
from storage.database import Writer
from storage.heads import Head, SigningKey
from storage.verdict import Verdict
from storage.verify import verify
from tests.storage.conftest import NOW, OMAR

pytestmark = pytest.mark.anyio

Tamper = Callable[[sqlite3.Connection], object]


async def written(path: Path, entries: int = 8, key: SigningKey | None = None) -> Head:
    """A database with that many entries of ours after the key's announcement, and its head."""
    key = key or SigningKey.generate()
    writer = await Writer.open(path, clock_now=lambda: NOW)
    async with writer.change(OMAR) as change:
        await heads.use_key(change, key)
    await more(writer, entries)
    async with writer.change(OMAR) as change:
        head = await heads.sign_head(change, key)
    await writer.close()
    return head


async def more(writer: Writer, entries: int) -> None:
    for number in range(entries):
        async with writer.change(OMAR) as change:
            await change.record(
                "incident.note",
                ["tenant:acme", f"incident:{number}"],
                {"note": f"number {number}"},
            )


def tamper(path: Path, change: Tamper) -> None:
    """Change the file with the guards taken away and put back, as its owner can."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        guards = triggers.fetchall()
        for name, _sql in guards:
            connection.execute(f"DROP TRIGGER {name}")
        change(connection)
        for _name, sql in guards:
            connection.execute(sql)


def edit(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Change the bytes of the file."""
    path.write_bytes(change(path.read_bytes()))


def sql(*statements: str) -> Tamper:
    return lambda connection: [connection.execute(statement) for statement in statements]


NO_HEADS = sql("DELETE FROM evidence_head", "DELETE FROM evidence_current")


def rehash(connection: sqlite3.Connection, first: int, account: str) -> None:
    """Rewrite history from an entry on, with every hash made to fit."""
    rows = connection.execute(
        "SELECT seq, at, kind, uid, payload_hash, key_id FROM evidence WHERE seq >= ?", (first,)
    ).fetchall()
    for seq, at, kind, uid, payload_hash, key_id in rows:
        (previous,) = connection.execute(
            "SELECT hash FROM evidence WHERE seq = ?", (seq - 1,)
        ).fetchone()
        subjects = tuple(
            name
            for (name,) in connection.execute(
                "SELECT subject FROM evidence_subject WHERE seq = ? ORDER BY position", (seq,)
            )
        )
        entry = chain.ChainEntry(
            seq, previous, at, kind, uid, account, subjects, payload_hash, key_id
        )
        connection.execute(
            "UPDATE evidence SET previous = ?, hash = ?, account = ? WHERE seq = ?",
            (previous, chain.entry_hash(entry), account, seq),
        )


async def test_an_untouched_chain_is_intact_with_and_without_a_head(path: Path) -> None:
    head = await written(path)
    report = verify(path, [head])
    assert (report.verdict, report.count, report.first_bad) == (Verdict.INTACT, 9, None)
    assert report.heads == 3
    assert report.last_hash == head.hash
    assert verify(path).verdict is Verdict.INTACT


async def test_an_empty_chain_is_intact(path: Path) -> None:
    await (await Writer.open(path, clock_now=lambda: NOW)).close()
    assert (verify(path).verdict, verify(path).count) == (Verdict.INTACT, 0)


@pytest.mark.parametrize(
    ("change", "first_bad"),
    [
        (sql("UPDATE evidence SET account = 'eve' WHERE seq = 4"), 4),
        (sql("UPDATE evidence SET at = at + 1 WHERE seq = 5"), 5),
        (sql("UPDATE evidence_subject SET subject = 'tenant:zeta' WHERE seq = 3"), 3),
        (sql("DELETE FROM evidence_subject WHERE seq = 3 AND position = 1"), 3),
        (sql("UPDATE evidence_payload SET content = CAST('{}' AS BLOB) WHERE seq = 6"), 6),
        (sql("DELETE FROM evidence_payload WHERE seq = 6"), 6),
        (
            sql(
                "UPDATE evidence_payload SET salt = NULL, content = NULL, erased_by = 9"
                " WHERE seq = 6"
            ),
            6,
        ),
        (
            sql(
                "DELETE FROM evidence_payload WHERE seq = 4",
                "DELETE FROM evidence_subject WHERE seq = 4",
                "DELETE FROM evidence WHERE seq = 4",
            ),
            4,
        ),
    ],
)
async def test_a_changed_byte_or_a_missing_row_is_altered(
    path: Path, change: Tamper, first_bad: int
) -> None:
    await written(path)
    tamper(path, change)
    report = verify(path)
    assert (report.verdict, report.first_bad) == (Verdict.ALTERED, first_bad)
    assert f"entry {first_bad}" in report.reason


async def test_one_byte_changed_in_the_file_itself(path: Path) -> None:
    await written(path)
    edit(path, lambda content: content.replace(b'{"note":"number 3"}', b'{"note":"Number 3"}'))
    report = verify(path)
    assert (report.verdict, report.first_bad) == (Verdict.ALTERED, 5)


async def test_an_entry_rewritten_with_its_hash_is_named(path: Path) -> None:
    await written(path)

    def change(connection: sqlite3.Connection) -> None:
        (following,) = connection.execute("SELECT previous FROM evidence WHERE seq = 6").fetchone()
        rehash(connection, 5, "eve")
        rehash(connection, 6, "omar")
        connection.execute("UPDATE evidence SET previous = ? WHERE seq = 6", (following,))
        (_, *columns) = connection.execute("SELECT * FROM evidence WHERE seq = 6").fetchone()
        entry = chain.ChainEntry(
            6, following, columns[2], columns[3], columns[4], "omar",
            ("tenant:acme", "incident:4"), columns[7], columns[8],
        )  # fmt: skip
        connection.execute("UPDATE evidence SET hash = ? WHERE seq = 6", (chain.entry_hash(entry),))

    tamper(path, change)
    report = verify(path)
    assert (report.verdict, report.first_bad) == (Verdict.ALTERED, 5)


CUT = sql(
    "DELETE FROM evidence_payload WHERE seq > 6",
    "DELETE FROM evidence_subject WHERE seq > 6",
    "DELETE FROM evidence WHERE seq > 6",
)


async def test_a_cut_tail_is_told_by_the_head_kept_in_the_file(path: Path) -> None:
    await written(path)
    tamper(path, CUT)
    report = verify(path)
    assert (report.verdict, report.first_bad, report.count) == (Verdict.TRUNCATED, 7, 6)


async def test_a_cut_tail_is_told_by_the_head_kept_outside_alone(path: Path) -> None:
    head = await written(path)
    tamper(path, CUT)
    tamper(path, NO_HEADS)
    assert verify(path).verdict is Verdict.INTACT
    report = verify(path, [head])
    assert (report.verdict, report.first_bad) == (Verdict.TRUNCATED, 7)


async def test_a_second_branch_is_forked(path: Path) -> None:
    await written(path)

    def branch(connection: sqlite3.Connection) -> None:
        (origin,) = connection.execute("SELECT hash FROM evidence WHERE seq = 5").fetchone()
        at, uid, payload_hash, key_id = connection.execute(
            "SELECT at, uid, payload_hash, key_id FROM evidence WHERE seq = 9"
        ).fetchone()
        names = ("tenant:acme", "incident:7")
        entry = chain.ChainEntry(
            9, origin, at, "incident.note", uid, "omar", names, payload_hash, key_id
        )
        connection.execute(
            "UPDATE evidence SET previous = ?, hash = ? WHERE seq = 9",
            (origin, chain.entry_hash(entry)),
        )

    tamper(path, branch)
    report = verify(path)
    assert (report.verdict, report.first_bad) == (Verdict.FORKED, 9)
    assert "continues entry 5" in report.reason


async def test_a_history_written_anew_is_forked_from_the_head_outside(path: Path) -> None:
    head = await written(path)
    tamper(path, lambda connection: rehash(connection, 4, "eve"))
    assert verify(path).verdict is Verdict.FORKED
    tamper(path, NO_HEADS)
    assert verify(path).verdict is Verdict.INTACT
    assert verify(path, [head]).verdict is Verdict.FORKED
    assert verify(path, [head]).first_bad == 9


async def test_a_swapped_public_key(path: Path) -> None:
    await written(path)
    other = SigningKey.generate().public
    tamper(path, lambda c: c.execute("UPDATE evidence_key SET public_key = ?", (other,)))
    report = verify(path)
    assert (report.verdict, report.first_bad) == (Verdict.KEY_CHANGED, 2)


async def test_a_key_that_nobody_announced(path: Path) -> None:
    await written(path)
    eve = SigningKey.generate()

    def change(connection: sqlite3.Connection) -> None:
        NO_HEADS(connection)
        connection.execute(
            "INSERT INTO evidence_key VALUES (2, ?, ?, NULL, 0)", (eve.key_id, eve.public)
        )
        connection.execute("UPDATE evidence SET key_id = ? WHERE seq >= 6", (eve.key_id,))
        rehash(connection, 6, "omar")

    tamper(path, change)
    report = verify(path)
    assert (report.verdict, report.first_bad) == (Verdict.KEY_CHANGED, 6)


async def test_a_whole_chain_under_another_key_is_told_by_the_head_outside(
    path: Path, tmp_path: Path
) -> None:
    head = await written(path)
    forged = tmp_path / "forged" / "noc.db"
    await written(forged)
    assert verify(forged).verdict is Verdict.INTACT
    report = verify(forged, [head])
    assert (report.verdict, report.first_bad) == (Verdict.KEY_CHANGED, 2)


async def test_a_head_with_a_forged_signature_is_not_believed(path: Path) -> None:
    head = await written(path)
    forged = Head(head.count, head.hash, head.key_id, head.at, "AAAA")
    assert verify(path, [forged]).verdict is Verdict.KEY_CHANGED


@pytest.mark.parametrize("endorsed", [True, False])
async def test_a_new_key_must_be_endorsed_by_the_old_one(path: Path, endorsed: bool) -> None:
    old, new = SigningKey.generate(), SigningKey.generate()
    await written(path, 2, old)
    writer = await Writer.open(path, clock_now=lambda: NOW)
    async with writer.change(OMAR) as change:
        assert await heads.use_key(change, new, previous=old if endorsed else None)
    await more(writer, 2)
    async with writer.change(OMAR) as change:
        assert not await heads.use_key(change, new)
        head = await heads.sign_head(change, new)
    await writer.close()
    report = verify(path, [head])
    if endorsed:
        assert report.verdict is Verdict.INTACT
    else:
        assert (report.verdict, report.first_bad) == (Verdict.KEY_CHANGED, 5)


async def test_what_is_no_database_is_unreadable(path: Path, tmp_path: Path) -> None:
    text = tmp_path / "noc.txt"
    text.write_text("not a database\n" * 100)
    for file in (text, tmp_path / "absent.db"):
        report = verify(file)
        assert (report.verdict, report.first_bad) == (Verdict.UNREADABLE, None)
        assert str(file) in report.reason


async def test_a_damaged_file_is_unreadable(path: Path) -> None:
    await written(path, 200)
    edit(path, lambda content: content[:8192] + b"\xff" * (len(content) - 8192))
    assert verify(path).verdict is Verdict.UNREADABLE


async def test_the_signing_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "head.key"
    key = heads.load_or_create_key(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert heads.load_or_create_key(file).key_id == key.key_id
    file.chmod(0o640)
    with pytest.raises(heads.KeyFileError, match=r"head\.key: .* chmod 600"):
        heads.load_key(file)
    file.chmod(0o600)
    file.write_text("nonsense")
    with pytest.raises(heads.KeyFileError, match=r"head\.key: this is no signing key"):
        heads.load_key(file)
