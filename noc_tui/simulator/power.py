"""Power of guests: what their tasks do, for the API, for HA and for a scenario alike."""

from collections.abc import Callable

from noc_tui.simulator import netopts
from noc_tui.simulator.guest_schema import NET
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import Guest, missing_text
from noc_tui.simulator.model.tasks import Task

BRIDGES = ("vmbr0", "vmbr1")
BOOT = 10.0
"""Seconds after which a started guest listens to a request to shut down."""
FLOCK_WAIT = 10.0
_QUICK = 0.3

Work = Callable[[Task], str]


def start(
    cluster: Cluster, node: str, kind: str, vmid: int, user: str, skiplock: bool = False
) -> Task:
    """`qmstart` or `vzstart`."""

    def work(task: Task) -> str:
        guest = find(cluster, node, kind, vmid)
        if guest is None:
            return missing_text(node, kind, vmid)
        return _started(cluster, guest, task, skiplock)

    guest = find(cluster, node, kind, vmid)
    seconds = 1.8 if guest is not None and not guest.running and not guest.lock else _QUICK
    return cluster.begin_task(node, _kind(kind, "start"), str(vmid), user, seconds, work)


def _started(cluster: Cluster, guest: Guest, task: Task, skiplock: bool) -> str:
    if guest.lock and guest.lock != "suspended" and not skiplock:
        return lock_error(guest)
    if guest.running:
        return f"{_label(guest)} {guest.vmid} already running"
    if guest.template:
        return "you can't start a vm if it's a template"
    if missing := missing_bridge(guest):
        task.log += [f"bridge '{missing}' does not exist", _QEMU_SAYS.format(vmid=guest.vmid)]
        return "start failed: QEMU exited with code 1"
    guest.config.pop("lock", None) if guest.lock == "suspended" else None
    guest.apply_pending()
    guest.begin(cluster.now, cluster.nodes[guest.node].next_pid())
    return "OK"


_QEMU_SAYS = (
    "qemu-system-x86_64: -netdev type=tap,id=net0,ifname=tap{vmid}i0,"
    "script=/usr/libexec/qemu-server/pve-bridge,"
    "downscript=/usr/libexec/qemu-server/pve-bridgedown: network script "
    "/usr/libexec/qemu-server/pve-bridge failed with status 512"
)


def missing_bridge(guest: Guest) -> str:
    """The first bridge of its interfaces that no node has, or empty."""
    for option, value in guest.config.items():
        if NET.fullmatch(option):
            bridge = str(netopts.parse_option(guest.kind, option, str(value)).get("bridge", ""))
            if bridge and bridge not in BRIDGES:
                return bridge
    return ""


def stop(
    cluster: Cluster, node: str, kind: str, vmid: int, user: str, overrule: bool = False
) -> Task:
    """`qmstop` or `vzstop`: at once, but a shutdown that runs holds the lock."""
    guest = find(cluster, node, kind, vmid)
    held = guest is not None and guest.busy_until > cluster.now
    if held and overrule and guest is not None:
        kill(cluster, guest.shutdown_upid)
        held = False
    waits = held and guest is not None and guest.busy_until - cluster.now > FLOCK_WAIT

    def work(task: Task) -> str:
        found = find(cluster, node, kind, vmid)
        if found is None:
            return f"unable to find configuration file for VM {vmid} on node '{node}'"
        if waits:
            task.log.append("trying to acquire lock...")
            return flock_text(kind, vmid)
        if not found.running:
            return "OK"
        if found.lock:
            return lock_error(found)
        found.end(cluster.now)
        return "OK"

    seconds = FLOCK_WAIT / max(cluster.task_scale, 1e-9) if waits else 0.8
    return cluster.begin_task(node, _kind(kind, "stop"), str(vmid), user, seconds, work)


def shutdown(
    cluster: Cluster,
    node: str,
    kind: str,
    vmid: int,
    user: str,
    timeout: float = 60,
    force: bool = False,
) -> Task:
    """`qmshutdown` or `vzshutdown`: asks the guest, and holds its lock meanwhile."""
    guest = find(cluster, node, kind, vmid)
    if guest is not None and guest.busy_until - cluster.now > FLOCK_WAIT:
        return _refused_lock(cluster, node, _kind(kind, "shutdown"), guest, user)
    needed = _time_to_shut_down(cluster, guest)
    seconds = min(needed, timeout)

    def work(task: Task) -> str:
        found = find(cluster, node, kind, vmid)
        if found is None:
            return f"unable to find configuration file for VM {vmid} on node '{node}'"
        found.busy_until = 0.0
        if not found.running:
            return "OK"
        if found.lock:
            return lock_error(found)
        if needed > timeout:
            if not force:
                ping = f"VM {vmid} qmp command 'guest-ping' failed - got timeout"
                task.log.append(f"QEMU Guest Agent is not running - {ping}")
                return "VM quit/powerdown failed - got timeout"
            task.log.append("VM quit/powerdown failed - terminating now with SIGTERM")
        found.end(cluster.now)
        return "OK"

    task = cluster.begin_task(
        node, _kind(kind, "shutdown"), str(vmid), user, seconds, work, _release(guest)
    )
    if guest is not None and guest.running:
        guest.busy_until = cluster.now + seconds * cluster.task_scale
        guest.shutdown_upid = task.upid
    return task


def _refused_lock(cluster: Cluster, node: str, task: str, guest: Guest, user: str) -> Task:
    """A task that waits for the lock that another one holds, and gives up."""

    def work(task: Task) -> str:
        task.log.append("trying to acquire lock...")
        return flock_text(guest.kind, guest.vmid)

    seconds = FLOCK_WAIT / max(cluster.task_scale, 1e-9)
    return cluster.begin_task(node, task, str(guest.vmid), user, seconds, work)


def _time_to_shut_down(cluster: Cluster, guest: Guest | None) -> float:
    if guest is None or not guest.running or guest.lock:
        return _QUICK
    if not guest.answers_shutdown:
        return float("inf")
    return max(0.0, guest.started + BOOT - cluster.now) + guest.habits.shutdown_seconds


def _release(guest: Guest | None) -> Callable[[], None]:
    def release() -> None:
        if guest is not None:
            guest.busy_until = 0.0

    return release


def reboot(
    cluster: Cluster, node: str, kind: str, vmid: int, user: str, timeout: float = 60
) -> Task:
    """`qmreboot` or `vzreboot`: shut down, pending changes applied, and started again."""
    guest = find(cluster, node, kind, vmid)
    if guest is not None and guest.busy_until - cluster.now > FLOCK_WAIT:
        return _refused_lock(cluster, node, _kind(kind, "reboot"), guest, user)
    needed = _time_to_shut_down(cluster, guest)

    def work(_task: Task) -> str:
        found = find(cluster, node, kind, vmid)
        if found is None or not found.running:
            return "OK"
        if found.lock:
            return lock_error(found)
        if needed > timeout:
            return "VM quit/powerdown failed - got timeout"
        found.end(cluster.now)
        found.begin(cluster.now, cluster.nodes[node].next_pid())
        return "OK"

    seconds = min(needed, timeout) + 2
    return cluster.begin_task(node, _kind(kind, "reboot"), str(vmid), user, seconds, work)


def turn(cluster: Cluster, guest: Guest, task_kind: str, qmp: str, user: str) -> Task:
    """`qmpause`, `qmresume`, `qmreset`, `vzsuspend`, `vzresume`: the process stays."""

    def work(_task: Task) -> str:
        if guest.lock and task_kind not in ("qmresume", "vzresume"):
            return lock_error(guest)
        if guest.running:
            guest.turn(cluster.now, qmp)
        if task_kind == "qmreset":
            guest.started = cluster.now
        return "OK"

    return cluster.begin_task(guest.node, task_kind, str(guest.vmid), user, 0.5, work)


def suspend_to_disk(cluster: Cluster, guest: Guest, user: str) -> Task:
    """`qmsuspend`: memory written to disk, and `lock: suspended` until the next start."""

    def work(_task: Task) -> str:
        guest.end(cluster.now)
        guest.config["lock"] = "suspended"
        return "OK"

    return cluster.begin_task(guest.node, "qmsuspend", str(guest.vmid), user, 6, work)


def kill(cluster: Cluster, upid: str) -> None:
    """Interrupt a running task: its log ends without an outcome."""
    task = cluster.tasks.by_upid.get(upid)
    if task is None or not task.running:
        return
    task.log.append("QEMU Guest Agent is not running - received interrupt")
    task.finish(cluster.now, "unexpected status")
    if task.on_kill is not None:
        task.on_kill()
    cluster.touch()


def find(cluster: Cluster, node: str, kind: str, vmid: int) -> Guest | None:
    """The guest, if its configuration lies on that node."""
    guest = cluster.guests.get(vmid)
    return guest if guest is not None and (guest.node, guest.kind) == (node, kind) else None


def lock_error(guest: Guest) -> str:
    return f"{_label(guest)} is locked ({guest.lock})"


def flock_text(kind: str, vmid: int) -> str:
    if kind == "lxc":
        return f"can't lock file '/run/lock/lxc/pve-config-{vmid}.lock' - got timeout"
    return f"can't lock file '/var/lock/qemu-server/lock-{vmid}.conf' - got timeout"


def _label(guest: Guest) -> str:
    return "CT" if guest.kind == "lxc" else "VM"


def _kind(kind: str, verb: str) -> str:
    return ("vz" if kind == "lxc" else "qm") + verb
