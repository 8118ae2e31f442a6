"""A source that cannot be read."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import ENDPOINTS, FAST, AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref
from noc_tui.views.ages import is_stale
from storage.inventory import Source

RULE = Rule(
    id="source",
    severity="critical",
    text=N_("{name} cannot be read: {error}"),
    next_step=N_("Check its endpoints and token (noc-tui doctor): its data is old."),
    confirm=2,
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each source whose last attempt failed; each attempt is an observation."""
    for source in inputs.sources:
        if source.error is not None and source.name != ENDPOINTS:
            yield Violation(
                rule=RULE.id,
                subject=source_ref(source),
                words=(f"name={source.cluster or source.name}", f"error={source.error}"),
                seen=int(source.tried_at.timestamp() * 1_000_000) if source.tried_at else 0,
                severity=source_severity(source),
                since=source.failing_since,
            )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the clusters that are not seen."""
    for source in inputs.sources:
        if source.name == FAST and (source.error is not None or is_stale(source, inputs.now)):
            yield Unobserved(Ref.of("cluster", source.cluster), since=source.seen_at)


def source_ref(source: Source) -> Ref:
    """The subject of what is wrong with a source; without a cluster its first part is empty."""
    return Ref.of("source", source.cluster, source.name)


def source_severity(source: Source) -> str:
    """The rule's own for what says how a cluster is now; a warning for all else."""
    return "" if source.name == FAST else "warning"
