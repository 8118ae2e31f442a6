"""A disk of a node that SMART says is failing."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="node-disk",
    severity="critical",
    text=N_("disk {name} is failing: {model}"),
    next_step=N_("Replace the disk; smartctl -a on the node says what it counts."),
)

unobserved = always_observed
"""What a look found stands until a later one finds otherwise; its age is shown beside it."""


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each disk whose own test fails."""
    for fact in inputs.facts:
        if fact.topic == "disk" and fact.state.upper().startswith("FAIL"):
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("disk", fact.cluster, fact.node, fact.name.removeprefix("/dev/")),
                scope=Ref.of("disk", fact.cluster, fact.node),
                words=(f"name={fact.cluster}/{fact.node}{fact.name}", f"model={fact.said or '?'}"),
            )
