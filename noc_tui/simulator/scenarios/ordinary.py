"""`day`: an ordinary busy day, and the next, and the next.

Clients restart, stop and start their machines, administrators move guests before maintenance, now
and then a machine crashes, a backup fails, a node is rebooted at night. Nothing that the hoster
could not look in the eye.
"""

from collections.abc import Callable
from functools import partial

from noc_tui.simulator import machines, power, power_requests
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import Guest
from noc_tui.simulator.scenarios.stage import DAY, HOUR, MINUTE, Stage

PAUSE = 150.0
"""Mean seconds between two things that somebody does."""


def day(stage: Stage) -> None:
    """Small things all the time, and one of the larger ones each day; a storage is getting full."""
    stage.first.storages["ceph-vm"].used_share = 0.84
    stage.world.timeline.after(20.0, partial(_something, stage))
    stage.at(40.0, _client_reboots, stage, stage.first)
    stage.at(4 * MINUTE, _crash, stage)
    stage.every(DAY, partial(_failed_backup, stage), first=HOUR)
    stage.every(DAY, partial(_short_outage, stage), first=3 * HOUR)
    stage.every(7 * DAY, partial(_maintenance, stage), first=2 * DAY + 2 * HOUR)


def _something(stage: Stage) -> None:
    cluster = stage.dice.choice(stage.clusters)
    acts = (_client_reboots, _client_reboots, _client_reboots, _client_stops, _moved, _paused)
    stage.dice.choice(acts)(stage, cluster)
    stage.world.timeline.after(stage.dice.between(0.3, 1.7) * PAUSE, partial(_something, stage))


def _user(stage: Stage, guest: Guest) -> str:
    tenant = stage.owner(guest)
    return stage.dice.choice(tenant.users) if tenant is not None else "root@pam"


def _client_reboots(stage: Stage, cluster: Cluster) -> None:
    guest = stage.some_guest(cluster)
    if guest is not None:
        power.reboot(cluster, guest.node, guest.kind, guest.vmid, _user(stage, guest))


def _client_stops(stage: Stage, cluster: Cluster) -> None:
    """For some minutes; under HA that is a wish to its manager."""
    guest = stage.some_guest(cluster)
    if guest is None:
        return
    user = _user(stage, guest)
    power_requests.shutdown(stage.world, cluster, guest, user)
    pause = stage.dice.between(3 * MINUTE, 20 * MINUTE)
    cluster.timeline.after(pause, partial(_back, stage, cluster, guest.vmid, user))


def _back(stage: Stage, cluster: Cluster, vmid: int, user: str) -> None:
    """Whoever stopped it starts it again, and tries later while something is in the way."""
    guest = cluster.guests.get(vmid)
    if guest is None or guest.running:
        return
    if guest.lock or not cluster.quorate or not cluster.nodes[guest.node].online:
        cluster.timeline.after(5 * MINUTE, partial(_back, stage, cluster, vmid, user))
    else:
        power_requests.start(stage.world, cluster, guest, user)


def _paused(stage: Stage, cluster: Cluster) -> None:
    guest = stage.some_guest(cluster)
    if guest is not None and guest.kind == "qemu":
        user = _user(stage, guest)
        power.turn(cluster, guest, "qmpause", "paused", user)
        resume = partial(power.turn, cluster, guest, "qmresume", "running", user)
        cluster.timeline.after(2 * MINUTE, lambda: _resumed(guest, resume))


def _resumed(guest: Guest, resume: Callable[[], object]) -> None:
    if guest.qmp == "paused":
        resume()


def _moved(stage: Stage, cluster: Cluster) -> None:
    guest = stage.some_guest(cluster)
    others = [
        node.name
        for node in cluster.nodes.values()
        if node.online and guest is not None and node.name != guest.node
    ]
    if guest is not None and others:
        machines.migrate_guest(cluster, guest.vmid, stage.dice.choice(others))


def _crash(stage: Stage) -> None:
    guest = stage.some_guest(stage.first)
    if guest is not None:
        machines.crash_guest(stage.world, stage.first, guest.vmid)
        again = partial(_back, stage, stage.first, guest.vmid, "root@pam")
        stage.first.timeline.after(7 * MINUTE, again)


def _failed_backup(stage: Stage) -> None:
    """Tonight one guest's backup fails; yesterday's culprit is well again."""
    for cluster in stage.clusters:
        server = stage.world.backups_of(cluster.name)
        server.failing.clear()
        guest = stage.some_guest(cluster)
        if guest is not None:
            server.failing[guest.vmid] = "job failed with err -5 - Input/output error"


def _short_outage(stage: Stage) -> None:
    """One small client is not reached from outside for some minutes."""
    tenant = stage.dice.choice(stage.world.tenants)
    stage.world.outside.cut.add(tenant.slug)
    back = partial(stage.world.outside.cut.discard, tenant.slug)
    stage.world.timeline.after(stage.dice.between(2, 9) * MINUTE, back)


def _maintenance(stage: Stage) -> None:
    """A node is emptied, rebooted, and given its guests back by and by."""
    cluster = stage.dice.choice(stage.clusters)
    node = list(cluster.nodes)[-1]
    others = [name for name in cluster.nodes if name != node]
    for guest in list(cluster.guests_of(node)):
        if not guest.template:
            machines.migrate_guest(cluster, guest.vmid, stage.dice.choice(others))
    cluster.timeline.after(5 * MINUTE, partial(machines.kill_node, stage.world, cluster, node))
    cluster.timeline.after(13 * MINUTE, partial(machines.revive_node, stage.world, cluster, node))
