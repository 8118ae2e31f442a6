"""Evidence that leaves the machine: packs that verify elsewhere, heads, provable erasure."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from noc_tui import cli
from noc_tui.evidence.pack import NotAsWritten
from storage import erasure, errors, evidence, heads
from storage.database import Writer
from storage.evidence import Actor
from storage.heads import SigningKey
from storage.verdict import Verdict
from storage.verify import verify
from tests.support.context import START
from tests.support.packs import unpacked, verified

pytestmark = pytest.mark.anyio
OMAR = Actor(1001, "omar")


async def written(path: Path, *, sign: bool = True, both: bool = False) -> SigningKey:
    """Entries of two tenants under one key, perhaps one of both; a head over all. The key."""
    key = SigningKey.generate()
    now = START
    writer = await Writer.open(path, clock_now=lambda: now)
    async with writer.change(OMAR) as change:
        await heads.use_key(change, key)
    for number, tenant in enumerate(["acme", "zeta", "acme", "zeta", "acme"]):
        now = START + timedelta(days=number)
        async with writer.change(OMAR) as change:
            await change.record(
                "mail.queued",
                [f"tenant:{tenant}"],
                {"eml": f"To: {tenant}@example.fr\r\n\r\nn° {number} \x1b[2J"},
            )
    now = START
    async with writer.change(OMAR) as change:
        if both:
            subjects = ["tenant:acme", "tenant:zeta"]
            await change.record("register.read", subjects, {})
        if sign:
            await heads.sign_head(change, key)
    await writer.close()
    return key


async def test_a_pack_verifies_with_python_alone(tmp_path: Path) -> None:
    key = await written(tmp_path / "noc.db")
    pack = unpacked(tmp_path / "noc.db", tmp_path / "pack", key)
    code, said = verified(pack)
    assert code == 0, said
    assert said.startswith("intact\n")
    assert "entries: 3 in full, 0 by their hash" in said
    assert f"signature: good, by the key {key.key_id}" in said


async def test_a_pack_tells_nothing_of_other_tenants(tmp_path: Path) -> None:
    key = await written(tmp_path / "noc.db", both=True)
    pack = unpacked(tmp_path / "noc.db", tmp_path / "pack", key)
    for file in pack.rglob("*"):
        assert file.is_dir() or b"zeta" not in file.read_bytes()
    readme = (pack / "README.txt").read_text()
    assert "concern this subject: 4\n  in full here: 3\n" in readme
    assert "concernent ce sujet : 4\n  ici en entier : 3\n" in readme
    code, said = verified(pack)
    assert (code, "entries: 3 in full, 1 by their hash" in said) == (0, True)
    timeline = (pack / "timeline.md").read_text()
    assert "n° 2" in timeline
    assert "\x1b" not in timeline
    assert (pack / "documents" / "000004-eml.eml").read_bytes().startswith(b"To: acme@")


async def test_a_pack_is_the_same_bytes_for_the_same_head(tmp_path: Path) -> None:
    key = await written(tmp_path / "noc.db")
    for name in ("one", "other"):
        unpacked(tmp_path / "noc.db", tmp_path / name, key)
    for file in (tmp_path / "one").rglob("*"):
        if file.is_file():
            other = tmp_path / "other" / file.relative_to(tmp_path / "one")
            assert other.read_bytes() == file.read_bytes()


async def test_without_a_key_entries_after_the_head_are_told_as_not_covered(tmp_path: Path) -> None:
    await written(tmp_path / "noc.db")
    writer = await Writer.open(tmp_path / "noc.db", clock_now=lambda: START)
    async with writer.change(OMAR) as change:
        await change.record("later", ["tenant:acme"], {}, actor=OMAR)
    await writer.close()
    pack = unpacked(tmp_path / "noc.db", tmp_path / "pack")
    code, said = verified(pack)
    assert (code, said.partition("\n")[0]) == (1, "unsigned")
    code, said = verified(pack, "--unsigned")
    assert (code, said.partition("\n")[0]) == (0, "intact")
    assert "head: over 6 entries" in said
    assert "not covered by it: entries 7 to 7" in said
    assert "which no signature covers: 1\n" in (pack / "README.txt").read_text()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE evidence SET account = 'eve' WHERE seq = 4",
        "UPDATE evidence_subject SET subject = 'tenant:acme' WHERE seq = 3",
        "UPDATE evidence_payload SET content = x'7b7d' WHERE seq = 4",
        "DELETE FROM evidence WHERE seq = 3",
        "UPDATE evidence_key SET public_key = zeroblob(32)",
    ],
)
async def test_what_was_changed_in_the_database_is_not_signed(tmp_path: Path, change: str) -> None:
    path = tmp_path / "noc.db"
    key = await written(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA foreign_keys=OFF")
        sql = "SELECT name, sql FROM sqlite_master WHERE type='trigger'"
        triggers = db.execute(sql).fetchall()
        for name, _made in triggers:
            db.execute(f"DROP TRIGGER {name}")
        db.execute(change)
        for _name, made in triggers:
            db.execute(made)
    with pytest.raises(NotAsWritten):
        unpacked(path, tmp_path / "signed", key)
    code, said = verified(unpacked(path, tmp_path / "pack"), "--unsigned")
    assert (code, said.partition("\n")[0]) == (1, "altered"), said


@pytest.mark.parametrize("content", ["ff", "7b", "5b5d"])
async def test_a_content_that_cannot_be_read_is_not_signed(tmp_path: Path, content: str) -> None:
    path = tmp_path / "noc.db"
    key = await written(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("DROP TRIGGER evidence_payload_erasure")
        line = "UPDATE evidence_payload SET content = ? WHERE seq = 4"
        db.execute(line, (bytes.fromhex(content),))
    with pytest.raises(NotAsWritten):
        unpacked(path, tmp_path / "pack", key)


async def test_the_command_without_nocd_makes_an_unsigned_pack_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await written(tmp_path / "noc.db")
    config, out = tmp_path / "noc.toml", tmp_path / "pack.zip"
    config.write_text(
        f'[database]\npath = "{tmp_path / "noc.db"}"\n[socket]\npath = "{tmp_path / "s"}"\n'
    )
    export = ["--config", str(config), "evidence", "export"]
    assert cli.main([*export, "tenant:acme", "--out", str(out)]) == 0
    assert "the pack is not signed" in capsys.readouterr().err
    assert cli.main(["evidence", "verify-pack", str(out)]) == 1
    assert capsys.readouterr().out == "unsigned\n"
    assert cli.main(["evidence", "verify-pack", str(out), "--unsigned", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["verdict"], said["lines"][0][:15]) == ("intact", "signature: NONE")
    assert cli.main([*export, "tenant:nobody"]) == 2
    assert "there is no evidence about tenant:nobody" in capsys.readouterr().err
    (tmp_path / "noc.db").unlink()
    assert cli.main([*export, "tenant:acme"]) == 3


async def test_an_unsigned_pack_has_the_head_of_the_last_commit(tmp_path: Path) -> None:
    await written(tmp_path / "noc.db", sign=False)
    pack = unpacked(tmp_path / "noc.db", tmp_path / "pack")
    code, said = verified(pack)
    assert (code, said.partition("\n")[0]) == (1, "unsigned")
    code, said = verified(pack, "--unsigned")
    assert (code, "head: NONE" in said) == (0, False)


async def test_erased_contents_are_gone_and_the_chain_still_verifies(tmp_path: Path) -> None:
    path = tmp_path / "noc.db"
    await written(path)
    writer = await Writer.open(path, clock_now=lambda: START)
    found = await erasure.entries_before(writer, ["mail."], START + timedelta(days=2, hours=1))
    due = [entry.seq for entry in found]
    assert due == [2, 3, 4]
    async with writer.change(OMAR) as change:
        number = await erasure.erase(change, due, "three years")
    left = await erasure.entries_before(writer, ["mail."], START + timedelta(days=2, hours=1))
    assert left == []
    entry = await evidence.get(writer, 2)
    assert entry is not None
    assert (entry.payload, entry.erased_by) == (None, number)
    await writer.close()
    report = verify(path)
    assert (report.verdict, report.erased) == (Verdict.INTACT, 3)
    stored = path.read_bytes() + path.with_name("noc.db-wal").read_bytes()
    assert b"n\xc2\xb0 0" not in stored
    assert b"n\xc2\xb0 4" in stored
    pack = unpacked(path, tmp_path / "pack")
    code, said = verified(pack, "--unsigned")
    assert (code, "erased: 2 contents" in said) == (0, True)
    timeline = (pack / "timeline.md").read_text()
    assert f"Erased on 2026-03-10T09:00:00Z by omar (entry {number}): three years" in timeline


async def test_what_the_chain_needs_is_not_erased(tmp_path: Path) -> None:
    path = tmp_path / "noc.db"
    await written(path)
    writer = await Writer.open(path, clock_now=lambda: START)

    async def erase(*seqs: int) -> None:
        async with writer.change(OMAR) as change:
            await erasure.erase(change, seqs, "why")

    for seq in (1, 99):
        with pytest.raises(errors.ConflictError, match=f"entry {seq} cannot be erased"):
            await erase(seq)
    await erase(3)
    with pytest.raises(errors.ConflictError, match="entry 3 cannot be erased"):
        await erase(3)
    await writer.close()


async def test_verify_prints_the_verdict_and_exits_by_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "noc.db"
    await written(path)
    assert cli.main(["evidence", "verify", "--database", str(path)]) == 0
    assert capsys.readouterr().out == "intact\n"
    (tmp_path / "text").write_text("no database" * 100)
    assert cli.main(["evidence", "verify", "--database", str(tmp_path / "text")]) == 1
    told = capsys.readouterr()
    assert told.out == "unreadable\n"
    assert str(tmp_path / "text") in told.err
    assert cli.main(["evidence", "verify", "--database", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "intact"
    (tmp_path / "head").write_text("nonsense\n")
    assert (
        cli.main(["evidence", "verify", "--database", str(path), "--head", str(tmp_path / "head")])
        == 2
    )
    assert "not a head" in capsys.readouterr().err
