"""Rows of `/cluster/resources` and of the listings that resemble them."""

from collections.abc import Callable, Iterator

from noc_tui.simulator import metrics
from noc_tui.simulator.data import Row
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import GIB, Guest
from noc_tui.simulator.model.node import Node, Storage

Sees = Callable[[str, str], bool]
"""Whether the caller has a privilege: `(path, privilege)`."""

BASE_MEMORY = 9 * GIB


def guest_row(cluster: Cluster, guest: Guest, now: float, *, new: bool = False) -> Row:
    """A guest as the cluster sees it: with the figures of its node's last broadcast. `new` says
    that a node on 9 answers, which tells what nodes on 9 broadcast.
    """
    row: Row = {
        "id": f"{guest.kind}/{guest.vmid}",
        "vmid": guest.vmid,
        "node": guest.node,
        "type": guest.kind,
    }
    if guest.pool:
        row["pool"] = guest.pool
    node = cluster.nodes[guest.node]
    if node.stale(now):
        row["status"] = "unknown"
        return row
    row |= _figures(guest, node.seen_at(now))
    if new and node.is_new:
        row["memhost"] = _memory_of_host(guest, row)
    resource = cluster.ha.get(guest.sid)
    if guest.lock:
        row["lock"] = guest.lock
    if guest.config.get("tags"):
        row["tags"] = guest.config["tags"]
    if resource is not None:
        row["hastate"] = resource.service if resource.service != "queued" else resource.wanted
    return row


def _figures(guest: Guest, seen: float) -> Row:
    qmp, started = guest.shown(seen)
    alive = started > 0
    received, sent = metrics.traffic(guest, started, seen) if alive else (0, 0)
    container = guest.kind == "lxc"
    return {
        "status": qmp,
        "name": guest.name,
        "template": int(guest.template),
        "uptime": max(0, int(seen - started)) if alive else 0,
        "maxcpu": guest.cores,
        "cpu": metrics.cpu(guest, seen) if qmp == "running" and alive else 0,
        "maxmem": guest.memory,
        "mem": metrics.memory(guest, seen) if alive else 0,
        "maxdisk": guest.disk,
        "disk": metrics.disk_used(guest, seen) if container and alive else 0,
        "netin": received,
        "netout": sent,
        "diskread": _counted(guest, guest.habits.disk_read, started, seen, alive),
        "diskwrite": _counted(guest, guest.habits.disk_write, started, seen, alive),
    }


def _memory_of_host(guest: Guest, row: Row) -> int:
    """What a machine takes of its node, which a container is not asked for (9)."""
    used = row["mem"]
    return int(used * 1.03) if guest.kind == "qemu" and isinstance(used, int | float) else 0


def _counted(guest: Guest, rate: float, started: float, seen: float, alive: bool) -> int:
    return metrics.counter(rate, guest, started, seen) if alive else 0


def node_row(cluster: Cluster, node: Node, now: float, audited: bool) -> Row:
    """A node; its figures only for those who may audit it."""
    status = "offline" if not node.online else "unknown" if node.stale(now) else "online"
    row: Row = {
        "id": f"node/{node.name}",
        "node": node.name,
        "type": "node",
        "status": status,
        "level": "",
    }
    if not audited:
        return row
    row |= {"maxcpu": node.cores, "maxmem": node.memory, "maxdisk": node.disk}
    if status == "online":
        row |= node_figures(cluster, node, node.seen_at(now))
    return row


def node_figures(cluster: Cluster, node: Node, seen: float) -> Row:
    """What a live node uses."""
    busy, memory = 0.0, BASE_MEMORY
    for guest in cluster.guests_of(node.name):
        if guest.running:
            busy += metrics.cpu(guest, seen) * guest.cores
            memory += metrics.memory(guest, seen)
    share = 0.02 + 0.02 * metrics.wave(seen, 613, node.phase) + busy / node.cores
    return {
        "cpu": min(1.0, share),
        "mem": min(node.memory, memory),
        "disk": node_disk(node, seen),
        "uptime": max(1, int(seen - node.booted)),
    }


def node_disk(node: Node, seen: float) -> int:
    return int(node.disk * (0.11 + 0.05 * metrics.wave(seen, 86400 * 30, node.phase)))


def storage_row(cluster: Cluster, storage: Storage, node: Node, now: float) -> Row:
    """A storage as one node sees it."""
    row: Row = {
        "id": f"storage/{node.name}/{storage.name}",
        "storage": storage.name,
        "node": node.name,
        "type": "storage",
        "plugintype": storage.kind,
        "shared": int(storage.shared),
        "content": storage.content,
    }
    if node.stale(now) or not storage.available(node.name):
        return row | {"status": "unknown"}
    seen = node.seen_at(now)
    return row | {"status": "available", "disk": storage.used(seen), "maxdisk": storage.total}


def zone_row(cluster: Cluster, node: Node, zone: str) -> Row:
    """A zone as its node broadcasts it: 9 gave these rows another type."""
    usual = "ok" if zone == "localnetwork" else "available"
    status = cluster.zone_states.get((node.name, zone), usual)
    if not node.is_new:
        return {
            "id": f"sdn/{node.name}/{zone}",
            "sdn": zone,
            "node": node.name,
            "type": "sdn",
            "status": status,
        }
    return {
        "id": f"network/{node.name}/zone/{zone}",
        "type": "network",
        "network-type": "zone",
        "network": zone,
        "node": node.name,
        "status": status,
    }


def _zone_rows(cluster: Cluster, asked: Node, sees: Sees) -> Iterator[Row]:
    """A node on 8 does not know what those on 9 broadcast; one on 9 tells both."""
    for node in cluster.nodes.values():
        for zone in cluster.zones:
            if sees(f"/sdn/zones/{zone}", "SDN.Audit") and (asked.is_new or not node.is_new):
                yield zone_row(cluster, node, zone)


def pool_rows(cluster: Cluster, guests: list[Row], sees: Sees) -> Iterator[Row]:
    """Pools, with sums of their running guests."""
    sums: dict[str, Row] = {}
    for guest in guests:
        if guest.get("pool") and guest.get("status") == "running":
            _add(sums.setdefault(str(guest["pool"]), {}), guest)
    for name in cluster.pools:
        if sees(f"/pool/{name}", "Pool.Audit"):
            yield {"id": f"/pool/{name}", "pool": name, "type": "pool"} | sums.get(name, {})


def _add(total: Row, guest: Row) -> None:
    cores = _number(total.get("maxcpu")) + _number(guest["maxcpu"])
    busy = _number(total.get("cpu")) * _number(total.get("maxcpu"))
    busy += _number(guest["cpu"]) * _number(guest["maxcpu"])
    total["cpu"], total["maxcpu"] = busy / max(1, cores), cores
    for key in ("mem", "maxmem"):
        total[key] = _number(total.get(key)) + _number(guest[key])
    total["uptime"] = max(_number(total.get("uptime")), _number(guest["uptime"]))


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else 0


def resource_rows(cluster: Cluster, asked: Node, sees: Sees, kind: str = "") -> list[Row]:
    """What the caller may see of a cluster, told by the node that was `asked`; `kind` is vm,
    storage, node, sdn or everything.
    """
    now = cluster.now
    rows: list[Row] = []
    guests = (
        [
            guest_row(cluster, guest, now, new=asked.is_new)
            for guest in cluster.guests.values()
            if sees(f"/vms/{guest.vmid}", "VM.Audit")
        ]
        if kind in ("", "vm")
        else []
    )
    if kind == "":
        rows += pool_rows(cluster, guests, sees)
    rows += guests
    if kind in ("", "node"):
        rows += _node_rows(cluster, asked, sees)
    if kind in ("", "storage"):
        rows += _storage_rows(cluster, now, sees)
    if kind in ("", "sdn"):
        rows += _zone_rows(cluster, asked, sees)
    return rows


def _node_rows(cluster: Cluster, asked: Node, sees: Sees) -> list[Row]:
    rows, now = [], cluster.now
    for node in cluster.nodes.values():
        row = node_row(cluster, node, now, sees(f"/nodes/{node.name}", "Sys.Audit"))
        row["cgroup-mode"] = 2
        if cluster.ha_used and cluster.ha_manager:
            row["hastate"] = node_hastate(node)
        if asked.is_new:
            row["host-arch"] = "x86_64"
        rows.append(row)
    return rows


def node_hastate(node: Node) -> str:
    """What HA's manager makes of a node; maintenance outlives the node's own end."""
    if node.maintenance:
        return "maintenance"
    return "online" if node.online else "unknown"


def _storage_rows(cluster: Cluster, now: float, sees: Sees) -> list[Row]:
    return [
        storage_row(cluster, storage, node, now)
        for storage in cluster.storages.values()
        if sees(f"/storage/{storage.name}", "Datastore.Audit")
        for node in cluster.nodes.values()
    ]
