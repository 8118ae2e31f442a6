"""A source that nobody reads any more."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from noc_tui.alerts.checks.source import source_ref, source_severity
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.views.ages import is_stale
from storage.inventory import Source

RULE = Rule(
    id="stuck",
    severity="critical",
    text=N_("{name} is no longer being watched"),
    next_step=N_("Read the log of nocd, then restart it."),
    unobserved_text=N_("nothing seen for too long"),
    confirm=2,
)

STUCK_DUES = 3
"""A source is stuck after so many times as long as its data may be old."""


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each source that nobody tries; each minute of it is an observation."""
    for source in inputs.sources:
        if source.error is None and _is_stuck(source, inputs.now):
            yield Violation(
                rule=RULE.id,
                subject=source_ref(source),
                words=(f"name={source.cluster or source.name}",),
                seen=int(inputs.now.timestamp()) // 60,
                severity=source_severity(source),
                since=source.seen_at,
            )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the sources that are late or were never seen, because they may still be read."""
    for source in inputs.sources:
        late = source.error is None and is_stale(source, inputs.now)
        if late and not _is_stuck(source, inputs.now):
            yield Unobserved(source_ref(source), since=source.seen_at)


def _is_stuck(source: Source, now: datetime) -> bool:
    if source.seen_at is None:
        return False
    return now - source.seen_at > STUCK_DUES * timedelta(seconds=source.due_seconds)
