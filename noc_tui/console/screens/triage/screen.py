"""Triage: all open alerts, unacknowledged first, then the worst and the nearest deadline."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from rich.console import Group
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.getters import query_one
from textual.widgets import Label, Static

from noc_tui.api import alerts as api
from noc_tui.console.commands import Command
from noc_tui.console.data_freshness import Daemon
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.choose_one import ChooseOne
from noc_tui.console.fact_lines import facts
from noc_tui.console.references import (
    NODE_KINDS,
    CaseRef,
    GuestList,
    GuestRef,
    IncidentRef,
    ModeRef,
    NewCase,
    NodeRef,
    Reference,
    ScopeTicket,
    TenantRef,
)
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.triage.tables import AlertLine, alert_lines, alerts_table
from noc_tui.i18n import N_, _
from noc_tui.labels import formats
from noc_tui.labels.alerts import next_step
from noc_tui.ref import Ref
from noc_tui.roles import Role, named_accounts
from noc_tui.text import visible, visible_lines
from storage import oncall
from storage.connection import Readable
from storage.oncall import Alert, AlertNote
from widgets.live_table import LiveTable


@dataclass(frozen=True, slots=True)
class TriageData:
    """The open alerts and what was written to them."""

    alerts: list[Alert]
    notes: Mapping[str, list[AlertNote]]


def _act(name: str, key: str, title: str, text: str, *, show: bool = True) -> Command:
    return Command(
        f"triage.{name}", key, name, title, text, show=show, role=Role.OPERATOR, needs_nocd=True
    )


LONGEST_SNOOZE = 60 * 24 * 7
"""Minutes."""


class Triage(NocScreen[TriageData]):
    """The alerts that are open."""

    CSS_PATH = "triage.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        _act("acknowledge", "a", N_("Acknowledge"), N_("Acknowledge it, with a note")),
        _act("snooze", "z", N_("Snooze"), N_("Hide it for a number of minutes")),
        _act("assign", "u", N_("Assign"), N_("Assign it to someone")),
        _act("note", "n", N_("Note"), N_("Add a note to it")),
        _act("incident", "i", N_("Incident"), N_("Make an incident of it, or open the one it has")),
        Command(
            "triage.scope",
            "x",
            "scope",
            N_("Annexe 2"),
            N_("Is it ours? The look-up, for this alert"),
        ),
        Command(
            "triage.case", "S", "begin_case", N_("New case"), N_("Begin a suspension case here"),
            show=False, role=Role.OPERATOR, needs_nocd=True,
        ),
        Command("triage.follow", "enter", "follow", N_("Open"), N_("Go to what it concerns")),
    )  # fmt: skip

    table = query_one("#alerts", LiveTable)
    heading = query_one("#heading", Label)
    known = query_one("#known", Static)

    def __init__(self) -> None:
        super().__init__()
        self._wrong = TriageData([], {})
        self._drawn: tuple[int, Daemon] | None = None

    def body(self) -> ComposeResult:
        yield Label("", id="heading", markup=False)
        yield alerts_table()
        with VerticalScroll(id="detail"):
            yield Static(id="known", classes="detail")

    def on_mount(self) -> None:
        self.table.sort_by("state")
        self.table.focus()

    async def read(self, db: Readable, since: int) -> TriageData:
        alerts = await oncall.open_alerts(db)
        notes: dict[str, list[AlertNote]] = {}
        for note in await oncall.notes_of_open(db):
            notes.setdefault(note.fingerprint, []).append(note)
        return TriageData(alerts, notes)

    def show(self, data: TriageData) -> None:
        self._wrong = data
        self._draw()

    def tick(self, now: datetime) -> None:
        """Ages and snoozes move by the minute."""
        known = (now.minute, self.session.sight.daemon)
        if known != self._drawn:
            self._drawn = known
            self._draw()

    def _draw(self) -> None:
        lines = alert_lines(self._wrong.alerts, self.now())
        self.table.sync(lines)
        waiting = sum(line.waits for line in lines.values())
        text = _("unacknowledged alerts: {waiting} of {all} open")
        told = text.format(waiting=waiting, all=len(lines))
        if self.session.sight.daemon is Daemon.DOWN:
            told += " · " + _("▲ last state from nocd: not being watched now")
        self.heading.update(told)
        self._detail()

    @on(LiveTable.RowHighlighted)
    def _detail(self) -> None:
        line = self._cursor_line()
        self.known.update("" if line is None else self._describe(line))

    def _describe(self, line: AlertLine) -> Group:
        alert = line.alert
        told = [
            (_("What"), line.text),
            (_("Next step"), next_step(alert.rule)),
            (_("About"), visible(alert.subject)),
            (_("Since"), formats.instant(alert.since)),
        ]
        if alert.deadline is not None:
            told.append((_("Deadline"), formats.instant(alert.deadline)))
        if alert.acknowledged_at is not None:
            who = f"{visible(alert.acknowledged_by)} {formats.instant(alert.acknowledged_at)}"
            told.append((_("Acknowledged"), who))
        if alert.snoozed_until is not None:
            told.append((_("Snoozed until"), formats.instant(alert.snoozed_until)))
        if alert.assignee:
            told.append((_("Assigned to"), visible(alert.assignee)))
        if alert.incident is not None:
            told.append((_("Incident"), str(alert.incident)))
        notes = [
            Text(
                f"{formats.instant(note.at)} "
                + formats.label_line(visible(note.account), visible_lines(note.text))
            )
            for note in self._wrong.notes.get(alert.fingerprint, [])
        ]
        return Group(facts(told), *notes)

    def _cursor_line(self) -> AlertLine | None:
        return self.table.cursor_row

    # What is done about it.

    def action_acknowledge(self) -> None:
        """Acknowledge the alert."""
        self.work_on(self._cursor_line(), self._acknowledge)

    async def _acknowledge(self, line: AlertLine) -> None:
        which = line.alert.fingerprint
        await self.ask_in(
            Ask(_("Acknowledge"), line.text, needed=False),
            lambda note: api.ACKNOWLEDGE(api.Acknowledgement(which, note)),
        )

    def action_snooze(self) -> None:
        """Snooze the alert."""
        self.work_on(self._cursor_line(), self._snooze)

    async def _snooze(self, line: AlertLine) -> None:
        which = line.alert.fingerprint

        def snooze_of(minutes: str) -> api.Snooze:
            return api.Snooze(which, self.now() + timedelta(minutes=int(minutes)))

        title = _("Snooze for how many minutes?")
        await self.ask_in(
            Ask(title, line.text, value="60", read=_read_minutes),
            lambda minutes: api.SNOOZE(snooze_of(minutes)),
        )

    def action_assign(self) -> None:
        """Assign the alert to somebody."""
        self.work_on(self._cursor_line(), self._assign)

    async def _assign(self, line: AlertLine) -> None:
        config, own = self.session.config, self.session.who.name
        names = sorted(named_accounts(config.roles, config.demo), key=lambda one: one != own)
        asked = ChooseOne(_("Assign to"), [(one, visible(one)) for one in names])
        name = await self.app.push_screen_wait(asked)
        if name is not None:
            await self.ask_nocd(api.ASSIGN(api.Assignment(line.alert.fingerprint, name)))

    def action_note(self) -> None:
        """Add a note to the alert."""
        self.work_on(self._cursor_line(), self._note)

    async def _note(self, line: AlertLine) -> None:
        which = line.alert.fingerprint
        await self.ask_in(Ask(_("Note"), line.text), lambda text: api.NOTE(api.Note(which, text)))

    def action_incident(self) -> None:
        """Make an incident of the alert."""
        self.work_on(self._cursor_line(), self._incident)

    async def _incident(self, line: AlertLine) -> None:
        if line.alert.incident is not None:
            self.host.open(IncidentRef(line.alert.incident))
            return
        after = await self.ask_nocd(api.INCIDENT(api.Which(line.alert.fingerprint)))
        if after is not None:
            self.say(_("incident {number} opened").format(number=after.incident))

    @on(LiveTable.RowSelected)
    def action_follow(self) -> None:
        """Open the case, guest, tenant or node that the alert is about."""
        if (line := self._cursor_line()) is not None:
            self.host.open(reference_of(line.alert))

    def action_scope(self) -> None:
        """Open Annexe 2 for the alert under the cursor."""
        if (line := self._cursor_line()) is not None:
            alert = line.alert
            ticket = ScopeTicket(tenant=alert.tenant, subject=f"alert:{alert.fingerprint}")
            self.host.open(ticket)

    def action_begin_case(self) -> None:
        """Begin a case with the tenant and the guest that the alert is about, or open its case."""
        if (line := self._cursor_line()) is not None:
            self.host.open(case_of(line.alert))


def case_of(alert: Alert) -> CaseRef | NewCase:
    """The case that an alert is about; else a new one with its tenant and its guest, as far as the
    alert names them.
    """
    subject = Ref.parse(alert.subject)
    if subject.kind == "suspension":
        return CaseRef(subject.first)
    guests = () if subject.guest is None else ("/".join(map(str, subject.guest)),)
    return NewCase(alert.tenant, guests)


def reference_of(alert: Alert) -> Reference:
    """The case, guest, tenant or node that an alert is about; else the mode that shows it."""
    subject = Ref.parse(alert.subject)
    if subject.guest is not None:
        return GuestRef(*subject.guest)
    if subject.kind == "suspension":
        return CaseRef(subject.first)
    if alert.rule == "outage" and alert.incident is not None:
        return IncidentRef(alert.incident)
    if alert.tenant:
        return TenantRef(alert.tenant)
    if subject.kind == "node":
        cluster, node = subject.parts
        return GuestList(cluster=cluster, node=node)
    if subject.kind in NODE_KINDS and len(subject.parts) > 1:
        return NodeRef(*subject.parts[:2])
    return ModeRef("evidence" if subject.kind == "evidence" else "overview")


def _read_minutes(text: str) -> str:
    """The minutes, at most a week's. Raises ValueError for what is no number."""
    if not text.strip().isdecimal():
        raise ValueError(_("{text!r} is not a number").format(text=text))
    return str(min(int(text), LONGEST_SNOOZE))
