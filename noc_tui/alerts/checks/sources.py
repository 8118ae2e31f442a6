"""What cannot be read, and what nobody reads any more."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from noc_tui.alerts.inputs import FAST, AlertInputs
from noc_tui.alerts.violation import Violation
from noc_tui.views.ages import is_stale
from storage.inventory import Source

STUCK_DUES = 3


def found(view: AlertInputs) -> Iterator[Violation]:
    for source in view.sources:
        subject, name = f"source:{source.cluster}/{source.name}", source.cluster or source.name
        severity = "" if source.name == FAST else "warning"
        if source.error is not None:
            tried = int(source.tried_at.timestamp() * 1_000_000) if source.tried_at else 0
            words = (f"name={name}", f"error={source.error}")
            since = source.failing_since
            yield Violation("source", subject, "nocd", words, tried, severity=severity, since=since)
        elif _stuck(view.now, source):
            # Each minute in which nobody tries is an observation.
            minute, told = int(view.now.timestamp()) // 60, (f"name={name}",)
            since = source.seen_at
            yield Violation("stuck", subject, "nocd", told, minute, severity=severity, since=since)


def unknown(view: AlertInputs) -> Iterator[str]:
    """The clusters that are not seen."""
    for source in view.sources:
        if source.name == FAST and (source.error is not None or is_stale(source, view.now)):
            yield f"cluster:{source.cluster}"


def _stuck(now: datetime, source: Source) -> bool:
    """Not seen for several times as long as its data may be old."""
    if source.seen_at is None:
        return False
    return now - source.seen_at > STUCK_DUES * timedelta(seconds=source.due_seconds)
