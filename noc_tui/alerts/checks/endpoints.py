"""A cluster of which fewer endpoints answer than are configured: the next one lost may blind it."""

from collections.abc import Iterator

from noc_tui.alerts.checks.source import source_ref
from noc_tui.alerts.inputs import ENDPOINTS, FAST, AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_

RULE = Rule(
    id="endpoints",
    severity="warning",
    text=N_("cluster {name} has lost endpoints: {error}"),
    next_step=N_("Look at these machines or their certificates: polls go on through the others."),
    confirm=2,
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each cluster with an endpoint that gave no answer, or is not trusted, while another one
    answers: where none does, the cluster itself is not seen.
    """
    unseen = _unseen(inputs)
    for source in inputs.sources:
        if source.name == ENDPOINTS and source.error is not None and source.cluster not in unseen:
            yield Violation(
                rule=RULE.id,
                subject=source_ref(source),
                words=(f"name={source.cluster}", f"error={source.error}"),
                seen=int(source.tried_at.timestamp() * 1_000_000) if source.tried_at else 0,
                since=source.failing_since,
            )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the endpoints of clusters that are not seen."""
    unseen = _unseen(inputs)
    for source in inputs.sources:
        if source.name == ENDPOINTS and source.cluster in unseen:
            yield Unobserved(source_ref(source), since=source.seen_at)


def _unseen(inputs: AlertInputs) -> frozenset[str]:
    return frozenset(
        source.cluster
        for source in inputs.sources
        if source.name == FAST and source.error is not None
    )
