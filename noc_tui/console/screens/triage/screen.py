"""Triage: open alerts by cause, and what is done about them; what was cleared stays listed."""

from collections.abc import Iterator, Sequence
from datetime import datetime
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
from noc_tui.console.dialogs.confirm import Confirm
from noc_tui.console.dialogs.page import PageDialog
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
from noc_tui.console.screens.triage.cause_page import write_cause, write_note
from noc_tui.console.screens.triage.data import TriageData, read_triage
from noc_tui.console.screens.triage.snooze_until import read_snooze_end
from noc_tui.console.screens.triage.tables import (
    TriageLine,
    members_of,
    triage_lines,
    triage_table,
)
from noc_tui.i18n import N_, _, ngettext
from noc_tui.labels import formats
from noc_tui.labels.alerts import next_step, text_of
from noc_tui.ref import Ref
from noc_tui.roles import Role, named_accounts
from noc_tui.text import visible
from storage.connection import Readable
from storage.oncall import Alert
from widgets.live_table import LiveTable

NAMED = 8
"""So many alerts a question names; the others are counted."""


def _act(name: str, key: str, title: str, text: str, *, show: bool = True) -> Command:
    return Command(
        f"triage.{name}", key, name, title, text, show=show, role=Role.OPERATOR, needs_nocd=True
    )


class Triage(NocScreen[TriageData]):
    """The alerts that are open, by cause.

    An act is done to the marked alerts, or to the one under the cursor at the moment of the key. It
    names what it is done to, and goes by the alert's own name to `nocd`, which says so where the
    alert was cleared meanwhile: never to whatever came to stand in that row.
    """

    CSS_PATH = "triage.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        _act("acknowledge", "a", N_("Acknowledge"),
             N_("Acknowledge the marked ones, or this one with all that follows from it")),
        Command("triage.mark", "space", "mark", N_("Mark"), N_("Mark it, for one note to several")),
        Command(
            "triage.mark_cause", "asterisk", "mark_cause", N_("Mark the cause"),
            N_("Mark all alerts of this cause, or of none"), show=False,
        ),
        _act("snooze", "z", N_("Snooze"), N_("Hide it until a time of day, or for some minutes")),
        _act("assign", "u", N_("Assign"), N_("Assign it to someone")),
        _act("note", "n", N_("Note"), N_("Add a note to it")),
        _act("incident", "i", N_("Incident"), N_("Make an incident of it, or open the one it has")),
        Command("triage.cause", "p", "cause", N_("Cause"), N_("All about its cause, on one page")),
        Command(
            "triage.cleared", "v", "cleared", N_("Cleared"),
            N_("List what was cleared in the last twelve hours, or hide it"), show=False,
        ),
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
        self._data = TriageData()
        self._drawn: tuple[int, Daemon] | None = None
        self._marked: frozenset[str] = frozenset()
        self._lists_cleared = True

    def body(self) -> ComposeResult:
        yield Label("", id="heading", markup=False)
        yield triage_table()
        with VerticalScroll(id="detail"):
            yield Static(id="known", classes="detail")

    def on_mount(self) -> None:
        self.table.sort_by("state")
        self.table.focus()

    async def read(self, db: Readable, since: int) -> TriageData:
        return await read_triage(db, self.session)

    def show(self, data: TriageData) -> None:
        self._data = data
        self._draw()

    def tick(self, now: datetime) -> None:
        """Ages and snoozes move by the minute."""
        known = (now.minute, self.session.sight.daemon)
        if known != self._drawn:
            self._drawn = known
            self._draw()

    def _draw(self) -> None:
        self._marked &= self._data.alerts.keys()
        self.table.sync(
            triage_lines(
                self._data, self.now(), marked=self._marked, cleared=frozenset(self._cleared())
            )
        )
        self._say_heading()
        self._detail()

    def _cleared(self) -> Iterator[str]:
        """The cleared alerts that are listed: none leaves from under the cursor."""
        line = self._cursor_line()
        here = "" if line is None or line.alert is None else line.alert.fingerprint
        for alert in self._data.cleared:
            if self._lists_cleared or alert.fingerprint == here:
                yield alert.fingerprint

    def _say_heading(self) -> None:
        lines = self.table.rows.values()
        waiting = sum(line.waits for line in lines)
        causes = sum(line.is_cause for line in lines)
        text = _("unacknowledged alerts: {waiting} of {all} open")
        told = [text.format(waiting=waiting, all=len(self._data.alerts))]
        if self.session.sight.daemon is Daemon.DOWN:
            told.append(_("▲ last state from nocd: not being watched now"))
        told.append(ngettext("{n} cause", "{n} causes", causes).format(n=causes))
        if self._marked:
            marked = len(self._marked)
            told.append(ngettext("{n} marked", "{n} marked", marked).format(n=marked))
        if self._data.cleared:
            count = len(self._data.cleared)
            cleared = ngettext("{n} cleared in 12 h", "{n} cleared in 12 h", count).format(n=count)
            told.append(f"{cleared} ({self.key_of('triage.cleared')})")
        self.heading.update(" · ".join(told))

    @on(LiveTable.RowHighlighted)
    def _detail(self) -> None:
        line = self._cursor_line()
        self.known.update("" if line is None else self._describe(line))

    def _describe(self, line: TriageLine) -> Group:
        if line.alert is None:
            return Group(Text(line.text))
        alert = line.alert
        told = [
            (_("What"), text_of(alert.rule, alert.words)),
            (_("Next step"), next_step(alert.rule)),
            (_("About"), self._data.name_subject(alert)),
            (_("Since"), formats.instant(alert.since)),
        ]
        if alert.resolved_at is not None:
            told[1] = (_("Cleared"), formats.instant(alert.resolved_at))
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
        notes = self._data.notes.get(alert.fingerprint, [])
        return Group(facts(told), *(Text(write_note(note)) for note in notes))

    def _cursor_line(self) -> TriageLine | None:
        return self.table.cursor_row

    def _alert_here(self) -> Alert | None:
        """The alert under the cursor, if something can be done about it; else the operator is
        told why not.
        """
        line = self._cursor_line()
        if line is None:
            return None
        if line.alert is None:
            self.say(_("This row is no alert: choose the cause above it."), severity="warning")
            return None
        if not line.is_open:
            text = _("Cleared at {time}: nothing is left to do.")
            at = formats.clock_time(line.alert.resolved_at or self.now())
            self.say(text.format(time=at), severity="warning")
            return None
        return line.alert

    # Marks.

    def action_mark(self) -> None:
        """Mark the alert under the cursor, or take the mark back, and go on to the next."""
        alert = self._alert_here()
        if alert is not None:
            self._marked ^= {alert.fingerprint}
            self._draw()
            self.table.action_move(1)

    def action_mark_cause(self) -> None:
        """Mark all alerts of the cause; where all are marked, none of them."""
        line = self._cursor_line()
        if line is not None and line.cause is not None:
            keys = {one.fingerprint for one in members_of(line.cause, self._data)}
            self._marked = self._marked - keys if keys <= self._marked else self._marked | keys
            self._draw()

    # What is done about it.

    def action_acknowledge(self) -> None:
        """Acknowledge the marked alerts; where none is, the one here with what follows from it."""
        self.work_on(self._acknowledged_here(), self._acknowledge)

    def _acknowledged_here(self) -> Sequence[Alert] | None:
        if self._marked:
            return [self._data.alerts[one] for one in sorted(self._marked)]
        alert, line = self._alert_here(), self._cursor_line()
        if alert is None or line is None:
            return None
        if not line.is_cause or line.cause is None:
            return [alert]
        rest = members_of(line.cause, self._data)[1:]
        return [alert, *(one for one in rest if one.acknowledged_at is None)]

    async def _acknowledge(self, alerts: Sequence[Alert]) -> None:
        keys = tuple(one.fingerprint for one in alerts)
        if len(alerts) == 1:
            await self.ask_in(
                Ask(_("Acknowledge"), _name_alerts(alerts), needed=False),
                lambda note: api.ACKNOWLEDGE(api.Acknowledgement(keys[0], note)),
            )
            self._marked -= {keys[0]}
            return
        title = _("Acknowledge {n} alerts with one note").format(n=len(alerts))
        done = await self.ask_in(
            Ask(title, _name_alerts(alerts), needed=False),
            lambda note: api.ACKNOWLEDGE_ALL(api.Acknowledgements(keys, note)),
        )
        if done is not None:
            self._marked = frozenset()
            self._tell_acknowledged(done)

    def _tell_acknowledged(self, done: api.Acknowledged) -> None:
        count = len(done.alerts)
        told = ngettext("{n} alert acknowledged.", "{n} alerts acknowledged.", count)
        said = [told.format(n=count)]
        if done.left:
            left = ngettext(
                "{n} left: cleared or acknowledged meanwhile.",
                "{n} left: cleared or acknowledged meanwhile.",
                len(done.left),
            )
            said.append(left.format(n=len(done.left)))
        self.say(" ".join(said))

    def action_snooze(self) -> None:
        """Snooze the alert."""
        self.work_on(self._alert_here(), self._snooze)

    async def _snooze(self, alert: Alert) -> None:
        def read_end(text: str) -> str:
            read_snooze_end(text, self.now())
            return text

        told = _("90 is minutes; 08:00 the next time it is eight; or 2026-03-01 08:00.")
        await self.ask_in(
            Ask(
                _("Snooze until when?"), f"{_name_alerts([alert])}\n{told}",
                value=self._proposed_end(), read=read_end,
            ),
            lambda text: api.SNOOZE(
                api.Snooze(alert.fingerprint, read_snooze_end(text, self.now()))
            ),
        )  # fmt: skip

    def _proposed_end(self) -> str:
        """The end of the shift, where one is planned: who comes next looks at it anew."""
        until = self.session.duty.until
        return "60" if until is None or until <= self.now() else formats.minutes(until)

    def action_assign(self) -> None:
        """Assign the alert to somebody."""
        self.work_on(self._alert_here(), self._assign)

    async def _assign(self, alert: Alert) -> None:
        config, own = self.session.config, self.session.who.name
        names = sorted(named_accounts(config.roles, config.demo), key=lambda one: one != own)
        title = formats.label_line(_("Assign to"), text_of(alert.rule, alert.words))
        asked = ChooseOne(title, [(one, visible(one)) for one in names])
        name = await self.app.push_screen_wait(asked)
        if name is not None:
            await self.ask_nocd(api.ASSIGN(api.Assignment(alert.fingerprint, name)))

    def action_note(self) -> None:
        """Add a note to the alert."""
        self.work_on(self._alert_here(), self._note)

    async def _note(self, alert: Alert) -> None:
        which = alert.fingerprint
        await self.ask_in(
            Ask(_("Note"), _name_alerts([alert])), lambda text: api.NOTE(api.Note(which, text))
        )

    def action_incident(self) -> None:
        """Open the alert's incident; where it has none, ask whether to open one."""
        self.work_on(self._alert_here(), self._incident)

    async def _incident(self, alert: Alert) -> None:
        if alert.incident is not None:
            self.host.open(IncidentRef(alert.incident))
            return
        lasting = _("It goes on record and stays there; it is closed with a review.")
        sure = Confirm(_("Open an incident about this?"), f"{_name_alerts([alert])}\n\n{lasting}")
        if not await self.app.push_screen_wait(sure):
            return
        after = await self.ask_nocd(api.INCIDENT(api.Which(alert.fingerprint)))
        if after is not None:
            self.say(_("incident {number} opened").format(number=after.incident))

    # Ways on.

    def action_cleared(self) -> None:
        """List what was cleared, or hide it."""
        self._lists_cleared = not self._lists_cleared
        self._draw()

    def action_cause(self) -> None:
        """Show all about the cause of this row."""
        line = self._cursor_line()
        if line is not None and line.cause is not None:
            self.work_on(line.cause.problem.key, self._read_cause)

    async def _read_cause(self, key: str) -> None:
        cause = next((one for one in self._data.causes if one.problem.key == key), None)
        if cause is None:
            return
        alert, page = self._data.alerts[key], write_cause(cause, self._data, self.now())
        dialog = PageDialog(cause.problem.text, page, onward=_("Open"))
        if await self.app.push_screen_wait(dialog):
            self.host.open(reference_of(alert))

    @on(LiveTable.RowSelected)
    def action_follow(self) -> None:
        """Open the tenant, case, guest or node that the row is about."""
        line = self._cursor_line()
        if line is None:
            return
        if line.alert is not None:
            self.host.open(reference_of(line.alert))
        elif line.tenant:
            self.host.open(TenantRef(line.tenant))
        elif line.cause is not None:
            self.host.open(reference_of(self._data.alerts[line.cause.problem.key]))

    def action_scope(self) -> None:
        """Open Annexe 2 for the alert under the cursor."""
        line = self._cursor_line()
        if line is not None and line.alert is not None:
            alert = line.alert
            ticket = ScopeTicket(tenant=alert.tenant, subject=f"alert:{alert.fingerprint}")
            self.host.open(ticket)

    def action_begin_case(self) -> None:
        """Begin a case with the tenant and the guest that the alert is about, or open its case."""
        line = self._cursor_line()
        if line is not None and line.alert is not None:
            self.host.open(case_of(line.alert))


def _name_alerts(alerts: Sequence[Alert]) -> str:
    """What is done something to, line by line."""
    lines = [f"· {text_of(one.rule, one.words)}" for one in alerts[:NAMED]]
    left = len(alerts) - NAMED
    if left > 0:
        lines.append(ngettext("and {n} more", "and {n} more", left).format(n=left))
    return "\n".join(lines) if len(alerts) > 1 else lines[0].removeprefix("· ")


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
