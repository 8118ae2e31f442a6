"""A snapshot of one cluster, as frozen values: what a poll found, and since when it holds.

Only what a person could see change is kept: loads in whole percent, boot times in place of uptimes.
A value that Proxmox did not give is None, never 0. Unknown is a state of its own.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from noc_tui.cluster.guest_snapshot import GuestSnapshot
from noc_tui.cluster.omissions import NOTHING_OMITTED, Omissions

TaskOutcome = Literal["running", "ok", "warning", "error", "unknown"]


class NodeSnapshot(msgspec.Struct, frozen=True, gc=False):
    """A node. `status` is `online`, `offline`, or `unknown` (online, but its statistics stopped).

    `ha_state` is what HA's manager makes of it, None where HA is not used: `online`,
    `maintenance`, `unknown` (left the quorate part), `fence` (being fenced), `gone`.
    `cpus` threads; `memory`, `disk` (root file system) bytes; loads in percent of these.
    """

    name: str
    status: str
    ip: str | None
    cpu_percent: int | None
    memory_percent: int | None
    disk_percent: int | None
    cpus: float | None
    memory: int | None
    disk: int | None
    booted_at: datetime | None
    ha_state: str | None = None


class StorageSnapshot(msgspec.Struct, frozen=True, gc=False):
    """A storage; one that is shared appears once, with `node` None.

    `key` is `name` when shared, else `node/name`. `status` is `available` or `unknown`;
    `missing_on` are the online nodes that have it configured and do not reach it. `total` and
    `used` are bytes, `used` rounded to a thousandth of `total`.
    """

    key: str
    name: str
    node: str | None
    shared: bool
    kind: str | None
    status: str
    content: tuple[str, ...]
    total: int | None
    used: int | None
    nodes: tuple[str, ...]
    missing_on: tuple[str, ...]


class ZoneSnapshot(msgspec.Struct, frozen=True, gc=False):
    """An SDN zone or fabric (`kind`) as a node reports it: `status` ok, available, pending, error,
    or `unknown` while the node's figures do not come.
    """

    node: str
    kind: str
    name: str
    status: str


class PoolSnapshot(msgspec.Struct, frozen=True, gc=False):
    """A resource pool; its members are the guests whose `pool` it is."""

    name: str


class TaskSnapshot(msgspec.Struct, frozen=True, gc=False):
    """A task of a node. `user` may carry `!token`; `id` is a vmid, a storage, … or empty.

    `outcome` is unknown for `unexpected status` and for a task whose node is not online; `status`
    is Proxmox's own text, None while it runs.
    """

    upid: str
    node: str
    type: str
    id: str
    user: str
    started_at: datetime
    ended_at: datetime | None
    status: str | None
    outcome: TaskOutcome


class SightGap(msgspec.Struct, frozen=True):
    """A part of the picture that could not be had: which call, and why (a missing privilege)."""

    call: str
    reason: str
    path: str | None = None
    privilege: str | None = None


class ClusterSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster at `observed_at` (UTC), seen through `endpoint`.

    `quorate` is None when it is not known; a standalone node is always quorate. `version` is
    Proxmox VE's (`8.4.21`), None until the slow poll has read it. Guests are keyed by vmid, nodes
    and pools by name, storages by `key`, tasks by UPID, zones by `node/kind/name`. `omitted` is
    what could not be read; what such a row was about is still there, and nothing is known of its
    present state.
    """

    cluster: str
    observed_at: datetime
    endpoint: str
    version: str | None
    quorate: bool | None
    nodes: Mapping[str, NodeSnapshot]
    guests: Mapping[int, GuestSnapshot]
    storages: Mapping[str, StorageSnapshot]
    pools: Mapping[str, PoolSnapshot]
    tasks: Mapping[str, TaskSnapshot]
    zones: Mapping[str, ZoneSnapshot] = {}
    gaps: tuple[SightGap, ...] = ()
    omitted: Omissions = NOTHING_OMITTED


def task_outcome(status: str | None) -> TaskOutcome:
    """What a task's status text means; None is a task that runs.

    `unexpected status` says that the last line of the log is missing: killed, crashed, or not
    written yet. It is not a failure.
    """
    if status is None or status == "RUNNING":
        return "running"
    if status == "OK":
        return "ok"
    if status.startswith("WARNINGS"):
        return "warning"
    if status.startswith(("unexpected status", "unable to get last line")) or not status:
        return "unknown"
    return "error"
