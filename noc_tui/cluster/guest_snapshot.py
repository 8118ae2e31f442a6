"""A guest as a poll saw it, and how it is made of Proxmox's row and of what was known before.

Pure. The loop over the rows is the daemon's hottest path, 10 000 a poll: it stays one function.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

import msgspec
from msgspec.structs import replace

from noc_tui.cluster.api_rows import ResourceRow
from noc_tui.cluster.row_figures import NO_LOADS, UNKNOWN, boot_instant, percent, whole_bytes

GuestKind = Literal["qemu", "lxc"]
KINDS: Mapping[str, GuestKind] = {"qemu": "qemu", "lxc": "lxc"}
STOPPED = "stopped"
_TAG_SEPARATORS = re.compile(r"[;,\s]+")
"""What Proxmox takes for the end of a tag."""


class GuestSnapshot(msgspec.Struct, frozen=True, gc=False):
    """A virtual machine (`qemu`) or container (`lxc`); the vmid is unique in its cluster.

    `status` is Proxmox's word: `running`, `stopped`, `paused`, `prelaunch`, `io-error`, …, and
    `unknown` as soon as its node is not online, though Proxmox goes on saying `running` for five
    minutes; `last_status` is then what was last known. `carried`: name, template, sizes or tags
    are from an earlier snapshot, since Proxmox forgets them for a dead node's guests.
    `disk_percent` exists for containers only. What is stopped has no load, whatever is said of it.
    """

    vmid: int
    kind: GuestKind
    node: str
    name: str | None
    status: str
    last_status: str | None
    template: bool | None
    cpu_percent: int | None
    memory_percent: int | None
    disk_percent: int | None
    cpus: float | None
    memory: int | None
    disk: int | None
    booted_at: datetime | None
    pool: str | None
    tags: tuple[str, ...]
    lock: str | None
    ha_state: str | None
    carried: bool


def see_guests(
    rows: Iterable[ResourceRow],
    online: frozenset[str],
    now: datetime,
    elapsed: float,
    earlier: Mapping[int, GuestSnapshot],
    earlier_rows: Mapping[int, ResourceRow],
) -> dict[int, GuestSnapshot]:
    """Return the guests that a poll at `now` saw, by vmid.

    `online` are the nodes that answer for theirs; `elapsed` seconds lie between this poll and the
    one that saw `earlier` in `earlier_rows`. A guest that did not change is the same object.
    """
    guest_before, row_before = earlier.get, earlier_rows.get
    tags_of: dict[str | None, tuple[str, ...]] = {None: (), "": ()}
    guests: dict[int, GuestSnapshot] = {}
    for row in rows:
        vmid, node, status, uptime = row.vmid, row.node, row.status, row.uptime
        if vmid is None or node is None:  # such rows are left out before
            continue
        before = guest_before(vmid)
        if node not in online or status is None or status == UNKNOWN:
            guests[vmid] = _lost(row, vmid, node, status or UNKNOWN, before)
            continue
        booted_at = before.booted_at if before is not None else None
        last = row_before(vmid)
        # The usual case in few steps: it ran longer than the polls are apart, and it still runs.
        if not uptime:
            booted_at = None
        elif last is None or last.uptime is None or not elapsed < last.uptime <= uptime:
            booted_at = boot_instant(now, row, last, booted_at)
        tags = row.tags
        if tags not in tags_of:
            tags_of[tags] = split_tags(tags)
        kind = row.type
        cpu, mem, maxmem, maxdisk = row.cpu, row.mem, row.maxmem, row.maxdisk
        if status == STOPPED:
            cpu, mem = cpu and 0, mem and 0
        # By position, in the order of the fields: by name, ten thousand of them take nine times as
        # long to make, and the whole poll a third longer.
        guest = GuestSnapshot(
            *(
                vmid,
                KINDS[kind],
                node,
                row.name,
                status,
                None,  # last_status: it is known
                row.template,
                None if cpu is None else max(0, round(cpu * 100)),
                None if mem is None or not maxmem else round(mem * 100 / maxmem),
                percent(row.disk, maxdisk) if kind == "lxc" else None,
                row.maxcpu,
                None if maxmem is None else int(maxmem),
                None if maxdisk is None else int(maxdisk),
                booted_at,
                row.pool,
                tags_of[tags],
                row.lock,
                row.hastate,
                False,  # carried: nothing is from before
            )
        )
        # The value that was there stays there, so that a difference is found by identity.
        guests[vmid] = before if before is not None and before == guest else guest
    return guests


def _lost(
    row: ResourceRow, vmid: int, node: str, status: str, before: GuestSnapshot | None
) -> GuestSnapshot:
    """A guest of which nothing certain is known now: no load, no running, but still a name."""
    reported = status if status != UNKNOWN else None
    if before is None:
        last = reported
    else:
        last = reported or (before.last_status if before.status == UNKNOWN else before.status)
    forgotten = row.name is None and before is not None
    maxmem, maxdisk = whole_bytes(row.maxmem), whole_bytes(row.maxdisk)
    tags = split_tags(row.tags)
    guest = GuestSnapshot(
        vmid=vmid,
        kind=KINDS[row.type],
        node=node,
        name=before.name if forgotten and before else row.name,
        status=UNKNOWN,
        last_status=last,
        template=before.template if forgotten and before else row.template,
        cpu_percent=None,
        memory_percent=None,
        disk_percent=None,
        cpus=before.cpus if row.maxcpu is None and before else row.maxcpu,
        memory=before.memory if maxmem is None and before else maxmem,
        disk=before.disk if maxdisk is None and before else maxdisk,
        booted_at=None,
        pool=row.pool if row.pool is not None or before is None else before.pool,
        tags=before.tags if forgotten and before and not tags else tags,
        lock=row.lock,
        ha_state=row.hastate,
        carried=forgotten,
    )
    return before if before == guest and before is not None else guest


def split_tags(text: str | None) -> tuple[str, ...]:
    """Return the tags that a text holds, in its order."""
    return tuple(tag for tag in _TAG_SEPARATORS.split(text or "") if tag)


def unread(guest: GuestSnapshot) -> GuestSnapshot:
    """A guest whose row cannot be read now."""
    if guest.status == UNKNOWN:
        return guest
    return replace(guest, status=UNKNOWN, last_status=guest.status, carried=True, **NO_LOADS)
