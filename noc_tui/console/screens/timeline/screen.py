"""The timeline: one line per tenant with outages, exclusions, suspensions and unmeasured time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.getters import query_one
from textual.widgets import Label

from noc_tui.console.commands import Command
from noc_tui.console.references import IncidentRef, TenantRef
from noc_tui.console.screens.incident.actions import declare
from noc_tui.console.screens.incident.exclusions import (
    Excludable,
    ExcludingScreen,
    StandingExclusion,
)
from noc_tui.console.screens.incident.tables import incident_line, incidents_table
from noc_tui.console.screens.timeline import maintenance
from noc_tui.i18n import N_, _
from noc_tui.labels import formats
from noc_tui.labels.statement import Words
from noc_tui.queries.month_facts import read_watched_since
from noc_tui.roles import Role
from noc_tui.text import visible
from storage import incidents, outages
from storage.connection import Readable
from storage.incidents import Incident
from storage.outages import Exclusion, Outage, Unmeasured
from storage.register import TENANTS, Tenant
from storage.times import instant, micros
from widgets.lanes import Lane, LaneKind, LaneSpan
from widgets.live_table import LiveTable
from widgets.pane import Pane
from widgets.timeline import Timeline

SLIM = 110
"""Below so many columns the incidents stand under the timeline and not beside it."""

OF_THE_LINE = frozenset(
    {"exclude", "withdraw", "end_exclusion", "review_exclusion", "plan", "call_off"}
)
"""Actions that take their tenant and their time from the timeline's cursor."""


@dataclass(frozen=True, slots=True)
class TimelineData:
    """What the screen reads for the stretch of time that is shown."""

    tenants: Sequence[Tenant]
    outages: Sequence[Outage]
    exclusions: Sequence[Exclusion]
    unmeasured: Sequence[Unmeasured]
    incidents: Sequence[Incident]
    watched: Mapping[str, int | None]


def kinds() -> tuple[LaneKind, ...]:
    """Return every kind with a glyph of its own, the most important first."""
    return (
        LaneKind("suspension", "S", _("suspension"), "accent"),
        LaneKind("exclusion", "▒", _("excluded"), "warning"),
        LaneKind("outage", "█", _("outage"), "bad"),
        LaneKind("maintenance", "M", _("maintenance"), "accent"),
        LaneKind("unmeasured", "?", _("unmeasured"), "unknown"),
    )


class TimelineScreen(ExcludingScreen[TimelineData]):
    """The timeline of all tenants, with the list of incidents beside it."""

    CSS_PATH = "timeline.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command("timeline.zoom", "plus", "zoom(1)", N_("Zoom in")),
        Command("timeline.unzoom", "minus", "zoom(-1)", N_("Zoom out")),
        Command("timeline.incidents", "i", "incidents", N_("Incidents"), N_("To the incidents")),
        Command("timeline.back", "escape", "back", N_("Back"), show=False),
        Command(
            "timeline.declare", "d", "declare", N_("Declare"), N_("Declare an incident"),
            role=Role.OPERATOR, needs_nocd=True,
        ),
        Command(
            "timeline.plan", "p", "plan", N_("Maintenance"),
            N_("Plan a maintenance window; its tenants are mailed"),
            show=False, role=Role.OPERATOR, needs_nocd=True,
        ),
        Command(
            "timeline.calloff", "c", "call_off", N_("Call off"),
            N_("Call a maintenance window off"),
            show=False, role=Role.OPERATOR, needs_nocd=True,
        ),
    )  # fmt: skip

    line = query_one("#timeline", Timeline)
    table = query_one("#incidents", LiveTable)
    under = query_one("#under", Label)

    def __init__(self) -> None:
        super().__init__()
        self._data: TimelineData | None = None

    def body(self) -> ComposeResult:
        with Horizontal():
            line = Timeline(
                kinds(),
                now=self.now(),
                zone=formats.PARIS,
                empty=_("No tenant in the register: noc-tui tenants import FILE"),
                id="timeline",
            )
            yield Pane(line, title=_("Timeline"), id="timeline-pane")
            incidents = incidents_table(self.key_of("timeline.declare"))
            yield Pane(incidents, title=_("Incidents"), id="beside")
        yield Label("", id="under", markup=False)

    def on_mount(self) -> None:
        self.line.focus()

    def on_resize(self) -> None:
        """Beside each other on a wide terminal, else the incidents below."""
        self.set_class(self.size.width < SLIM, "-slim")

    async def read(self, db: Readable, since: int) -> TimelineData:
        window = self.line.window
        start, end = micros(window.start), micros(window.end)
        tenants = await TENANTS.read(db)
        return TimelineData(
            tenants=tenants,
            outages=await outages.outages(db, start, end),
            exclusions=await outages.exclusions(db, start, end),
            unmeasured=await outages.read_unmeasured(db, start, end),
            incidents=await incidents.recent_incidents(db),
            watched=await read_watched_since(db, tenants),
        )

    def show(self, data: TimelineData) -> None:
        self._data = data
        self.line.show(lanes(data, self.line.window.start), self.now())
        self.table.sync({str(one.id): incident_line(one) for one in data.incidents})
        self.query_one("#timeline-pane", Pane).entitle(f"{_('Timeline')} · {len(data.tenants)}")
        self.query_one("#beside", Pane).entitle(f"{_('Incidents')} · {len(data.incidents)}")

    def tick(self, now: datetime) -> None:
        if self._data is not None and any(row.end is None for row in self._data.outages):
            until = self.session.sight.seen_until(now)
            self.line.show(lanes(self._data, self.line.window.start), until)

    @on(Timeline.WindowChanged)
    def _elsewhere(self) -> None:
        self.renew(anew=True)

    @on(Timeline.Moved)
    def _moved(self, event: Timeline.Moved) -> None:
        words = Words(_)
        where = visible(event.lane or "")
        what = ", ".join(
            f"{words.kind(span.kind)} {formats.instant_seconds(span.start)} → "
            + (_("ongoing") if span.end is None else formats.instant_seconds(span.end))
            for span in event.spans
        )
        self.under.update(f"{where} · {what or formats.instant(event.at)}")

    @on(Timeline.SpanSelected)
    def _opened(self, event: Timeline.SpanSelected) -> None:
        known = {f"outage:{row.id}": row for row in (self._data.outages if self._data else ())}
        for span in event.spans:
            row = known.get(span.key)
            if row is not None and row.incident is not None:
                self.host.open(IncidentRef(row.incident))
                return
        self.host.open(TenantRef(event.lane))

    @on(LiveTable.RowSelected)
    def _incident(self, event: LiveTable.RowSelected) -> None:
        self.host.open(IncidentRef(int(event.key)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return what is done to the line under the cursor is not offered among the incidents."""
        if action in OF_THE_LINE and self.is_mounted and self.table.has_focus:
            return False
        return super().check_action(action, parameters)

    def action_zoom(self, step: int) -> None:
        """A shorter or longer stretch of time."""
        self.line.action_zoom(step)

    def action_incidents(self) -> None:
        """Between the timeline and the incidents."""
        (self.line if self.table.has_focus else self.table).focus()

    def action_back(self) -> None:
        """From the incidents to the timeline."""
        if self.table.has_focus:
            self.action_incidents()
        else:
            self.host.back()

    def action_declare(self) -> None:
        """Open an incident by hand."""
        self.run_worker(declare(self))

    async def choose_excludable(self) -> Excludable | None:
        """The outage under the cursor, else the tenant's time from there on."""
        lane = self.line.lane
        if lane is None:
            return None
        for span in self.line.spans:
            if span.kind == "outage":
                return Excludable(lane, span.start, span.end)
        return Excludable(lane, self.line.instant, None)

    def list_excluded(self) -> Sequence[StandingExclusion]:
        """Return what is excluded of the line under the cursor, in the stretch that is shown."""
        rows = self._data.exclusions if self._data else ()
        return [
            _exclusion_of(row)
            for row in rows
            if row.tenant == self.line.lane and row.withdrawn_at is None
        ]

    @work
    async def action_plan(self) -> None:
        """Plan a maintenance window from the cursor on."""
        tenants = await self.rows(TENANTS)
        if (
            await maintenance.plan(self, tenants, self.line.lane or "", self.line.instant)
            is not None
        ):
            self.renew(anew=True)

    @work
    async def action_call_off(self) -> None:
        """Call a maintenance window off."""
        if await maintenance.call_off(self, self.list_excluded()) is not None:
            self.renew(anew=True)


def _exclusion_of(row: Exclusion) -> StandingExclusion:
    return StandingExclusion(
        id=row.id,
        tenant=row.tenant,
        start=instant(row.start),
        end=None if row.end is None else instant(row.end),
        basis=row.basis,
        reason=row.reason,
        window=row.maintenance,
    )


def lanes(data: TimelineData, start: datetime) -> list[Lane]:
    """One lane a tenant; what was before the first observation is unmeasured."""
    spans: dict[str, list[LaneSpan]] = defaultdict(list)
    for owner, span in _spans(data):
        spans[owner].append(span)
    for tenant in data.tenants:
        first = data.watched[tenant.id]
        if first is None or instant(first) > start:
            end = None if first is None else instant(first)
            spans[tenant.id].append(LaneSpan("before", "unmeasured", start, end))
    return [
        Lane(tenant.id, visible(tenant.name), tuple(spans[tenant.id])) for tenant in data.tenants
    ]


def _spans(data: TimelineData) -> Iterable[tuple[str, LaneSpan]]:
    for row in data.outages:
        yield row.tenant, _span(f"outage:{row.id}", "outage", row.start, row.end)
    for excluded in data.exclusions:
        if excluded.withdrawn_at is None:
            kind = excluded.basis
            kind = kind if kind in {"suspension", "maintenance"} else "exclusion"
            key = f"exclusion:{excluded.id}"
            yield excluded.tenant, _span(key, kind, excluded.start, excluded.end)
    for unseen in data.unmeasured:
        key = f"unmeasured:{unseen.start}"
        yield unseen.tenant, _span(key, "unmeasured", unseen.start, unseen.end)


def _span(key: str, kind: str, start: int, end: int | None) -> LaneSpan:
    return LaneSpan(key, kind, instant(start), None if end is None else instant(end))
