"""The overview as a wall: what is wrong by cause, who is hurt, the estate, what falls due."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.getters import query_one

from noc_tui.cause_words import word_problem
from noc_tui.causes import Cause
from noc_tui.console.commands import Command
from noc_tui.console.heading import Heading
from noc_tui.console.references import BackupsRef, Reference, TenantRef
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.overview import tables as columns
from noc_tui.console.screens.overview.data import (
    OverviewFigures,
    OverviewMore,
    cluster_lines,
    read_causes,
    read_figures,
)
from noc_tui.console.screens.overview.lines import (
    count_causes,
    estate_lines,
    find_reference,
    quiet_lines,
    risk_lines,
    storage_lines,
    wrong_lines,
)
from noc_tui.console.screens.overview.pictures import describe_cause, draw_hour
from noc_tui.console.screens.overview.tables import TaskLine, WrongLine
from noc_tui.i18n import N_, _, ngettext
from noc_tui.labels import formats
from noc_tui.labels.next_order import word_next_order
from noc_tui.text import visible
from noc_tui.views.shift import look_until
from storage.connection import Readable
from widgets.live_table import LiveTable
from widgets.pane import Pane
from widgets.toned_lines import TonedLines

WIDE = 110
"""Columns from which panes stand beside each other."""
BROAD = 170
"""Columns from which the row under the cursor has its detail at the right."""
TALL = 44
"""Lines from which the last hour has a graph."""
GRAPH_LINES = 5
PAINTED_SECONDS = 0.05
"""After so long the upper half is on the terminal: "after refresh" still comes before its paint."""


class Overview(NocScreen[OverviewFigures]):
    """One look at everything. Where it is narrow, storages take the place of nodes on demand."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide"), (BROAD, "-broad")]  # noqa: RUF012 -- as in Textual
    VERTICAL_BREAKPOINTS = [(0, "-low"), (TALL, "-tall")]  # noqa: RUF012 -- as in Textual
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(
            "overview.storages", "v", "storages", N_("Storages"),
            N_("How full they are; where it is narrow, in the place of nodes"),
        ),
        Command(
            "overview.backups", "b", "backups", N_("Backups"),
            N_("Datastores of backup servers, guests whose backups are in trouble"), show=False,
        ),
        Command("overview.tasks", "escape", "tasks", N_("Nodes"), show=False),
    )  # fmt: skip

    CSS_PATH = "overview.tcss"

    wrong = query_one("#wrong", LiveTable)
    nodes = query_one("#nodes", LiveTable)
    tasks = query_one("#tasks", LiveTable)
    storages = query_one("#storages", LiveTable)
    risk = query_one("#risk", LiveTable)
    due = query_one("#due", LiveTable)
    events = query_one("#events", LiveTable)
    whole = query_one("#whole", Heading)
    graph = query_one("#graph", TonedLines)
    side = query_one("#side", TonedLines)

    def __init__(self) -> None:
        super().__init__()
        self._figures: OverviewFigures | None = None
        self._causes: list[Cause] = []
        self._stale: frozenset[str] = frozenset()
        self._whole = False

    def body(self) -> ComposeResult:
        with Horizontal(id="wall"), Vertical(id="panes"):
            with Horizontal(id="upper"):
                yield Pane(
                    columns.wrong_table(), title=_("Problems"), id="wrong-pane", classes="left"
                )
            yield Heading(id="whole")
            with Horizontal(id="middle"):
                yield Pane(
                    columns.estate_table(), title=_("Clusters"), id="nodes-pane", classes="left"
                )
            yield Horizontal(id="lower")

    async def read(self, db: Readable, since: int) -> OverviewFigures:
        """All of it; the first time without what takes longest, which follows at once."""
        return await read_figures(db, self.session, whole=self._whole)

    async def on_mount(self) -> None:
        self.wrong.sort_by("text")
        self.nodes.sort_by("name")
        self.wrong.focus()
        await self.read_first()

    def show(self, data: OverviewFigures) -> None:
        first, self._figures = self._figures is None, data
        self._show_aging(self.now())
        if first:
            self.call_after_refresh(self.set_timer, PAINTED_SECONDS, self._complete)
        else:
            self._show_rest(data)

    async def _complete(self) -> None:
        """The other panes: after the first frame, which shows what is wrong all the sooner."""
        upper = self.query_one("#upper")
        if not upper.is_attached:
            return  # the operator has quit meanwhile
        beside = Vertical(
            Pane(columns.risk_table(), title=_("SLA at risk"), id="risk-pane"),
            Pane(columns.due_table(), title=_("Due"), id="due-pane"),
            id="beside",
            classes="right",
        )
        await upper.mount(beside)
        storages = Pane(
            columns.storages_table(), title=_("Storages"), id="storages-pane", classes="right"
        )
        await self.query_one("#middle").mount(storages)
        events = Pane(
            columns.events_table(), title=_("Last events"), id="events-pane", classes="left"
        )
        tasks = Pane(
            columns.tasks_table(), title=_("Running tasks"), id="tasks-pane", classes="right"
        )
        await self.query_one("#lower").mount(events, tasks)
        graph = Pane(TonedLines(id="graph"), id="graph-pane")
        await self.query_one("#panes").mount(graph)
        await self.query_one("#wall").mount(Pane(TonedLines(id="side"), id="side-pane"))
        if not self.query("#risk"):
            return  # nothing was mounted on what is being left
        self.risk.sort_by("name")
        self.due.sort_by("at")
        self.events.sort_by("at")
        self._whole = True
        if self._figures is not None:
            self._show_rest(self._figures)
        self.renew(anew=True)

    def _show_rest(self, data: OverviewFigures) -> None:
        if not self._whole:
            return
        self.storages.sync(storage_lines(data))
        self._entitle("#storages-pane", _("Storages"), len(data.storages))
        self._show_tasks(data, self.now())
        if data.more is not None:
            self._show_more(data.more)

    def _show_more(self, more: OverviewMore) -> None:
        self.risk.sync(risk_lines(more))
        self.due.sync({one.key: one for one in more.due})
        self.events.sync({one.key: one for one in more.events})
        self._show_graph()
        self._entitle("#risk-pane", _("SLA at risk: used, left"), len(self.risk.rows))
        until = formats.minutes(look_until(self.now(), self.session.duty))
        title = _("Due until {time}").format(time=until)
        self._entitle("#due-pane", title, len(more.due))
        self._entitle("#events-pane", _("Last events"), len(more.events))

    def on_resize(self) -> None:
        """The graph is drawn for its width."""
        self.call_after_refresh(self._show_graph)

    def _show_graph(self) -> None:
        """The CPU of all clusters in the last hour, where there is room for it."""
        figures = self._figures
        if figures is None or figures.more is None or not self._whole:
            return
        title, lines = draw_hour(figures, self.graph.content_size.width, GRAPH_LINES, self.now())
        self.query_one("#graph-pane", Pane).entitle(title)
        self.graph.show(lines)

    def _show_side(self) -> None:
        """The detail of the cause under the cursor, or of the one that its row is about."""
        row: WrongLine | None = self.wrong.cursor_row
        if not self._whole:
            return
        cause = self._causes[row.order[0]] if row is not None and self._causes else None
        self.query_one("#side-pane", Pane).entitle(
            "" if cause is None else word_problem(cause.problem)
        )
        self.side.show(() if cause is None else describe_cause(cause, self.now()))

    def _entitle(self, pane: str, title: str, number: int) -> None:
        self.query_one(pane, Pane).entitle(f"{title} · {number}")

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
            here = ", ".join(dict.fromkeys(visible(one.account) for one in self.session.others))
            note = _("also here: {names}").format(names=here) if here else ""
            title = f"{_('Running tasks')} · {len(ages)}"
            self.query_one("#tasks-pane", Pane).entitle(title, note)

    # What is opened.

    @on(LiveTable.RowSelected)
    def _follow(self, event: LiveTable.RowSelected) -> None:
        """Open what the row under the cursor is about."""
        row, opened = event.table.cursor_row, self._opening(event.table.id or "")
        if row is None or opened is None:
            return
        reference = opened(row)
        if reference is not None:
            self.host.open(reference)
        elif event.table is self.wrong:
            self.show_storages()

    def _opening(self, table: str) -> Callable[[Any], Reference | None] | None:
        """Return what a table's row opens."""
        return {
            "wrong": lambda row: row.opens,
            "nodes": lambda row: row.opens,
            "risk": lambda row: TenantRef(row.tenant),
            "due": lambda row: find_reference(row.subject),
            "events": lambda row: find_reference(row.subject),
        }.get(table)

    def action_backups(self) -> None:
        """Open the page of backups."""
        self.host.open(BackupsRef())

    def action_storages(self) -> None:
        """Storages, or back to the nodes."""
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
        """The nodes, where the storages took their place; else back."""
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
        clusters = [*cluster_lines(figures, self.session.sight, self._stale, now)]
        self.nodes.sync(estate_lines(clusters, figures))
        self._causes = read_causes(figures, self.session.sight.sources, now)
        if self._causes:
            self.wrong.sync(wrong_lines(self._causes, now))
        elif figures.more is not None:  # not before all was looked at
            waiting = self.session.duty.waiting
            self.wrong.sync(quiet_lines(figures, figures.more, waiting))
        self._show_side()
        self.query_one("#wrong-pane", Pane).entitle(self._title() + self._next_order(now))
        self._entitle("#nodes-pane", _("Clusters"), len(clusters))
        self._say_whole()

    @on(LiveTable.RowHighlighted, "#wrong")
    def _say_whole(self) -> None:
        """All of what is wrong under the cursor: its row may have been too narrow."""
        row: WrongLine | None = self.wrong.cursor_row
        told = [] if row is None else [row.text.strip(), row.standing, row.holder]
        self.whole.say(" · ".join(filter(None, told)))
        self._show_side()

    def _next_order(self, now: datetime) -> str:
        """Return the time left to the next suspension order, and whose it is."""
        planned = self.session.planned
        return f" · {word_next_order(planned, now, wide=True)}" if planned else ""

    def _title(self) -> str:
        """Return how much is wrong, and for whom; nothing is said to be well before all of it was
        looked at.
        """
        number, out, weakened = count_causes(self._causes)
        whole = self._figures is not None and self._figures.more is not None
        if not number:
            return _("Problems: 0") if whole else _("Problems")
        parts = [ngettext("Problems: {n} cause", "Problems: {n} causes", number).format(n=number)]
        if out:
            parts.append(ngettext("{n} tenant out", "{n} tenants out", out).format(n=out))
        if weakened:
            text = ngettext("{n} weakened", "{n} weakened", weakened)
            parts.append(text.format(n=weakened))
        return " · ".join(parts)
