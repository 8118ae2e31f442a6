"""Tenants without guests: whether that is on record as wanted, and who has lost all (R6, R40).

Instants in microseconds.
"""

import msgspec

from storage.connection import Readable
from storage.register import TENANT_POOLS
from storage.tables import Binding, Table


class WantedEmpty(msgspec.Struct, frozen=True):
    """From `since` to `until` it is wanted that the tenant has no guest; without `until`, now."""

    tenant: str
    since: int
    until: int | None
    reason: str
    account: str
    evidence: int
    ended_by: int | None = None


WANTED_EMPTY = Table(
    "wanted_empty",
    WantedEmpty,
    ["tenant", "since"],
    binding=Binding.RECORDED,
    erasable=["reason"],
)


async def wanted_empty(db: Readable, tenant: str) -> list[WantedEmpty]:
    """The times in which a tenant may have no guest, the oldest first."""
    return await WANTED_EMPTY.where(db, "tenant = ? ORDER BY since", tenant)


async def first_guest(db: Readable, tenant: str, after: int | None = None) -> int | None:
    """When the tenant had its first guest, or the first that came after an instant."""
    rows = await db.rows(
        "SELECT min(since) FROM placement WHERE tenant = ? AND source LIKE 'guest:%'"
        " AND (? IS NULL OR since > ?)",
        (tenant, after, after),
    )
    ((found,),) = rows
    return None if found is None else int(found)


async def last_guest_left(db: Readable) -> dict[str, int]:
    """The tenants that had guests and have none, and since when."""
    rows = await db.rows(
        "SELECT tenant, max(until) FROM placement WHERE source LIKE 'guest:%'"
        " GROUP BY tenant HAVING count(*) = count(until)"
    )
    return {str(tenant): int(left) for tenant, left in rows}


async def tenants_lost(db: Readable) -> dict[str, int]:
    """The tenants that have no guest left, and since when; not where that is wanted."""
    wanted = {row.tenant for row in await WANTED_EMPTY.where(db, "until IS NULL")}
    left = await last_guest_left(db)
    return {tenant: since for tenant, since in left.items() if tenant not in wanted}


async def running_pools(db: Readable) -> list[tuple[str, str]]:
    """Cluster and pool of each guest that runs, or of which nobody knows that it does not."""
    rows = await db.rows(
        "SELECT cluster, pool FROM guest WHERE pool IS NOT NULL AND status <> 'stopped'"
        " AND NOT coalesce(template, 0)"
    )
    return [(str(cluster), str(pool)) for cluster, pool in rows]


async def pool_owners(db: Readable) -> dict[tuple[str, str], str]:
    """Whose each pool is by now."""
    rows = await TENANT_POOLS.where(db, "valid_until IS NULL")
    return {(row.cluster, row.pool): row.tenant for row in rows}
