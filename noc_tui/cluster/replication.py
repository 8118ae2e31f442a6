"""Reads the results of storage replication; each node knows those of its own guests only.

Asked in the slow tier, of the nodes whose guests have a job that is not switched off, and of none
where there is no such job: one request a node at most, however many jobs.
"""

from collections.abc import Iterable, Sequence

import msgspec

from noc_tui.cluster import errors, ids
from noc_tui.cluster.decoding import read_rows
from noc_tui.cluster.omissions import OmissionLog
from noc_tui.cluster.slow import Read, Replication, ReplicationState, SlowSnapshot, gap
from noc_tui.cluster.snapshot import ClusterSnapshot, SightGap


def with_runs(slow: SlowSnapshot, seen: ClusterSnapshot | None, read: Read) -> SlowSnapshot:
    """The snapshot with the state of its jobs; a node that does not tell leaves a gap."""
    jobs = [job for job in slow.replication or () if not job.disable]
    runs: list[ReplicationState] = []
    gaps: list[SightGap] = []
    log = OmissionLog()
    log.add(slow.omitted)
    for node in nodes_of(jobs, seen):
        path = f"nodes/{ids.node(node)}/replication"
        try:
            runs += read_rows(read(path), ReplicationState, log)
        except errors.ClusterError as error:
            gaps.append(gap(path, error))
        except ValueError as error:
            gaps.append(SightGap(path, str(error)))
    return msgspec.structs.replace(
        slow, runs=tuple(runs), gaps=(*slow.gaps, *gaps), omitted=log.total()
    )


def nodes_of(jobs: Iterable[Replication], seen: ClusterSnapshot | None) -> Sequence[str]:
    """The nodes to ask: where the guests of these jobs are, as far as these nodes are online."""
    found = set()
    for job in jobs:
        guest = seen.guests.get(job.guest) if seen is not None and job.guest is not None else None
        node = guest.node if guest is not None else job.source
        if node and (seen is None or (node in seen.nodes and seen.nodes[node].status != "offline")):
            found.add(node)
    return sorted(found)
