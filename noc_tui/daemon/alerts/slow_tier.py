"""Reads HA and replication from the slow polls, and names what they do not know."""

from collections.abc import Iterator
from datetime import UTC, datetime

from noc_tui.alerts.inputs import ReplicationRun
from noc_tui.daemon.core.context import Context


def services(context: Context) -> Iterator[tuple[str, str, str]]:
    """Yield cluster, service and state of each HA resource."""
    for name, slow in context.estate.slow.items():
        for row in slow.ha_status or ():
            if row.type == "service":
                yield name, row.sid or row.id, row.crm_state or row.state or ""


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
