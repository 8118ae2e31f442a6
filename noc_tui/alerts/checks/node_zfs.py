"""A ZFS pool of a node that lost redundancy, or is gone."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="node-zfs",
    severity="critical",
    text=N_("ZFS pool {name}: {state}"),
    next_step=N_(
        "zpool status -v on the node says which disk; replace it before the next one fails."
    ),
)

unobserved = always_observed
"""What a look found stands until a later one finds otherwise; its age is shown beside it."""


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each pool that is not whole."""
    for fact in inputs.facts:
        if fact.topic == "zfs" and fact.state not in ("ONLINE", "UNKNOWN"):
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("zfs", fact.cluster, fact.node, fact.name),
                scope=Ref.of("zfs", fact.cluster, fact.node),
                words=(f"name={fact.cluster}/{fact.node}/{fact.name}", f"state={fact.state}"),
                severity="warning" if fact.state == "DEGRADED" else "",
            )
