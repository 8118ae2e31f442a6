"""Everything that is known of one node, each part with its age. Pure."""

from collections.abc import Iterable, Sequence

import msgspec

from storage.estate_facts import EstateFact, EstateLook
from storage.guest_counts import NodeGuests
from storage.inventory import Node, Storage, Zone

HA, RULES = "ha", "ha-rules"
ASKED = ("subscription", "updates", "zfs", "disk", "certificate")
"""What a node is asked for itself, in the order in which it is shown."""


class OpenEvacuation(msgspec.Struct, frozen=True):
    """An evacuation of the node that is under way: its number, by whom, its maintenance window."""

    number: int
    account: str
    window: int | None = None


class NodeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A node. `storages` are its own and the shared ones that it does not reach; `services` those
    of HA that are on it, `rules` HA's rules that name it or one of these. `looks` say when each
    topic was looked at, `cluster_looks` those of the whole cluster.
    """

    node: Node
    guests: NodeGuests | None
    storages: Sequence[Storage] = ()
    zones: Sequence[Zone] = ()
    managers: Sequence[EstateFact] = ()
    services: Sequence[EstateFact] = ()
    rules: Sequence[EstateFact] = ()
    facts: Sequence[EstateFact] = ()
    looks: Sequence[EstateLook] = ()
    cluster_looks: Sequence[EstateLook] = ()
    evacuation: OpenEvacuation | None = None

    def of_topic(self, topic: str) -> list[EstateFact]:
        """Return what was found of a topic, by name."""
        return sorted((one for one in self.facts if one.topic == topic), key=lambda one: one.name)

    def look_at(self, topic: str) -> EstateLook | None:
        """Return when a topic was looked at; None where it never was."""
        every = (*self.looks, *self.cluster_looks)
        return next((one for one in every if one.topic == topic), None)


def list_node_storages(node: Node, storages: Iterable[Storage]) -> list[Storage]:
    """Return a node's own storages, and the shared ones that it does not reach."""
    return [
        one
        for one in storages
        if one.cluster == node.cluster and (one.node == node.name or node.name in one.missing_on)
    ]


def list_node_rules(
    node: str, services: Iterable[EstateFact], rules: Iterable[EstateFact]
) -> list[EstateFact]:
    """Return the rules whose words name the node or one of the services on it."""
    names = {node, *(service.name for service in services)}
    found = []
    for rule in rules:
        words = rule.said.replace(",", " ").split()
        if names & {word.partition(":")[0] if word.count(":") == 1 else word for word in words} or (
            names & set(words)
        ):
            found.append(rule)
    return found
