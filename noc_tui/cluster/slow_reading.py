"""Reads a cluster's slow part: nine requests, whatever the size, and a tenth where there is Ceph.

Where storage is replicated, one more request is made for each node that replicates.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from noc_tui.cluster import errors
from noc_tui.cluster.answers import AclEntry, Version
from noc_tui.cluster.decoding import decode, decode_leniently, decode_rows, read_rows
from noc_tui.cluster.ha_rules import (
    HaGroupRow,
    HaRule,
    HaRuleRow,
    rules_of_groups,
    rules_of_rows,
)
from noc_tui.cluster.omissions import OmissionLog
from noc_tui.cluster.privileges import ACL_NEEDS, is_granted
from noc_tui.cluster.slow import (
    BackupJob,
    CephHealth,
    CephStatus,
    HaResource,
    HaRow,
    NotBackedUp,
    Permissions,
    Read,
    Replication,
    SlowSnapshot,
    decode_permissions,
    gap,
    major_of,
)
from noc_tui.cluster.snapshot import SightGap

T = TypeVar("T")
RULES_SINCE = 9
"""The version from which HA has rules in place of groups."""
_WITHOUT_CEPH = ("binary not installed", "not initialized")
"""What Proxmox says where there is no Ceph."""


def read_slow(cluster: str, now: datetime, read: Read, *, asks_ceph: bool = True) -> SlowSnapshot:
    """Make the requests through `read` (which raises `ClusterError`s and ValueErrors). `asks_ceph`
    is False where it is known that there is none.

    A refusal, or one call that takes too long, leaves a gap; a cluster that cannot be reached is an
    error.
    """
    reader = _SlowReader(read)
    version = reader.attempt("version", lambda body: decode(body, Version))
    permissions = reader.attempt(
        "access/permissions", lambda body: decode_permissions(body, reader.log)
    )
    resources = reader.rows("cluster/ha/resources", HaResource)
    ceph, without_ceph = reader.ceph() if asks_ceph else (None, True)
    return SlowSnapshot(
        cluster=cluster,
        observed_at=now,
        version=version.version if version else None,
        ha_status=reader.rows("cluster/ha/status/current", HaRow),
        ha_resources=resources,
        ha_rules=reader.rules(version, resources),
        ceph=ceph,
        without_ceph=without_ceph,
        replication=reader.rows("cluster/replication", Replication),
        backup_jobs=reader.rows("cluster/backup", BackupJob),
        acl=reader.acl(permissions),
        permissions=permissions,
        not_backed_up=reader.rows("cluster/backup-info/not-backed-up", NotBackedUp),
        gaps=tuple(reader.gaps),
        omitted=reader.log.total(),
    )


class _SlowReader:
    """One round of reading: what it could not have (`gaps`), what it could not read (`log`)."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self.gaps: list[SightGap] = []
        self.log = OmissionLog()

    def attempt(self, path: str, decoded: Callable[[bytes], T]) -> T | None:
        """Read a path; None, and a gap, where it gave nothing."""
        try:
            return decoded(self._read(path))
        except errors.Unreachable as error:
            # One call may be slow by itself; a cluster whose version does not come is away.
            if path == "version" or not isinstance(error, errors.TimedOut):
                raise
            self.gaps.append(gap(path, error))
        except errors.ClusterError as error:
            self.gaps.append(gap(path, error))
        except ValueError as error:
            self.gaps.append(SightGap(path, str(error)))
        return None

    def rows(self, path: str, row: type[T]) -> tuple[T, ...] | None:
        """Read a list of rows, as far as it can be read."""
        return self.attempt(path, lambda body: tuple(read_rows(body, row, self.log)))

    def acl(self, permissions: Permissions | None) -> tuple[AclEntry, ...] | None:
        """What is left out for want of a privilege looks like what is not there."""
        found = self.attempt("access/acl", lambda body: tuple(decode_rows(body, AclEntry)))
        if permissions is None or is_granted(permissions, *ACL_NEEDS):
            return found
        path, privilege = ACL_NEEDS
        said = f"the token lacks {privilege} on {path}"
        self.gaps.append(SightGap("access/acl", said, path, privilege))
        return None

    def rules(
        self, version: Version | None, resources: tuple[HaResource, ...] | None
    ) -> tuple[HaRule, ...] | None:
        """The rules, or before 9.0 the groups with the services that name them."""
        if version is None or major_of(version.version) >= RULES_SINCE:
            found = self.rows("cluster/ha/rules", HaRuleRow)
            return None if found is None else rules_of_rows(found)
        groups = self.rows("cluster/ha/groups", HaGroupRow)
        if groups is None or resources is None:
            return None
        members: dict[str, list[str]] = {}
        for one in resources:
            members.setdefault(one.group or "", []).append(one.sid)
        return rules_of_groups(groups, members)

    def ceph(self) -> tuple[CephHealth | None, bool]:
        """Ceph's health, and whether there is no Ceph."""
        path, absent = "cluster/ceph/status", False

        def read(body: bytes) -> CephHealth:
            return decode_leniently(body, CephStatus, self.log).health

        try:
            return read(self._read(path)), False
        except errors.ClusterError as error:
            absent = any(words in error.said for words in _WITHOUT_CEPH)
            if not absent:
                self.gaps.append(gap(path, error))
        except ValueError as error:
            self.gaps.append(SightGap(path, str(error)))
        return None, absent
