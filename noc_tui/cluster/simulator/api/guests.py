"""`status/*` and listings of virtual machines and containers."""

from collections.abc import Callable
from functools import partial

from noc_tui.cluster.simulator import metrics, netopts, power, wishes
from noc_tui.cluster.simulator.calls import Call, Json, Row
from noc_tui.cluster.simulator.errors import bad, died
from noc_tui.cluster.simulator.guest_schema import NET
from noc_tui.cluster.simulator.model.guest import Guest
from noc_tui.cluster.simulator.parameters import FLAG, NUMBER, TEXT
from noc_tui.cluster.simulator.routing import Method, index, needs

_COUNTERS = tuple(
    f"{way}-{what}" for way in ("rx", "tx") for what in ("bytes", "packets", "errs", "dropped")
)
_ROOT_OPTIONS = ("skiplock", "stateuri", "migratedfrom", "machine", "force-cpu")


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


def _only_root(call: Call) -> None:
    for name in _ROOT_OPTIONS:
        if name in call.values and not call.root:
            raise bad(**{name: "Only root may use this option."})


def _ha_request(call: Call, kind: str, verb: str) -> str | None:
    """For a guest under HA the request goes to its manager: a task that only notes the wish."""
    sid = _sid(kind, call.vmid)
    if not wishes.managed(call.cluster, sid):
        return None
    call.need_quorum("cluster not ready - no quorum?")
    return wishes.ask_ha(call.world, call.cluster, call.node_name, sid, verb, call.principal).upid


def _sid(kind: str, vmid: int) -> str:
    return f"{'ct' if kind == 'lxc' else 'vm'}:{vmid}"


def _start(kind: str, call: Call) -> Json:
    _only_root(call)
    call.need_quorum("cluster not ready - no quorum?")
    if kind == "lxc" and call.guest(kind).running:
        raise died(f"CT {call.vmid} already running")
    asked = _ha_request(call, kind, "start")
    if asked is not None:
        return asked
    task = power.start(
        call.cluster, call.node_name, kind, call.vmid, call.principal, call.flag("skiplock")
    )
    return task.upid


def _stop(kind: str, call: Call) -> Json:
    _only_root(call)
    if kind == "lxc":
        _need_running(call, kind)
    if _sid(kind, call.vmid) in call.cluster.ha and call.flag("overrule-shutdown"):
        raise bad(**{"overrule-shutdown": "Not applicable for HA resources."})
    asked = _ha_request(call, kind, "stop")
    if asked is not None:
        return asked
    overrule = call.flag("overrule-shutdown")
    return power.stop(call.cluster, call.node_name, kind, call.vmid, call.principal, overrule).upid


def _shutdown(kind: str, call: Call) -> Json:
    _only_root(call)
    guest = power.find(call.cluster, call.node_name, kind, call.vmid)
    if kind == "lxc":
        _need_running(call, kind)
    if guest is not None and guest.qmp == "paused" and not call.flag("forceStop"):
        raise died("VM is paused - cannot shutdown")
    asked = _ha_request(call, kind, "stop")
    if asked is not None:
        return asked
    return power.shutdown(
        call.cluster,
        call.node_name,
        kind,
        call.vmid,
        call.principal,
        call.number("timeout", 60),
        call.flag("forceStop"),
    ).upid


def _reboot(kind: str, call: Call) -> Json:
    _need_running(call, kind)
    timeout = call.number("timeout", 60)
    return power.reboot(call.cluster, call.node_name, kind, call.vmid, call.principal, timeout).upid


def _suspend(kind: str, call: Call) -> Json:
    guest = _need_running(call, kind)
    if call.flag("todisk"):
        if guest.sid in call.cluster.ha:
            raise died("Cannot suspend HA managed VM to disk")
        return power.suspend_to_disk(call.cluster, guest, call.principal).upid
    task = "vzsuspend" if kind == "lxc" else "qmpause"
    return power.turn(call.cluster, guest, task, "paused", call.principal).upid


def _resume(kind: str, call: Call) -> Json:
    _only_root(call)
    guest = _need_running(call, kind)
    task = "vzresume" if kind == "lxc" else "qmresume"
    return power.turn(call.cluster, guest, task, "running", call.principal).upid


def _reset(kind: str, call: Call) -> Json:
    guest = _need_running(call, kind)
    return power.turn(call.cluster, guest, "qmreset", "running", call.principal).upid


def _need_running(call: Call, kind: str) -> Guest:
    guest = call.guest(kind)
    if not guest.running:
        raise died(f"{'CT' if kind == 'lxc' else 'VM'} {call.vmid} not running")
    return guest


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
        raise died(f"VM {guest.vmid} is not running")
    names = sorted(name for name in guest.config if NET.fullmatch(name))
    nets = [netopts.parsed("qemu", name, str(guest.config[name])) for name in names]
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
        raise died(f"VM {guest.vmid} is not running")
    if not guest.config.get("agent"):
        raise died("No QEMU guest agent configured")
    return {"result": {}}


_AUDIT = needs("/vms/{vmid}", "VM.Audit")
_POWER = needs("/vms/{vmid}", "VM.PowerMgmt")
_MONITOR = needs("/vms/{vmid}", "VM.Monitor")
_TIMED = {"timeout": NUMBER, "skiplock": FLAG}


def _methods(kind: str) -> tuple[Method, ...]:
    base = f"/nodes/{{node}}/{kind}"
    one = f"{base}/{{vmid}}"

    def action(name: str, handler: Callable[[str, Call], Json], *flags: str) -> Method:
        schema = _TIMED | dict.fromkeys(flags, FLAG)
        if name == "start":
            schema |= dict.fromkeys(("stateuri", "migratedfrom", "machine", "force-cpu"), TEXT)
        path = f"{one}/status/{name}"
        return Method("POST", path, partial(handler, kind), schema, check=_POWER, protected=True)

    return (
        Method("GET", base, partial(_list, kind), {"full": FLAG}, protected=True),
        index("GET", f"{one}/status", "subdir", *_STATUS_NAMES),
        Method(
            "GET", f"{one}/status/current", partial(_current, kind), check=_AUDIT, protected=True
        ),
        Method(
            "GET",
            f"{one}/rrddata",
            partial(_rrddata, kind),
            metrics.RRD_SCHEMA,
            check=_AUDIT,
            protected=True,
        ),
        action("start", _start),
        action("stop", _stop, "keepActive", "overrule-shutdown"),
        action("shutdown", _shutdown, "forceStop", "keepActive"),
        action("reboot", _reboot),
        action("suspend", _suspend, "todisk"),
        action("resume", _resume, "nocheck"),
    )


_STATUS_NAMES = ("current", "start", "stop", "reset", "shutdown", "suspend", "reboot")
_MACHINE = "/nodes/{node}/qemu/{vmid}"

METHODS = (
    *_methods("qemu"),
    *_methods("lxc"),
    Method(
        "POST",
        f"{_MACHINE}/status/reset",
        partial(_reset, "qemu"),
        {"skiplock": FLAG},
        check=_POWER,
        protected=True,
    ),
    Method(
        "GET",
        f"{_MACHINE}/agent/network-get-interfaces",
        _agent_interfaces,
        check=_MONITOR,
        protected=True,
    ),
    Method("POST", f"{_MACHINE}/agent/ping", _agent_ping, check=_MONITOR, protected=True),
)
