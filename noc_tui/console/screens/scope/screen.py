"""Annexe 2: a ticket is pasted or typed, and the matrix answers as it is written (R24 to R27)."""

from collections.abc import Sequence
from typing import ClassVar

from msgspec.structs import replace
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.getters import query_one
from textual.timer import Timer
from textual.widgets import Label, Static, TextArea

from noc_tui.api.endpoint import Request
from noc_tui.api.scope import DECIDE, Decided
from noc_tui.console.commands import Command
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.choose_one import ChooseOne
from noc_tui.console.references import ScopeTicket
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.scope.data import (
    DecisionDraft,
    Judged,
    ScopeGiven,
    ScopeStanding,
    accept,
    ask_client,
    judge_ticket,
    origin_line,
    override,
)
from noc_tui.console.screens.scope.leads import lead_of_arrival, list_named
from noc_tui.console.screens.scope.named_tenant import find_named_tenant
from noc_tui.console.screens.scope.tables import (
    Line,
    candidates_table,
    detail,
    lines_of,
    verdict_line,
)
from noc_tui.console.terms import terms_book
from noc_tui.contract.annexe2.answer import Answer
from noc_tui.contract.annexe2.own_cases import OwnCase
from noc_tui.contract.annexe2.reply import Language
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.contract.intake.desk import Arrival, receive
from noc_tui.contract.terms import Terms
from noc_tui.i18n import N_, _
from noc_tui.queries.own_cases import read_own_cases
from noc_tui.roles import Role
from noc_tui.text import visible, visible_lines
from noc_tui.views.blamed_owner import BlamedOwner, find_owners
from storage.cloud_edges import CLOUD_EDGES
from storage.connection import Readable
from storage.guests import GUESTS
from storage.register import TENANTS, Tenant
from storage.resources import GUEST_INSIDES
from widgets.folding import fold
from widgets.live_table import LiveTable

PAUSE_SECONDS = 0.2
OWN_KEYS = tuple(f"f{number}" for number in range(1, 13))
"""What Textual's text would take for itself; one of them selects all, which the next key erases."""
NO_ROW = "-"


def _act(name: str, key: str, title: str, text: str) -> Command:
    return Command(f"scope.{name}", key, name, title, text, role=Role.OPERATOR, needs_nocd=True)


class TicketText(TextArea):
    """A ticket. The function keys are the screen's: F6 and F7 select nothing here."""

    def __init__(self, text: str) -> None:
        super().__init__(text, id="ticket", soft_wrap=True)
        for key in OWN_KEYS:
            self._bindings.key_to_bindings.pop(key, None)


class ScopeScreen(NocScreen[ScopeGiven]):
    """Ticket on the left, rows and reasons on the right, the decision by function keys."""

    CSS_PATH = "scope.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        _act("accept", "f2", N_("Accept"), N_("The proposed row holds")),
        _act("override", "f3", N_("Override"), N_("Another row, or none, with the reason")),
        _act("ask", "f4", N_("Ask"), N_("The client is asked")),
        Command("scope.tenant", "f5", "tenant", N_("Tenant"), N_("Whose ticket it is")),
        Command("scope.reference", "f6", "reference", N_("Reference"), N_("The ticket's number")),
        Command("scope.copy", "f7", "copy", N_("Copy answer"), N_("Again: the other language")),
        Command("scope.matrix", "f8", "matrix", N_("Matrix"), N_("Every row of annexe 2")),
        Command("scope.history", "f9", "history", N_("History"), N_("Decisions so far")),
        Command(
            "scope.case", "f10", "begin_case", N_("New case"), N_("Begin a suspension case here"),
            show=False, role=Role.OPERATOR, needs_nocd=True,
        ),
        Command("scope.new", "ctrl+n", "new", N_("New"), N_("An empty ticket"), show=False),
        Command("scope.leave", "escape", "leave", N_("Back"), N_("Leave the text")),
        Command("scope.write", "i", "write", N_("Write"), N_("Back into the text"), show=False),
    )  # fmt: skip

    ticket = query_one("#ticket", TextArea)
    table = query_one("#rows", LiveTable)
    heading = query_one("#heading", Label)
    about = query_one("#about", Label)
    known = query_one("#known", Static)

    def __init__(self, ticket: ScopeTicket | None = None) -> None:
        super().__init__()
        self._origin = ticket or ScopeTicket()
        self._tenants: dict[str, Tenant] = {}
        self._cases: tuple[OwnCase, ...] = ()
        self._known = False
        self._proposed = ""
        self._is_chosen = bool(self._origin.tenant)
        self._answer: Answer | None = None
        self._judged_text = ""
        self._language: Language = "fr"
        self._pause: Timer | None = None

    def body(self) -> ComposeResult:
        yield Label("", id="heading", markup=False)
        yield Label("", id="about", markup=False)
        with Horizontal():
            yield TicketText(visible_lines(self._origin.text))
            with Vertical():
                yield candidates_table()
                with VerticalScroll(id="detail"):
                    yield Static(id="known", classes="detail")

    def on_mount(self) -> None:
        self.ticket.focus()
        self._draw()
        if self._origin.text:
            self._judge(self.ticket.text)

    async def read(self, db: Readable, since: int) -> ScopeGiven:
        return ScopeGiven(await TENANTS.read(db), await read_own_cases(db))

    def show(self, data: ScopeGiven) -> None:
        self._tenants = {tenant.id: tenant for tenant in data.tenants}
        self._known = True
        self._propose()
        self._draw()
        if data.cases != self._cases:
            self._cases = data.cases
            if self.ticket.text:
                self._judge(self.ticket.text)

    def open_with(self, ticket: ScopeTicket) -> None:
        """Another ticket, from an incident or an alert."""
        self._origin = ticket
        self._is_chosen = bool(ticket.tenant)
        self._answer = None
        self.ticket.text = visible_lines(ticket.text)
        self.ticket.focus()
        self._draw()

    # Answering as it is typed.

    @on(TextArea.Changed, "#ticket")
    def _typed(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        text = self.ticket.text
        if visible_lines(text) != text:
            self.ticket.text = visible_lines(text)
            return
        self._propose()
        if self._is_pending:
            self._draw()
        self._pause = self.set_timer(PAUSE_SECONDS, lambda: self._judge(self.ticket.text))

    @work(exclusive=True, group="judge")
    async def _judge(self, text: str) -> None:
        """Off the interface's loop; a newer text makes an older answer void."""
        await self._propose_owner(text)
        words = self.session.config.contract.vocabulary_file
        self.post_message(await judge_ticket(self._terms, words, self._cases, text))

    async def _propose_owner(self, text: str) -> None:
        """Take the tenant of the address that is blamed, where the ticket names none itself."""
        if self._is_chosen or self._proposed:
            return
        tenants = {one.tenant for one in await self._owners_of(receive(text))}
        if len(tenants) == 1 and text == self.ticket.text:
            self._proposed = tenants.pop()

    async def _owners_of(self, arrival: Arrival) -> Sequence[BlamedOwner]:
        """Return whose the addresses and links are that are blamed."""
        named = list_named(arrival)
        if not named:
            return ()
        tenants, guests = await self.rows(TENANTS), await self.rows(GUESTS)
        edges, insides = await self.rows(CLOUD_EDGES), await self.rows(GUEST_INSIDES)
        return find_owners(arrival.text, named, tenants, guests, edges, insides=insides)

    @on(Judged)
    def _judged(self, message: Judged) -> None:
        if message.text != self.ticket.text:
            return
        self._answer, self._judged_text = message.answer, message.text
        if message.answer is not None:
            self._language = "en" if message.answer.language == "en" else "fr"
        self._draw(message.error)

    @on(LiveTable.RowHighlighted)
    def _draw_detail(self) -> None:
        line: Line | None = self.table.cursor_row
        answer = self._answer
        if answer is None or line is None:
            self.known.update("")
            return
        ready = self._standing.reply(answer, answer.row, self._language)
        self.known.update(detail(line, answer, ready))

    def _draw(self, error: str = "") -> None:
        answer = self._answer
        if self._is_pending:
            self.table.await_rows()
        else:
            self.table.sync(lines_of(self._terms, answer) if answer else {})
        covered = self._standing.coverage(answer) if answer else "n/a"
        known = self._tenant is not None
        told = "" if self._is_pending else verdict_line(answer, covered, known=known)
        self.heading.update(error or told)
        about = origin_line(self._origin, self._tenant, proposed=not self._is_chosen)
        self.about.update(about if self._known else "")
        self._draw_detail()

    def _propose(self) -> None:
        """Take the tenant that the ticket names, until the operator says whose it is."""
        self._proposed = find_named_tenant(self.ticket.text, self._tenants.values())

    @property
    def _whose(self) -> str:
        """The tenant's id: the operator's choice, else the one that the ticket names."""
        return self._origin.tenant if self._is_chosen else self._proposed

    @property
    def _is_pending(self) -> bool:
        """Whether there is a ticket, and no answer to any yet."""
        text = self.ticket.text
        return self._answer is None and bool(text.strip()) and self._judged_text != text

    @property
    def _standing(self) -> ScopeStanding:
        return ScopeStanding(self._terms, self._tenant)

    @property
    def _terms(self) -> Terms:
        """The ticket's tenant's; the default ones while nobody knows whose it is."""
        today = paris_day(micros(self.now()))
        return terms_book(self.session).for_tenant(self._whose, today)

    @property
    def _tenant(self) -> Tenant | None:
        return self._tenants.get(self._whose)

    # Keys.

    def action_leave(self) -> None:
        """Out of the text, so that the keys of the console work; then back."""
        if self.table.has_focus:
            self.host.back()
        else:
            self.table.focus()

    def action_write(self) -> None:
        """Back into the text."""
        self.ticket.focus()

    def action_new(self) -> None:
        """An empty ticket."""
        self.open_with(ScopeTicket(tenant=self._origin.tenant if self._is_chosen else ""))

    def action_copy(self) -> None:
        """The ready answer to the clipboard; the next time in the other language."""
        if self._answer is None:
            return
        row = self._answer.row
        self.app.copy_to_clipboard(self._standing.reply(self._answer, row, self._language))
        self.say(_("The answer is copied ({language}).").format(language=self._language))
        self._language = "en" if self._language == "fr" else "fr"
        self._draw_detail()

    @work
    async def action_tenant(self) -> None:
        """Pick the tenant: its support contract changes what is said."""
        rows = sorted(self._tenants.values(), key=lambda tenant: fold(tenant.name))
        choices = [("", _("(unknown)")), *((row.id, visible(row.name)) for row in rows)]
        chosen = await self.app.push_screen_wait(
            ChooseOne(
                _("Whose ticket is it?"),
                [(value or NO_ROW, text) for value, text in choices],
                proposed=self._whose,
            )
        )
        if chosen is not None:
            self._set(tenant="" if chosen == NO_ROW else chosen)

    @work
    async def action_reference(self) -> None:
        """Note the ticket's number."""
        value = self._origin.reference
        text = await self.app.push_screen_wait(
            Ask(_("The ticket's reference"), value=value, needed=False)
        )
        if text is not None:
            self._set(reference=text)

    def _set(self, *, tenant: str | None = None, reference: str | None = None) -> None:
        was, whose = self._origin, self._whose
        self._is_chosen = self._is_chosen or tenant is not None
        self._origin = replace(
            was,
            tenant=was.tenant if tenant is None else tenant,
            reference=was.reference if reference is None else reference,
        )
        self._draw()
        if self._whose != whose and self.ticket.text:
            self._judge(self.ticket.text)  # another tenant may be under other terms

    @work
    async def action_accept(self) -> None:
        """What is proposed holds."""
        if self._answer is not None:
            await self._decide(accept(self._answer))

    @work
    async def action_ask(self) -> None:
        """The client is asked; the question is copied."""
        if self._answer is None:
            return
        asked = ask_client(self._answer)
        if await self._decide(asked):
            self.app.copy_to_clipboard(self._write_reply(asked))

    @work
    async def action_override(self) -> None:
        """Another row, or none of them, with the reason."""
        if self._answer is None:
            return
        rows = self._terms.annexe2
        choices = [*((row.id, row.label) for row in rows), (NO_ROW, _("(no row fits)"))]
        chosen = await self.app.push_screen_wait(ChooseOne(_("Which row holds?"), choices))
        if chosen is None:
            return
        row, answer = "" if chosen == NO_ROW else chosen, self._answer
        done = await self.ask_in(
            Ask(_("Why?")),
            lambda reason: self._request_of(override(answer, rows, row, reason)),
        )
        self._tell_recorded(done)

    def _write_reply(self, decision: DecisionDraft) -> str:
        """Return what the client is told of a decision."""
        return self._standing.reply(decision.answer, decision.row, self._language)

    async def _decide(self, decision: DecisionDraft) -> bool:
        done = await self.ask_nocd(self._request_of(decision))
        self._tell_recorded(done)
        return done is not None

    def _request_of(self, decision: DecisionDraft) -> Request[Decided]:
        answered = self._write_reply(decision) if decision.row else ""
        ticket = replace(self._origin, tenant=self._whose)
        return DECIDE(decision.body(self.ticket.text, ticket, answered, self._language))

    def _tell_recorded(self, done: Decided | None) -> None:
        if done is not None:
            self.say(_("Decision {number} is recorded.").format(number=done.id))

    # Ways on.

    @work
    async def action_begin_case(self) -> None:
        """Begin what the ticket leads on to: a case of an abuse notice, the record of an
        authority's letter, with what could be read of it.
        """
        arrival = receive(self.ticket.text)
        owners = await self._owners_of(arrival)
        self.host.open(lead_of_arrival(arrival, self._whose, owners))

    @work
    async def action_matrix(self) -> None:
        """Every row of the matrix."""
        from noc_tui.console.screens.scope.matrix import ScopeMatrix

        await self.app.push_screen(ScopeMatrix())

    @work
    async def action_history(self) -> None:
        """Decisions so far."""
        from noc_tui.console.screens.scope.history import ScopeHistory

        await self.app.push_screen(ScopeHistory())
