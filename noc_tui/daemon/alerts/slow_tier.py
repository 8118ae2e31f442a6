"""What the slow polls say of HA and replication, and of what they say nothing."""

from collections.abc import Iterator

from noc_tui.daemon.core.context import Context
from noc_tui.i18n import _


def services(context: Context) -> Iterator[tuple[str, str, str]]:
    """Cluster, service and state of what HA looks after."""
    for name, slow in context.estate.slow.items():
        for row in slow.ha_status or ():
            if row.type == "service":
                yield name, row.sid or row.id, row.crm_state or row.state or ""


def unknown_clusters(context: Context) -> Iterator[str]:
    """The clusters of which nobody knows how their HA is."""
    for name in context.gateways:
        slow = context.estate.slow.get(name)
        if slow is None or slow.ha_status is None:
            yield name


def failing_jobs(context: Context) -> Iterator[tuple[str, str, str, str]]:
    """The replication jobs whose last run failed."""
    for name, slow in context.estate.slow.items():
        for run in slow.runs:
            if run.fail_count > 0:
                said = run.error or _("{count} runs failed").format(count=run.fail_count)
                yield f"{name}/{run.id}", str(run.guest or run.id), run.target or "", said


def unknown_jobs(context: Context) -> Iterator[str]:
    """The jobs, or whole clusters, of which nothing is known now."""
    for name in context.gateways:
        slow = context.estate.slow.get(name)
        if slow is None or slow.replication is None:
            yield name
            continue
        told = {run.id for run in slow.runs}
        for job in slow.replication:
            if job.id not in told and not job.disable:
                yield f"{name}/{job.id}"
