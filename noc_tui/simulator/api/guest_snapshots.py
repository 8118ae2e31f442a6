"""`…/snapshot` of guests: listed, taken, rolled back to, deleted (`PVE::AbstractConfig`)."""

from functools import partial

from noc_tui.simulator import power
from noc_tui.simulator.api.guest_config import digest
from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json, Row
from noc_tui.simulator.errors import bad
from noc_tui.simulator.model.guest import Guest, SavedState, missing_text
from noc_tui.simulator.model.tasks import Task
from noc_tui.simulator.parameters import FLAG, TEXT, Parameter, match_pattern
from noc_tui.simulator.routing import Method, needs

_NAME = Parameter(match_pattern(r"[A-Za-z][A-Za-z0-9_-]{1,39}"), optional=False)
_MEMORY_SECONDS = 6.0
_SECONDS = 2.0


def _list(kind: str, call: Call) -> Json:
    """Every snapshot, and last the present state, whose parent is the newest of its line."""
    guest = call.guest(kind)
    rows: list[Row] = []
    for name, saved in guest.snapshots.items():
        row: Row = {"name": name, "description": saved.description, "snaptime": int(saved.at)}
        if kind == "qemu":
            row["vmstate"] = int(saved.with_memory)
        if saved.parent:
            row["parent"] = saved.parent
        rows.append(row)
    now: Row = {
        "name": "current",
        "description": "You are here!",
        "running": int(guest.running),
        "digest": digest(guest),
    }
    if guest.parent_snapshot:
        now["parent"] = guest.parent_snapshot
    return [*rows, now]


def _take(kind: str, call: Call) -> Json:
    name, with_memory = call.text("snapname"), call.flag("vmstate")
    if name == "current":
        raise bad(snapname="unable to use snapshot name 'current' (reserved name)")
    call.guest(kind)

    def work(task: Task) -> str:
        guest = power.find(call.cluster, call.node_name, kind, call.vmid)
        if guest is None:
            return missing_text(call.node_name, kind, call.vmid)
        if guest.lock:
            return power.lock_error(guest)
        if name in guest.snapshots:
            return f"snapshot name '{name}' already used"
        if any(str(value).startswith("local:") for key, value in _disks(guest)):
            return "snapshot feature is not available"
        guest.snapshots[name] = SavedState(
            at=call.cluster.now,
            config=dict(guest.config),
            description=call.text("description"),
            parent=guest.parent_snapshot,
            with_memory=with_memory and guest.running,
        )
        guest.parent_snapshot = name
        task.log.append(f"snapshotting 'drive-scsi0' ({guest.config.get('scsi0', 'rootfs')})")
        return "OK"

    seconds = _MEMORY_SECONDS if with_memory else _SECONDS
    return _task(call, kind, "snapshot", seconds, work)


def _disks(guest: Guest) -> list[tuple[str, object]]:
    return [(key, guest.config[key]) for key in ("scsi0", "rootfs") if key in guest.config]


def _roll_back(kind: str, call: Call) -> Json:
    """The configuration and disks of then; the guest runs afterwards only where its memory was
    saved, or where `start` asks for it.
    """
    call.guest(kind)
    name, start = call.path["snapname"], call.flag("start")

    def work(_task: Task) -> str:
        guest = power.find(call.cluster, call.node_name, kind, call.vmid)
        if guest is None:
            return missing_text(call.node_name, kind, call.vmid)
        if guest.lock:
            return power.lock_error(guest)
        saved = guest.snapshots.get(name)
        if saved is None:
            return f"snapshot '{name}' does not exist"
        if guest.running:
            guest.end(call.cluster.now)
        guest.pending.clear()
        guest.config = dict(saved.config)
        guest.parent_snapshot = name
        if saved.with_memory or start:
            guest.begin(call.cluster.now, call.cluster.nodes[guest.node].next_pid())
        if guest.sid in call.cluster.ha:
            call.world.ha.nudge(call.cluster, guest.sid)
        return "OK"

    return _task(call, kind, "rollback", _SECONDS, work)


def _delete(kind: str, call: Call) -> Json:
    call.guest(kind)
    name = call.path["snapname"]

    def work(_task: Task) -> str:
        guest = power.find(call.cluster, call.node_name, kind, call.vmid)
        if guest is None:
            return missing_text(call.node_name, kind, call.vmid)
        if guest.lock:
            return power.lock_error(guest)
        gone = guest.snapshots.pop(name, None)
        if gone is None:
            return f"snapshot '{name}' does not exist"
        for saved in guest.snapshots.values():
            if saved.parent == name:
                saved.parent = gone.parent
        if guest.parent_snapshot == name:
            guest.parent_snapshot = gone.parent
        return "OK"

    return _task(call, kind, "delsnapshot", _SECONDS, work)


def _task(call: Call, kind: str, verb: str, seconds: float, work: power.Work) -> str:
    name = ("vz" if kind == "lxc" else "qm") + verb
    return call.cluster.begin_task(
        call.node_name, name, str(call.vmid), call.principal, seconds, work
    ).upid


def _methods(kind: str) -> tuple[Method, ...]:
    base = f"/nodes/{{node}}/{kind}/{{vmid}}/snapshot"
    one = f"{base}/{{snapname}}"
    path = "/vms/{vmid}"
    taking = {"snapname": _NAME, "description": TEXT}
    if kind == "qemu":
        taking["vmstate"] = FLAG
    may_roll_back = needs(path, "VM.Snapshot", "VM.Snapshot.Rollback", any_of=True)
    may_change = needs(path, "VM.Snapshot")
    audit = needs(path, "VM.Audit")
    return (
        Method("GET", base, partial(_list, kind), check=audit, protected=True),
        Method("POST", base, partial(_take, kind), taking, may_change, protected=True),
        Method(
            "POST",
            f"{one}/rollback",
            partial(_roll_back, kind),
            {"start": FLAG},
            may_roll_back,
            protected=True,
        ),
        Method("DELETE", one, partial(_delete, kind), {"force": FLAG}, may_change, protected=True),
    )


METHODS = (*_methods("qemu"), *_methods("lxc"))
