"""Violations of rules about nodes that HA keeps in maintenance."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.ref import Ref
from noc_tui.views.node_state import MAINTENANCE


def maintained_nodes(rule: str, inputs: AlertInputs, *, offline: bool) -> Iterator[Violation]:
    """Yield each node in maintenance that is offline, or that is not."""
    seen = inputs.seen
    for node in inputs.nodes:
        if node.ha_state == MAINTENANCE and (node.status == "offline") is offline:
            yield Violation(
                rule=rule,
                subject=Ref.of("node", node.cluster, node.name),
                scope=Ref.of("cluster", node.cluster),
                words=(f"name={node.cluster}/{node.name}",),
                seen=seen.get(node.cluster, 0),
            )


def unknown_nodes(rule: str, inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the nodes that are neither online nor offline."""
    for node in inputs.nodes:
        if node.status not in ("online", "offline"):
            yield Unobserved(Ref.of("node", node.cluster, node.name), rule=rule)
