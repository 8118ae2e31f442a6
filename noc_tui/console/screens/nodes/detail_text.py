"""Lays out the detail of a node."""

from collections.abc import Iterator
from datetime import datetime

from rich.table import Table

from noc_tui.console.fact_lines import Fact, facts
from noc_tui.i18n import _
from noc_tui.labels import formats, nodes, states
from noc_tui.labels.ha import service_words
from noc_tui.text import visible
from noc_tui.views.node_record import ASKED, HA, RULES, NodeRecord
from noc_tui.views.node_state import node_state

LABEL_WIDTH = 16


def describe_node(record: NodeRecord) -> Table:
    """Return what the last poll saw of the node."""
    node = record.node
    return facts(
        [
            (
                _("State"),
                states.label_text(states.NODE, node_state(node.status, node.ha_state)),
            ),
            (_("Cluster"), visible(node.cluster)),
            (_("Address"), visible(node.ip or formats.UNKNOWN)),
            (_("Guests"), nodes.word_guests(record.guests)),
            (_("CPU"), formats.percent(node.cpu_percent)),
            (_("Memory"), _share(node.memory, node.memory_percent)),
            (_("Disk"), _share(node.disk, node.disk_percent)),
            (_("Running since"), formats.instant(node.booted_at)),
        ],
        LABEL_WIDTH,
    )


def _share(size: int | None, percent: int | None) -> str:
    return f"{formats.size(size)} · {formats.percent(percent)}"


def describe_ha(record: NodeRecord, now: datetime) -> Table:
    """Return the node's part in HA: managers, services on it, rules that concern them."""
    lines: list[Fact] = [nodes.word_manager(one) for one in record.managers]
    lines += [(visible(one.name), service_words(one.state)) for one in record.services]
    lines += [(visible(one.name), nodes.word_rule(one)) for one in record.rules]
    if not lines:
        lines.append((_("HA"), _("no service, no manager")))
    lines.append((_("Data"), nodes.word_age(record.look_at(HA), now)))
    rules = record.look_at(RULES)
    if rules is None or rules.error:
        lines.append((_("Rules"), nodes.word_age(rules, now)))
    return facts(lines, LABEL_WIDTH)


def describe_parts(record: NodeRecord) -> Table:
    """Return the storages of the node and its SDN zones."""
    lines = [(visible(one.name), nodes.word_storage(one)) for one in record.storages]
    lines += [
        (_("SDN {name}").format(name=visible(one.name)), nodes.word_zone(one))
        for one in record.zones
    ]
    return facts(lines or [("—", "")], LABEL_WIDTH)


def describe_answers(record: NodeRecord, now: datetime) -> Table:
    """Return what the node answered for itself, each topic with its age."""
    return facts(_answers(record, now), LABEL_WIDTH)


def _answers(record: NodeRecord, now: datetime) -> Iterator[Fact]:
    for topic in ASKED:
        look = record.look_at(topic)
        yield _(nodes.TOPICS[topic]), nodes.word_age(look, now)
        found = record.of_topic(topic)
        for one in found:
            yield "", nodes.word_fact(one)
        if not found and look is not None and look.seen_at is not None:
            yield "", _("none")
