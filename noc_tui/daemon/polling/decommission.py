"""Removes rows of clusters, backup servers and registers that are no longer configured.

At the start the rows of such clusters, backup servers and of the register's file go, with an entry
that says what they were. History stays: ledger, outages, tasks that ended, evidence; a register's
tenants stay as they were last read. Alerts about it are resolved by the next look (`oncall`).
"""

from collections.abc import Callable, Iterable
from typing import Any

from noc_tui.alerts.unconfigured import BACKUP_SERVER
from noc_tui.config import Configuration
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from storage import inventory
from storage.backups import BACKUPS
from storage.change import Change
from storage.datastores import DATASTORES
from storage.estate_facts import ESTATE_FACTS, ESTATE_LOOKS
from storage.guests import GUESTS
from storage.load_history import LOAD_MINUTES, STORAGE_DAYS
from storage.resources import GUEST_INSIDES, GUEST_STRAINS
from storage.tables import Table

NO_LONGER = "no longer configured"
REGISTER = "register"
_SEEN: tuple[Table[Any], ...] = (  # tables of different rows, each with a cluster
    inventory.NODES,
    GUESTS,
    inventory.STORAGES,
    inventory.POOLS,
    inventory.ZONES,
    ESTATE_FACTS,
    ESTATE_LOOKS,
    BACKUPS,
    GUEST_INSIDES,
    GUEST_STRAINS,
    LOAD_MINUTES,
    STORAGE_DAYS,
)


async def retire(context: Context) -> None:
    """Remove everything that is no longer configured from the tables of present state."""
    async with context.writer.change(itself()) as change:
        sources = await inventory.SOURCES.read(change)
        known = {source.cluster for source in sources if source.cluster}
        known |= {cluster.name for cluster in await inventory.CLUSTERS.read(change)}
        configured = {cluster.name for cluster in context.config.clusters}
        for name in sorted(known - configured):
            await _cluster(change, name)
        for source in sources:
            if not source.cluster and not _still(context.config, source.name):
                await _source(change, source)


def _still(config: Configuration, source: str) -> bool:
    """Return whether the configuration has what a source without a cluster is about."""
    if source == REGISTER:
        return config.register is not None
    servers = {f"{BACKUP_SERVER}{server.name}" for server in config.backup_servers}
    return not source.startswith(BACKUP_SERVER) or source in servers


async def _cluster(change: Change, name: str) -> None:
    seen = {
        table.name: await _rows(change, table, lambda row: row.cluster == name) for table in _SEEN
    }
    nodes = [row.name for row in seen[inventory.NODES.name]]
    guests = [f"{row.vmid} {row.name or '?'}" for row in seen[GUESTS.name]]
    await change.record(
        "inventory.retired",
        [f"cluster:{name}", *(f"node:{name}/{node}" for node in nodes)],
        {"cluster": name, "why": NO_LONGER, "nodes": nodes, "guests": guests},
    )
    for table in _SEEN:
        await _remove(change, table, seen[table.name])
    running = await _rows(
        change, inventory.TASKS, lambda row: row.cluster == name and row.ended_at is None
    )
    await _remove(change, inventory.TASKS, running)
    await change.remove(inventory.CLUSTERS, [(name,)])
    sources = await _rows(change, inventory.SOURCES, lambda row: row.cluster == name)
    await _remove(change, inventory.SOURCES, sources)


async def _source(change: Change, source: inventory.Source) -> None:
    """A backup server with what it said of guests, or the register."""
    server = source.name.removeprefix(BACKUP_SERVER)
    kept = await _rows(change, BACKUPS, lambda row: row.store == server)
    said = kept if source.name.startswith(BACKUP_SERVER) else []
    await change.record(
        "inventory.retired",
        [f"source:{source.name}"],
        {
            "source": source.name,
            "why": NO_LONGER,
            "seen_at": source.seen_at,
            "backups": len(said),
        },
    )
    await _remove(change, BACKUPS, said)
    if source.name.startswith(BACKUP_SERVER):
        await change.remove(DATASTORES, [(server,)])
    await _remove(change, inventory.SOURCES, [source])


async def _rows(change: Change, table: Table[Any], which: Callable[[Any], bool]) -> list[Any]:
    return [row for row in await table.read(change) if which(row)]


async def _remove(change: Change, table: Table[Any], rows: Iterable[Any]) -> None:
    await change.remove(table, [table.key_of(row) for row in rows])
