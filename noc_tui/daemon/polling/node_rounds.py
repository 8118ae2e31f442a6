"""Asks nodes in turn for what each alone knows, and keeps what slow looks found.

At most four requests a cluster and slow round, whatever the number of nodes: with ten nodes and
five questions each is answered anew about once an hour, and shown with its age.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from noc_tui.cluster.errors import GatewayError
from noc_tui.cluster.node_questions import choose_questions
from noc_tui.cluster.slow import SlowSnapshot
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.polling.backups import Write
from noc_tui.daemon.polling.slow_facts import (
    TOPICS,
    facts_of_node,
    facts_of_slow,
    look,
    looks_of_slow,
)
from storage.change import Change
from storage.estate_facts import ESTATE_FACTS, ESTATE_LOOKS, EstateFact, EstateLook
from storage.tables import Table

Looks = Mapping[tuple[str, str], EstateLook]
"""By (node, topic); the node is empty for what is the cluster's."""
Found = tuple[EstateLook, Sequence[EstateFact] | None]
"""A look, and what it found; None where it failed, so that what was found before stands."""


async def look_at_estate(context: Context, slow: SlowSnapshot) -> Write:
    """Ask the next nodes, and return what writes their answers and those of the slow poll."""
    before = await _looks(context, slow.cluster)
    nodes = _answering(context, slow.cluster)
    found = [*_of_cluster(slow, before), *await _ask(context, slow.cluster, nodes, before)]

    async def write(change: Change) -> None:
        for one, facts in found:
            await change.put(ESTATE_LOOKS, [one])
            if facts is not None:
                await _replace(change, one, facts)
        await _forget(change, context, slow.cluster)

    return write


async def _looks(context: Context, cluster: str) -> Looks:
    rows = await ESTATE_LOOKS.read(context.writer)
    return {(row.node, row.topic): row for row in rows if row.cluster == cluster}


def _answering(context: Context, cluster: str) -> list[str]:
    """The nodes that are online: another one would cost a wait, and answer nothing."""
    snapshot = context.estate.snapshots.get(cluster)
    if snapshot is None:
        return []
    return sorted(node.name for node in snapshot.nodes.values() if node.status == "online")


def _of_cluster(slow: SlowSnapshot, before: Looks) -> list[Found]:
    facts = facts_of_slow(slow)
    known = {topic: row for (node, topic), row in before.items() if not node}
    return [(one, facts[one.topic]) for one in looks_of_slow(slow, known)]


async def _ask(context: Context, cluster: str, nodes: Sequence[str], before: Looks) -> list[Found]:
    asked = {key: row.tried_at for key, row in before.items() if key[0]}
    found: list[Found] = []
    for node, topic in choose_questions(nodes, asked):
        tried = EstateLook(cluster, node, topic, context.clock.now(), None)
        try:
            answer = await context.gateways[cluster].ask_node(node, topic)
        except GatewayError as error:
            found.append((look(before.get((node, topic)), tried, str(error)), None))
        else:
            facts = facts_of_node(cluster, node, topic, answer)
            found.append((look(None, tried, None), facts))
    return found


async def _replace(change: Change, one: EstateLook, facts: Sequence[EstateFact]) -> None:
    """Write what a look found, and remove what it found before and no more."""
    topics = TOPICS.get(one.topic, (one.topic,))
    keep = {ESTATE_FACTS.key_of(fact) for fact in facts}
    gone = [
        key
        for row in await ESTATE_FACTS.read(change)
        if row.cluster == one.cluster
        and row.topic in topics
        and (one.node in ("", row.node))
        and (key := ESTATE_FACTS.key_of(row)) not in keep
    ]
    await change.remove(ESTATE_FACTS, gone)
    await change.put(ESTATE_FACTS, list(facts))


async def _forget(change: Change, context: Context, cluster: str) -> None:
    """Remove what is known of nodes that left the cluster."""
    snapshot = context.estate.snapshots.get(cluster)
    if snapshot is None:
        return
    there = {"", *snapshot.nodes}
    tables: tuple[Table[Any], ...] = (ESTATE_FACTS, ESTATE_LOOKS)  # each row names a node
    for table in tables:
        rows = await table.read(change)
        left = [row for row in rows if row.cluster == cluster and row.node not in there]
        await change.remove(table, [table.key_of(row) for row in left])
