"""The overview's tables, as columns over plain values."""

from datetime import timedelta

import msgspec

from noc_tui.alerts.checks.storage_full import storage_fill_severity, used_percent
from noc_tui.i18n import _
from noc_tui.labels import formats, states
from noc_tui.problems import Problem
from noc_tui.text import visible
from noc_tui.views.node_state import node_state
from storage.guest_counts import NodeGuests
from storage.inventory import Cluster, Node, Storage, Task
from widgets.columns import Column
from widgets.live_table import LiveTable


class ClusterLine(msgspec.Struct, frozen=True):
    """A cluster with its counts; `age` is that of its last poll."""

    cluster: Cluster
    country: str
    nodes: int
    online: int
    guests: int
    running: int
    tasks: int
    age: timedelta | None
    stale: bool


class NodeLine(msgspec.Struct, frozen=True):
    """A node, its guests, and whether its data is stale."""

    node: Node
    bears: NodeGuests | None
    stale: bool


class TaskLine(msgspec.Struct, frozen=True):
    """A task under way and for how long, in words."""

    task: Task
    age: str


def wrong_table() -> LiveTable[Problem]:
    """Return what is wrong, the worst first."""
    return LiveTable(
        [
            Column(
                "severity", _("Severity"), 14,
                lambda row: states.SEVERITY[row.severity].text,
                order=lambda row: row.rank, tone=lambda row: states.SEVERITY[row.severity].tone,
            ),
            Column("where", _("Where"), 12, lambda row: row.where),
            Column("text", _("What happens"), 30, lambda row: row.text, stretch=1),
            Column(
                "since", _("Since"), 16,
                lambda row: formats.instant(row.since) if row.since else "",
                order=lambda row: row.since, priority=1, kind="since",
            ),
        ],
        words=lambda row: f"{row.where} {row.text}",
        empty=_("● Every source is seen and every node is online."),
        no_match=_("Nothing matches {filter}"),
        id="wrong",
    )  # fmt: skip


def clusters_table() -> LiveTable[ClusterLine]:
    """One line a cluster."""
    return LiveTable(
        [
            Column("name", _("Cluster"), 12, lambda row: visible(row.cluster.name), stretch=1),
            Column("site", _("Site"), 9, lambda row: f"{visible(row.cluster.site)} {row.country}"),
            Column(
                "quorum", _("Quorum"), 12,
                lambda row: states.QUORUM[row.cluster.quorate].text,
                tone=lambda row: _age_tone(row, states.QUORUM[row.cluster.quorate].tone),
            ),
            Column(
                "nodes", _("Nodes"), 9, lambda row: f"{row.online}/{row.nodes}",
                order=lambda row: row.online, align="right", kind="number",
                tone=lambda row: _age_tone(row, "" if row.online == row.nodes else "bad"),
            ),
            Column(
                "guests", _("Running"), 12, lambda row: f"{row.running}/{row.guests}",
                order=lambda row: row.running, align="right", kind="number",
            ),
            Column(
                "tasks", _("Tasks"), 6, lambda row: str(row.tasks),
                order=lambda row: row.tasks, align="right", priority=1, kind="number",
            ),
            Column(
                "version", _("Version"), 8, lambda row: visible(row.cluster.version), priority=2
            ),
            Column(
                "age", _("Data"), 13,
                lambda row: f"{'▲ ' if row.stale else ''}{formats.age(row.age)}",
                order=lambda row: row.age, align="right",
                tone=lambda row: "warning" if row.stale else "muted",
            ),
        ],
        words=lambda row: row.cluster.name,
        empty=_("No cluster was seen yet."),
        no_match=_("Nothing matches {filter}"),
        row_tone=lambda row: "stale" if row.stale else "",
        id="clusters",
    )  # fmt: skip


def _age_tone(row: ClusterLine | NodeLine, tone: str) -> str:
    """Good is not drawn as good once it is old."""
    return "stale" if row.stale else tone


def _node_state(row: NodeLine) -> str:
    return node_state(row.node.status, row.node.ha_state)


def _node_tone(row: NodeLine) -> str:
    return _age_tone(row, states.label_tone(states.NODE, _node_state(row)))


def nodes_table() -> LiveTable[NodeLine]:
    """Return every node with its load."""
    return LiveTable(
        [
            Column("name", _("Node"), 12, lambda row: visible(row.node.name), stretch=1),
            Column("cluster", _("Cluster"), 8, lambda row: visible(row.node.cluster), priority=2),
            Column(
                "state", _("State"), 13,
                lambda row: states.label_text(states.NODE, _node_state(row)),
                tone=_node_tone,
            ),
            Column(
                "cpu", _("CPU"), 5, lambda row: formats.percent(row.node.cpu_percent),
                order=lambda row: row.node.cpu_percent, align="right", kind="percent",
            ),
            Column(
                "memory", _("Mem."), 5, lambda row: formats.percent(row.node.memory_percent),
                order=lambda row: row.node.memory_percent, align="right", kind="percent",
            ),
            Column(
                "guests", _("Guests"), 6,
                lambda row: "0" if row.bears is None else str(row.bears.number),
                order=lambda row: 0 if row.bears is None else row.bears.number,
                align="right", priority=1,
            ),
        ],
        words=lambda row: f"{row.node.cluster} {row.node.name}",
        empty=_("No node was seen yet."),
        no_match=_("Nothing matches {filter}"),
        row_tone=lambda row: "stale" if row.stale else "",
        id="nodes",
    )  # fmt: skip


def tasks_table() -> LiveTable[TaskLine]:
    """Tasks under way, with how long they have been."""
    return LiveTable(
        [
            Column("kind", _("Task"), 10, lambda row: visible(row.task.kind)),
            Column("target", _("On"), 7, lambda row: visible(row.task.target)),
            Column("node", _("Node"), 8, lambda row: visible(row.task.node), stretch=1),
            Column(
                "user", _("By"), 12, lambda row: visible(row.task.user), stretch=1, priority=1
            ),
            Column(
                "age", _("For"), 8, lambda row: row.age,
                order=lambda row: row.task.started_at, align="right", kind="since",
            ),
        ],
        words=lambda row: f"{row.task.kind} {row.task.target} {row.task.node} {row.task.user}",
        empty=_("No task is running."),
        no_match=_("Nothing matches {filter}"),
        id="tasks",
    )  # fmt: skip


def _storage(row: Storage) -> states.StateLabel:
    """The storage's state; one that is there may be nearly full, or full."""
    return states.STORAGE_FILL.get(storage_fill_severity(row)) or states.label_of(
        states.STORAGE, row.status
    )


def _fullness(row: Storage) -> str:
    return f"{_storage(row).glyph} {formats.percent(used_percent(row))}"


def storages_table() -> LiveTable[Storage]:
    """Storages and how full they are."""
    return LiveTable(
        [
            Column("name", _("Storage"), 12, lambda row: visible(row.name), stretch=1),
            Column("node", _("Node"), 9, lambda row: visible(row.node) or _("shared"), stretch=1),
            Column(
                "used", _("Used"), 8, _fullness,
                order=used_percent, align="right", kind="percent",
                tone=lambda row: _storage(row).tone,
            ),
            Column(
                "state", _("State"), 12, lambda row: _(_storage(row).word), priority=2,
                tone=lambda row: _storage(row).tone,
            ),
            Column(
                "total", _("Size"), 9, lambda row: formats.size(row.total),
                order=lambda row: row.total, align="right", priority=1, kind="size",
            ),
        ],
        words=lambda row: f"{row.cluster} {row.name} {row.node}",
        empty=_("No storage was seen yet."),
        no_match=_("Nothing matches {filter}"),
        id="storages",
    )  # fmt: skip
