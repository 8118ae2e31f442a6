"""Machines that fail and come back: what a scenario or a test does to nodes and guests."""

from functools import partial

from noc_tui.simulator import power
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import Guest, Surge
from noc_tui.simulator.world import World

BOOT_SECONDS = 45.0
REBOOT_SECONDS = 150.0
"""From the moment a watchdog fires until the machine answers again."""


def kill_node(world: World, cluster: Cluster, name: str) -> None:
    """Power off a node: its guests are gone with it, its last figures stay believed a while."""
    node = cluster.nodes[name]
    node.silence(cluster.now)
    node.killed, node.fenced = True, False
    node.ha_active, node.alone_since = False, None
    for guest in cluster.guests_of(name):
        if guest.running:
            guest.end(cluster.now)
        if guest.lock == "backup":
            del guest.config["lock"]
        if guest.sid in cluster.ha:
            world.ha.nudge(cluster, guest.sid)
    cluster.note(_witness(cluster), "root@pam", f"node '{name}': state changed from 'online'")
    cluster.touch()


def fence_node(world: World, cluster: Cluster, name: str) -> None:
    """Its own watchdog switches it off; it boots again, without quorum until others are heard."""
    kill_node(world, cluster, name)
    cluster.nodes[name].fenced = True
    cluster.timeline.after(REBOOT_SECONDS, partial(_reboot, world, cluster, name))


def _reboot(world: World, cluster: Cluster, name: str) -> None:
    if cluster.nodes[name].fenced:
        _power_on(world, cluster, name)


def revive_node(world: World, cluster: Cluster, name: str) -> None:
    """Power it on, its network plugged in."""
    cluster.nodes[name].cut = False
    _power_on(world, cluster, name)


def _power_on(world: World, cluster: Cluster, name: str) -> None:
    """Guests that start at boot follow, tasks it was at are over without a word."""
    node = cluster.nodes[name]
    node.killed = node.fenced = node.frozen = False
    node.pveproxy = node.pvedaemon = node.pmxcfs = True
    node.booted = cluster.now
    if not node.cut:
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
    """Start it as its node does at boot, which waits for quorum."""
    node = cluster.nodes[guest.node]
    if not node.killed and not (node.online and cluster.quorate):
        cluster.timeline.after(BOOT_SECONDS, partial(_boot, cluster, guest))
    elif node.online and not guest.running and guest.vmid in cluster.guests:
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
    """Take away its network: it is alone. HA fetches the guests that it keeps up; where it does so,
    the node's watchdog has switched it off before.
    """
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
            if not node.killed:
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


def put_in_maintenance(world: World, cluster: Cluster, name: str, *, on: bool) -> None:
    """`ha-manager crm-command node-maintenance`: HA's guests leave, one round each, and come back
    no sooner than somebody moves them.
    """
    cluster.nodes[name].maintenance = on
    nudge_all(world, cluster)
    cluster.touch()


def migrate_guest(cluster: Cluster, vmid: int, target: str, user: str = "root@pam") -> None:
    """Move a guest to another node at once, with the task that is left of it."""
    guest = cluster.guests[vmid]
    kind = "vzmigrate" if guest.kind == "lxc" else "qmigrate"
    task = cluster.begin_task(guest.node, kind, str(vmid), user, 0, lambda _task: "OK")
    task.log.append(f"migration finished successfully: now on '{target}'")
    guest.node = target
    cluster.touch()


def renew_token(cluster: Cluster, name: str, secret: str) -> None:
    """Remove a token and make it again: its rights stay, its old secret is refused."""
    cluster.access.tokens[name].secret = secret
    cluster.access.changed()


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
