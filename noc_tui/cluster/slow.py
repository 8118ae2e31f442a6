"""The slow tier: what changes in minutes or by hand. Eight requests, whatever the size.

Where storage is replicated, `replicating` adds one for each node that replicates.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

import msgspec

from noc_tui.cluster import errors
from noc_tui.cluster.answers import AclEntry, Version
from noc_tui.cluster.api_rows import Flag
from noc_tui.cluster.decoding import decode, decode_rows
from noc_tui.cluster.privileges import ACL_NEEDS, is_granted
from noc_tui.cluster.snapshot import SightGap

T = TypeVar("T")
Read = Callable[[str], bytes]
Permissions = Mapping[str, Mapping[str, bool]]


class HaRow(msgspec.Struct, frozen=True):
    """A row of `/cluster/ha/status/current`, of type quorum, master, lrm, service or fencing.

    `timestamp` older than 30 s on a master or lrm row means that it is dead.
    """

    id: str
    type: str
    node: str | None = None
    sid: str | None = None
    status: str | None = None
    state: str | None = None
    crm_state: str | None = None
    request_state: str | None = None
    quorate: Flag = None
    timestamp: int | None = None


class HaResource(msgspec.Struct, frozen=True):
    """A guest that HA manages: `sid` like `vm:100`, `state` what is asked for (absent: started)."""

    sid: str
    state: str = "started"
    group: str | None = None
    comment: str | None = None
    digest: str | None = None
    max_restart: int | None = None
    max_relocate: int | None = None


class Replication(msgspec.Struct, frozen=True):
    """A storage replication job's configuration (its state is known per node only)."""

    id: str
    guest: int | None = None
    target: str | None = None
    source: str | None = None
    schedule: str | None = None
    disable: Flag = None
    comment: str | None = None


class ReplicationState(msgspec.Struct, frozen=True):
    """A row of `/nodes/{node}/replication`: `fail_count` runs in a row failed, the last by `error`.

    `last_sync` is when a run last went well, seconds since the epoch.
    """

    id: str
    guest: int | None = None
    target: str | None = None
    fail_count: int = 0
    error: str | None = None
    last_sync: int | None = None


class BackupJob(msgspec.Struct, frozen=True, rename={"next_run": "next-run"}):
    """A backup job's configuration; `enabled` absent means yes. It says nothing about results."""

    id: str
    schedule: str | None = None
    enabled: bool = True
    storage: str | None = None
    all: Flag = None
    vmid: str | None = None
    pool: str | None = None
    exclude: str | None = None
    node: str | None = None
    next_run: int | None = None


class NotBackedUp(msgspec.Struct, frozen=True):
    """A guest that no backup job covers."""

    vmid: int
    type: str | None = None
    name: str | None = None


class SlowSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster's slow part at `observed_at`; a part that could not be read is None, with its gap.

    `permissions` are the read token's own: path → privilege → whether it propagates. `runs` are how
    the jobs of `replication` went, as far as their nodes told.
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
    runs: tuple[ReplicationState, ...] = ()
    gaps: tuple[SightGap, ...] = ()


def gap(call: str, error: errors.ClusterError) -> SightGap:
    """What could not be had, and what is missing for it."""
    if isinstance(error, errors.PermissionMissing):
        return SightGap(call, str(error), error.path, error.privilege)
    return SightGap(call, str(error))


def read_slow(cluster: str, now: datetime, read: Read) -> SlowSnapshot:
    """Make the eight requests through `read` (which raises `ClusterError`s and ValueErrors).

    A refusal, or one call that takes too long, leaves a gap; a cluster that cannot be reached is an
    error.
    """
    gaps: list[SightGap] = []

    def attempt(path: str, decoded: Callable[[bytes], T]) -> T | None:
        try:
            return decoded(read(path))
        except errors.Unreachable as error:
            # One call may be slow by itself; a cluster whose version does not come is away.
            if path == "version" or not isinstance(error, errors.TimedOut):
                raise
            gaps.append(gap(path, error))
        except errors.ClusterError as error:
            gaps.append(gap(path, error))
        except ValueError as error:
            gaps.append(SightGap(path, str(error)))
        return None

    def rows(path: str, row: type[T]) -> tuple[T, ...] | None:
        return attempt(path, lambda body: tuple(decode_rows(body, row)))

    def acl_if_whole(permissions: Permissions | None) -> tuple[AclEntry, ...] | None:
        """What is left out for want of a privilege looks like what is not there."""
        found = rows("access/acl", AclEntry)
        if permissions is None or is_granted(permissions, *ACL_NEEDS):
            return found
        path, privilege = ACL_NEEDS
        gaps.append(
            SightGap("access/acl", f"the token lacks {privilege} on {path}", path, privilege)
        )
        return None

    version = attempt("version", lambda body: decode(body, Version))
    permissions = attempt("access/permissions", decode_permissions)
    return SlowSnapshot(
        cluster=cluster,
        observed_at=now,
        version=version.version if version else None,
        ha_status=rows("cluster/ha/status/current", HaRow),
        ha_resources=rows("cluster/ha/resources", HaResource),
        replication=rows("cluster/replication", Replication),
        backup_jobs=rows("cluster/backup", BackupJob),
        acl=acl_if_whole(permissions),
        permissions=permissions,
        not_backed_up=rows("cluster/backup-info/not-backed-up", NotBackedUp),
        gaps=tuple(gaps),
    )


def decode_permissions(body: bytes) -> Permissions:
    """`/access/permissions`. A privilege that is there is granted, the value being only whether it
    propagates; PVE gives an empty list where there is none at all.
    """
    found = decode(body, dict[str, dict[str, bool]] | list[object])  # type: ignore[arg-type]  # a union at run time
    return found if isinstance(found, dict) else {}
