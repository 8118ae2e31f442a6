"""The nightly backups: each node backs up its guests one after the other to the other site."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from noc_tui.simulator.dice import Dice
from noc_tui.simulator.model.backups import KEPT, BackupServer, Key, Snapshot
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import GIB, Guest
from noc_tui.simulator.model.tasks import Task

DAY = 86400.0
START_HOUR = 20
"""Of the night's run, in UTC."""
WINDOW = 5 * 3600.0
"""Seconds that a night's run takes on a full node."""
VERIFY_DELAY = 8 * 3600.0


@dataclass(slots=True)
class Nightly:
    """Runs the backup job of one cluster against its server."""

    cluster: Cluster
    server: BackupServer

    def begin(self) -> None:
        """Lay down a week of history, and start the next run at its hour."""
        for guest in self.cluster.guests.values():
            if not guest.template:
                self._history(guest)
        self.cluster.timeline.every(DAY, self.run, next_start(self.cluster.now))

    def run(self) -> None:
        """Start the night's job on every node that is there."""
        for node in self.cluster.nodes.values():
            if node.online and not node.frozen:
                guests = [one for one in self.cluster.guests_of(node.name) if not one.template]
                NodeRun(self, node.name, sorted(guests, key=lambda one: one.vmid)).begin()

    def _history(self, guest: Guest) -> None:
        dice = Dice.named(self.cluster.seed, self.cluster.name, "backup", guest.vmid)
        last = next_start(self.cluster.now) - DAY + dice.between(60, WINDOW)
        for back in range(KEPT, -1, -1):  # where tonight's is yet to come, one more before it
            at = int(last - back * DAY)
            if at < self.cluster.now - 60:
                self.server.add(
                    key_of(guest),
                    self._verified(guest, Snapshot(at, size(guest), comment=guest.name)),
                )

    def _verified(self, guest: Guest, snapshot: Snapshot) -> Snapshot:
        if snapshot.time + VERIFY_DELAY <= self.cluster.now:
            self._verify(guest, snapshot)
        return snapshot

    def _verify(self, guest: Guest, snapshot: Snapshot) -> None:
        bad = guest.vmid in self.server.failed_verifications
        snapshot.verified = "failed" if bad else "ok"
        stamp = f"{int(snapshot.time + VERIFY_DELAY):08X}"
        subject = f"{self.server.datastore}\\x3averify"
        snapshot.verify_upid = (
            f"UPID:{self.server.name}:000003A1:00001F5A:00000001:{stamp}:verificationjob:"
            f"{subject}:root@pam:"
        )
        self.server.changes += 1

    def written(self, guest: Guest, snapshot: Snapshot) -> None:
        """A backup is complete; it will be verified some hours later."""
        snapshot.size = size(guest)
        self.server.changes += 1
        self.cluster.timeline.after(VERIFY_DELAY, partial(self._verify, guest, snapshot))


@dataclass(slots=True)
class NodeRun:
    """One node's part of a run: one task, its guests in turn. `subject` is the guest's number where
    it is of one alone, `user` who asked for it.
    """

    nightly: Nightly
    node: str
    guests: list[Guest]
    subject: str = ""
    user: str = "root@pam"
    failed: int = 0
    at: int = 0
    task: Task | None = None

    @property
    def cluster(self) -> Cluster:
        return self.nightly.cluster

    def begin(self) -> str:
        """The task's id; empty where there is nothing to do."""
        if not self.guests:
            return ""
        self.task = self.cluster.open_task(self.node, "vzdump", self.subject, self.user)
        what = self.subject or "--all 1"
        self.task.log.append(f"INFO: starting new backup job: vzdump {what} --mode snapshot")
        self._next()
        return self.task.upid

    def _next(self) -> None:
        task = self.task
        if task is None or not task.running or not self.cluster.nodes[self.node].online:
            return
        if self.at >= len(self.guests):
            self.cluster.close_task(task, "job errors" if self.failed else "OK")
            return
        guest = self.guests[self.at]
        self.at += 1
        if guest.vmid not in self.cluster.guests or guest.vmid in self.nightly.server.skipped:
            self._next()
            return
        self._begin(guest, task)

    def _begin(self, guest: Guest, task: Task) -> None:
        task.log.append(f"INFO: Starting Backup of VM {guest.vmid} ({guest.kind})")
        problem = self.nightly.server.failing.get(guest.vmid, "")
        if self.nightly.server.down:
            problem = "could not activate storage: connection refused (111)"
        elif guest.lock:
            problem = f"VM is locked ({guest.lock})"
        if problem:
            self._fail(guest, task, problem)
            return
        guest.config["lock"] = "backup"
        if guest.kind == "qemu" and not guest.running:
            guest.turn(self.cluster.now, "prelaunch")
        snapshot = Snapshot(int(self.cluster.now), comment=guest.name)  # {{guestname}}
        self.nightly.server.add(key_of(guest), snapshot)
        self.cluster.touch()
        share = min(600.0, WINDOW / len(self.guests))
        self.cluster.timeline.after(share * 0.9, partial(self._end, guest, snapshot, task))

    def _end(self, guest: Guest, snapshot: Snapshot, task: Task) -> None:
        if guest.lock == "backup":
            del guest.config["lock"]
        if guest.qmp == "prelaunch":
            guest.turn(self.cluster.now, "stopped")
        self.cluster.touch()
        if not task.running or self.nightly.server.down:
            self.nightly.server.drop_unfinished(key_of(guest))
            self.failed += 1
            task.log.append(f"ERROR: Backup of VM {guest.vmid} failed - broken pipe")
        else:
            self.nightly.written(guest, snapshot)
            taken = timedelta(seconds=int(self.cluster.now - snapshot.time))
            task.log.append(f"INFO: Finished Backup of VM {guest.vmid} ({taken})")
        self._next()

    def _fail(self, guest: Guest, task: Task, problem: str) -> None:
        self.failed += 1
        task.log.append(f"ERROR: Backup of VM {guest.vmid} failed - {problem}")
        self.cluster.timeline.after(5, self._next)


def key_of(guest: Guest) -> Key:
    return ("ct" if guest.kind == "lxc" else "vm", guest.vmid)


def size(guest: Guest) -> int:
    """Bytes of a whole backup."""
    return int(guest.disk * guest.habits.disk_used) or GIB


def next_start(now: float) -> float:
    """The next instant at which a night's run begins."""
    day = datetime.fromtimestamp(now, UTC).replace(
        hour=START_HOUR, minute=0, second=0, microsecond=0
    )
    start = day.timestamp()
    return start if start > now else start + DAY
