"""A backup server that falls silent: what it was seen to keep does not stay fresh for ever."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from noc_tui.config import BackupServer, Configuration, Secret, Secrets, Token
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.polling import slow
from storage.backups import BACKUPS, Backup
from storage.inventory import SOURCES
from tests.support.context import START, made_context

pytestmark = pytest.mark.anyio
SERVER = BackupServer(
    name="nantes",
    site="dc2",
    url="https://127.0.0.1:9",
    datastore="backup",
    token_file=Path("t"),
    fingerprint=":".join(["00"] * 32),
)


def kept(vmid: int, hours: float, state: str) -> Backup:
    last = START - timedelta(hours=hours)
    return Backup("rennes", vmid, "nantes", "dc2", state, last, 1, True, 1, None)


@pytest.fixture
async def context(tmp_path: Path) -> AsyncIterator[Context]:
    secrets = Secrets(backup={"nantes": Token("noc@pbs!read", Secret("s"))})
    async with made_context(tmp_path, secrets=secrets) as made:
        config: Configuration = msgspec.structs.replace(
            made.config, clusters=(), backup_servers=(SERVER,)
        )
        made = Context(
            config, made.secrets, made.terms, made.clock, made.writer, made.gateways,
            made.estate, made.bus, made.log,
        )  # fmt: skip
        async with made.writer.transaction() as tx:
            rows = [
                kept(101, 1, "fresh"), kept(102, 100, "fresh"), kept(103, 100, "unverified"),
                kept(104, 200, "stale"),
            ]  # fmt: skip
            await BACKUPS.put(tx, rows)
        yield made


async def test_what_would_no_longer_be_fresh_is_unknown(context: Context) -> None:
    part = slow.build(context)
    working = asyncio.create_task(part.run())
    try:
        async for _revision in context.bus.revisions(0):
            source = await SOURCES.get(context.writer, "", "pbs:nantes")
            if source is not None and source.error is not None:
                break
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    states = {row.vmid: row.state for row in await BACKUPS.read(context.writer)}
    assert states == {101: "fresh", 102: "unknown", 103: "unknown", 104: "stale"}
