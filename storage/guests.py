"""Guests: as a poll saw them, and as a table shows them with their tenant and their backup.

Figures are kept at the precision that is shown, and a boot time rather than a growing uptime.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from storage.backups import BACKUPS
from storage.connection import Readable
from storage.register import TENANT_POOLS
from storage.tables import Binding, Key, Table, TableChanges, changed_tables


class Guest(msgspec.Struct, frozen=True):
    """A VM or container. `kind`: qemu, lxc. `status` is Proxmox's word, or unknown.

    While it is unknown `last_status` is what was last known, and `carried` says that name, sizes or
    tags are from before. Loads in whole percent; `memory` and `disk` in bytes; None is not known.
    """

    cluster: str
    vmid: int
    kind: str
    name: str | None
    node: str
    status: str
    last_status: str | None
    pool: str | None
    template: bool | None
    cpu_percent: int | None
    memory_percent: int | None
    disk_percent: int | None
    cpus: float | None
    memory: int | None
    disk: int | None
    booted_at: datetime | None
    ha_state: str | None
    lock: str | None
    tags: tuple[str, ...]
    carried: bool


class GuestLoad(msgspec.Struct, frozen=True):
    """The columns of a guest that move without anything having happened."""

    cluster: str
    vmid: int
    cpu_percent: int | None
    memory_percent: int | None
    disk_percent: int | None


GUESTS = Table(
    "guest",
    Guest,
    ["cluster", "vmid"],
    ["cluster", "kind", "node", "status", "last_status", "pool", "ha_state", "lock"],
    binding=Binding.OBSERVED,
)
GUEST_LOADS = Table("guest", GuestLoad, ["cluster", "vmid"], amends=True, binding=Binding.OBSERVED)
"""Most of what a poll writes: a third less work than a whole row, of which indexes are kept."""


class GuestLine(msgspec.Struct, frozen=True, gc=False):
    """A guest as a table shows it; `tenant` is "" where its pool belongs to none today.

    A console keeps ten thousand of these. A few fields less, no mark for the garbage collector,
    and one object for equal values take four megabytes off its memory.

    `backup` is the best state over all stores, `unknown` where no store says anything.
    """

    cluster: str
    vmid: int
    name: str | None
    node: str
    status: str
    template: bool | None
    tenant: str
    backup: str
    cpu_percent: int | None
    memory_percent: int | None
    memory: int | None
    disk: int | None
    booted_at: datetime | None
    tags: tuple[str, ...]


GUEST_LINES = Table(
    "guest_line",
    GuestLine,
    ["cluster", "vmid"],
    ["cluster", "node", "status", "tenant", "backup", "memory", "disk"],
    binding=Binding.OBSERVED,
)
"""A view: read, never written. Its revision is the guest's own."""

_OTHER_BACKUPS = """(cluster, vmid) IN (
    SELECT cluster, vmid FROM backup WHERE revision > ?
    UNION SELECT key ->> 0, key ->> 1 FROM gone WHERE kind = 'backup' AND revision > ?)"""


async def guests_among(
    db: Readable, wanted: Sequence[tuple[str, int]]
) -> dict[tuple[str, int], Guest]:
    """The guests of these clusters and numbers that are there, by cluster and number."""
    rows = await GUESTS.where(
        db,
        "(cluster, vmid) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))",
        msgspec.json.encode(wanted).decode(),
    )
    return {(row.cluster, row.vmid): row for row in rows}


async def changes_since(db: Readable, since: int) -> TableChanges[GuestLine] | None:
    """What changed after revision `since`, by guest or by its backups.

    None when all is to be read anew: at first, after too long an absence, and when pools changed
    hands.
    """
    among = await changed_tables(db, since, GUESTS, BACKUPS, TENANT_POOLS)
    if since <= 0 or among is None or TENANT_POOLS.name in among:
        return None
    lines: list[GuestLine] = []
    deletions: list[Key] = []
    if BACKUPS.name in among:
        lines += await GUEST_LINES.where(db, _OTHER_BACKUPS, since, since)
    if GUESTS.name in among:
        lines += await GUEST_LINES.read(db, since)
        deletions += await GUESTS.deletions(db, since)
    return TableChanges(lines, deletions, complete=False)
