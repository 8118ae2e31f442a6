"""The nights of backups that were checked, tenant by tenant (R29), and the restore tests."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from storage.connection import Readable
from storage.tables import Binding, Table
from storage.times import instant


class BackupNight(msgspec.Struct, frozen=True):
    """What a check found of one night of a tenant: of its `guests`, how many were `kept`.

    `holes` are the guests (`rennes/101`) without a copy, `unseen` those of which no backup server
    said anything, `unverified` those whose newest intact copy was too old.
    """

    tenant: str
    night: date
    checked_at: datetime
    guests: int
    kept: int
    holes: tuple[str, ...]
    unseen: tuple[str, ...]
    unverified: tuple[str, ...]


class RestoreTest(msgspec.Struct, frozen=True):
    """A backup of a guest that somebody restored to see whether it works; `outcome`: ok, failed.

    `backup_at` is when the copy was made, None where that was not noted.
    """

    id: int
    tenant: str
    cluster: str
    vmid: int
    tested_at: datetime
    backup_at: datetime | None
    outcome: str
    note: str
    account: str
    recorded_at: datetime


class GuestCopies(msgspec.Struct, frozen=True):
    """What the backup servers say of a tenant's guest, all stores taken together.

    `since` is when the guest was first seen with the tenant, None where it was not yet. `seen_at`
    is when the store that was read longest ago was read, None where no store says anything,
    or what one keeps may be another guest's.
    """

    tenant: str
    cluster: str
    vmid: int
    name: str | None
    since: datetime | None
    seen_at: datetime | None
    nights: frozenset[date]
    intact_at: datetime | None

    @property
    def place(self) -> str:
        """The guest as `cluster/vmid`."""
        return f"{self.cluster}/{self.vmid}"


BACKUP_NIGHTS = Table("backup_night", BackupNight, ["tenant", "night"], binding=Binding.RECORDED)
RESTORE_TESTS = Table(
    "restore_test", RestoreTest, ["id"], binding=Binding.RECORDED, erasable=["note"]
)


# A move to another node ends a placement and begins the next: the first of the unbroken row counts.
_SINCE = (
    "(SELECT max(since) FROM placement AS first WHERE first.tenant = owned.tenant"
    " AND first.source = 'guest:' || guest.cluster || '/' || guest.vmid"
    " AND NOT EXISTS (SELECT 1 FROM placement AS earlier WHERE earlier.source = first.source"
    " AND earlier.tenant = first.tenant AND earlier.since < first.since"
    " AND earlier.until >= first.since))"
)


async def guest_copies(db: Readable, tenant: str | None = None) -> list[GuestCopies]:
    """Every guest of a tenant, or of all tenants, by the pools of today; templates left out."""
    found = await db.rows(
        "SELECT owned.tenant, guest.cluster, guest.vmid, guest.name,"  # noqa: S608 -- our own text
        f" {_SINCE},"
        " min(source.seen_at), count(backup.store),"
        " count(source.seen_at) FILTER (WHERE backup.state <> 'doubtful'),"
        " json_group_array(backup.nights) FILTER (WHERE backup.nights IS NOT NULL),"
        " max(backup.intact_at)"
        " FROM guest JOIN tenant_pool AS owned ON owned.cluster = guest.cluster"
        " AND owned.pool = guest.pool AND valid_until IS NULL"
        " LEFT JOIN backup ON backup.cluster = guest.cluster AND backup.vmid = guest.vmid"
        " AND backup.offsite"
        " LEFT JOIN source ON source.cluster = '' AND source.name = 'pbs:' || backup.store"
        " WHERE template IS NOT 1 AND (? IS NULL OR owned.tenant = ?)"
        " GROUP BY owned.tenant, guest.cluster, guest.vmid ORDER BY 1, 2, 3",
        (tenant, tenant),
    )
    return [_copies(*row) for row in found]


def _copies(
    tenant: str,
    cluster: str,
    vmid: int,
    name: str | None,
    since: int | None,
    seen_at: int | None,
    stores: int,
    read: int,
    nights: str,
    intact_at: int | None,
) -> GuestCopies:
    kept = [night for one in msgspec.json.decode(nights) for night in msgspec.json.decode(one)]
    return GuestCopies(
        tenant=tenant,
        cluster=cluster,
        vmid=vmid,
        name=name,
        since=None if since is None else instant(since),
        seen_at=None if seen_at is None or read < stores else instant(seen_at),
        nights=frozenset(map(date.fromisoformat, kept)),
        intact_at=None if intact_at is None else instant(intact_at),
    )


async def nights_between(
    db: Readable, first: date, last: date, tenant: str | None = None
) -> Sequence[BackupNight]:
    """The checked nights from one day to another, both included."""
    return await BACKUP_NIGHTS.where(
        db,
        "night BETWEEN ? AND ? AND (? IS NULL OR tenant = ?) ORDER BY tenant, night",
        first.isoformat(),
        last.isoformat(),
        tenant,
        tenant,
    )


async def first_seen(db: Readable) -> dict[str, datetime]:
    """When a guest of each tenant was first seen: since then restore tests are owed."""
    rows = await db.rows("SELECT tenant, min(since) FROM placement GROUP BY tenant")
    return {str(tenant): instant(since) for tenant, since in rows}


async def next_test_id(db: Readable) -> int:
    """The number of the next restore test."""
    ((number,),) = await db.rows("SELECT coalesce(max(id), 0) + 1 FROM restore_test")
    return int(number)
