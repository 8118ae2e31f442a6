"""What is taken out of the configuration is shown no more, alarmed no more, and stays on record."""

import dataclasses
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from noc_tui.clock import SteppedClock
from noc_tui.config import BackupServer, RegisterConfig
from noc_tui.daemon.alerts import service as part
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.polling.decommission import retire
from storage import evidence, inventory, oncall, register
from storage.backups import BACKUPS, Backup
from storage.evidence import Query
from storage.guests import GUESTS
from storage.inventory import Source
from tests.support.changes import recorded
from tests.support.context import START, made_context
from tests.support.guests import stored_guest

pytestmark = pytest.mark.anyio
SOURCES = (("rennes", "fast"), ("rennes", "slow"), ("", "pbs:pbs"), ("", "register"))


@pytest.fixture
async def context(tmp_path: Path) -> AsyncIterator[Context]:
    """A cluster, a backup server on the other site, a register."""
    server = BackupServer(
        name="pbs",
        site="lyon",
        url="https://pbs.example.fr:8007",
        datastore="main",
        token_file=tmp_path / "token",
    )
    listed = RegisterConfig(file=tmp_path / "tenants.toml")
    async with made_context(tmp_path, clock=SteppedClock(START)) as made:
        config = replace(made.config, register=listed, backup_servers=(server,))
        yield dataclasses.replace(made, config=config)


def without(context: Context, **changes: Any) -> Context:
    """What a daemon has that was started anew under another file."""
    return dataclasses.replace(context, config=replace(context.config, **changes))


async def stored(context: Context, error: str | None = None) -> None:
    """Everything that was seen: a node is down, a backup stale; `error` is that of each source."""
    now = context.clock.now()
    failing = None if error is None else now
    node = inventory.Node(
        "rennes", "pve1", "offline", None, None, None, None, None, None, None, None
    )
    guest = stored_guest(name="web1", pool="acme")
    task = inventory.Task("rennes", "U1", "pve1", "qmstop", "101", "root@pam", now, now, "OK", "ok")
    running = replace(task, upid="U2", ended_at=None, status=None, outcome="running")
    tenant = register.Tenant(
        "acme", "Acme", "acme@example.fr", None, None, ("rennes/acme",), (), (), (), (), "none",
        "", (),
    )  # fmt: skip
    pool = register.TenantPool("rennes", "acme", START.date() - timedelta(days=9), None, "acme")
    async with recorded(context.writer) as change:
        for cluster, name in SOURCES:
            seen = Source(cluster, name, now, now, failing, error, due_seconds=45)
            await change.put(inventory.SOURCES, [seen])
        await change.put(inventory.CLUSTERS, [inventory.Cluster("rennes", "rennes", "8.4", True)])
        await change.put(inventory.NODES, [node])
        await change.put(GUESTS, [guest])
        await change.put(inventory.TASKS, [task, running])
        kept = Backup("rennes", 101, "pbs", "lyon", "stale", None, None, None, 0, None)
        await change.put(BACKUPS, [kept])
        await register.replace_register(change, register.Register(tenants=[tenant], pools=[pool]))


async def alarmed(context: Context, error: str | None = None) -> set[str]:
    """The alerts after two looks at what is stored."""
    watch = part.build(context).watch
    for _look in range(2):
        assert isinstance(context.clock, SteppedClock)
        await context.clock.advance(1)
        await stored(context, error)
        await watch.look()
    return await opened(context)


async def looked(context: Context) -> set[str]:
    """The alerts after one look by a daemon that has just begun, once the time has passed."""
    await part.build(context).watch.look()
    return await opened(context)


async def opened(context: Context) -> set[str]:
    rows = await oncall.ALERTS.read(context.writer)
    return {row.fingerprint for row in rows if row.state == "open"}


async def whys(context: Context) -> dict[str, str]:
    """Why each alert was resolved; nothing for what was seen good again."""
    found = await evidence.search(context.writer, Query(kind="alert.resolved"))
    payloads = [(entry.subjects, json.loads(entry.payload or "{}")) for entry in found]
    return {
        next(one for one in subjects if one.startswith("alert:")): payload.get("why", "")
        for subjects, payload in payloads
    }


async def test_nothing_goes_while_it_is_configured(context: Context) -> None:
    before = await alarmed(context)
    assert before == {"node:node:rennes/pve1", "backup:tenant:acme", "abroad:site-of:rennes",
                      "abroad:site-of:pbs"}  # fmt: skip
    entries = await evidence.search(context.writer, Query())
    await retire(context)
    assert len(await inventory.SOURCES.read(context.writer)) == len(SOURCES)
    assert await evidence.search(context.writer, Query()) == entries
    assert await looked(context) == before


async def test_a_cluster_that_is_taken_out_goes_with_its_alerts_and_stays_on_record(
    context: Context,
) -> None:
    await alarmed(context)
    now = without(context, clusters=())
    await retire(now)
    assert await looked(now) == {"abroad:site-of:pbs"}
    assert set((await whys(now)).values()) == {"no longer configured"}
    for table in (inventory.CLUSTERS, inventory.NODES, GUESTS, BACKUPS):
        assert await table.read(now.writer) == []
    assert [row.upid for row in await inventory.TASKS.read(now.writer)] == ["U1"]
    assert {row.name for row in await inventory.SOURCES.read(now.writer)} == {"pbs:pbs", "register"}
    (entry,) = await evidence.search(
        now.writer, Query(subject="node:rennes/pve1", kind="inventory.retired")
    )
    assert json.loads(entry.payload or "")["guests"] == ["101 web1"]
    await retire(now)
    assert len(await evidence.search(now.writer, Query(kind="inventory.retired"))) == 1


async def test_an_error_of_what_is_taken_out_is_no_alert_for_ever(context: Context) -> None:
    before = await alarmed(context, "no answer")
    assert {f"source:source:{cluster}/{name}" for cluster, name in SOURCES} <= before
    now = without(context, clusters=(), backup_servers=(), register=None)
    await retire(now)
    assert await looked(now) == set()
    assert set((await whys(now)).values()) == {"no longer configured"}
    assert await inventory.SOURCES.read(now.writer) == []
    assert [one.id for one in await register.TENANTS.read(now.writer)] == ["acme"]


async def test_nobody_looks_at_a_register_that_is_not_configured(context: Context) -> None:
    await stored(context)
    now = without(context, register=None)
    assert isinstance(context.clock, SteppedClock)
    watch = part.build(context).watch
    for _minute in range(2):
        await context.clock.advance(600)
        await watch.look()
    assert "stuck:source:/register" in await opened(context)
    await retire(now)
    assert "stuck:source:/register" not in await looked(now)
    assert (await whys(now))["alert:stuck:source:/register"] == "no longer configured"


async def test_backups_that_no_server_keeps_any_more_are_not_missing(context: Context) -> None:
    await alarmed(context)
    now = without(context, backup_servers=())
    await retire(now)
    assert await looked(now) == {"node:node:rennes/pve1", "abroad:site-of:rennes"}
    assert (await whys(now))["alert:backup:tenant:acme"] == "no longer configured"
