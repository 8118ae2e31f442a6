"""A new signing key: endorsed, verified everywhere, and one key left wherever death comes."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from noc_tui.config.values import Demo
from noc_tui.config.values import EvidenceConfig as Settings
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.server import application
from noc_tui.daemon.evidence import service as part
from noc_tui.daemon.evidence.service import EvidenceService
from storage import evidence, heads, rotation
from storage.evidence import Actor, Query
from storage.heads import Head, SigningKey
from storage.verdict import Verdict
from storage.verify import verify
from tests.support.context import made_context
from tests.support.packs import unpacked, verified
from tests.support.served import served

pytestmark = pytest.mark.anyio
LEA = Actor(1003, "lea")


@asynccontextmanager
async def daemon(directory: Path) -> AsyncIterator[tuple[Context, EvidenceService]]:
    """The part as it is after a start, on the database and the key that are there."""
    async with made_context(directory) as made:
        settings = Settings(anchor_file=directory / "heads")
        config = replace(made.config, demo=Demo(account=os.getuid()), evidence=settings)
        context = Context(
            config, made.secrets, made.terms, made.clock, made.writer, made.gateways, made.estate,
            made.bus, made.logger,
        )  # fmt: skip
        built = part.build(context)
        await built.signer.take_key()
        yield context, built


async def happens(context: Context) -> None:
    async with context.writer.change(LEA) as change:
        await change.record("mail.queued", ["tenant:acme"], {})


async def asked(context: Context, built: EvidenceService, name: str) -> tuple[int, bytes]:
    """Ask for a new key as a member of the cast."""
    app = application(lambda: context.config, Refusals(context.writer, context.clock))
    app.add_routes(built.routes())
    async with (
        served(app, context.config.socket.path) as session,
        session.post("http://nocd/v1/evidence/key", headers={"X-Noc-As": name}) as response,
    ):
        return response.status, await response.read()


async def test_a_lead_rotates_and_everything_before_and_after_verifies(tmp_path: Path) -> None:
    async with daemon(tmp_path) as (context, built):
        path, file = context.config.database.path, built.signer.key_file()
        old = heads.load_key(file)
        await happens(context)
        await built.signer.sign()
        before = unpacked(path, tmp_path / "before", old)
        assert (await asked(context, built, "omar"))[0] == 403
        assert heads.load_key(file).key_id == old.key_id
        status, answer = await asked(context, built, "lea")
        head = msgspec.json.decode(answer, type=Head)
        new = heads.load_key(file)
        assert (status, head.key_id) == (200, new.key_id)
        assert new.key_id != old.key_id
        assert file.stat().st_mode & 0o777 == 0o600
        assert sorted(one.name for one in file.parent.glob("evidence.key*")) == ["evidence.key"]
        await happens(context)
        await built.signer.sign()
        after = unpacked(path, tmp_path / "after", new)
        found = await evidence.search(context.writer, Query(kind=heads.ANNOUNCEMENT))
        assert [entry.account for entry in found] == ["lea", "nocd"]
    lines = (tmp_path / "heads").read_bytes().splitlines()
    kept = [msgspec.json.decode(line, type=Head) for line in lines]
    assert {one.key_id for one in kept} == {old.key_id, new.key_id}
    report = verify(path, kept)
    assert report.verdict is Verdict.INTACT, report.reason
    (tmp_path / "known").write_text(heads.public_pem(old.public))
    for pack, signer in ((before, old), (after, new)):
        code, told = verified(pack, "--key", tmp_path / "known")
        assert code == 0, told
        assert f"signature: good, by the key {signer.key_id}" in told


class Death(BaseException):
    """The machine stops here."""


def dies(*_arguments: object, **_named: object) -> None:
    raise Death


@pytest.mark.parametrize(
    ("step", "rotated"),
    [("save", False), ("announce", False), ("settle", True), ("replace", True), ("after", True)],
)
async def test_death_at_any_step_leaves_one_key_and_an_intact_chain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, rotated: bool
) -> None:
    async with daemon(tmp_path) as (context, built):
        await happens(context)
        old = heads.load_key(built.signer.key_file()).key_id
        with monkeypatch.context() as patched:
            if step == "save":
                patched.setattr(os, "fsync", dies)
            elif step == "announce":
                patched.setattr(heads, "use_key", dies)
            elif step == "settle":
                calls = iter([None])
                settle = rotation.settle
                patched.setattr(
                    rotation, "settle", lambda *a: dies() if next(calls, 1) else settle(*a)
                )
            elif step == "replace":
                patched.setattr(Path, "replace", dies)
            if step == "after":
                await built.signer.rotate_key(LEA)
            else:
                with pytest.raises(Death):
                    await built.signer.rotate_key(LEA)
    async with daemon(tmp_path) as (context, built):
        left = [one.name for one in built.signer.key_file().parent.glob("evidence.key*")]
        assert left == ["evidence.key"]
        key = heads.load_key(built.signer.key_file()).key_id
        assert (key != old) is rotated
        await happens(context)
        assert (await built.signer.sign()).key_id == key
        path = context.config.database.path
    assert verify(path).verdict is Verdict.INTACT


async def test_a_key_that_somebody_put_there_is_told(tmp_path: Path) -> None:
    async with daemon(tmp_path) as (context, built):
        await happens(context)
        file = built.signer.key_file()
    file.unlink()
    SigningKey.generate().save(file)
    async with daemon(tmp_path) as (context, built):
        await happens(context)
        await built.signer.sign()
        key = heads.load_key(file)
        pack = unpacked(context.config.database.path, tmp_path / "pack", key)
        path = context.config.database.path
    assert verify(path).verdict is Verdict.KEY_CHANGED
    code, told = verified(pack)
    assert code == 1
    assert told.startswith("key-changed\n")
    assert "is not endorsed by the one before" in told


async def test_a_new_key_that_was_never_announced_is_dropped(tmp_path: Path) -> None:
    async with daemon(tmp_path) as (_context, built):
        rotation.prepare(built.signer.key_file())
    async with daemon(tmp_path) as (_context, built):
        assert not list(built.signer.key_file().parent.glob("*.next"))
