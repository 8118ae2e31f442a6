"""Counts over many guests, so that a screen of figures reads figures and not ten thousand rows."""

from collections.abc import Sequence

import msgspec

from storage.connection import Readable
from storage.inventory import TASKS, Task


class GuestCount(msgspec.Struct, frozen=True):
    """How many guests of a cluster are in a status, templates apart."""

    cluster: str
    status: str
    number: int


class TroubledGuest(msgspec.Struct, frozen=True):
    """A guest in a status that was asked for, or last known in one and unknown since.

    `tenant` is whose pool it is in today, empty for nobody's.
    """

    cluster: str
    vmid: int
    name: str | None
    status: str
    tenant: str


class NodeGuests(msgspec.Struct, frozen=True):
    """How many guests a node bears, and how many of them run."""

    cluster: str
    node: str
    number: int
    running: int


class TenantUse(msgspec.Struct, frozen=True):
    """What the guests of a tenant are and use, in bytes; a sum is None when a part is not known.

    `unknown` counts guests of which nobody knows whether they run.
    """

    tenant: str
    guests: int
    running: int
    unknown: int
    vcpus: float | None
    memory: int | None
    disk: int | None


class TenantBackups(msgspec.Struct, frozen=True):
    """How many guests of a tenant have a backup in a state, the best of all stores counted.

    A guest of which no store says anything has the state `unknown`.
    """

    tenant: str
    state: str
    number: int


class DoubtfulBackup(msgspec.Struct, frozen=True):
    """A tenant's guest whose backups in a store may be another guest's; `doubt` as in `Backup`."""

    tenant: str
    cluster: str
    vmid: int
    name: str | None
    store: str
    doubt: str


_ALIVE = "template IS NOT 1"
_KEPT_PAUSED = (
    "SELECT DISTINCT cluster, vmid FROM suspension_guest AS held"  # noqa: S608 -- our own text
    " JOIN suspension ON suspension.id = held.suspension JOIN guest USING (cluster, vmid)"
    f" WHERE held.state = 'suspended' AND status = 'paused' AND {_ALIVE}"
    " AND NOT rehearsal AND suspension.state NOT IN ('closed', 'cancelled')"
)
"""The guests that a suspension of ours keeps paused: no trouble."""
# A guest's best state over all stores: one fresh copy on the second site is what R29 asks for.
_RANK = (
    "CASE state WHEN 'fresh' THEN 0 WHEN 'unverified' THEN 1 WHEN 'stale' THEN 2"
    " WHEN 'failed' THEN 3 WHEN 'doubtful' THEN 4 WHEN 'missing' THEN 5 ELSE 6 END"
)
_STATES = ("fresh", "unverified", "stale", "failed", "doubtful", "missing", "unknown")


async def guest_counts(db: Readable) -> list[GuestCount]:
    """By cluster and status; paused guests that a suspension keeps so are `suspended`."""
    found = await db.rows(
        "SELECT cluster, status, sum(number) FROM ("  # noqa: S608 -- our own text
        " SELECT cluster, node, status, count(*) AS number FROM guest"
        f" WHERE {_ALIVE} GROUP BY 1, 2, 3 UNION ALL"
        f" SELECT cluster, '', 'suspended', 1 FROM ({_KEPT_PAUSED}) UNION ALL"
        f" SELECT cluster, '', 'paused', -1 FROM ({_KEPT_PAUSED}))"
        " GROUP BY 1, 2 HAVING sum(number) > 0 ORDER BY 1, 2"
    )
    return [GuestCount(*row) for row in found]


async def troubled_guests(db: Readable, statuses: Sequence[str]) -> list[TroubledGuest]:
    """The guests in one of these statuses, or last known in one of them and unknown since; but for
    those that a suspension keeps paused.
    """
    found = await db.rows(
        "WITH trouble AS (SELECT value FROM json_each(?))"  # noqa: S608 -- our own text
        " SELECT guest.cluster, vmid, name, status, coalesce(tenant, '') FROM guest"
        " LEFT JOIN tenant_pool AS owned ON owned.cluster = guest.cluster"
        " AND owned.pool = guest.pool AND valid_until IS NULL"
        f" WHERE {_ALIVE} AND (guest.cluster, vmid) NOT IN ({_KEPT_PAUSED}) AND (status IN trouble"
        " OR (status = 'unknown' AND last_status IN trouble)) ORDER BY 1, 2",
        (msgspec.json.encode(statuses).decode(),),
    )
    return [TroubledGuest(*row) for row in found]


async def node_guests(db: Readable) -> list[NodeGuests]:
    """By node."""
    found = await db.rows(
        "SELECT cluster, node, count(*), sum(status = 'running') FROM guest"  # noqa: S608 -- our own text
        f" WHERE {_ALIVE} GROUP BY 1, 2"
    )
    return [NodeGuests(*row) for row in found]


async def tenant_uses(db: Readable) -> list[TenantUse]:
    """By tenant, of the pools that are its own today; tenants without a guest are not listed."""
    found = await db.rows(
        "SELECT tenant, count(*), sum(status = 'running'), sum(status = 'unknown'),"  # noqa: S608 -- our own text
        " CASE WHEN count(cpus) = count(*) THEN sum(cpus) END,"
        " CASE WHEN count(memory) = count(*) THEN sum(memory) END,"
        " CASE WHEN count(disk) = count(*) THEN sum(disk) END"
        " FROM guest JOIN tenant_pool USING (cluster, pool)"
        f" WHERE {_ALIVE} AND valid_until IS NULL GROUP BY 1"
    )
    return [TenantUse(*row) for row in found]


async def tenant_backups(db: Readable) -> list[TenantBackups]:
    """By tenant and state, each guest counted once."""
    found = await db.rows(
        "SELECT tenant, best, count(*) FROM ("  # noqa: S608 -- our own text
        f" SELECT tenant, coalesce(min({_RANK}), 6) AS best"
        " FROM guest JOIN tenant_pool USING (cluster, pool)"
        " LEFT JOIN (SELECT * FROM backup WHERE offsite) USING (cluster, vmid)"
        f" WHERE {_ALIVE} AND valid_until IS NULL GROUP BY tenant, cluster, vmid) GROUP BY 1, 2"
    )
    return [TenantBackups(tenant, _STATES[best], number) for tenant, best, number in found]


async def backup_counts(db: Readable) -> list[tuple[str, str, int]]:
    """(cluster, state, guests), each guest counted once by the best of its stores."""
    found = await db.rows(
        f"SELECT cluster, best, count(*) FROM (SELECT cluster, min({_RANK}) AS best"  # noqa: S608 -- our own text
        " FROM backup WHERE offsite GROUP BY cluster, vmid) GROUP BY 1, 2"
    )
    return [(cluster, _STATES[best], number) for cluster, best, number in found]


async def running_tasks(db: Readable, limit: int = 50) -> list[Task]:
    """Tasks under way, the newest first."""
    return await TASKS.where(db, "outcome = 'running' ORDER BY started_at DESC LIMIT ?", limit)


async def pools_without_tenant(db: Readable) -> list[tuple[str, str]]:
    """(cluster, pool) of each pool that no tenant has today."""
    found = await db.rows(
        "SELECT cluster, name FROM pool WHERE NOT EXISTS (SELECT 1 FROM tenant_pool AS owned"
        " WHERE owned.cluster = pool.cluster AND owned.pool = pool.name"
        " AND valid_until IS NULL) ORDER BY 1, 2"
    )
    return [(cluster, name) for cluster, name in found]


async def doubtful_backups(db: Readable) -> list[DoubtfulBackup]:
    """The guests of tenants whose backups on the second site are doubtful, and why."""
    found = await db.rows(
        "SELECT tenant, guest.cluster, guest.vmid, guest.name, store, doubt"
        " FROM backup JOIN guest USING (cluster, vmid) JOIN tenant_pool AS owned"
        " ON owned.cluster = guest.cluster AND owned.pool = guest.pool AND valid_until IS NULL"
        " WHERE offsite AND backup.state = 'doubtful' ORDER BY 1, 2, 3, 5"
    )
    return [DoubtfulBackup(*row) for row in found]
