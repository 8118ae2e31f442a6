"""Reads HA and replication from the slow polls, and names what they do not know."""

from collections.abc import Iterator
from datetime import UTC, datetime

from noc_tui.alerts.inputs import KeptDown, ReplicationRun
from noc_tui.cluster.ha_rules import find_hindrances
from noc_tui.cluster.ha_state import SERVICE_STATES, service_state
from noc_tui.cluster.slow import HaRow
from noc_tui.cluster.snapshot import ClusterSnapshot
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.polling.slow_facts import is_late
from noc_tui.ref import Ref


def services(context: Context) -> Iterator[tuple[str, str, str]]:
    """Yield cluster, service and state of each HA resource."""
    for name, slow in context.estate.slow.items():
        for row in slow.ha_status or ():
            if row.type == "service":
                yield name, row.sid or row.id, row.crm_state or row.state or ""


def guest_names(context: Context) -> dict[tuple[str, int], str]:
    """Return what the guests that HA has or that are replicated are called, by cluster and number;
    one whose name no look has told is left out.
    """
    found: dict[tuple[str, int], str] = {}
    for name, slow in context.estate.slow.items():
        snapshot = context.estate.snapshots.get(name)
        if snapshot is None:
            continue
        services = [row.sid or row.id for row in slow.ha_status or () if row.type == "service"]
        runs = [str(run.guest) for run in slow.runs if run.guest]
        for named in (*services, *runs):
            ref = Ref.of("ha", name, named).guest
            guest = None if ref is None else snapshot.guests.get(ref[1])
            if ref is not None and guest is not None and guest.name:
                found[ref] = guest.name
    return found


def kept_down(context: Context) -> Iterator[KeptDown]:
    """Yield the services that are down while a rule of HA leaves them no node."""
    for name, slow in context.estate.slow.items():
        snapshot = context.estate.snapshots.get(name)
        if snapshot is None or not slow.ha_rules:
            continue
        down = {
            row.sid or row.id: row.node or ""
            for row in slow.ha_status or ()
            if row.type == "service" and _is_down(row)
        }
        for found in find_hindrances(slow.ha_rules, down, _working(snapshot)):
            yield KeptDown(cluster=name, service=found.service, rule=found.rule, nodes=found.nodes)


def _is_down(row: HaRow) -> bool:
    """Whether HA was asked to run a service and gave it up, or looks for a node for it."""
    meaning = SERVICE_STATES.get(service_state(row))
    wanted = (row.request_state or "started") in ("started", "enabled")
    return wanted and meaning is not None and meaning.severity == "critical"


def _working(snapshot: ClusterSnapshot) -> frozenset[str]:
    """The nodes on which HA starts services."""
    return frozenset(
        node.name
        for node in snapshot.nodes.values()
        if node.status == "online" and node.ha_state in (None, "online")
    )


def unknown_clusters(context: Context) -> Iterator[str]:
    """Yield the clusters of which nobody knows how their HA is."""
    for name in context.gateways:
        slow = context.estate.slow.get(name)
        if slow is None or slow.ha_status is None:
            yield name


def replication_runs(context: Context) -> Iterator[ReplicationRun]:
    """Yield the last runs of each replication job, as its node reports them."""
    for name, slow in context.estate.slow.items():
        for run in slow.runs:
            yield ReplicationRun(
                job=f"{name}/{run.id}",
                guest=str(run.guest or run.id),
                target=run.target or "",
                failures=run.fail_count,
                error=run.error or "",
                last_sync=None if not run.last_sync else datetime.fromtimestamp(run.last_sync, UTC),
                late=is_late(run, slow.observed_at),
            )


def unknown_jobs(context: Context) -> Iterator[str]:
    """Yield the jobs, or whole clusters, of which nothing is known now."""
    for name in context.gateways:
        slow = context.estate.slow.get(name)
        if slow is None or slow.replication is None:
            yield name
            continue
        told = {run.id for run in slow.runs}
        for job in slow.replication:
            if job.id not in told and not job.disable:
                yield f"{name}/{job.id}"
