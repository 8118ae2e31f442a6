"""Clusters without quorum, and nodes that are offline."""

from collections.abc import Iterator

from noc_tui.oncall.finding import Finding
from noc_tui.oncall.view import View


def found(view: View) -> Iterator[Finding]:
    seen = view.seen
    for cluster in view.clusters:
        if cluster.quorate is False:
            scope, at = f"cluster:{cluster.name}", seen.get(cluster.name, 0)
            yield Finding("quorum", scope, scope, (f"name={cluster.name}",), at)
    for node in view.nodes:
        if node.status == "offline":
            name = f"{node.cluster}/{node.name}"
            scope, at = f"cluster:{node.cluster}", seen.get(node.cluster, 0)
            yield Finding("node", f"node:{name}", scope, (f"name={name}",), at)


def unknown(view: View) -> Iterator[str]:
    """The clusters whose quorum, and the nodes whose state is unknown."""
    yield from (f"cluster:{one.name}" for one in view.clusters if one.quorate is None)
    for node in view.nodes:
        if node.status == "unknown":
            yield f"node:{node.cluster}/{node.name}"
