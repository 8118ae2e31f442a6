"""A cluster's fast part: three reads, decoded and assembled; a fourth where every guest is gone."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from noc_tui.cluster import errors
from noc_tui.cluster.api_rows import ResourceRow, StatusRow, TaskRow
from noc_tui.cluster.build_snapshot import KnownCluster, PollAnswers, assemble
from noc_tui.cluster.client import EndpointAnswer
from noc_tui.cluster.decoding import read_rows
from noc_tui.cluster.omissions import NOTHING_OMITTED, OmissionLog
from noc_tui.cluster.privileges import list_missing_needs
from noc_tui.cluster.slow import decode_permissions, gap
from noc_tui.cluster.snapshot import ClusterSnapshot, SightGap

T = TypeVar("T")
Read = Callable[[str], EndpointAnswer]
GUESTS_HIDDEN = SightGap(
    "cluster/resources", "the token lacks VM.Audit: it is shown no guest", "/vms", "VM.Audit"
)
"""The gap of a poll whose token sees no guest at all, where Proxmox itself says nothing."""


def read_fast(
    cluster: str, known: KnownCluster, now: datetime, read: Read
) -> tuple[ClusterSnapshot, KnownCluster]:
    """Make the requests through `read`, and put what they say to what was `known`.

    `/cluster/status` is answered by pvedaemon, the others by the proxy itself, and so even where
    pvedaemon is down or hangs: then quorum alone is unknown.
    """
    gaps: list[SightGap] = []
    log = OmissionLog()
    status: tuple[StatusRow, ...] | None = None
    status_omitted = NOTHING_OMITTED

    def rows(path: str, row: type[T]) -> tuple[tuple[T, ...], str]:
        answered = read(path)
        found = answered.decoded(cluster, lambda body: tuple(read_rows(body, row, log)))
        return found, answered.endpoint

    try:
        status, _ = rows("cluster/status", StatusRow)
        status_omitted = log.total()
    except (errors.PermissionMissing, errors.NodeUnreachable, errors.TimedOut) as error:
        gaps.append(gap("cluster/status", error))
    resources, endpoint = rows("cluster/resources", ResourceRow)
    tasks, _ = rows("cluster/tasks", TaskRow)
    if not any(row.vmid for row in resources) and not log.rows:
        gaps += _blindness(cluster, known, read)
    poll = PollAnswers(
        cluster=cluster,
        endpoint=endpoint,
        observed_at=now,
        status=status,
        resources=resources,
        tasks=tasks,
        gaps=tuple(gaps),
        omitted=log.total(),
        status_omitted=status_omitted,
    )
    return assemble(poll, known)


def _blindness(cluster: str, known: KnownCluster, read: Read) -> list[SightGap]:
    """No guest is listed: there is none, or the token may not see any, which looks the same.
    Where there was none before, either, that is known already.
    """
    before = known.snapshot
    if before is not None and not before.guests and GUESTS_HIDDEN not in before.gaps:
        return []
    held = read("access/permissions").decoded(cluster, decode_permissions)
    hidden = any(need.privilege == "VM.Audit" for need in list_missing_needs(held, ["read"]))
    return [GUESTS_HIDDEN] if hidden else []
