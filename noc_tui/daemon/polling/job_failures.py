"""Which guests a failed backup job failed for: the job's task tells in its log alone.

A task whose log was read is not asked for again, so that a job costs one request, once.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from noc_tui.cluster.errors import GatewayError
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.snapshot import ClusterSnapshot, TaskSnapshot

TASK_TYPE = "vzdump"
LONGEST_VMID = 9
"""Digits of a number that Proxmox gives a guest."""
LOGS_A_ROUND = 2
LOG_LINES = 50_000
KEPT = timedelta(days=14)
LONGEST_REASON = 300
_FAILED = re.compile(r"ERROR: Backup of VM (?P<vmid>\d{1,9}) failed - (?P<why>.*)\Z")

Failure = tuple[datetime, str]
"""When it ended, and Proxmox's words."""


@dataclass(slots=True)
class JobFailures:
    """The failures that were read, by cluster and task."""

    _read: dict[str, dict[str, Mapping[int, Failure]]] = field(default_factory=dict)

    async def look(self, gateway: Gateway, snapshot: ClusterSnapshot) -> None:
        """Read the logs of failed jobs that were not read yet, the newest first, a few a round. One
        that cannot be read now is asked for again.
        """
        known = self._read.setdefault(snapshot.cluster, {})
        oldest = snapshot.observed_at - KEPT
        for upid, failures in list(known.items()):
            if all(at < oldest for at, _why in failures.values()) and upid not in snapshot.tasks:
                del known[upid]
        unread = [task for task in snapshot.tasks.values() if _is_failed_job(task)]
        unread = [task for task in unread if task.upid not in known]
        unread.sort(key=lambda task: task.started_at, reverse=True)
        for task in unread[:LOGS_A_ROUND]:
            try:
                lines = await gateway.task_log(task.upid, limit=LOG_LINES)
            except GatewayError:
                continue
            known[task.upid] = read_failures((line.t for line in lines), task.ended_at)

    def last(self, snapshot: ClusterSnapshot) -> dict[int, Failure]:
        """By vmid, the newest failed backup that is known, and its words."""
        found: dict[int, Failure] = {}
        of_jobs = self._read.get(snapshot.cluster, {}).values()
        single = (_single_failure(task) for task in snapshot.tasks.values())
        for failures in (*of_jobs, *single):
            for vmid, failure in failures.items():
                if vmid not in found or failure[0] > found[vmid][0]:
                    found[vmid] = failure
        return found


def read_failures(lines: Iterable[str], ended_at: datetime | None) -> dict[int, Failure]:
    """The guests that a job's log names as failed, each with why."""
    if ended_at is None:
        return {}
    found = (_FAILED.search(line) for line in lines)
    return {int(one["vmid"]): (ended_at, one["why"][:LONGEST_REASON]) for one in found if one}


def _is_failed_job(task: TaskSnapshot) -> bool:
    ended_badly = task.outcome == "error" and task.ended_at is not None
    return task.type == TASK_TYPE and ended_badly and not _is_of_one_guest(task)


def _is_of_one_guest(task: TaskSnapshot) -> bool:
    return task.id.isascii() and task.id.isdecimal() and len(task.id) <= LONGEST_VMID


def _single_failure(task: TaskSnapshot) -> dict[int, Failure]:
    """What a task of one guest says of it."""
    if task.type != TASK_TYPE or task.outcome != "error" or not _is_of_one_guest(task):
        return {}
    if task.ended_at is None or task.status is None:
        return {}
    return {int(task.id): (task.ended_at, task.status)}
