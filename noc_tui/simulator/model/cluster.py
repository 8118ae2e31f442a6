"""A cluster: nodes, guests, storages, pools and everything that is kept for all of them."""

import hashlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from noc_tui.simulator.model.access import Access
from noc_tui.simulator.model.guest import Guest
from noc_tui.simulator.model.node import Node, Storage
from noc_tui.simulator.model.tasks import Task, TaskBook, upid
from noc_tui.simulator.timeline import Timeline


@dataclass(slots=True)
class Pool:
    """A pool; its guests name it themselves."""

    name: str
    comment: str = ""
    storages: set[str] = field(default_factory=set)


@dataclass(slots=True)
class HaResource:
    """A service under HA: `state` is what its file asks for, as it was written there ("" where
    nothing was); `wanted` what that means; `service` where the CRM has come to.
    """

    sid: str
    state: str = ""
    group: str = ""
    comment: str = ""
    max_restart: int | None = None
    max_relocate: int | None = None
    service: str = "queued"

    @property
    def wanted(self) -> str:
        return "started" if self.state in ("", "enabled") else self.state


@dataclass(slots=True)
class Rule:
    """A rule of HA: node affinity (`nodes` by priority, `strict`) or resource affinity (`affinity`
    positive or negative). Before 9 a node affinity is a group, which its services name.
    """

    name: str
    kind: str
    services: set[str] = field(default_factory=set)
    nodes: dict[str, int] = field(default_factory=dict)
    strict: bool = False
    affinity: str = ""
    disabled: bool = False
    comment: str = ""

    def allows(self, node: str) -> bool:
        """Whether its services may run there, as far as nodes go."""
        return self.disabled or not self.strict or node in self.nodes


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the cluster log."""

    uid: int
    time: int
    node: str
    user: str
    tag: str
    text: str
    priority: int = 6
    pid: int = 0


@dataclass(slots=True)
class Replication:
    """A replication job of a guest, and how its last run went."""

    guest: int
    number: int
    target: str
    schedule: str = "*/15"
    comment: str = ""
    disabled: bool = False
    last_sync: float = 0.0
    last_try: float = 0.0
    fail_count: int = 0
    error: str = ""
    duration: float = 4.2


@dataclass(slots=True)
class Cluster:
    """The state of one cluster; `changes` moves whenever a listing may have changed. `ceph` is its
    health (HEALTH_OK, HEALTH_WARN, HEALTH_ERR), empty where there is none; `zone_states` those of
    (node, zone) that are not well; `armed` and `resource_mode` are HA's as a whole (9.2).
    """

    name: str
    site: str
    timeline: Timeline
    seed: int
    task_scale: float = 1.0
    standalone: bool = False
    nodes: dict[str, Node] = field(default_factory=dict)
    guests: dict[int, Guest] = field(default_factory=dict)
    storages: dict[str, Storage] = field(default_factory=dict)
    pools: dict[str, Pool] = field(default_factory=dict)
    access: Access = field(default_factory=Access)
    ha: dict[str, HaResource] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    tasks: TaskBook = field(default_factory=TaskBook)
    log: deque[LogLine] = field(default_factory=lambda: deque(maxlen=2000))
    options: dict[str, str] = field(default_factory=dict)
    jobs: list[dict[str, str | int]] = field(default_factory=list)
    replications: list[Replication] = field(default_factory=list)
    firewall: dict[str, str | int] = field(default_factory=lambda: {"enable": 1})
    fingerprints: dict[str, str] = field(default_factory=dict)
    ceph: str = ""
    quorum_denied: bool = False
    failing_migrations: dict[int, str] = field(default_factory=dict)
    """Guests whose next migrations fail, and with which words."""
    ha_used: bool = False
    ha_manager: bool = True
    armed: str = "armed"
    resource_mode: str = ""
    zones: list[str] = field(default_factory=lambda: ["localnetwork"])
    zone_states: dict[tuple[str, str], str] = field(default_factory=dict)
    changes: int = 0
    log_uid: int = 0
    _placed: dict[str, list[Guest]] = field(default_factory=dict)
    _pooled: dict[str, list[Guest]] = field(default_factory=dict)
    _placed_at: int = -1

    @property
    def now(self) -> float:
        return self.timeline.now

    @property
    def quorate(self) -> bool:
        online = sum(node.online for node in self.nodes.values())
        return not self.quorum_denied and online * 2 > len(self.nodes)

    @property
    def upgraded(self) -> bool:
        """Whether every node runs Proxmox VE 9: only then are groups of HA made to rules."""
        return all(node.is_new for node in self.nodes.values())

    def touch(self) -> None:
        self.changes += 1

    def guests_of(self, node: str) -> list[Guest]:
        """Guests whose configuration lies on `node`."""
        self._sort()
        return self._placed.get(node, [])

    def guests_in(self, pool: str) -> list[Guest]:
        """Guests of a pool."""
        self._sort()
        return self._pooled.get(pool, [])

    def _sort(self) -> None:
        if self._placed_at == self.changes:
            return
        self._placed, self._pooled = {}, {}
        for guest in self.guests.values():
            self._placed.setdefault(guest.node, []).append(guest)
            self._pooled.setdefault(guest.pool, []).append(guest)
        self._placed_at = self.changes

    def add_guest(self, guest: Guest) -> None:
        self.guests[guest.vmid] = guest
        if guest.pool:
            self.access.pool_of[f"/vms/{guest.vmid}"] = guest.pool
            self.access.changed()
        self.touch()

    def remove_guest(self, vmid: int) -> None:
        """Destroy a guest: its pool membership, HA entry and ACL entries go with it."""
        guest = self.guests.pop(vmid)
        self.ha.pop(guest.sid, None)
        self.access.acl.pop(f"/vms/{vmid}", None)
        self.access.pool_of.pop(f"/vms/{vmid}", None)
        self.access.changed()
        self.touch()

    def note(self, node: str, user: str, text: str, tag: str = "pvedaemon") -> None:
        """Write a line to the cluster log."""
        self.log_uid += 1
        pid = 900 + self.log_uid % 3
        self.log.appendleft(
            LogLine(
                uid=self.log_uid,
                time=int(self.now),
                node=node,
                user=user,
                tag=tag,
                text=text,
                priority=6,
                pid=pid,
            )
        )

    def begin_task(
        self,
        node: str,
        kind: str,
        subject: str,
        user: str,
        seconds: float,
        work: Callable[[Task], str],
        on_kill: Callable[[], None] | None = None,
    ) -> Task:
        """Fork a worker: after `seconds` of simulated time `work` is done and says how it went."""
        task = self.open_task(node, kind, subject, user)
        task.on_kill = on_kill

        def end() -> None:
            if task.running and not self.nodes[node].killed:
                self.close_task(task, work(task))

        self.timeline.after(seconds * self.task_scale, end)
        return task

    def open_task(self, node: str, kind: str, subject: str, user: str) -> Task:
        """A worker that runs until it is closed."""
        pid = self.nodes[node].next_pid()
        ticks = int((self.now - self.nodes[node].booted) * 100) & 0xFFFFFFFF
        identity = upid(node, pid, ticks, int(self.now), kind, subject, user)
        task = Task(
            upid=identity,
            node=node,
            pid=pid,
            pstart=ticks,
            start=int(self.now),
            kind=kind,
            subject=subject,
            user=user,
        )
        self.tasks.add(task)
        self.note(node, user, f"starting task {identity}")
        return task

    def close_task(self, task: Task, status: str) -> None:
        """Its worker is done."""
        task.finish(self.now, status)
        self.note(task.node, task.user, f"end task {task.upid} {status}")
        self.touch()


def digest_of(values: object) -> str:
    """SHA-1 of a configuration, 40 hexadecimal digits: changes exactly when it changes."""
    return hashlib.sha1(repr(values).encode(), usedforsecurity=False).hexdigest()
