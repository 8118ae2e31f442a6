"""The slow tier: what changes in minutes or by hand (`slow_reading` reads it).

Fields are named as Proxmox names them.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from noc_tui.cluster import errors
from noc_tui.cluster.answers import AclEntry
from noc_tui.cluster.api_rows import Flag, Instant, Name, Text, Vmid
from noc_tui.cluster.decoding import decode, decode_mapping
from noc_tui.cluster.ha_rules import HaRule
from noc_tui.cluster.omissions import NOTHING_OMITTED, OmissionLog, Omissions
from noc_tui.cluster.snapshot import SightGap

Read = Callable[[str], bytes]
Permissions = Mapping[str, Mapping[str, bool]]


class HaRow(msgspec.Struct, frozen=True, rename={"armed_state": "armed-state"}):
    """A row of `/cluster/ha/status/current`, of type quorum, master, lrm, service or fencing (9.2).

    `timestamp` older than 30 s on a master or lrm row means that it is dead.
    """

    id: Name
    type: Name
    node: Name | None = None
    sid: Name | None = None
    status: Text = None
    state: Name | None = None
    crm_state: Name | None = None
    request_state: Name | None = None
    quorate: Flag = None
    timestamp: Instant | None = None
    armed_state: Name | None = None
    resource_mode: Name | None = None


class HaResource(msgspec.Struct, frozen=True):
    """A guest that HA manages: `sid` like `vm:100`, `state` what is asked for (absent: started)."""

    sid: Name
    state: Name = "started"
    group: Name | None = None
    comment: Text = None
    digest: Name | None = None
    max_restart: Annotated[int, Meta(ge=0, le=1000)] | None = None
    max_relocate: Annotated[int, Meta(ge=0, le=1000)] | None = None


class Replication(msgspec.Struct, frozen=True):
    """A storage replication job's configuration (its state is known per node only)."""

    id: Name
    guest: Vmid | None = None
    target: Name | None = None
    source: Name | None = None
    schedule: Name | None = None
    disable: Flag = None
    comment: Text = None


class ReplicationState(msgspec.Struct, frozen=True):
    """A row of `/nodes/{node}/replication`: `fail_count` runs in a row failed, the last by `error`.

    `last_sync` is when a run last went well, `next_sync` when one is due (0: as soon as may be),
    seconds since the epoch.
    """

    id: Name
    guest: Vmid | None = None
    target: Name | None = None
    fail_count: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    error: Text = None
    last_sync: Instant | None = None
    next_sync: Instant | None = None


class BackupJob(msgspec.Struct, frozen=True, rename={"next_run": "next-run"}):
    """A backup job's configuration; `enabled` absent means yes. It says nothing about results."""

    id: Name
    schedule: Name | None = None
    enabled: bool = True
    storage: Name | None = None
    all: Flag = None
    vmid: Text = None
    pool: Name | None = None
    exclude: Text = None
    node: Name | None = None
    next_run: Instant | None = None


class NotBackedUp(msgspec.Struct, frozen=True):
    """A guest that no backup job covers."""

    vmid: Vmid
    type: Name | None = None
    name: Name | None = None


class CephSummary(msgspec.Struct, frozen=True):
    """The words of a check of Ceph's."""

    message: Text = None


class CephCheck(msgspec.Struct, frozen=True):
    """One check of Ceph's that is not well."""

    severity: Name | None = None
    summary: CephSummary = CephSummary()

    @property
    def message(self) -> str:
        """Ceph's own words."""
        return self.summary.message or self.severity or ""


class CephHealth(msgspec.Struct, frozen=True):
    """Ceph's health: `status` HEALTH_OK, HEALTH_WARN or HEALTH_ERR, and the checks behind it."""

    status: Name
    checks: dict[str, CephCheck] = {}


class CephStatus(msgspec.Struct, frozen=True):
    """What is read of `/cluster/ceph/status`, which is long."""

    health: CephHealth


class SlowSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster's slow part at `observed_at`; a part that could not be read is None, with its gap.

    `permissions` are the read token's own: path → privilege → whether it propagates. `runs` are how
    the jobs of `replication` went, as far as their nodes told. `ha_rules` are the groups' before
    9.0. `without_ceph` says that the cluster has none, `ceph` being None then too. `omitted` is
    what could not be read.
    """

    cluster: str
    observed_at: datetime
    version: str | None
    ha_status: tuple[HaRow, ...] | None
    ha_resources: tuple[HaResource, ...] | None
    replication: tuple[Replication, ...] | None
    backup_jobs: tuple[BackupJob, ...] | None
    not_backed_up: tuple[NotBackedUp, ...] | None
    acl: tuple[AclEntry, ...] | None
    permissions: Permissions | None
    ha_rules: tuple[HaRule, ...] | None = None
    ceph: CephHealth | None = None
    without_ceph: bool = False
    runs: tuple[ReplicationState, ...] = ()
    gaps: tuple[SightGap, ...] = ()
    omitted: Omissions = NOTHING_OMITTED


def gap(call: str, error: errors.ClusterError) -> SightGap:
    """What could not be had, and what is missing for it."""
    if isinstance(error, errors.PermissionMissing):
        return SightGap(call, str(error), error.path, error.privilege)
    return SightGap(call, str(error))


def major_of(version: str) -> int:
    """Return the major version: 9 of `9.2.11`; 0 where it is none."""
    major = version.partition(".")[0]
    return int(major) if major.isdecimal() and len(major) < 4 else 0


def decode_permissions(body: bytes, log: OmissionLog | None = None) -> Permissions:
    """`/access/permissions`. A privilege that is there is granted, the value being only whether it
    propagates; PVE gives an empty list where there is none at all. A path that cannot be read
    grants nothing, and is noted in `log`.
    """
    kind = dict[str, dict[str, bool]] | list[object]
    try:
        found: Any = decode(body, kind)  # type: ignore[arg-type]  # a union at run time
    except ValueError:
        return decode_mapping(body, dict[str, bool], log or OmissionLog())
    return found if isinstance(found, dict) else {}
