"""Backups asked for by hand, and restores: `vzdump` of a node, `qmrestore`, `vzrestore`."""

import re
from functools import partial

from noc_tui.simulator import netopts
from noc_tui.simulator.backups import Nightly, NodeRun
from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json
from noc_tui.simulator.dice import Dice
from noc_tui.simulator.errors import bad, forbidden_error, perl_error
from noc_tui.simulator.guest_schema import CONTROL, NET, schema_of
from noc_tui.simulator.model.guest import Config, Guest
from noc_tui.simulator.model.tasks import Task
from noc_tui.simulator.parameters import FLAG, TEXT, VMID, Parameter, choice
from noc_tui.simulator.routing import Method

RESTORE_SECONDS = 30.0
_VOLUME = re.compile(r"([^:]+):backup/(vm|ct)/(\d+)/(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")
_NOT_OPTIONS = CONTROL | {
    "node", "vmid", "pool", "archive", "ostemplate", "restore", "storage", "unique", "start",
    "live-restore", "bwlimit", "ignore-unpack-errors", "unprivileged",
}  # fmt: skip


def _back_up(call: Call) -> Json:
    """A run of one node over the guests named that lie there; the others are skipped in silence."""
    numbers = [one for one in re.split(r"[\s,;]+", call.text("vmid")) if one]
    storage = call.text("storage")
    for number in numbers:
        call.need(f"/vms/{number}", "VM.Backup")
    if storage:
        call.need(f"/storage/{storage}", "Datastore.AllocateSpace")
    if storage not in call.cluster.storages:
        raise bad(storage=f"storage '{storage}' does not exist")
    if "backup" not in call.cluster.storages[storage].content:
        raise perl_error(
            f"could not get storage information for '{storage}': can't use storage '{storage}'"
            " for backups - wrong content type"
        )
    guests = [
        guest
        for guest in call.cluster.guests_of(call.node_name)
        if str(guest.vmid) in numbers and not guest.template
    ]
    nightly = Nightly(call.cluster, call.world.backups_of(call.cluster.name))
    subject = numbers[0] if len(numbers) == 1 else ""
    return NodeRun(nightly, call.node_name, guests, subject, call.principal).begin()


def restore(kind: str, call: Call, volume: str) -> Json:
    """A guest of that number made from a backup; the guest it is of stays as it is."""
    vmid = call.number("vmid")
    if vmid in call.cluster.guests:
        raise bad(vmid=f"VM {vmid} already exists on node '{call.cluster.guests[vmid].node}'")
    call.need_quorum("cluster not ready - no quorum?")
    found = _VOLUME.fullmatch(volume)
    if found is None:
        raise bad(archive=f"unable to parse volume ID '{volume}'")
    origin = int(found[3])
    _need_access(call, found[1], origin)
    options = {name: value for name, value in call.values.items() if name not in _NOT_OPTIONS}

    def work(task: Task) -> str:
        server = call.world.backups_of(call.cluster.name)
        kept = server.snapshots.get((found[2], origin), [])
        if server.down or not any(one.size for one in kept):
            return f"command failed: proxmox-backup-client: {volume}: no such snapshot"
        task.log.append(f"restore proxmox backup image: {volume}")
        old = call.cluster.guests.get(origin)
        config: Config = dict(old.config) if old is not None else {"name": f"VM {vmid}"}
        config.pop("lock", None)
        dice = Dice.named(call.cluster.seed, "restore", vmid)
        for name in list(config):
            if NET.fullmatch(name):
                config[name] = _new_mac(kind, name, str(config[name]), dice)
        for name in ("scsi0", "rootfs"):
            if name in config:
                config[name] = str(config[name]).replace(f"vm-{origin}-", f"vm-{vmid}-")
        habits = next(iter(call.cluster.guests.values())).habits if old is None else old.habits
        guest = Guest(vmid, kind, call.node_name, config | options, habits, pool=call.text("pool"))
        call.cluster.add_guest(guest)
        return "OK"

    name = "vzrestore" if kind == "lxc" else "qmrestore"
    return call.cluster.begin_task(
        call.node_name, name, str(vmid), call.principal, RESTORE_SECONDS, work
    ).upid


def _new_mac(kind: str, name: str, value: str, dice: Dice) -> str:
    """As `unique` makes it."""
    net = netopts.parse_option(kind, name, value)
    key = "hwaddr" if kind == "lxc" else "macaddr"
    return value.replace(str(net.get(key, "")), f"BC:24:11:{dice.integer(10, 99)}:00:01")


def _need_access(call: Call, storage: str, origin: int) -> None:
    """A backup may be read with the whole storage, or with space on it and the guest's backup."""
    if call.has(f"/storage/{storage}", "Datastore.Allocate"):
        return
    space = call.has(f"/storage/{storage}", "Datastore.AllocateSpace")
    if not (space and call.has(f"/vms/{origin}", "VM.Backup")):
        raise forbidden_error(f"/storage/{storage}", "Datastore.AllocateSpace")


def _allowed_to_create(call: Call) -> None:
    number, pool = call.values.get("vmid"), call.text("pool")
    wanted = f"/pool/{pool}" if pool else f"/vms/{number}"
    if not (call.has(wanted, "VM.Allocate") or call.has("/vms", "VM.Allocate")):
        raise forbidden_error(wanted, "VM.Allocate")


def _make_container(call: Call) -> Json:
    _allowed_to_create(call)
    if not call.flag("restore"):
        raise perl_error("the simulator makes containers from backups only")
    return restore("lxc", call, call.text("ostemplate"))


def _remove(kind: str, call: Call) -> Json:
    guest = call.guest(kind)
    if guest.running:
        word = "CT" if kind == "lxc" else "VM"
        raise perl_error(f"{word} {guest.vmid} is running - destroy failed")

    def work(_task: Task) -> str:
        call.cluster.remove_guest(guest.vmid)
        return "OK"

    name = "vzdestroy" if kind == "lxc" else "qmdestroy"
    return call.cluster.begin_task(
        call.node_name, name, str(guest.vmid), call.principal, 2.0, work
    ).upid


def _need_allocate(call: Call) -> None:
    call.need(f"/vms/{call.vmid}", "VM.Allocate")


RESTORE_SCHEMA = {"archive": TEXT, "storage": TEXT, "unique": FLAG, "start": FLAG}
"""What `POST …/qemu` takes besides the options, where it restores."""

METHODS = (
    Method(
        "POST",
        "/nodes/{node}/vzdump",
        _back_up,
        {
            "vmid": TEXT,
            "storage": TEXT,
            "mode": Parameter(choice("snapshot", "suspend", "stop")),
            "remove": FLAG,
            "protected": FLAG,
            "notes-template": TEXT,
            "compress": TEXT,
        },
        protected=True,
    ),
    Method(
        "POST",
        "/nodes/{node}/lxc",
        _make_container,
        schema_of("lxc")
        | RESTORE_SCHEMA
        | {"vmid": VMID, "pool": TEXT, "ostemplate": TEXT, "restore": FLAG, "unprivileged": FLAG},
        protected=True,
    ),
    *(
        Method(
            "DELETE",
            f"/nodes/{{node}}/{kind}/{{vmid}}",
            partial(_remove, kind),
            {"purge": FLAG, "destroy-unreferenced-disks": FLAG},
            _need_allocate,
            protected=True,
        )
        for kind in ("qemu", "lxc")
    ),
)
