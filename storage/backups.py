"""The last backup of each guest, by backup store (R29)."""

from datetime import datetime

import msgspec

from storage.connection import Readable
from storage.tables import Binding, Table


class Backup(msgspec.Struct, frozen=True):
    """`state`: fresh, stale, missing, failed, unverified, doubtful, unknown, as the rule found it.

    `last_at` is the last successful one there, `kept` how many are kept, `verified` None where
    it never was checked; `error` says why the newest try failed. `nights` (ISO days) are those of
    which a copy is kept that was not found damaged, `intact_at` when the newest copy was made that
    was found intact; None where none was. `doubt` says what does not agree, and what was found
    instead (`owner other@pbs!b`), of a backup that may be another guest's: none such is counted.
    `offsite` is whether the store stands on another site than the guest's cluster.
    """

    cluster: str
    vmid: int
    store: str
    site: str
    state: str
    last_at: datetime | None
    size: int | None
    verified: bool | None
    kept: int | None
    error: str | None
    nights: tuple[str, ...] = ()
    intact_at: datetime | None = None
    doubt: str = ""
    offsite: bool = True


BACKUPS = Table(
    "backup",
    Backup,
    ["cluster", "vmid", "store"],
    ["cluster", "store", "site", "state"],
    binding=Binding.OBSERVED,
)


class TroubledBackup(msgspec.Struct, frozen=True):
    """A guest whose backups in a store are not in order: why, and whose it is ("" for nobody's)."""

    tenant: str
    name: str | None
    backup: Backup


async def troubled_backups(db: Readable, limit: int = 1000) -> list[TroubledBackup]:
    """The backups that are neither fresh nor merely unverified, by cluster and number."""
    rows = await BACKUPS.where(
        db, "state NOT IN ('fresh', 'unverified') ORDER BY cluster, vmid, store LIMIT ?", limit
    )
    found = await db.rows(
        "SELECT cluster, vmid, name, tenant FROM guest_line WHERE (cluster, vmid) IN"
        " (SELECT cluster, vmid FROM backup WHERE state NOT IN ('fresh', 'unverified'))"
    )
    known = {(cluster, vmid): (tenant, name) for cluster, vmid, name, tenant in found}
    return [TroubledBackup(*known.get((row.cluster, row.vmid), ("", None)), row) for row in rows]


async def any_doubtful(db: Readable, cluster: str, vmid: int) -> bool:
    """Whether backups that are kept under a guest's number may be another guest's."""
    rows = await BACKUPS.where(db, "cluster = ? AND vmid = ? AND state = 'doubtful'", cluster, vmid)
    return bool(rows)
