"""Machines that fail and come back: what a scenario or a test does to nodes and guests."""

from functools import partial

from noc_tui.simulator import power
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import Guest, Surge
from noc_tui.simulator.world import World

BOOT_SECONDS = 45.0


def kill_node(world: World, cluster: Cluster, name: str) -> None:
    """Power off a node: its guests are gone with it, its last figures stay believed a while."""
    node = cluster.nodes[name]
    node.silence(cluster.now)
    node.killed = True
    for guest in cluster.guests_of(name):
        if guest.running:
            guest.end(cluster.now)
        if guest.lock == "backup":
            del guest.config["lock"]
        if guest.sid in cluster.ha:
            world.ha.nudge(cluster, guest.sid)
    cluster.note(_witness(cluster), "root@pam", f"node '{name}': state changed from 'online'")
    cluster.touch()


def revive_node(world: World, cluster: Cluster, name: str) -> None:
    """Power it on: guests that start at boot follow, tasks it was at are over without a word."""
    node = cluster.nodes[name]
    node.killed = node.cut = node.frozen = False
    node.pvedaemon = node.pmxcfs = True
    node.booted = cluster.now
    node.speak()
    for task in cluster.tasks.of_node(name):
        if task.running:
            task.finish(cluster.now, "unexpected status")
    for number, guest in enumerate(cluster.guests_of(name)):
        if not guest.running:
            guest.before = ("stopped", 0.0)
        if guest.config.get("onboot") and guest.sid not in cluster.ha:
            delay = BOOT_SECONDS + number * 0.7
            cluster.timeline.after(delay, partial(_boot, cluster, guest))
    nudge_all(world, cluster)
    cluster.touch()


def _boot(cluster: Cluster, guest: Guest) -> None:
    node = cluster.nodes[guest.node]
    if node.online and not guest.running and guest.vmid in cluster.guests:
        power.start(cluster, guest.node, guest.kind, guest.vmid, "root@pam")


def freeze_node(cluster: Cluster, name: str) -> None:
    """Its daemons hang: it votes, its guests run, and nobody gets an answer or a figure."""
    node = cluster.nodes[name]
    node.silence(cluster.now)
    node.frozen = True
    cluster.touch()


def thaw_node(cluster: Cluster, name: str) -> None:
    node = cluster.nodes[name]
    node.frozen = False
    node.speak()
    cluster.touch()


def cut_node(world: World, cluster: Cluster, name: str) -> None:
    """Take away its network: it is alone, its guests run on, HA fetches those it keeps up."""
    node = cluster.nodes[name]
    node.silence(cluster.now)
    node.cut = True
    nudge_all(world, cluster)
    cluster.touch()


def lose_quorum(world: World, cluster: Cluster) -> list[str]:
    """Cut off a majority, but for the node that answers; returns the names cut."""
    names = list(cluster.nodes)[1:]
    cut = names[: len(cluster.nodes) // 2 + 1]
    for name in cut:
        cut_node(world, cluster, name)
    return cut


def regain_quorum(world: World, cluster: Cluster) -> None:
    """Every node that was cut off is heard again."""
    for node in cluster.nodes.values():
        if node.cut:
            node.cut = False
            node.speak()
    nudge_all(world, cluster)
    cluster.touch()


def lose_storage(cluster: Cluster, name: str, node: str) -> None:
    """A node cannot reach a storage: its machines with a disk there stop at their next write."""
    cluster.storages[name].lost_on.add(node)
    for guest in cluster.guests_of(node):
        if guest.kind == "qemu" and guest.qmp == "running" and _lies_on(guest, name):
            guest.turn(cluster.now, "io-error")
    cluster.touch()


def regain_storage(cluster: Cluster, name: str, node: str) -> None:
    cluster.storages[name].lost_on.discard(node)
    for guest in cluster.guests_of(node):
        if guest.qmp == "io-error":
            guest.turn(cluster.now, "running")
    cluster.touch()


def _lies_on(guest: Guest, storage: str) -> bool:
    return str(guest.config.get("scsi0", "")).startswith(f"{storage}:")


def nudge_all(world: World, cluster: Cluster) -> None:
    for sid in cluster.ha:
        world.ha.nudge(cluster, sid)


def crash_guest(world: World, cluster: Cluster, vmid: int) -> None:
    """The process dies without a task; HA, where it is in charge, starts it again."""
    guest = cluster.guests[vmid]
    guest.end(cluster.now)
    if guest.sid in cluster.ha:
        world.ha.nudge(cluster, guest.sid)
    cluster.touch()


def migrate_guest(cluster: Cluster, vmid: int, target: str, user: str = "root@pam") -> None:
    """Move a guest to another node at once, with the task that is left of it."""
    guest = cluster.guests[vmid]
    kind = "vzmigrate" if guest.kind == "lxc" else "qmigrate"
    task = cluster.begin_task(guest.node, kind, str(vmid), user, 0, lambda _task: "OK")
    task.log.append(f"migration finished successfully: now on '{target}'")
    guest.node = target
    cluster.touch()


def lock_guest(cluster: Cluster, vmid: int, lock: str) -> None:
    """Set its `lock`, or with an empty one remove it."""
    config = cluster.guests[vmid].config
    config.pop("lock", None)
    if lock:
        config["lock"] = lock
    cluster.touch()


def surge(cluster: Cluster, vmid: int, load: Surge | None) -> None:
    """Begin or end extra load: spam going out, an attack coming in."""
    cluster.guests[vmid].surge = load
    cluster.touch()


def _witness(cluster: Cluster) -> str:
    """A node that can write to the log."""
    return next((node.name for node in cluster.nodes.values() if node.online), "localhost")
