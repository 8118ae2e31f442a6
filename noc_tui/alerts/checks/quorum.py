"""A cluster without quorum."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="quorum",
    severity="critical",
    text=N_("cluster {name} has no quorum"),
    next_step=N_("Restore quorum first: nothing can be changed there."),
    unobserved_text=N_("quorum is not known"),
    confirm=2,
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each cluster that says it has none."""
    seen = inputs.seen
    for cluster in inputs.clusters:
        if cluster.quorate is False:
            ref = Ref.of("cluster", cluster.name)
            yield Violation(
                rule=RULE.id,
                subject=ref,
                scope=ref,
                words=(f"name={cluster.name}",),
                seen=seen.get(cluster.name, 0),
                about=Ref.of("quorum", cluster.name),
            )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the clusters whose quorum is unknown."""
    for cluster in inputs.clusters:
        if cluster.quorate is None:
            yield Unobserved(Ref.of("cluster", cluster.name))
