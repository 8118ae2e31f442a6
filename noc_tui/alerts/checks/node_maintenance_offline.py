"""A node that went offline in maintenance."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref
from noc_tui.views.node_state import MAINTENANCE

RULE = Rule(
    id="node-maintenance-offline",
    severity="warning",
    text=N_("node {name} is offline, in HA maintenance"),
    next_step=N_(
        "Check that this is the work under way, and that no guest without HA was left there."
    ),
    confirm=2,
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each such node."""
    seen = inputs.seen
    for node in inputs.nodes:
        if node.ha_state == MAINTENANCE and node.status == "offline":
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("node", node.cluster, node.name),
                scope=Ref.of("cluster", node.cluster),
                words=(f"name={node.cluster}/{node.name}",),
                seen=seen.get(node.cluster, 0),
            )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the nodes that are neither online nor offline."""
    for node in inputs.nodes:
        if node.status not in ("online", "offline"):
            yield Unobserved(Ref.of("node", node.cluster, node.name), rule=RULE.id)
