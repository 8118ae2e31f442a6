"""A node whose subscription ended: it gets no more enterprise updates."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="node-subscription",
    severity="notice",
    text=N_("the subscription of node {name}: {state}"),
    next_step=N_("Renew it, or take the enterprise repository out of the node."),
)

unobserved = always_observed
"""What a look found stands until a later one finds otherwise; its age is shown beside it."""


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each node whose subscription is no longer good; one without any has chosen so."""
    for fact in inputs.facts:
        if fact.topic == "subscription" and fact.state in ("expired", "invalid", "suspended"):
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("subscription", fact.cluster, fact.node),
                scope=Ref.of("subscription", fact.cluster, fact.node),
                words=(f"name={fact.cluster}/{fact.node}", f"state={fact.state}"),
            )
