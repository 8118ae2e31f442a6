"""A backup server that falls silent: what it was seen to keep does not stay fresh for ever."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from noc_tui.config import BackupServer, Configuration, Secret, Secrets, SecretToken
from noc_tui.contract.terms_book import OtherTerms, TermsBook
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.polling import slow
from storage.backups import BACKUPS, Backup
from storage.guests import GUESTS, Guest
from storage.inventory import SOURCES
from storage.register import TENANT_POOLS, TenantPool
from tests.support.changes import recorded
from tests.support.context import START, made_context
from tests.support.guests import stored_guest

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


def guest(vmid: int, pool: str) -> Guest:
    return stored_guest(vmid, pool=pool)


@pytest.fixture
async def context(tmp_path: Path) -> AsyncIterator[Context]:
    secrets = Secrets(backup={"nantes": SecretToken("noc@pbs!read", Secret("s"))})
    async with made_context(tmp_path, secrets=secrets) as made:
        config: Configuration = msgspec.structs.replace(
            made.config, clusters=(), backup_servers=(SERVER,)
        )
        made = dataclasses.replace(made, config=config)
        async with made.writer.change(itself()) as change:
            rows = [
                kept(101, 1, "fresh"), kept(102, 100, "fresh"), kept(103, 100, "unverified"),
                kept(104, 200, "stale"),
            ]  # fmt: skip
            await change.put(BACKUPS, rows)
        yield made


async def unseen(context: Context) -> dict[int, str]:
    """The states by guest once the backup server has not answered."""
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
    return {row.vmid: row.state for row in await BACKUPS.read(context.writer)}


async def test_what_would_no_longer_be_fresh_is_unknown(context: Context) -> None:
    states = await unseen(context)
    assert states == {101: "fresh", 102: "unknown", 103: "unknown", 104: "stale"}


async def test_a_backup_is_fresh_as_long_as_its_tenants_terms_say(context: Context) -> None:
    default = context.terms.default
    weekly = msgspec.structs.replace(
        default, version="weekly", backups=msgspec.structs.replace(default.backups, fresh_hours=168)
    )
    book = TermsBook(default, (OtherTerms(weekly, frozenset(["acme"])),))
    async with recorded(context.writer) as change:
        await change.put(GUESTS, [guest(vmid, "acme") for vmid in (101, 102)])
        await change.put(GUESTS, [guest(vmid, "zeta") for vmid in (103, 104)])
        for pool in ("acme", "zeta"):
            await change.put(
                TENANT_POOLS, [TenantPool("rennes", pool, date(2025, 1, 1), None, pool)]
            )
    states = await unseen(dataclasses.replace(context, terms=book))
    assert states == {101: "fresh", 102: "fresh", 103: "unknown", 104: "stale"}
