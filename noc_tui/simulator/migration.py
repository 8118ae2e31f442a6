"""Moving a guest to another node: its task, what makes it fail, and HA's way of doing it."""

from dataclasses import dataclass
from functools import partial

from noc_tui.simulator import power
from noc_tui.simulator.ha import (
    ROUND,
    blocking_causes,
    guest_of,
    least_loaded,
    move_guest,
    nodes_for,
)
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import GIB, Guest, missing_text
from noc_tui.simulator.model.tasks import Task
from noc_tui.simulator.world import World

OFFLINE_SECONDS = 4.0
SECONDS_A_GIB = 0.8
"""For each gibibyte of the memory of a machine that runs on."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: where to, by whom, and how."""

    target: str
    user: str
    online: bool = False
    restart: bool = False
    with_local_disks: bool = False


def is_local(cluster: Cluster, volume: str) -> bool:
    """Whether a volume lies on its node alone."""
    name = volume.partition(":")[0]
    return name in cluster.storages and not cluster.storages[name].shared


def missing_storages(cluster: Cluster, guest: Guest, target: str) -> list[str]:
    """The shared storages of a guest that a node does not reach."""
    volume = str(guest.config.get("rootfs" if guest.kind == "lxc" else "scsi0", ""))
    name = volume.partition(":")[0]
    known = cluster.storages.get(name)
    return [name] if known is not None and known.shared and target in known.lost_on else []


def begin(world: World, cluster: Cluster, guest: Guest, asked: Asked) -> Task:
    """`qmigrate` or `vzmigrate`: the guest lies on the other node when it ends well."""
    source, vmid, kind = guest.node, guest.vmid, guest.kind

    def work(task: Task) -> str:
        found = power.find(cluster, source, kind, vmid)
        if found is None:
            return missing_text(source, kind, vmid)
        if problem := _obstacle(cluster, found, asked):
            task.log.append(f"ERROR: migration aborted: {problem}")
            found.config.pop("lock", None) if found.lock == "migrate" else None
            return "migration aborted" if found.running else f"migration problems: {problem}"
        found.config.pop("lock", None)
        found.node = asked.target
        if found.running and asked.restart:
            found.end(cluster.now)
            found.begin(cluster.now, cluster.nodes[asked.target].next_pid())
        task.log.append("migration finished successfully (duration 00:00:09)")
        cluster.touch()
        return "OK"

    seconds = OFFLINE_SECONDS
    if guest.running and not asked.restart:
        seconds += guest.memory / GIB * SECONDS_A_GIB
    elif guest.running:
        seconds += guest.habits.shutdown_seconds
    name = "vzmigrate" if kind == "lxc" else "qmigrate"
    busy = guest.lock
    task = cluster.begin_task(source, name, str(vmid), asked.user, seconds, work)
    if not busy:
        guest.config["lock"] = "migrate"
        cluster.touch()
    return task


def _obstacle(cluster: Cluster, guest: Guest, asked: Asked) -> str:
    """Why the move fails, in the words of the log; empty where it does not."""
    volume = str(guest.config.get("rootfs" if guest.kind == "lxc" else "scsi0", ""))
    target = cluster.nodes[asked.target]
    if guest.lock and guest.lock != "migrate":
        return power.lock_error(guest)
    if guest.vmid in cluster.failing_migrations:
        return cluster.failing_migrations[guest.vmid]
    if not target.online:
        return f"Can't connect to destination address using public key: {asked.target}"
    if lost := missing_storages(cluster, guest, asked.target):
        return f"storage '{lost[0]}' is not available on node '{asked.target}'"
    if guest.kind == "lxc" and guest.running and not asked.restart:
        return "lxc live migration is currently not implemented"
    if is_local(cluster, volume) and not asked.with_local_disks:
        return f"can't migrate local disk '{volume.partition(',')[0]}': local disk"
    devices = [key for key in guest.config if key.startswith("hostpci")]
    if guest.running and devices:
        return f"VM uses local resources: {', '.join(devices)}"
    running = [one for one in cluster.guests_of(asked.target) if one.running]
    if guest.running and sum(one.memory for one in running) + guest.memory > target.memory:
        return "start failed: QEMU exited with code 1"
    return ""


def ask_ha(world: World, cluster: Cluster, guest: Guest, asked: Asked) -> Task:
    """`hamigrate`: a task that only notes the wish; HA's manager moves the guest in its rounds.

    Where a rule keeps it off the target, 9.x fails the task. 8.x has no such check.
    """

    def work(task: Task) -> str:
        if cluster.upgraded and (causes := blocking_causes(cluster, guest.sid, asked.target)):
            task.log.append(f"cannot migrate resource '{guest.sid}' to node '{asked.target}':")
            task.log += [f"- {cause}: '{sid}'" for sid, cause in causes]
            command = f"ha-manager migrate {guest.sid} {asked.target}"
            return f"command '{command}' failed: exit code 255"
        now = cluster.now
        at = now - now % ROUND + ROUND
        cluster.timeline.at(at, partial(_decide, world, cluster, guest.vmid, asked))
        return "OK"

    task = cluster.begin_task(guest.node, "hamigrate", str(guest.vmid), asked.user, 0.7, work)
    task.log.append(
        f"Requesting HA migration for {guest.sid.replace(':', ' ').upper()} to node {asked.target}"
    )
    return task


def _decide(world: World, cluster: Cluster, vmid: int, asked: Asked) -> None:
    """A round of HA's manager: it moves the guest where its rules let it, else it stays."""
    guest = cluster.guests.get(vmid)
    if guest is None or guest.sid not in cluster.ha or not cluster.nodes[asked.target].online:
        return
    resource = cluster.ha[guest.sid]
    resource.service = "migrate"
    cluster.touch()
    by_ha = Asked(
        target=asked.target,
        user="root@pam",
        online=guest.kind == "qemu" and guest.running,
        restart=guest.kind == "lxc",
    )
    begin(world, cluster, guest, by_ha)
    cluster.timeline.after(3 * ROUND, partial(_settle, world, cluster, guest.sid))


def _settle(world: World, cluster: Cluster, sid: str) -> None:
    """The round after: a service that a rule keeps off the node it is on now is moved on."""
    if sid in cluster.ha and cluster.ha[sid].service == "migrate":
        cluster.ha[sid].service = "started"
        cluster.touch()
    guest = guest_of(cluster, sid)
    if guest is None or not guest.running or not blocking_causes(cluster, sid, guest.node):
        return
    if targets := nodes_for(cluster, sid):
        move_guest(cluster, guest, least_loaded(cluster, targets))
