"""Power actions as a user requests them: a task on the guest, or under HA a request to its
manager.
"""

from noc_tui.simulator import power
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import Guest
from noc_tui.simulator.model.tasks import Task
from noc_tui.simulator.world import World


def is_managed(cluster: Cluster, sid: str) -> bool:
    """Return whether HA is in charge of a guest's power."""
    return sid in cluster.ha and cluster.ha[sid].state != "ignored"


def ask_ha(world: World, cluster: Cluster, node: str, sid: str, verb: str, user: str) -> Task:
    """Request `hastart` or `hastop`: the task ends within a second, the guest follows later."""
    kind, _, number = sid.partition(":")

    def work(_task: Task) -> str:
        if verb == "start":
            world.ha.request(cluster, sid, "started")
        else:
            world.ha.request_by_task(cluster, sid, "stopped")
        return "OK"

    task = cluster.begin_task(node, f"ha{verb}", number, user, 0.7, work)
    task.log.append(f"Requesting HA {verb} for {kind.upper()} {number}")
    return task


def start(world: World, cluster: Cluster, guest: Guest, user: str) -> Task:
    """As the button *Start* does it."""
    if is_managed(cluster, guest.sid):
        return ask_ha(world, cluster, guest.node, guest.sid, "start", user)
    return power.start(cluster, guest.node, guest.kind, guest.vmid, user)


def stop(world: World, cluster: Cluster, guest: Guest, user: str) -> Task:
    """As the button *Stop* does it."""
    if is_managed(cluster, guest.sid):
        return ask_ha(world, cluster, guest.node, guest.sid, "stop", user)
    return power.stop(cluster, guest.node, guest.kind, guest.vmid, user)


def shutdown(world: World, cluster: Cluster, guest: Guest, user: str) -> Task:
    """As the button *Shutdown* does it, with force in the end."""
    if is_managed(cluster, guest.sid):
        return ask_ha(world, cluster, guest.node, guest.sid, "stop", user)
    return power.shutdown(cluster, guest.node, guest.kind, guest.vmid, user, force=True)
