"""Evidence that leaves the machine: packs that verify elsewhere, heads, provable erasure."""

import io
import json
import shutil
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from noc_tui import cli
from noc_tui.evidence.exporting import pack_bytes
from storage import erasure, errors, evidence, heads
from storage.database import Writer
from storage.evidence import Actor
from storage.evidence_export import packed
from storage.heads import SigningKey
from storage.verdict import Verdict
from storage.verify import verify
from tests.support.context import START

pytestmark = pytest.mark.anyio
OMAR = Actor(1001, "omar")


async def written(path: Path, *, sign: bool = True, both: bool = False) -> None:
    """Entries of two tenants under one key, perhaps one of both; a head over all of them."""
    key = SigningKey.generate()
    writer = await Writer.open(path, clock_now=lambda: START)
    async with writer.transaction() as tx:
        await heads.use_key(tx, key, actor=OMAR, at=START)
        for number, tenant in enumerate(["acme", "zeta", "acme", "zeta", "acme"]):
            await evidence.append(
                tx,
                kind="mail.queued",
                actor=OMAR,
                at=START + timedelta(days=number),
                subjects=[f"tenant:{tenant}"],
                payload={"eml": f"To: {tenant}@example.fr\r\n\r\nn° {number} \x1b[2J"},
            )
        if both:
            subjects = ["tenant:acme", "tenant:zeta"]
            await evidence.append(
                tx, kind="register.read", actor=OMAR, at=START, subjects=subjects, payload={}
            )
        if sign:
            await heads.sign_head(tx, key, START)
    await writer.close()


async def unpacked(path: Path, target: Path, subject: str = "tenant:acme") -> Path:
    """The pack of a case, extracted."""
    writer = await Writer.open(path, clock_now=lambda: START)
    async with writer.snapshot() as db:
        pack = await packed(db, subject)
    await writer.close()
    assert pack is not None
    zipfile.ZipFile(io.BytesIO(pack_bytes(pack))).extractall(target)
    return target


def verified(pack: Path, *, openssl: bool = True) -> tuple[int, str]:
    """What the pack's own verifier says, run by a Python that has nothing but its own library."""
    python = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
    done = subprocess.run(
        [python, "-I", "-c", f"import sys, runpy; sys.path.insert(0, {str(pack)!r});"
         f" runpy.run_path({str(pack / 'verify.py')!r}, run_name='__main__')"],
        capture_output=True,
        text=True,
        check=False,
        env={} if openssl else {"PATH": "/nonexistent"},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


async def test_a_pack_verifies_with_python_and_openssl_alone(tmp_path: Path) -> None:
    await written(tmp_path / "noc.db")
    pack = await unpacked(tmp_path / "noc.db", tmp_path / "pack")
    code, said = verified(pack)
    assert code == 0, said
    assert "chain: intact, 3 entries of 5 followed" in said
    if shutil.which("openssl"):
        assert "signature: good, by the key" in said
    code, said = verified(pack, openssl=False)
    assert (code, "signature: NOT CHECKED" in said) == (0, True)


async def test_a_pack_tells_nothing_of_other_tenants(tmp_path: Path) -> None:
    await written(tmp_path / "noc.db", both=True)
    pack = await unpacked(tmp_path / "noc.db", tmp_path / "pack")
    for file in pack.rglob("*"):
        assert file.is_dir() or b"zeta" not in file.read_bytes()
    assert "1 entries name other tenants" in (pack / "README.txt").read_text()
    assert verified(pack)[0] == 0
    timeline = (pack / "timeline.md").read_text()
    assert "n° 2" in timeline
    assert "\x1b" not in timeline
    assert (pack / "documents" / "000004-eml.eml").read_bytes().startswith(b"To: acme@")


@pytest.mark.parametrize(
    ("file", "old", "new", "word"),
    [
        ("entries.jsonl", '"account":"omar"', '"account":"eve"', "altered: entry 2"),
        ("entries.jsonl", "acme@example.fr", "evil@example.fr", "altered: entry 2"),
        ("entries.jsonl", '{"', "X", "altered: the pack cannot be read"),
        ("links.jsonl", '{"seq":3,', '{"seq":8,', "altered: entry 3 is missing"),
        ("pack.json", '"hash":"', '"hash":"00', "does not lead to the head"),
    ],
)
async def test_a_changed_pack_is_found_out(
    tmp_path: Path, file: str, old: str, new: str, word: str
) -> None:
    await written(tmp_path / "noc.db")
    pack = await unpacked(tmp_path / "noc.db", tmp_path / "pack")
    change(pack / file, old, new)
    code, said = verified(pack)
    assert (code, word in said) == (1, True), said


async def test_a_pack_with_another_signers_key_is_found_out(tmp_path: Path) -> None:
    await written(tmp_path / "noc.db")
    pack = await unpacked(tmp_path / "noc.db", tmp_path / "pack")
    (pack / "key.pem").write_text(heads.public_pem(SigningKey.generate().public))
    code, said = verified(pack)
    assert (code, "signature: bad" in said) == (1, True)


async def test_a_pack_without_a_head_says_so(tmp_path: Path) -> None:
    await written(tmp_path / "noc.db", sign=False)
    pack = await unpacked(tmp_path / "noc.db", tmp_path / "pack")
    code, said = verified(pack)
    assert (code, "signature: none yet" in said) == (0, True)


async def test_erased_contents_are_gone_and_the_chain_still_verifies(tmp_path: Path) -> None:
    path = tmp_path / "noc.db"
    await written(path)
    writer = await Writer.open(path, clock_now=lambda: START)
    due = await erasure.overdue(
        writer, {"mail.": timedelta(days=2)}, START + timedelta(days=4, hours=1)
    )
    assert due == [2, 3, 4]
    async with writer.transaction() as tx:
        number = await erasure.erase(tx, due, actor=OMAR, at=START, reason="three years")
    assert await erasure.overdue(writer, {"mail.": timedelta(days=2)}, START) == []
    entry = await evidence.get(writer, 2)
    assert entry is not None
    assert (entry.payload, entry.erased_by) == (None, number)
    await writer.close()
    report = verify(path)
    assert (report.verdict, report.erased) == (Verdict.INTACT, 3)
    stored = path.read_bytes() + path.with_name("noc.db-wal").read_bytes()
    assert b"n\xc2\xb0 0" not in stored
    assert b"n\xc2\xb0 4" in stored
    pack = await unpacked(path, tmp_path / "pack", "tenant:acme")
    assert verified(pack)[0] == 0
    assert "erased by entry" in (pack / "timeline.md").read_text()


async def test_what_the_chain_needs_is_not_erased(tmp_path: Path) -> None:
    path = tmp_path / "noc.db"
    await written(path)
    writer = await Writer.open(path, clock_now=lambda: START)

    async def erase(*seqs: int) -> None:
        async with writer.transaction() as tx:
            await erasure.erase(tx, seqs, actor=OMAR, at=START, reason="why")

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
