"""Reads what is known of a node."""

import msgspec

from noc_tui.views.node_record import (
    ASKED,
    NodeRecord,
    OpenEvacuation,
    list_node_rules,
    list_node_storages,
)
from storage import guest_counts, inventory
from storage.connection import Readable
from storage.estate_facts import ESTATE_FACTS, ESTATE_LOOKS
from storage.intents import open_intents


async def read_node(db: Readable, cluster: str, name: str) -> NodeRecord | None:
    """Return what is known of a node; None where no poll has seen it."""
    node = await inventory.NODES.get(db, cluster, name)
    if node is None:
        return None
    facts = [row for row in await ESTATE_FACTS.read(db) if row.cluster == cluster]
    looks = [row for row in await ESTATE_LOOKS.read(db) if row.cluster == cluster]
    here = [row for row in facts if row.node == name]
    services = [row for row in here if row.topic == "ha-service"]
    rules = [row for row in facts if row.topic == "ha-rule"]
    counts = await guest_counts.node_guests(db)
    return NodeRecord(
        node=node,
        guests=next((one for one in counts if (one.cluster, one.node) == (cluster, name)), None),
        storages=list_node_storages(node, await inventory.STORAGES.read(db)),
        zones=[
            row
            for row in await inventory.ZONES.read(db)
            if (row.cluster, row.node) == (cluster, name)
        ],
        managers=[row for row in here if row.topic in ("crm", "lrm")]
        + [row for row in facts if row.topic == "fencing"],
        services=services,
        rules=list_node_rules(name, services, rules),
        facts=[row for row in here if row.topic in ASKED],
        looks=[row for row in looks if row.node == name],
        cluster_looks=[row for row in looks if not row.node],
        evacuation=await _read_evacuation(db, f"node:{cluster}/{name}"),
    )


class _OrderedEvacuation(msgspec.Struct):
    """What is read of the order of one."""

    window: int | None = None


async def _read_evacuation(db: Readable, subject: str) -> OpenEvacuation | None:
    """Return the node's evacuation that is under way."""
    for row in await open_intents(db, "node.evacuation"):
        if row.subject == subject:
            order = msgspec.json.decode(row.payload, type=_OrderedEvacuation)
            return OpenEvacuation(row.id, row.account, order.window)
    return None
