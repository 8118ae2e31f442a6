"""`/storage` and `/nodes/{node}/storage`: where disks and backups lie."""

from datetime import UTC, datetime

from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json, Row
from noc_tui.simulator.errors import perl_error
from noc_tui.simulator.model.backups import Key, Snapshot
from noc_tui.simulator.model.cluster import digest_of
from noc_tui.simulator.model.node import Storage
from noc_tui.simulator.parameters import FLAG, TEXT, VMID, Parameter
from noc_tui.simulator.routing import Method, needs


def _visible(call: Call, storage: Storage) -> bool:
    held = call.cluster.access.privileges(call.principal, f"/storage/{storage.name}")
    return "Datastore.Audit" in held or "Datastore.AllocateSpace" in held


def _configured(call: Call) -> Json:
    rows: list[Row] = []
    for storage in call.cluster.storages.values():
        if not _visible(call, storage):
            continue
        row: Row = {
            "storage": storage.name,
            "type": storage.kind,
            "content": storage.content,
            "digest": digest_of(storage.name),
        }
        if storage.kind == "dir":
            row |= {"path": storage.path, "priority": 0, "prune-backups": "keep-all=1"}
        elif storage.shared:
            row["shared"] = 1
        if storage.server:
            row |= {"server": f"{storage.server}.example.fr", "datastore": "backup"}
        rows.append(row)
    return rows


def _of_node(call: Call) -> Json:
    content = call.text("content")
    return [
        _status_row(storage, call)
        for storage in call.cluster.storages.values()
        if _visible(call, storage) and content in storage.content
    ]


def _status_row(storage: Storage, call: Call) -> Row:
    row: Row = {
        "storage": storage.name,
        "type": storage.kind,
        "content": storage.content,
        "enabled": 1,
        "shared": int(storage.shared),
        "active": int(storage.available(call.node_name)),
    }
    if not storage.available(call.node_name):
        return row | {"total": 0, "used": 0, "avail": 0}
    used = storage.used(call.now)
    return row | {
        "total": storage.total,
        "used": used,
        "avail": storage.total - used,
        "used_fraction": used / storage.total,
    }


def _known(call: Call) -> Storage:
    storage = call.cluster.storages.get(call.path["storage"])
    if storage is None:
        raise perl_error(f"storage '{call.path['storage']}' does not exist")
    if not storage.available(call.node_name):
        raise perl_error(f"could not activate storage '{storage.name}': connection refused (111)")
    return storage


def _content(call: Call) -> Json:
    """Volumes that the caller may see: those it may not are left out without a word."""
    storage = _known(call)
    wanted, vmid = call.text("content"), call.values.get("vmid")
    rows: list[Row] = []
    if storage.kind == "pbs":
        rows = _backups(call, storage) if wanted in ("", "backup") else []
    elif wanted in ("", "images", "rootdir"):
        rows = _volumes(call, storage)
    return [row for row in rows if vmid in (None, row["vmid"])]


def _volumes(call: Call, storage: Storage) -> list[Row]:
    rows: list[Row] = []
    for guest in call.cluster.guests.values():
        disk = "rootfs" if guest.kind == "lxc" else "scsi0"
        volume = str(guest.config.get(disk, "")).partition(",")[0]
        local = storage.shared or guest.node == call.node_name
        if not volume.startswith(f"{storage.name}:") or not local:
            continue
        if call.has(f"/vms/{guest.vmid}", "VM.Audit"):
            rows.append(
                {
                    "volid": volume,
                    "vmid": guest.vmid,
                    "content": "rootdir" if guest.kind == "lxc" else "images",
                    "format": "raw",
                    "size": guest.disk,
                    "used": 4096,
                    "parent": None,
                    "ctime": 1_700_000_000,
                }
            )
    return rows


def _backups(call: Call, storage: Storage) -> list[Row]:
    server = call.world.backups.get(storage.server)
    if server is None or server.down:
        raise perl_error(
            f"proxmox-backup-client failed: {storage.server}: connection refused (111)"
        )
    everything = call.has(f"/storage/{storage.name}", "Datastore.Allocate")
    space = call.has(f"/storage/{storage.name}", "Datastore.AllocateSpace")
    return [
        _backup_row(storage.name, key, snapshot)
        for key, kept in server.snapshots.items()
        if everything or (space and call.has(f"/vms/{key[1]}", "VM.Backup"))
        for snapshot in kept
        if snapshot.size is not None
    ]


def _backup_row(storage: str, key: Key, snapshot: Snapshot) -> Row:
    kind, vmid = key
    at = datetime.fromtimestamp(snapshot.time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    row: Row = {
        "volid": f"{storage}:backup/{kind}/{vmid}/{at}",
        "format": f"pbs-{kind}",
        "size": snapshot.size,
        "ctime": snapshot.time,
        "vmid": vmid,
        "content": "backup",
        "subtype": "lxc" if kind == "ct" else "qemu",
    }
    if snapshot.verified:
        row["verification"] = {"state": snapshot.verified, "upid": snapshot.verify_upid}
    return row


_BASE = "/nodes/{node}/storage"

METHODS = (
    Method("GET", "/storage", _configured, {"type": TEXT}),
    Method(
        "GET",
        _BASE,
        _of_node,
        {"content": TEXT, "enabled": FLAG, "storage": TEXT, "target": TEXT, "format": FLAG},
        protected=True,
    ),
    Method(
        "GET",
        f"{_BASE}/{{storage}}/status",
        lambda call: _status_row(_known(call), call),
        check=needs(
            "/storage/{storage}", "Datastore.Audit", "Datastore.AllocateSpace", any_of=True
        ),
        protected=True,
    ),
    Method(
        "GET",
        f"{_BASE}/{{storage}}/content",
        _content,
        {"content": TEXT, "vmid": Parameter(VMID.verify)},
        check=needs(
            "/storage/{storage}", "Datastore.Audit", "Datastore.AllocateSpace", any_of=True
        ),
        protected=True,
    ),
)
