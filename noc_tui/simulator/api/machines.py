"""What is seldom asked of a virtual machine: creating or restoring one, the monitor."""

import re

from noc_tui.simulator import netopts
from noc_tui.simulator.agent_rights import agent_check
from noc_tui.simulator.api.guest_backup import RESTORE_SCHEMA, restore
from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json
from noc_tui.simulator.dice import Dice
from noc_tui.simulator.errors import bad, perl_error
from noc_tui.simulator.guest_schema import CONTROL, NET, schema_of
from noc_tui.simulator.model.guest import Config, Guest, Habits
from noc_tui.simulator.model.tasks import Task
from noc_tui.simulator.parameters import TEXT, VMID, Parameter, choice
from noc_tui.simulator.power import BRIDGES
from noc_tui.simulator.routing import Method, index, needs

_IDLE = Habits(
    cpu=0.02,
    memory=0.14,
    net_in=3.0,
    net_out=2.0,
    disk_read=0.0,
    disk_write=0.0,
    disk_used=0.1,
    period=300.0,
    phase=0.0,
    shutdown_seconds=1.0,
)
_BELOW = (
    "config", "cloudinit", "pending", "status", "unlink", "vncproxy", "termproxy", "migrate",
    "resize", "move", "rrd", "rrddata", "monitor", "agent", "snapshot", "spiceproxy", "sendkey",
    "firewall", "mtunnel", "remote_migrate",
)  # fmt: skip


def _create(call: Call) -> Json:
    """A new machine, by a task: empty, or from a backup."""
    if call.text("archive"):
        return restore("qemu", call, call.text("archive"))
    vmid = call.number("vmid")
    if vmid in call.cluster.guests:
        raise bad(vmid=f"VM {vmid} already exists on node '{call.cluster.guests[vmid].node}'")
    call.need_quorum("cluster not ready - no quorum?")
    dice = Dice.named(call.cluster.seed, "new", vmid)
    options = {
        name: value
        for name, value in call.values.items()
        if name not in CONTROL and name not in ("node", "vmid", "pool")
    }

    def work(_task: Task) -> str:
        config = _config(options, vmid, dice, call.now)
        guest = Guest(
            vmid=vmid,
            kind="qemu",
            node=call.node_name,
            config=config,
            habits=_IDLE,
            pool=call.text("pool"),
        )
        call.cluster.add_guest(guest)
        return "OK"

    return call.cluster.begin_task(
        call.node_name, "qmcreate", str(vmid), call.principal, 1, work
    ).upid


def _config(options: dict[str, str | int], vmid: int, dice: Dice, now: float) -> Config:
    config: Config = {}
    for name, value in options.items():
        if NET.fullmatch(name):
            config[name] = netopts.normalise_option("qemu", name, str(value), dice)
        elif re.fullmatch(r"scsi\d+", name):
            storage, _, size = str(value).partition(":")
            folder = f"{vmid}/" if storage == "local" else ""
            suffix = ".raw" if storage == "local" else ""
            disk = f"vm-{vmid}-disk-0{suffix}"
            config[name] = f"{storage}:{folder}{disk},size={size}G"
        else:
            config[name] = value
    return config | {
        "boot": "order=scsi0;net0",
        "smbios1": f"uuid={dice.uuid()}",
        "vmgenid": dice.uuid(),
        "meta": f"creation-qemu=9.2.0,ctime={int(now)}",
    }


def _feature(call: Call) -> Json:
    guest = call.guest("qemu")
    snapshot = not str(guest.config.get("scsi0", "")).startswith("local:")
    return {"hasFeature": int(snapshot), "nodes": [guest.node]}


def _monitor(call: Call) -> Json:
    """Only what shows the link of an interface; `info network` tells no more of it than this."""
    guest = call.guest("qemu")
    if not guest.running:
        raise perl_error(f"VM {guest.vmid} is not running")
    if call.text("command") != "info network":
        return "unknown command\r\n"
    lines = []
    for name in sorted(name for name in guest.config if NET.fullmatch(name)):
        net = netopts.parse_option("qemu", name, str(guest.config[name]))
        tap = f"ifname=tap{guest.vmid}i{name[3:]},bridge={net.get('bridge', BRIDGES[0])}"
        lines.append(f"{name}: index=0,type=nic,macaddr={str(net['macaddr']).lower()}\r\n")
        lines.append(f" \\ {name}: index=0,type=tap,{tap}\r\n")
    return "".join(lines)


def _agent_info(call: Call) -> Json:
    guest = call.guest("qemu")
    if not guest.running:
        raise perl_error(f"VM {guest.vmid} is not running")
    names = ("guest-ping", "guest-info", "guest-shutdown", "guest-network-get-interfaces")
    commands = [{"name": name, "enabled": True, "success-response": True} for name in names]
    return {"result": {"version": "9.2.0", "supported_commands": commands}}


_ONE = "/nodes/{node}/qemu/{vmid}"
_AUDIT = needs("/vms/{vmid}", "VM.Audit")
_MONITOR = agent_check

METHODS = (
    Method(
        "POST",
        "/nodes/{node}/qemu",
        _create,
        schema_of("qemu") | RESTORE_SCHEMA | {"vmid": VMID, "pool": TEXT},
        check=needs("/vms", "VM.Allocate"),
        protected=True,
    ),
    index("GET", _ONE, "subdir", *_BELOW),
    Method(
        "GET",
        f"{_ONE}/feature",
        _feature,
        {"feature": Parameter(choice("snapshot", "clone", "copy"), optional=False)},
        check=_AUDIT,
        protected=True,
    ),
    Method(
        "POST",
        f"{_ONE}/monitor",
        _monitor,
        {"command": Parameter(TEXT.verify, optional=False)},
        check=_MONITOR,
        protected=True,
    ),
    Method("GET", f"{_ONE}/agent/info", _agent_info, check=_MONITOR, protected=True),
)
