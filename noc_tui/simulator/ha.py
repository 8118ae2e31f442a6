"""The HA manager: a CRM round decides within ten seconds, an LRM round acts ten seconds later.

Whoever changes something about a service nudges it, and its next rounds follow; besides, each round
looks for services whose guests do not do what is asked, whoever started or stopped them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from noc_tui.simulator import power
from noc_tui.simulator.model.cluster import Cluster, HaResource
from noc_tui.simulator.model.guest import Guest

ROUND = 10.0
FENCING = 120.0
"""Seconds from the loss of a node until its services are recovered elsewhere."""
WATCHDOG = 60.0
"""Seconds without quorum after which a node on which HA is at work switches itself off."""
STOP_TIMEOUT = 60.0
ATTEMPTS = 3
MANAGER = "root@pam"
_WATCHED = frozenset(("started", "stopped", "disabled"))
_BUSY = frozenset(("error", "fence", "recovery", "request_start", "request_stop"))


@dataclass(slots=True)
class HaManager:
    """Moves services towards what is asked of them; remembers which wait for a round."""

    waiting: set[tuple[str, str]] = field(default_factory=set)
    attempts: dict[tuple[str, str], int] = field(default_factory=dict)
    services: dict[str, tuple[tuple[int, int], list[tuple[HaResource, Guest]]]] = field(
        default_factory=dict
    )

    def watch(self, cluster: Cluster, fence: Callable[[str], None]) -> None:
        """Begin the rounds of a cluster; `fence` switches a node off by its name."""
        now = cluster.now
        check = partial(self._look_round, cluster, fence)
        cluster.timeline.every(ROUND, check, first=now - now % ROUND + ROUND)

    def _look_round(self, cluster: Cluster, fence: Callable[[str], None]) -> None:
        self._watchdogs(cluster, fence)
        for resource, guest in self._services(cluster):
            runs = guest.status == "running"
            leaves = runs and cluster.nodes[guest.node].maintenance
            if runs is (resource.wanted == "started") and not leaves:
                continue
            held = resource.wanted not in _WATCHED or resource.service in _BUSY
            if not held and cluster.ha.get(guest.sid) is resource:
                self.nudge(cluster, guest.sid)

    def _watchdogs(self, cluster: Cluster, fence: Callable[[str], None]) -> None:
        """Fence the nodes that were left without quorum while HA was at work on them."""
        if not cluster.ha_manager:
            return
        served = {guest.node for one, guest in self._services(cluster) if one.state != "ignored"}
        quorate = cluster.quorate
        for node in cluster.nodes.values():
            if quorate and node.online:
                node.ha_active, node.alone_since = node.name in served, None
            elif node.ha_active and node.alone_since is None:
                node.alone_since = cluster.now
            elif node.ha_active and cluster.now - (node.alone_since or 0.0) >= WATCHDOG:
                fence(node.name)

    def _services(self, cluster: Cluster) -> list[tuple[HaResource, Guest]]:
        """Resources with their guests, put together again only when there are more or fewer."""
        size = (len(cluster.ha), len(cluster.guests))
        known = self.services.get(cluster.name)
        if known is None or known[0] != size:
            found = ((one, guest_of(cluster, sid)) for sid, one in cluster.ha.items())
            known = (size, [(one, guest) for one, guest in found if guest is not None])
            self.services[cluster.name] = known
        return known[1]

    def forget(self, cluster: Cluster) -> None:
        """Its resources are others now."""
        self.services.pop(cluster.name, None)

    def request(self, cluster: Cluster, sid: str, state: str) -> None:
        """Ask for another state; the guest itself changes only after the rounds."""
        cluster.ha[sid].state = state
        cluster.touch()
        self.attempts.pop((cluster.name, sid), None)
        self.nudge(cluster, sid)

    def request_by_task(self, cluster: Cluster, sid: str, state: str) -> None:
        """Ask for another state as a task does it: HA's manager reads it in its next round."""
        if not cluster.ha_manager:
            return
        now = cluster.now
        at = now - now % ROUND + ROUND
        cluster.timeline.at(at, partial(self._request_if_there, cluster, sid, state))

    def _request_if_there(self, cluster: Cluster, sid: str, state: str) -> None:
        if sid in cluster.ha:
            self.request(cluster, sid, state)

    def nudge(self, cluster: Cluster, sid: str, delay: float = ROUND) -> None:
        """Let the next round look at a service."""
        key = (cluster.name, sid)
        if cluster.ha_manager and key not in self.waiting:
            self.waiting.add(key)
            now = cluster.now
            cluster.timeline.at(now - now % ROUND + delay, partial(self._decide, cluster, sid))

    def _decide(self, cluster: Cluster, sid: str) -> None:
        self.waiting.discard((cluster.name, sid))
        resource = cluster.ha.get(sid)
        guest = guest_of(cluster, sid)
        if resource is None or guest is None:
            return
        if not cluster.quorate or cluster.armed == "disarmed":
            self.nudge(cluster, sid)
            return
        if resource.state == "ignored" or resource.service == "error":
            self._tell(cluster, resource, "ignored" if resource.state == "ignored" else "error")
        elif not cluster.nodes[guest.node].online:
            self._fence(cluster, resource)
        elif resource.wanted == "started":
            self._want_running(cluster, resource, guest)
        else:
            self._want_stopped(cluster, resource, guest)

    def _want_running(self, cluster: Cluster, resource: HaResource, guest: Guest) -> None:
        if guest.running:
            self.attempts.pop((cluster.name, resource.sid), None)
            self._tell(cluster, resource, "started")
            self._leave(cluster, guest)
            return
        tries = self.attempts.get((cluster.name, resource.sid), 0)
        if tries >= ATTEMPTS:
            self._tell(cluster, resource, "error")
            return
        self.attempts[cluster.name, resource.sid] = tries + 1
        self._tell(cluster, resource, "request_start")
        cluster.timeline.after(ROUND / 2, partial(self._start, cluster, guest))

    def _leave(self, cluster: Cluster, guest: Guest) -> None:
        """Move a service away from a node in maintenance, live, where a rule leaves it another."""
        if not cluster.nodes[guest.node].maintenance:
            return
        targets = nodes_for(cluster, guest.sid)
        if targets:
            move_guest(cluster, guest, least_loaded(cluster, targets))

    def _want_stopped(self, cluster: Cluster, resource: HaResource, guest: Guest) -> None:
        if not guest.running:
            self._tell(cluster, resource, "stopped")
            return
        self._tell(cluster, resource, "request_stop")
        cluster.timeline.after(ROUND / 2, partial(self._stop, cluster, guest))

    def _start(self, cluster: Cluster, guest: Guest) -> None:
        if cluster.nodes[guest.node].online and not guest.running:
            power.start(cluster, guest.node, guest.kind, guest.vmid, MANAGER)
        self.nudge(cluster, guest.sid)

    def _stop(self, cluster: Cluster, guest: Guest) -> None:
        if cluster.nodes[guest.node].online and guest.running and guest.busy_until <= cluster.now:
            power.shutdown(
                cluster, guest.node, guest.kind, guest.vmid, MANAGER, STOP_TIMEOUT, force=True
            )
        self.nudge(cluster, guest.sid)

    def _fence(self, cluster: Cluster, resource: HaResource) -> None:
        if resource.service in ("fence", "recovery"):
            self._recover(cluster, resource)
            return
        self._tell(cluster, resource, "fence")
        self.nudge(cluster, resource.sid, FENCING)

    def _recover(self, cluster: Cluster, resource: HaResource) -> None:
        """Move the configuration to the least loaded node that is left, and start there."""
        guest = guest_of(cluster, resource.sid)
        alive = nodes_for(cluster, resource.sid)
        if guest is None or not alive:
            self._tell(cluster, resource, "recovery")
            self.nudge(cluster, resource.sid)
            return
        if guest.running:
            guest.end(cluster.now)
        guest.node = least_loaded(cluster, alive)
        self._tell(cluster, resource, "recovery")
        self.nudge(cluster, resource.sid)

    def _tell(self, cluster: Cluster, resource: HaResource, service: str) -> None:
        if resource.service != service:
            resource.service = service
            cluster.touch()


def nodes_for(cluster: Cluster, sid: str) -> list[str]:
    """Return the nodes on which HA may start a service now: neither off nor in maintenance, allowed
    by every strict rule, without one of those that it is kept apart from.
    """
    return [
        node.name
        for node in cluster.nodes.values()
        if node.online and not node.frozen and not node.maintenance
        if not blocking_causes(cluster, sid, node.name)
    ]


def blocking_causes(cluster: Cluster, sid: str, node: str) -> list[tuple[str, str]]:
    """Why the rules keep a service off a node: the service in the way (itself, for a strict node
    affinity) and the kind of the rule, as `PVE::HA::Helpers` tells them.
    """
    found: list[tuple[str, str]] = []
    for rule in cluster.rules.values():
        if sid not in rule.services or rule.disabled:
            continue
        if not rule.allows(node):
            found.append((sid, "node-affinity"))
        if rule.affinity == "negative":
            others = [(one, guest_of(cluster, one)) for one in sorted(rule.services - {sid})]
            found += [
                (one, "resource-affinity")
                for one, guest in others
                if guest is not None and guest.running and guest.node == node
            ]
    return found


def least_loaded(cluster: Cluster, names: list[str]) -> str:
    """Return the one of these nodes that has the fewest guests."""
    return min(names, key=lambda name: len(cluster.guests_of(name)))


def move_guest(cluster: Cluster, guest: Guest, target: str) -> None:
    """Move a guest at once, with the task that is left of it."""
    kind = "vzmigrate" if guest.kind == "lxc" else "qmigrate"
    task = cluster.begin_task(guest.node, kind, str(guest.vmid), MANAGER, 0, lambda _task: "OK")
    task.log.append(f"migration finished successfully: now on '{target}'")
    guest.node = target
    cluster.touch()


def guest_of(cluster: Cluster, sid: str) -> Guest | None:
    """The guest that a service id means."""
    guest = cluster.guests.get(int(sid.partition(":")[2]))
    return guest if guest is not None and guest.sid == sid else None
