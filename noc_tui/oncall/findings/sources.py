"""What cannot be read, and what nobody reads any more."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from noc_tui.oncall.finding import Finding
from noc_tui.oncall.view import FAST, View
from noc_tui.summary.age import is_stale
from storage.inventory import Source

STUCK_DUES = 3


def found(view: View) -> Iterator[Finding]:
    for source in view.sources:
        subject, name = f"source:{source.cluster}/{source.name}", source.cluster or source.name
        severity = "" if source.name == FAST else "warning"
        if source.error is not None:
            tried = int(source.tried_at.timestamp() * 1_000_000) if source.tried_at else 0
            words = (f"name={name}", f"error={source.error}")
            since = source.failing_since
            yield Finding("source", subject, "nocd", words, tried, severity=severity, since=since)
        elif _stuck(view.now, source):
            # Each minute in which nobody tries is an observation.
            minute, told = int(view.now.timestamp()) // 60, (f"name={name}",)
            since = source.seen_at
            yield Finding("stuck", subject, "nocd", told, minute, severity=severity, since=since)


def unknown(view: View) -> Iterator[str]:
    """The clusters that are not seen."""
    for source in view.sources:
        if source.name == FAST and (source.error is not None or is_stale(source, view.now)):
            yield f"cluster:{source.cluster}"


def _stuck(now: datetime, source: Source) -> bool:
    """Not seen for several times as long as its data may be old."""
    if source.seen_at is None:
        return False
    return now - source.seen_at > STUCK_DUES * timedelta(seconds=source.due_seconds)
