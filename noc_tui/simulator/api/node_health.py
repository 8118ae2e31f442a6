"""What a node alone knows: subscription, updates, ZFS pools, disks; and Ceph of the whole cluster.

Sources: pve-manager `API2/{Subscription,APT}.pm`, `API2/Cluster/Ceph.pm`, pve-storage
`API2/Disks.pm`, `API2/Disks/ZFS.pm`, 8.4 to 9.2.
"""

from datetime import UTC, datetime

from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json, Row
from noc_tui.simulator.errors import perl_error
from noc_tui.simulator.model.guest import GIB
from noc_tui.simulator.routing import Method, needs

_NODE = "/nodes/{node}"
_TIB = 1024 * GIB
_CHECKS = {
    "HEALTH_WARN": ("OSD_NEARFULL", "1 nearfull osd(s)"),
    "HEALTH_ERR": ("PG_DAMAGED", "Possible data damage: 1 pg inconsistent"),
}


def _subscription(call: Call) -> Json:
    health = call.node.health
    if not health.subscription:
        return {
            "status": "notfound",
            "message": "There is no subscription key",
            "serverid": "0" * 32,
            "url": "https://www.proxmox.com/en/proxmox-virtual-environment/pricing",
        }
    ends = datetime.fromtimestamp(call.node.booted + 86400 * 500, UTC)
    return {
        "status": health.subscription,
        "level": "c",
        "productname": "Proxmox VE Community Subscription 2 CPUs/year",
        "nextduedate": ends.strftime("%Y-%m-%d"),
        "sockets": 2,
        "serverid": "0" * 32,
    }


def _updates(call: Call) -> Json:
    return [
        {
            "Package": name,
            "Title": name,
            "Version": "9.2.12" if call.node.pve == "9.2" else "8.4.22",
            "OldVersion": "9.2.11" if call.node.pve == "9.2" else "8.4.21",
            "Origin": "Proxmox",
            "Section": "admin",
            "Priority": "optional",
            "Arch": "amd64",
        }
        for name in call.node.health.updates
    ]


def _zfs(call: Call) -> Json:
    pools = call.node.health.pools
    if not pools:
        raise perl_error("zfsutils-linux not installed")
    return [
        {
            "name": name,
            "health": health,
            "size": 2 * _TIB,
            "alloc": 700 * GIB,
            "free": 2 * _TIB - 700 * GIB,
            "frag": 11,
            "dedup": 1.0,
        }
        for name, health in pools.items()
    ]


def _disks(call: Call) -> Json:
    rows: list[Row] = []
    for number, (device, health) in enumerate(call.node.health.disks.items()):
        rows.append(
            {
                "devpath": device,
                "health": health,
                "model": "SAMSUNG MZQL23T8HCLS",
                "serial": f"S64HNE0T{call.node.nodeid:02d}{number:02d}",
                "size": 3840755982336,
                "type": "nvme",
                "wearout": 97 - number,
                "gpt": 1,
                "osdid": -1,
                "used": "partitions",
                "rpm": 0,
                "vendor": "unknown",
                "wwn": "unknown",
            }
        )
    return rows


def _ceph(call: Call) -> Json:
    health = call.cluster.ceph
    if not health:
        raise perl_error("binary not installed: /usr/bin/ceph-mon")
    checks: Row = {}
    if health in _CHECKS:
        name, message = _CHECKS[health]
        checks[name] = {
            "severity": health,
            "summary": {"message": message, "count": 1},
            "muted": False,
        }
    return {
        "fsid": "6c1f5f3e-0000-4000-8000-000000000001",
        "health": {"status": health, "checks": checks, "mutes": []},
        "osdmap": {"num_osds": 12, "num_up_osds": 12, "num_in_osds": 12},
        "pgmap": {"bytes_total": 40 * _TIB, "bytes_used": 20 * _TIB, "bytes_avail": 20 * _TIB},
    }


_DISKS = needs("/", "Sys.Audit", "Datastore.Audit", any_of=True)

METHODS = (
    Method("GET", f"{_NODE}/subscription", _subscription),
    Method(
        "GET",
        f"{_NODE}/apt/update",
        _updates,
        check=needs(_NODE, "Sys.Modify"),
        protected=True,
    ),
    Method("GET", f"{_NODE}/disks/zfs", _zfs, check=_DISKS, protected=True),
    Method("GET", f"{_NODE}/disks/list", _disks, check=_DISKS, protected=True),
    Method(
        "GET",
        "/cluster/ceph/status",
        _ceph,
        check=needs("/", "Sys.Audit", "Datastore.Audit", any_of=True),
        protected=True,
    ),
)
