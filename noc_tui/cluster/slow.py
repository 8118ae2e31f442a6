"""The slow tier: what changes in minutes or by hand. Eight requests, whatever the size.

Where storage is replicated, one more request is made for each node that replicates.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from noc_tui.cluster import errors
from noc_tui.cluster.answers import AclEntry, Version
from noc_tui.cluster.api_rows import Flag, Instant, Name, Text, Vmid
from noc_tui.cluster.decoding import decode, decode_mapping, decode_rows, read_rows
from noc_tui.cluster.omissions import NOTHING_OMITTED, OmissionLog, Omissions
from noc_tui.cluster.privileges import ACL_NEEDS, is_granted
from noc_tui.cluster.snapshot import SightGap

T = TypeVar("T")
Read = Callable[[str], bytes]
Permissions = Mapping[str, Mapping[str, bool]]


class HaRow(msgspec.Struct, frozen=True):
    """A row of `/cluster/ha/status/current`, of type quorum, master, lrm, service or fencing.

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

    `last_sync` is when a run last went well, seconds since the epoch.
    """

    id: Name
    guest: Vmid | None = None
    target: Name | None = None
    fail_count: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    error: Text = None
    last_sync: Instant | None = None


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


class SlowSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster's slow part at `observed_at`; a part that could not be read is None, with its gap.

    `permissions` are the read token's own: path → privilege → whether it propagates. `runs` are how
    the jobs of `replication` went, as far as their nodes told. `omitted` is what could not be read.
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
    omitted: Omissions = NOTHING_OMITTED


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
    log = OmissionLog()

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
        return attempt(path, lambda body: tuple(read_rows(body, row, log)))

    def acl_if_whole(permissions: Permissions | None) -> tuple[AclEntry, ...] | None:
        """What is left out for want of a privilege looks like what is not there."""
        found = attempt("access/acl", lambda body: tuple(decode_rows(body, AclEntry)))
        if permissions is None or is_granted(permissions, *ACL_NEEDS):
            return found
        path, privilege = ACL_NEEDS
        gaps.append(
            SightGap("access/acl", f"the token lacks {privilege} on {path}", path, privilege)
        )
        return None

    version = attempt("version", lambda body: decode(body, Version))
    permissions = attempt("access/permissions", lambda body: decode_permissions(body, log))
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
        omitted=log.total(),
    )


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
