"""The overview's tables, as columns over plain values."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from noc_tui.alerts.checks.storage_full import storage_fill_severity, used_percent
from noc_tui.console.references import Reference
from noc_tui.i18n import _, ngettext
from noc_tui.labels import formats, states
from noc_tui.labels.tenant_now import budget_tone, word_left, word_tip
from noc_tui.text import visible
from noc_tui.views.node_state import node_state
from noc_tui.views.shift import DueLine, LastEvent
from noc_tui.views.storage_trend import StorageTrend
from noc_tui.views.tenant_now import SlaBudget
from storage.guest_counts import NodeGuests
from storage.inventory import Cluster, Node, Storage, Task
from widgets.bars import bar
from widgets.columns import Column
from widgets.live_table import LiveTable
from widgets.sparkline import sparkline

HOUR = 12
"""Columns of an hour's sparkline."""


class WrongLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of what is wrong: a cause, a tenant it hits, what became of its guests.

    `order` keeps the lines of a cause together; `opens` is what Enter opens.
    """

    order: tuple[int, int]
    text: str
    tone: str
    standing: str = ""
    holder: str = ""
    opens: Reference | None = None
    is_cause: bool = False


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
    """A node, its guests, its last hour of CPU by minute, and whether its data is stale."""

    node: Node
    bears: NodeGuests | None
    stale: bool
    hour: Sequence[int | None] = ()


class EstateLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the estate: a cluster, or a node below its cluster."""

    order: tuple[str, ...]
    name: str
    state: str
    tone: str
    hour: str = ""
    cpu: int | None = None
    memory: int | None = None
    guests: str = ""
    opens: Reference
    stale: bool = False
    is_cluster: bool = False
    site: str = ""


class RiskLine(msgspec.Struct, frozen=True):
    """A tenant that is near a credit, or beyond."""

    tenant: str
    name: str
    budget: SlaBudget
    rank: tuple[bool, int, str]


class StorageLine(msgspec.Struct, frozen=True):
    """A storage, and how it has filled over days; None before there are enough of them."""

    storage: Storage
    trend: StorageTrend | None


class TaskLine(msgspec.Struct, frozen=True):
    """A task under way and for how long, in words."""

    task: Task
    age: str


def wrong_table() -> LiveTable[WrongLine]:
    """Return what is wrong by cause, the worst first, with the tenants hit below each."""
    return LiveTable(
        [
            Column(
                "text", _("What happens"), 30, lambda row: row.text, order=lambda row: row.order,
                tone=lambda row: row.tone, stretch=6,
            ),
            Column(
                "standing", _("Since"), 12, lambda row: row.standing, align="right",
                tone=lambda row: "" if row.is_cause else row.tone, priority=1,
            ),
            Column("holder", _("Who"), 14, lambda row: row.holder, priority=2, stretch=1),
        ],
        words=lambda row: f"{row.text} {row.standing} {row.holder}",
        empty="",  # it always has a line: what is wrong, or that nothing is
        no_match=_("Nothing matches {filter}"),
        quiet=True,
        titles=False,
        id="wrong",
    )  # fmt: skip


def estate_table() -> LiveTable[EstateLine]:
    """Return every cluster with its nodes: load, its last hour, guests."""
    return LiveTable(
        [
            Column("name", _("Node"), 12, lambda row: row.name, order=lambda row: row.order,
                   tone=lambda row: "strong" if row.is_cluster else "", stretch=1),
            Column("hour", _("CPU, last hour"), HOUR + 2, lambda row: row.hour, priority=3),
            Column(
                "cpu", _("CPU"), 5, lambda row: _figure(row, row.cpu),
                order=lambda row: row.cpu, align="right", kind="percent",
            ),
            Column("memory", _("Mem."), 10, _memory, order=lambda row: row.memory,
                   kind="percent"),
            Column("guests", _("Guests"), 6, lambda row: row.guests, align="right", priority=1),
            Column("state", _("State"), 17, lambda row: row.state, tone=_estate_tone, stretch=3),
        ],
        words=lambda row: f"{row.name} {row.state}",
        empty=_("No cluster seen yet: noc-tui doctor shows why."),
        no_match=_("Nothing matches {filter}"),
        row_tone=lambda row: "stale" if row.stale else "",
        quiet=True,
        id="nodes",
    )  # fmt: skip


def _figure(row: EstateLine, share: int | None) -> str:
    return "" if row.is_cluster else formats.percent(share)


def _memory(row: EstateLine) -> str:
    """A bar of what is used, and the figure; of a cluster where it is."""
    if row.is_cluster:
        return row.site
    if row.memory is None:
        return formats.UNKNOWN
    return f"{bar(row.memory / 100, 5)} {formats.percent(row.memory)}"


def _estate_tone(row: EstateLine) -> str:
    """Good is not drawn as good once it is old."""
    return "stale" if row.stale and row.tone == "good" else row.tone


def node_line(line: NodeLine, opens: Reference) -> EstateLine:
    """Return a node's line; one that is lost ends its hour with the sign of its state."""
    node, state = line.node, node_state(line.node.status, line.node.ha_state)
    label = states.label_of(states.NODE, state)
    lost = node.status == "offline"
    hour = sparkline(line.hour, HOUR - 1 if lost else HOUR)
    bears = line.bears
    guests = "0"
    if bears is not None:
        guests = str(bears.number) if bears.running else f"{bears.running}/{bears.number}"
    return EstateLine(
        order=(node.cluster, node.name),
        name=f" {visible(node.name)}",
        state=label.text,
        tone=label.tone if label.tone != "good" else "muted",
        hour=hour + (label.glyph if lost else ""),
        cpu=node.cpu_percent,
        memory=node.memory_percent,
        guests=guests,
        opens=opens,
        stale=line.stale,
    )


def cluster_line(line: ClusterLine, opens: Reference) -> EstateLine:
    """Return a cluster's line: quorum, nodes, site, age of what is known."""
    quorum = states.QUORUM[line.cluster.quorate]
    nodes = ngettext("{online} of {n} node", "{online} of {n} nodes", line.nodes)
    age = f"{'▲ ' if line.stale else ''}{formats.age(line.age)}"
    whole = line.online == line.nodes and quorum.tone == "good"
    tone = quorum.tone if quorum.tone != "good" else "warning"
    return EstateLine(
        order=(line.cluster.name, ""),
        name=visible(line.cluster.name),
        hour=nodes.format(online=line.online, n=line.nodes),
        site=f"{visible(line.cluster.site)} {line.country}",
        state=f"{age} · {quorum.text}",  # the age first: where it is narrow it is not cut
        tone="muted" if whole else tone,
        guests=f"{line.running}/{line.guests}",
        opens=opens,
        stale=line.stale,
        is_cluster=True,
    )


def risk_table() -> LiveTable[RiskLine]:
    """Return the tenants that are near a credit: a bar of what is used, what is left."""
    return LiveTable(
        [
            Column("name", _("Tenant"), 12, lambda row: visible(row.name),
                   order=lambda row: row.rank, stretch=1),
            Column(
                "used", _("used"), 10, lambda row: bar(row.budget.used, 10),
                tone=lambda row: budget_tone(row.budget),
            ),
            Column(
                "left", _("left"), 12, lambda row: word_left(row.budget), align="right",
                tone=lambda row: budget_tone(row.budget),
            ),
            Column("tip", _("credit due from"), 34, lambda row: word_tip(row.budget), priority=1),
        ],
        words=lambda row: row.name,
        empty=_("No tenant has used half of its month."),
        no_match=_("Nothing matches {filter}"),
        quiet=True,
        titles=False,
        id="risk",
    )  # fmt: skip


def due_table() -> LiveTable[DueLine]:
    """Return what falls due, the next first."""
    return LiveTable(
        [
            Column("at", _("When"), 5, lambda row: formats.minutes(row.at),
                   order=lambda row: (row.at, row.key), tone=lambda row: "accent"),
            Column("text", _("What"), 20, lambda row: row.text, stretch=1),
        ],
        words=lambda row: row.text,
        empty=_("Nothing falls due."),
        no_match=_("Nothing matches {filter}"),
        quiet=True,
        titles=False,
        id="due",
    )  # fmt: skip


def events_table() -> LiveTable[LastEvent]:
    """Return what happened last, the newest first."""
    return LiveTable(
        [
            Column("at", _("When"), 8, lambda row: formats.clock_time(row.at),
                   order=lambda row: (-row.at.timestamp(), row.key), tone=lambda row: "muted"),
            Column("text", _("What"), 20, lambda row: row.text, stretch=1),
        ],
        words=lambda row: row.text,
        empty=_("Nothing happened in this shift."),
        no_match=_("Nothing matches {filter}"),
        quiet=True,
        titles=False,
        id="events",
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
        quiet=True,
        titles=False,
        id="tasks",
    )  # fmt: skip


def _storage(row: StorageLine) -> states.StateLabel:
    """The storage's state; one that is there may be nearly full, or full."""
    return states.STORAGE_FILL.get(storage_fill_severity(row.storage)) or states.label_of(
        states.STORAGE, row.storage.status
    )


def _tone(row: StorageLine) -> str:
    tone = _storage(row).tone
    return "muted" if tone == "good" else tone


def _fullness(row: StorageLine) -> str:
    percent = used_percent(row.storage)
    if percent is None:
        return _storage(row).text
    return f"{bar(percent / 100, 5)} {formats.percent(percent)}"


def storages_table() -> LiveTable[StorageLine]:
    """Storages, how full they are and how they fill."""
    return LiveTable(
        [
            Column("name", _("Storage"), 10, lambda row: visible(row.storage.name), stretch=1),
            Column("node", _("Node"), 9, lambda row: visible(row.storage.node) or _("shared"),
                   stretch=1),
            Column(
                "used", _("Used"), 10, _fullness,
                order=lambda row: used_percent(row.storage), tone=_tone, kind="percent",
            ),
            Column(
                "trend", _("a day"), 7,
                lambda row: "" if row.trend is None else formats.growth(row.trend.daily),
                order=lambda row: None if row.trend is None else row.trend.daily, align="right",
                priority=1,
            ),
            Column(
                "total", _("Size"), 9, lambda row: formats.size(row.storage.total),
                order=lambda row: row.storage.total, align="right", priority=2, kind="size",
            ),
        ],
        words=lambda row: f"{row.storage.cluster} {row.storage.name} {row.storage.node}",
        empty=_("No storage seen yet."),
        no_match=_("Nothing matches {filter}"),
        quiet=True,
        id="storages",
    )  # fmt: skip


def age_of(at: datetime | None, now: datetime) -> str:
    """Return how long something lasts; empty where nobody knows since when."""
    return "" if at is None else formats.age(now - at)
