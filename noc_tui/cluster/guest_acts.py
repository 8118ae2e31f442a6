"""An operator's daily acts on a guest, as Proxmox's calls: snapshots, backups, restores, moves.

Each call that changes something returns the id of its task, which may still fail. All may raise
the errors of `noc_tui.cluster.errors`, and nothing else.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from noc_tui.cluster import errors, ids
from noc_tui.cluster.api_rows import Bytes, Flag, Instant, Name, Text
from noc_tui.cluster.gateway import Gateway, Parameter
from noc_tui.cluster.ids import GuestPlace

PRESENT = "current"
"""The row of a list of snapshots that is the guest as it is now."""
Nodes = dict[str, dict[str, object]] | list[object]


class GuestSnapshotRow(msgspec.Struct, frozen=True):
    """A row of `…/snapshot`: `snaptime` seconds since the epoch, `vmstate` whether the memory was
    saved too; the row `current` is the guest now, its `parent` what it goes on from.
    """

    name: Name
    description: Text = None
    snaptime: Instant | None = None
    vmstate: Flag = None
    parent: Name | None = None


class LocalDisk(msgspec.Struct, frozen=True):
    """A disk that lies on the guest's node alone."""

    volid: Name
    size: Bytes = None


class MigrationConditions(msgspec.Struct, frozen=True):
    """`GET …/qemu/{vmid}/migrate`: nodes that may take the guest, and what of it is local.

    `refused` holds by node what it lacks: storages, and since 9.1 HA resources that stand in the
    way. Containers have no such call before 9.2.
    """

    running: Flag = None
    allowed_nodes: tuple[Name, ...] = ()
    not_allowed_nodes: Nodes = {}
    local_disks: tuple[LocalDisk, ...] = ()
    local_resources: tuple[Name, ...] = ()

    def refusal_of(self, node: str) -> str | None:
        """Why a node cannot take the guest, in Proxmox's own terms; None where it can."""
        if not self.allowed_nodes or node in self.allowed_nodes:
            return None
        found = self.not_allowed_nodes
        why = found.get(node, {}) if isinstance(found, dict) else {}
        return msgspec.json.encode(why).decode() if why else node

    def blocked_by_ha(self, node: str) -> tuple[str, ...]:
        """The services by which HA keeps the guest off a node that lacks nothing else (9.1)."""
        found = self.not_allowed_nodes
        why = found.get(node, {}) if isinstance(found, dict) else {}
        rows = why.get("blocking-ha-resources")
        if set(why) != {"blocking-ha-resources"} or not isinstance(rows, list):
            return ()
        return tuple(str(row.get("sid", "?")) for row in rows if isinstance(row, dict))


class BackupVolume(msgspec.Struct, frozen=True):
    """A backup of `…/storage/{storage}/content`: `ctime` seconds since the epoch, `size` bytes."""

    volid: Annotated[str, Meta(max_length=400)]
    ctime: Instant = 0
    size: Bytes = None
    vmid: int | None = None


async def list_snapshots(gateway: Gateway, guest: GuestPlace) -> list[GuestSnapshotRow]:
    """The guest's snapshots, oldest first; the present state is left out."""
    rows = await gateway.read(f"{guest.path}/snapshot", list[GuestSnapshotRow])
    return sorted(
        (row for row in rows if row.name != PRESENT), key=lambda row: (row.snaptime or 0, row.name)
    )


async def take_snapshot(
    gateway: Gateway, guest: GuestPlace, name: str, description: str, *, with_memory: bool
) -> str:
    """`qmsnapshot`, `vzsnapshot`. Memory is saved of running virtual machines only."""
    values: dict[str, Parameter] = {
        "snapname": ids.snapshot(name),
        "description": description or None,
    }
    if with_memory and guest.kind == "qemu":
        values["vmstate"] = True
    return await gateway.task("POST", f"{guest.path}/snapshot", values)


async def roll_back(gateway: Gateway, guest: GuestPlace, name: str, *, start: bool) -> str:
    """`qmrollback`, `vzrollback`: what came after the snapshot is lost. The guest is off after it
    unless its memory was saved, or `start` asks for it.
    """
    path = f"{guest.path}/snapshot/{ids.snapshot(name)}/rollback"
    return await gateway.task("POST", path, {"start": start or None})


async def delete_snapshot(gateway: Gateway, guest: GuestPlace, name: str) -> str:
    """`qmdelsnapshot`, `vzdelsnapshot`."""
    return await gateway.task("DELETE", f"{guest.path}/snapshot/{ids.snapshot(name)}")


async def back_up(gateway: Gateway, guest: GuestPlace, storage: str, note: str) -> str:
    """`vzdump` of one guest while it runs on. Nothing is pruned for it."""
    values: dict[str, Parameter] = {
        "vmid": guest.vmid,
        "storage": ids.storage(storage),
        "mode": "snapshot",
        "remove": False,
        "notes-template": note or None,
    }
    return await gateway.task("POST", f"nodes/{ids.node(guest.node)}/vzdump", values)


async def list_backups(gateway: Gateway, node: str, storage: str, vmid: int) -> list[BackupVolume]:
    """A guest's backups on a storage as a node sees it, newest first.

    Proxmox leaves out, without a word, what the token may not restore.
    """
    path = f"nodes/{ids.node(node)}/storage/{ids.storage(storage)}/content"
    rows = await gateway.read_acting(
        path, list[BackupVolume], content="backup", vmid=ids.vmid(vmid)
    )
    return sorted((row for row in rows if row.vmid in (None, vmid)), key=lambda row: -row.ctime)


async def next_vmid(gateway: Gateway) -> int:
    """A number that no guest of the cluster has. Another may take it before it is used."""
    return ids.vmid(await gateway.read("cluster/nextid", str))


async def restore(gateway: Gateway, place: GuestPlace, volume: str, storage: str, name: str) -> str:
    """`qmrestore`, `vzrestore`: a backup as a new guest at `place`, off, with addresses of its own.

    Its interfaces are still those of the backup: `unplug` follows before anything starts it.
    """
    values: dict[str, Parameter] = {
        "vmid": place.vmid,
        "storage": ids.storage(storage),
        "unique": True,
        "onboot": False,
        "start": False,
        "tags": TEST_TAG,
    }
    if place.kind == "lxc":
        values |= {"ostemplate": volume, "restore": True, "hostname": name}
    else:
        values |= {"archive": volume, "name": name}
    return await gateway.task("POST", f"nodes/{ids.node(place.node)}/{place.kind}", values)


TEST_TAG = "noc-restore-test"
"""The tag of a guest that was restored for a test, by which it is found and deleted."""


async def unplug(gateway: Gateway, guest: GuestPlace) -> tuple[str, ...]:
    """Take every network interface off a guest; those there were. Read again afterwards: raises
    `errors.AmbiguousOutcome` where one is left.
    """
    config = await gateway.guest_config(guest)
    nets = tuple(sorted(key for key in config.values if ids.is_net(key)))
    if nets:
        values: dict[str, Parameter] = {"delete": ",".join(nets), "digest": config.digest}
        await gateway.write("PUT", f"{guest.path}/config", values)
    left = [key for key in (await gateway.guest_config(guest)).values if ids.is_net(key)]
    if left:
        raise errors.AmbiguousOutcome(gateway.name, None, f"{', '.join(left)} is still there")
    return nets


async def delete_test(gateway: Gateway, guest: GuestPlace, name: str) -> str:
    """`qmdestroy`, `vzdestroy` of a guest that was restored for a test. Its configuration is read
    once more: `errors.ObjectMissing` where it has not that name and the tag of tests, since
    numbers are used again.
    """
    values = (await gateway.guest_config(guest)).values
    known = values.get("hostname" if guest.kind == "lxc" else "name")
    if known != name or TEST_TAG not in values.get("tags", "").split(";"):
        said = f"guest {guest.vmid} is not the test {name}"
        raise errors.ObjectMissing(gateway.name, None, said)
    path = f"{guest.path}"
    return await gateway.task("DELETE", path, {"purge": True})


async def read_migration(gateway: Gateway, guest: GuestPlace) -> MigrationConditions | None:
    """What stands in the way of a virtual machine's move; None of a container."""
    if guest.kind != "qemu":
        return None
    return await gateway.read_acting(f"{guest.path}/migrate", MigrationConditions)


async def migrate(
    gateway: Gateway, guest: GuestPlace, target: str, *, running: bool, with_disks: bool = False
) -> str:
    """`qmigrate`, `vzmigrate`, under HA `hamigrate`. A running virtual machine runs on; a running
    container is stopped and started again over there, since Proxmox moves none alive.
    """
    values: dict[str, Parameter] = {"target": ids.node(target)}
    if guest.kind == "lxc":
        values["restart"] = running or None
    else:
        values["online"] = running or None
        values["with-local-disks"] = with_disks or None
    return await gateway.task("POST", f"{guest.path}/migrate", values)
