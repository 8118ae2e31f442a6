"""What virtual machines and containers do: listings, `status/current`, statistics, the agent."""

from functools import partial

from noc_tui.simulator import metrics, netopts
from noc_tui.simulator.agent_rights import agent_check
from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json, Row
from noc_tui.simulator.errors import perl_error
from noc_tui.simulator.guest_schema import NET
from noc_tui.simulator.model.guest import Guest
from noc_tui.simulator.parameters import FLAG
from noc_tui.simulator.routing import Method, index, needs

_COUNTERS = tuple(
    f"{way}-{what}" for way in ("rx", "tx") for what in ("bytes", "packets", "errs", "dropped")
)


def status_row(guest: Guest, now: float, full: bool = True) -> Row:
    """What a guest does just now, read from its process."""
    running = guest.running
    seen = now - now % 10
    received, sent = metrics.traffic(guest, guest.started, seen) if running else (0, 0)
    row: Row = {
        "vmid": guest.vmid,
        "name": guest.name,
        "status": guest.status,
        "cpus": guest.cores,
        "cpu": metrics.cpu(guest, seen) if guest.qmp == "running" else 0,
        "mem": metrics.memory(guest, seen) if running else 0,
        "maxmem": guest.memory,
        "disk": 0,
        "maxdisk": guest.disk,
        "uptime": max(0, int(now - guest.started)) if running else 0,
        "netin": received,
        "netout": sent,
    }
    if running:
        row["pid"] = guest.pid
    for key in ("tags", "lock"):
        if guest.config.get(key):
            row[key] = guest.config[key]
    if guest.template:
        row["template"] = 1
    extra = _container if guest.kind == "lxc" else _machine
    return row | extra(guest, seen, full, received, sent)


def _machine(guest: Guest, seen: float, full: bool, received: int, sent: int) -> Row:
    row: Row = {}
    if guest.config.get("serial0"):
        row["serial"] = 1
    if not full:
        return row
    row["qmpstatus"] = guest.qmp
    if guest.running:
        nets = [name for name in guest.config if NET.fullmatch(name)]
        row["nics"] = {
            f"tap{guest.vmid}i{name[3:]}": {"netin": received, "netout": sent} for name in nets
        }
    return row


def _container(guest: Guest, seen: float, _full: bool, _received: int, _sent: int) -> Row:
    return {
        "type": "lxc",
        "swap": 0,
        "maxswap": int(guest.config.get("swap", 0)) << 20,
        "disk": metrics.disk_used(guest, seen) if guest.running else 0,
        "diskread": 0,
        "diskwrite": 0,
    }


def _list(kind: str, call: Call) -> Json:
    full = kind == "lxc" or call.flag("full")
    return [
        status_row(guest, call.now, full)
        for guest in call.cluster.guests_of(call.node_name)
        if guest.kind == kind and call.has(f"/vms/{guest.vmid}", "VM.Audit")
    ]


def _current(kind: str, call: Call) -> Json:
    guest = call.guest(kind)
    row = status_row(guest, call.now)
    resource = call.cluster.ha.get(guest.sid)
    if resource is None:
        row["ha"] = {"managed": 0}
    else:
        state = resource.service if call.cluster.ha_manager else None
        row["ha"] = {"managed": 1, "state": state, "group": resource.group or None}
    if kind == "qemu" and str(guest.config.get("agent", "0")).startswith(("1", "enabled=1")):
        row["agent"] = 1
    return row


def _rrddata(kind: str, call: Call) -> Json:
    guest = call.guest(kind)
    return [_sample(guest, at) for at in metrics.sample_times(call.text("timeframe"), call.now)]


def _sample(guest: Guest, at: float) -> Row:
    """One row of statistics; what was not measured then is not in it."""
    if not guest.running or at < guest.started:
        return {"time": int(at)}
    return {
        "time": int(at),
        "maxcpu": guest.cores,
        "cpu": metrics.cpu(guest, at),
        "maxmem": guest.memory,
        "mem": float(metrics.memory(guest, at)),
        "maxdisk": guest.disk,
        "disk": metrics.disk_used(guest, at) if guest.kind == "lxc" else 0,
        **metrics.rates(guest, at),
    }


def _agent_interfaces(call: Call) -> Json:
    guest = call.guest("qemu")
    if not guest.running:
        raise perl_error(f"VM {guest.vmid} is not running")
    names = sorted(name for name in guest.config if NET.fullmatch(name))
    nets = [netopts.parse_option("qemu", name, str(guest.config[name])) for name in names]
    return {
        "result": [
            {
                "name": f"ens{18 + number}",
                "hardware-address": str(net.get("macaddr", "")).lower(),
                "ip-addresses": [
                    {
                        "ip-address-type": "ipv4",
                        "ip-address": f"10.99.{guest.vmid // 250 % 250}.{guest.vmid % 250}",
                        "prefix": 24,
                    }
                ],
                "statistics": dict.fromkeys(_COUNTERS, 0),
            }
            for number, net in enumerate(nets)
        ]
    }


def _agent_ping(call: Call) -> Json:
    guest = call.guest("qemu")
    if not guest.running:
        raise perl_error(f"VM {guest.vmid} is not running")
    if not guest.config.get("agent"):
        raise perl_error("No QEMU guest agent configured")
    return {"result": {}}


def _agent_file_systems(call: Call) -> Json:
    """The root on the first disk, a small boot partition, and an image that is full by design."""
    guest = call.guest("qemu")
    if not guest.running:
        raise perl_error(f"VM {guest.vmid} is not running")
    if not guest.config.get("agent"):
        raise perl_error("No QEMU guest agent configured")
    if guest.agent_silent:
        raise perl_error("QEMU guest agent is not running")
    windows = str(guest.config.get("ostype", "")).startswith("w")
    root, kind = ("C:\\", "NTFS") if windows else ("/", "ext4")
    used = metrics.disk_used(guest, call.now)
    boot, image = (512 << 20, "vfat"), (90 << 20, "squashfs")
    return {
        "result": [
            _file_system(root, kind, used, guest.disk),
            _file_system("/boot/efi", boot[1], boot[0] // 8, boot[0]),
            _file_system("/snap/core/1", image[1], image[0], image[0]),
        ]
    }


def _file_system(mount: str, kind: str, used: int, total: int) -> Row:
    return {
        "name": "sda1",
        "mountpoint": mount,
        "type": kind,
        "used-bytes": used,
        "total-bytes": total,
        "disk": [],
    }


_AUDIT = needs("/vms/{vmid}", "VM.Audit")
_MONITOR = agent_check
_STATUS_NAMES = ("current", "start", "stop", "reset", "shutdown", "suspend", "reboot")
_MACHINE = "/nodes/{node}/qemu/{vmid}"


def _methods(kind: str) -> tuple[Method, ...]:
    base = f"/nodes/{{node}}/{kind}"
    one = f"{base}/{{vmid}}"
    current, rrddata = partial(_current, kind), partial(_rrddata, kind)
    return (
        Method("GET", base, partial(_list, kind), {"full": FLAG}, protected=True),
        index("GET", f"{one}/status", "subdir", *_STATUS_NAMES),
        Method("GET", f"{one}/status/current", current, check=_AUDIT, protected=True),
        Method("GET", f"{one}/rrddata", rrddata, metrics.RRD_SCHEMA, _AUDIT, protected=True),
    )


METHODS = (
    *_methods("qemu"),
    *_methods("lxc"),
    Method(
        "GET",
        f"{_MACHINE}/agent/network-get-interfaces",
        _agent_interfaces,
        check=_MONITOR,
        protected=True,
    ),
    Method(
        "GET",
        f"{_MACHINE}/agent/get-fsinfo",
        _agent_file_systems,
        check=_MONITOR,
        protected=True,
    ),
    Method("POST", f"{_MACHINE}/agent/ping", _agent_ping, check=_MONITOR, protected=True),
)
