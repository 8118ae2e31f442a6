"""The overview: what is wrong now first, then clusters, nodes, storages and running tasks."""

from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.getters import query_one
from textual.widgets import Label

from noc_tui.console.commands import Command
from noc_tui.console.filtered_screen import Heading
from noc_tui.console.references import BackupsRef, NodeRef
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.overview import tables as columns
from noc_tui.console.screens.overview.data import (
    OverviewFigures,
    cluster_lines,
    read_figures,
    read_problems,
    reference_of,
)
from noc_tui.console.screens.overview.tables import NodeLine, TaskLine
from noc_tui.i18n import N_, _
from noc_tui.labels import formats
from noc_tui.labels.next_order import word_next_order
from noc_tui.problems import Problem
from storage.connection import Readable
from widgets.live_table import LiveTable

WIDE = 120
"""Columns from which storages have room of their own."""
PAINTED_SECONDS = 0.05
"""After so long the upper half is on the terminal: "after refresh" still comes before its paint."""


class Overview(NocScreen[OverviewFigures]):
    """One look at everything. Where it is narrow, storages take the place of tasks on demand."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 -- as in Textual
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(
            "overview.storages", "v", "storages", N_("Storages"),
            N_("How full they are; where it is narrow, in the place of tasks"),
        ),
        Command(
            "overview.backups", "b", "backups", N_("Backups"),
            N_("Datastores of backup servers, guests whose backups are in trouble"), show=False,
        ),
        Command("overview.tasks", "escape", "tasks", N_("Tasks"), show=False),
    )  # fmt: skip

    CSS_PATH = "overview.tcss"

    wrong = query_one("#wrong", LiveTable)
    clusters = query_one("#clusters", LiveTable)
    nodes = query_one("#nodes", LiveTable)
    tasks = query_one("#tasks", LiveTable)
    storages = query_one("#storages", LiveTable)
    heading = query_one("#wrong-title", Heading)
    whole = query_one("#whole", Heading)

    def __init__(self) -> None:
        super().__init__()
        self._figures: OverviewFigures | None = None
        self._stale: frozenset[str] = frozenset()
        self._whole = False

    def body(self) -> ComposeResult:
        yield Heading(_("What is wrong now"), id="wrong-title", classes="title")
        yield columns.wrong_table()
        yield Heading(id="whole")
        yield Label(_("Clusters"), classes="title")
        yield columns.clusters_table()
        yield Horizontal(id="below")

    async def read(self, db: Readable, since: int) -> OverviewFigures:
        """All of it; the first time without what takes longest, which follows at once."""
        return await read_figures(db, self.session, counted=self._whole)

    async def on_mount(self) -> None:
        self.wrong.sort_by("severity")
        self.wrong.focus()
        await self.read_first()

    def show(self, data: OverviewFigures) -> None:
        first, self._figures = self._figures is None, data
        self._show_aging(self.now())
        if first:
            self.call_after_refresh(self.set_timer, PAINTED_SECONDS, self._complete)
        else:
            self._show_below(data)

    async def _complete(self) -> None:
        """The lower half: after the first frame, which shows what is wrong all the sooner."""
        tables = (
            (_("Nodes"), columns.nodes_table()),
            (_("Running tasks"), columns.tasks_table()),
            (_("Storages"), columns.storages_table()),
        )
        parts = (
            Vertical(Label(title, classes="title"), table, classes=f"of-{table.id}")
            for title, table in tables
        )
        below = self.query_one("#below")
        if not below.is_attached:
            return  # the operator has quit meanwhile
        await below.mount(*parts)
        self._whole = True
        if self._figures is not None:
            self._show_below(self._figures)
        self.renew(anew=True)

    def _show_below(self, data: OverviewFigures) -> None:
        if not self._whole:
            return
        stale = self._stale_clusters()
        bearing = {(count.cluster, count.node): count for count in data.bearing}
        self.nodes.sync(
            {
                f"{node.cluster}/{node.name}": NodeLine(
                    node, bearing.get((node.cluster, node.name)), node.cluster in stale
                )
                for node in data.nodes
            },
        )
        self.storages.sync({f"{s.cluster}/{s.name}/{s.node}": s for s in data.storages})
        self._show_tasks(data, self.now())

    def tick(self, now: datetime) -> None:
        if self._figures is None:
            return
        if self._stale_clusters() != self._stale:
            self.show(self._figures)
            return
        self._show_aging(now)
        self._show_tasks(self._figures, now)

    def _show_tasks(self, figures: OverviewFigures, now: datetime) -> None:
        if self._whole:
            ages = {task: formats.age(now - task.started_at) for task in figures.tasks}
            self.tasks.sync({task.upid: TaskLine(task, shown) for task, shown in ages.items()})

    @on(LiveTable.RowSelected, "#wrong")
    def _follow(self) -> None:
        """Go to what is wrong: its tenant, the guests concerned, storages, else the alerts."""
        row: Problem | None = self.wrong.cursor_row
        if row is None:
            return
        reference = reference_of(row)
        if reference is None:
            self.show_storages()
        else:
            self.host.open(reference)

    @on(LiveTable.RowSelected, "#nodes")
    def _open_node(self) -> None:
        """The page of a node."""
        row: NodeLine | None = self.nodes.cursor_row
        if row is not None:
            self.host.open(NodeRef(row.node.cluster, row.node.name))

    def action_backups(self) -> None:
        """Open the page of backups."""
        self.host.open(BackupsRef())

    def action_storages(self) -> None:
        """Storages, or back to the tasks."""
        if self._whole and self.storages.has_focus:
            self.action_tasks()
        else:
            self.show_storages()

    def show_storages(self) -> None:
        """The storages, where they can be looked through."""
        if self._whole:
            self.add_class("-storages")
            self.storages.focus()

    def action_tasks(self) -> None:
        """The tasks, where the storages took their place."""
        if not self.has_class("-storages"):
            self.host.back()
            return
        self.remove_class("-storages")
        self.wrong.focus()

    def _stale_clusters(self) -> frozenset[str]:
        return self.session.sight.stale_clusters(self.now())

    def _show_aging(self, now: datetime) -> None:
        """What changes with time alone: ages, and what they make wrong."""
        figures = self._figures
        if figures is None:
            return
        self._stale = self._stale_clusters()
        lines = cluster_lines(figures, self.session.sight, self._stale, now)
        self.clusters.sync({line.cluster.name: line for line in lines})
        found = {one.key: one for one in read_problems(figures, self.session.sight.sources, now)}
        if found or self._whole:  # until all was looked at, nothing found is not nothing wrong
            self.wrong.sync(found)
        self.heading.say(self._title(len(found)) + self._next_order(now))
        self._say_whole()

    @on(LiveTable.RowHighlighted, "#wrong")
    def _say_whole(self) -> None:
        """All of what is wrong under the cursor: its row may have been too narrow."""
        row: Problem | None = self.wrong.cursor_row
        self.whole.say("" if row is None else f"{row.where} · {row.text}")

    def _next_order(self, now: datetime) -> str:
        """Return the time left to the next suspension order, and whose it is."""
        planned = self.session.planned
        return f" · {word_next_order(planned, now, wide=True)}" if planned else ""

    def _title(self, number: int) -> str:
        """Return how much is wrong; nothing is said to be well before all of it was looked at."""
        if number:
            return _("What is wrong now: {n}").format(n=number)
        return _("Nothing is wrong") if self._whole else _("What is wrong now")
