"""One suspension: the wizard while it is prepared, its guests while it stands, its restoration.

Every answer goes to `nocd` at once: when the link is lost, the draft is there on return.
Enter does whatever comes next; each thing can also be asked for by its own key.
"""

import asyncio
from datetime import datetime
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.getters import query_one
from textual.widgets import Label, Static

from noc_tui.api.suspension import PAGE
from noc_tui.console.commands import Command
from noc_tui.console.nocd.client import NocdError
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.suspension.data import CaseData, read_case, read_secret_case
from noc_tui.console.screens.suspension.standing_actions import STANDING_VERBS, Standing
from noc_tui.console.screens.suspension.view import before_next, left, next_line, right
from noc_tui.console.screens.suspension.wizard import WIZARD_VERBS, Wizard
from noc_tui.i18n import N_, _
from noc_tui.labels import states
from noc_tui.labels.cases import ground_words
from noc_tui.roles import Role
from noc_tui.text import visible
from storage.connection import Readable


def _command(
    verb: str,
    key: str,
    title: str,
    text: str,
    *,
    show: bool = True,
    role: Role = Role.OPERATOR,
) -> Command:
    return Command(
        f"suspension.{verb}",
        key,
        f"talk('{verb}')",
        title,
        text,
        role=role,
        needs_nocd=True,
        show=show,
    )


SECRET_SECONDS = 3
"""So often a secret case is asked for anew while it is seen: a tick is a second."""


class SuspensionScreen(NocScreen[CaseData]):
    """A case, and every step that can be taken with it."""

    CSS_PATH = "suspension.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command("suspension.close", "escape", "close", N_("Back")),
        _command("next", "enter", N_("Next"), N_("The next step")),
        _command("guests", "g", N_("Guests"), N_("Choose what is suspended")),
        _command("means", "m", N_("Means"), N_("Choose the means, the mildest first")),
        _command("time", "k", N_("Time"), N_("When it is carried out; moves an order that waits")),
        _command("debt", "i", N_("Debt"), N_("What accounting says of the debt"), show=False),
        _command("answer", "f", N_("Answer"), N_("Answer a step of the checklist")),
        _command("tick", "t", N_("Clause"), N_("Tick a clause of the Charte"), show=False),
        _command("withdraw", "u", N_("Withdraw a proof"), N_("Take a proof back"), show=False),
        _command("answered", "b", N_("Client"), N_("What the client answered"), show=False),
        _command("waive", "w", N_("Waive"), N_("Set a step aside, with a reason"), show=False),
        _command("mail", "e", N_("Mail"), N_("Write the mail to the client")),
        _command("notice", "n", N_("Notice"), N_("Send the notice, or set it aside")),
        _command("preview", "p", N_("Preview"), N_("What would be done, guest by guest")),
        _command("check", "c", N_("Check"), N_("Is the case complete?"), show=False),
        _command("approve", "y", N_("Approve"), N_("Agree to the plan of somebody else")),
        _command("order", "o", N_("Order"), N_("Carry it out")),
        _command("reapply", "a", N_("Re-apply"), N_("Apply it again where it no longer holds")),
        _command("review", "v", N_("Review"), N_("The second look that is owed"), show=False),
        _command("access", "d", N_("Data"), N_("The client's access to its data"), show=False),
        _command(
            "file",
            "s",
            N_("File"),
            N_("What a termination letter needs, to be printed"),
            show=False,
        ),
        _command(
            "letter",
            "l",
            N_("Letter"),
            N_("A termination letter went by post"),
            show=False,
            role=Role.LEAD,
        ),
        _command("restore", "r", N_("Restore"), N_("Bring back what was before")),
        _command("cancel", "x", N_("Drop"), N_("Drop the case"), show=False),
    )

    heading = query_one("#title", Label)
    upcoming = query_one("#next", Label)
    column = query_one("#left", VerticalScroll)
    steps = query_one("#steps", Static)
    guests = query_one("#guests", Static)

    def __init__(self, identifier: str) -> None:
        super().__init__()
        self.identifier = identifier
        self._read: CaseData | None = None
        self._ticks = 0
        self._upcoming = ""
        self._talking = asyncio.Lock()
        self._drawing = False

    @property
    def _may_be_secret(self) -> bool:
        """Whether the case is one that `nocd` answers, or may be: nothing of it was read yet."""
        read = self._read
        return self.session.who.confidential if read is None else read.secret

    @property
    def subject(self) -> str:
        """The case, once it is known to be one of which all may know."""
        known = self._read is not None and not self._read.secret
        return f"suspension:{self.identifier}" if known else ""

    def body(self) -> ComposeResult:
        yield Label("", id="title", markup=False)
        yield Label("", id="next", markup=False)
        with Horizontal():
            with VerticalScroll(id="left"):
                yield Static(id="steps", markup=False)
            with VerticalScroll():
                yield Static(id="guests", markup=False)

    async def read(self, db: Readable, since: int) -> CaseData | None:
        found = await read_case(db, self.identifier)
        if found is None and self.session.who.confidential:
            found = await self._read_secret(db)
        return found

    async def _read_secret(self, db: Readable) -> CaseData | None:
        """The case as `nocd` answers it to who may know; None where it does not."""
        try:
            page = await self.session.nocd.ask(PAGE(id=self.identifier))
        except NocdError:
            return None
        return await read_secret_case(db, page)

    def show(self, data: CaseData) -> None:
        self._read = data
        case, terms = data.case, data.terms
        article = "" if terms is None else f" (art. {terms.ground(case.ground).article})"
        mark = f" · {_('rehearsal')}" if case.rehearsal else ""
        secret = f"{_('secret')} · " if data.secret else ""
        self.heading.update(
            f"{case.id} · {secret}{states.label_text(states.CASE, case.state)} · "
            f"{visible(case.tenant_name)} · "
            f"{ground_words(case, terms)}{article}{mark}"
        )
        self._draw(self.now())

    def tick(self, now: datetime) -> None:
        self._ticks += 1
        if self._may_be_secret and self._ticks % SECRET_SECONDS == 0:
            self.renew(anew=True)  # no revision of the database tells that it moved
        elif self._read is not None and now.second == 0:
            self._draw(now)

    def _draw(self, now: datetime) -> None:
        if self._read is not None:
            upcoming = next_line(self._read, now, self.session.who.name, self.key_of)
            moved = upcoming != self._upcoming
            self._upcoming = upcoming
            self.upcoming.update(upcoming)
            self.steps.update(left(self._read, now, self.key_of))
            self.guests.update(right(self._read))
            if moved:
                self.call_after_refresh(self._show_upcoming)

    def _show_upcoming(self) -> None:
        """Bring the next open step into view; where the operator scrolled since, it stays."""
        if self._read is None or not self.steps.size.width:
            return
        above = before_next(self._read, self.now(), self.key_of)
        line = len(above.wrap(self.app.console, self.steps.size.width)) if above else 0
        seen = self.column.scrollable_content_region.height
        self.column.scroll_to(y=max(0, line - seen // 2), animate=False)

    def action_close(self) -> None:
        """Go back, unless `nocd` works on what was asked: what comes of it is told here."""
        if self._talking.locked() and not self._drawing:
            self.say(_("nocd still works on what was asked: wait for its answer."))
        else:
            self.app.pop_screen()

    @work
    async def action_talk(self, verb: str) -> None:
        """Ask the operator what the verb needs, and `nocd` to do it.

        A key that comes before the answer is drawn waits: it is about the case as it then is.
        """
        async with self._talking:
            if self._read is None:
                return
            read = self._read
            if read.terms is None:
                do = STANDING_VERBS.get(verb, Standing.explain_missing_terms)
                await do(Standing(self, read))
            else:
                await WIZARD_VERBS[verb](Wizard(self, read, read.terms))
            self._drawing = True  # nocd has answered, or nothing was asked
            try:
                await self.read_first()
            finally:
                self._drawing = False
