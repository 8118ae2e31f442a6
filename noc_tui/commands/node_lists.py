"""`noc-tui node list|show`: the nodes, and all that is known of one, each part with its age."""

import argparse
from collections.abc import Iterator
from datetime import datetime

import msgspec

from noc_tui.commands.failure import BadInput
from noc_tui.commands.output import say, say_json, table
from noc_tui.commands.reading import read
from noc_tui.config import Configuration
from noc_tui.i18n import _
from noc_tui.labels import formats, nodes, states
from noc_tui.labels.formats import label_line
from noc_tui.labels.ha import service_words
from noc_tui.queries.nodes import read_node
from noc_tui.text import visible
from noc_tui.views.node_record import ASKED, HA, NodeRecord
from noc_tui.views.node_state import node_state
from noc_tui.views.published_clock import clock_of
from storage import settings
from storage.connection import Readable
from storage.estate_facts import EstateFact, EstateLook
from storage.inventory import NODES, Node, Storage, Zone


class LookDocument(msgspec.Struct, frozen=True):
    """When a topic was read, how old that is, and why it is no younger."""

    topic: str
    seen_at: datetime | None
    age_seconds: float | None
    error: str | None


class NodeDocument(msgspec.Struct, frozen=True):
    """What `node show --json` prints."""

    node: Node
    guests: int
    running: int
    storages: list[Storage]
    zones: list[Zone]
    ha: list[EstateFact]
    rules: list[EstateFact]
    facts: list[EstateFact]
    looks: list[LookDocument]


def list_nodes(arguments: argparse.Namespace, config: Configuration) -> int:
    """Print every node with its state."""
    found = read(config, NODES.read)
    if arguments.json:
        say_json(found)
        return 0
    for line in _listed(found):
        say(line)
    return 0


def show_node(arguments: argparse.Namespace, config: Configuration, cluster: str, name: str) -> int:
    """Print all that is known of a node; refuses one that nobody has seen."""

    async def look(db: Readable) -> tuple[NodeRecord | None, datetime]:
        now = clock_of(await settings.read_clock(db)).now()
        return await read_node(db, cluster, name), now

    record, now = read(config, look)
    if record is None:
        raise BadInput(_("no poll has seen a node {name}").format(name=visible(arguments.node)))
    if arguments.json:
        say_json(document(record, now))
        return 0
    for line in lines(record, now):
        say(line)
    return 0


def _listed(found: list[Node]) -> list[str]:
    header = [_("node"), _("cluster"), _("state"), _("CPU"), _("memory")]
    rows = [
        [
            node.name,
            node.cluster,
            states.word_of(states.NODE, node_state(node.status, node.ha_state)),
            formats.percent(node.cpu_percent),
            formats.percent(node.memory_percent),
        ]
        for node in found
    ]
    return table(header, rows)


def document(record: NodeRecord, now: datetime) -> NodeDocument:
    """Return a node as one document."""
    count = record.guests
    return NodeDocument(
        node=record.node,
        guests=0 if count is None else count.number,
        running=0 if count is None else count.running,
        storages=list(record.storages),
        zones=list(record.zones),
        ha=[*record.managers, *record.services],
        rules=list(record.rules),
        facts=list(record.facts),
        looks=[_look(one, now) for one in (*record.cluster_looks, *record.looks)],
    )


def _look(look: EstateLook, now: datetime) -> LookDocument:
    age = None if look.seen_at is None else round((now - look.seen_at).total_seconds(), 3)
    return LookDocument(look.topic, look.seen_at, age, look.error or None)


def lines(record: NodeRecord, now: datetime) -> Iterator[str]:
    """Yield a node, line by line."""
    node = record.node
    state = states.label_text(states.NODE, node_state(node.status, node.ha_state))
    yield f"{visible(node.cluster)}/{visible(node.name)} · {state}"
    yield label_line(_("Guests"), nodes.word_guests(record.guests))
    for one in record.storages:
        yield label_line(visible(one.name), nodes.word_storage(one))
    for zone in record.zones:
        yield label_line(_("SDN {name}").format(name=visible(zone.name)), nodes.word_zone(zone))
    yield ""
    yield label_line(_("High availability"), nodes.word_age(record.look_at(HA), now))
    for manager in record.managers:
        yield "  " + label_line(*nodes.word_manager(manager))
    for service in record.services:
        yield "  " + label_line(visible(service.name), service_words(service.state))
    for rule in record.rules:
        yield "  " + label_line(visible(rule.name), nodes.word_rule(rule))
    for topic in ASKED:
        yield label_line(_(nodes.TOPICS[topic]), nodes.word_age(record.look_at(topic), now))
        for fact in record.of_topic(topic):
            yield "  " + nodes.word_fact(fact)
