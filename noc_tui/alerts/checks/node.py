"""A node that is offline, and was not put in maintenance before."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref
from noc_tui.views.node_state import MAINTENANCE

RULE = Rule(
    id="node",
    severity="critical",
    text=N_("node {name} is offline"),
    next_step=N_("Check power and network of the node; check which tenants had guests there."),
    unobserved_text=N_("node {name}: state unknown, no heartbeat"),
    confirm=2,
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each node that its cluster calls offline; one in maintenance has a rule of its own.

    Without quorum "offline" only says that this part of the cluster does not see it.
    """
    seen, parted = inputs.seen, _without_quorum(inputs)
    for node in inputs.nodes:
        if node.cluster in parted or node.ha_state == MAINTENANCE:
            continue
        if node.status == "offline":
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("node", node.cluster, node.name),
                scope=Ref.of("cluster", node.cluster),
                words=(f"name={node.cluster}/{node.name}",),
                seen=seen.get(node.cluster, 0),
            )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the nodes that are neither online nor surely offline."""
    parted = _without_quorum(inputs)
    for node in inputs.nodes:
        sure = node.status == "offline" and node.cluster not in parted
        if node.status != "online" and not sure:
            words = (f"name={node.cluster}/{node.name}",)
            yield Unobserved(Ref.of("node", node.cluster, node.name), words)


def _without_quorum(inputs: AlertInputs) -> frozenset[str]:
    return frozenset(cluster.name for cluster in inputs.clusters if cluster.quorate is False)
