"""How old a figure is, and whether that is too old (rule 3 of ARCHITECTURE.md)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from storage.inventory import Source


def is_stale(source: Source, now: datetime) -> bool:
    """Return whether a source's data is older than it may be; never seen is stale."""
    return source.seen_at is None or now - source.seen_at > timedelta(seconds=source.due_seconds)


def age_seconds(source: Source, now: datetime) -> float | None:
    """Seconds since the source was last seen; None when it never was."""
    if source.seen_at is None:
        return None
    return max(0.0, (now - source.seen_at).total_seconds())


def of_cluster(sources: Iterable[Source], cluster: str, name: str) -> Source:
    """One source of a cluster; one that was never seen when there is none."""
    for source in sources:
        if (source.cluster, source.name) == (cluster, name):
            return source
    return Source(
        cluster=cluster,
        name=name,
        seen_at=None,
        tried_at=None,
        failing_since=None,
        error=None,
        due_seconds=0,
    )
