"""The typed answers of single calls: configurations, states, tasks, logs, statistics.

Fields are None where Proxmox left them out.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from noc_tui.cluster.api_rows import (
    Bytes,
    Count,
    Flag,
    Instant,
    Load,
    Number,
    Seconds,
    TaskRow,
    Vmid,
)
from noc_tui.cluster.snapshot import TaskOutcome, task_outcome

Timeframe = Literal["hour", "day", "week", "month", "year"]
RrdPoint = dict[str, float]


class ConfigAnswer(msgspec.Struct, frozen=True):
    """A guest's configuration, every value as the text it has in the file; `digest` is its SHA-1.

    A key that is absent is not set: `onboot` absent means no.
    """

    values: Mapping[str, str]
    digest: str | None


class ServiceRow(msgspec.Struct, frozen=True):
    """A service of a node; `state` in systemd's words: running, dead, exited, failed."""

    service: str = ""
    state: str = ""


class PendingChange(msgspec.Struct, frozen=True):
    """A key of `…/pending`: `value` in force now, `pending` at the next start, `delete` 1 or 2
    where the key is to go. Rows with neither of the last two are not pending at all.
    """

    key: str
    value: str | Number = None
    pending: str | Number = None
    delete: int | None = None

    @property
    def is_pending(self) -> bool:
        """Whether the key waits for the next start."""
        return self.pending is not None or bool(self.delete)


class HaOfGuest(msgspec.Struct, frozen=True):
    """Whether HA manages the guest, and the service's state."""

    managed: Flag = None
    state: str | None = None
    group: str | None = None


class GuestStatus(msgspec.Struct, frozen=True):
    """`…/status/current`: `status` is `running` or `stopped`; `qmpstatus` (qemu) says more, e.g.
    `paused` or `prelaunch`. Loads and counters as Proxmox gives them, `uptime` seconds.
    """

    status: str
    vmid: Vmid | None = None
    name: str | None = None
    qmpstatus: str | None = None
    lock: str | None = None
    ha: HaOfGuest = HaOfGuest()
    uptime: Seconds = None
    cpu: Load = None
    cpus: Count = None
    mem: Bytes = None
    maxmem: Bytes = None
    disk: Bytes = None
    maxdisk: Bytes = None
    netin: Bytes = None
    netout: Bytes = None
    diskread: Bytes = None
    diskwrite: Bytes = None
    template: Flag = None
    tags: str | None = None
    agent: Flag = None

    @property
    def state(self) -> str:
        """The finer of the two states."""
        return self.qmpstatus or self.status


class TaskStatus(msgspec.Struct, frozen=True):
    """`…/tasks/{upid}/status`. There is no end time here; `exitstatus` is Proxmox's own text."""

    upid: str
    node: str
    status: str
    type: str
    id: str = ""
    user: str = ""
    starttime: Instant | None = None
    exitstatus: str | None = None

    @property
    def outcome(self) -> TaskOutcome:
        """`running`, `ok`, `warning`, `error`, or `unknown` (read once more before believing)."""
        return "running" if self.status == "running" else task_outcome(self.exitstatus or "")


class NodeTask(TaskRow, frozen=True):
    """A row of `/nodes/{node}/tasks`, newest first; times are seconds since the epoch."""

    @property
    def outcome(self) -> TaskOutcome:
        """As `TaskStatus.outcome`."""
        return task_outcome(self.status if self.status or self.endtime is None else "")


class TerminalTicket(msgspec.Struct, frozen=True):
    """What `termproxy` answers: as whom, with which ticket and at which port its socket opens."""

    user: str
    ticket: str
    port: int | str
    upid: str | None = None


class LogLineAnswer(msgspec.Struct, frozen=True):
    """A line of a task's log: its number, from 1, and its text, which is foreign."""

    n: int
    t: str


class User(msgspec.Struct, frozen=True):
    """A user of `/access/users`: `name@realm`."""

    userid: str


class Group(msgspec.Struct, frozen=True):
    """A group of `/access/groups`."""

    groupid: str


class AclEntry(msgspec.Struct, frozen=True):
    """One entry of `/access/acl`: `ugid` is a user, group or token, as `type` says."""

    path: str
    type: str
    ugid: str
    roleid: str
    propagate: Flag = None


class Version(msgspec.Struct, frozen=True):
    """`/version`: `version` like `8.4.21`, `release` like `8.4`."""

    version: str
    release: str | None = None


def text(value: object) -> str:
    """A configuration value as the file has it; nested ones (`lxc`) as JSON."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value)
    return msgspec.json.encode(value).decode()
