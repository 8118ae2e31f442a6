"""Clusters without quorum, and nodes that are offline."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.violation import Violation


def found(view: AlertInputs) -> Iterator[Violation]:
    seen = view.seen
    for cluster in view.clusters:
        if cluster.quorate is False:
            scope, at = f"cluster:{cluster.name}", seen.get(cluster.name, 0)
            yield Violation("quorum", scope, scope, (f"name={cluster.name}",), at)
    for node in view.nodes:
        if node.status == "offline":
            name = f"{node.cluster}/{node.name}"
            scope, at = f"cluster:{node.cluster}", seen.get(node.cluster, 0)
            yield Violation("node", f"node:{name}", scope, (f"name={name}",), at)


def unknown(view: AlertInputs) -> Iterator[str]:
    """The clusters whose quorum, and the nodes whose state is unknown."""
    yield from (f"cluster:{one.name}" for one in view.clusters if one.quorate is None)
    for node in view.nodes:
        if node.status == "unknown":
            yield f"node:{node.cluster}/{node.name}"
