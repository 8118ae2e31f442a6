"""The end of a month: what is open, each tenant's figures and credit; closed, mailed, exported."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.getters import query_one
from textual.widgets import Label, Static

from noc_tui.api import months as api
from noc_tui.console.commands import Command
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.confirm import Confirm
from noc_tui.console.dialogs.page import PageDialog
from noc_tui.console.references import IncidentRef, ModeRef, Reference, TenantRef
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.month.tables import mails_text, open_table, tenants_table
from noc_tui.console.terms import terms_book
from noc_tui.contract.calendar import Month
from noc_tui.i18n import N_, _, ngettext
from noc_tui.labels import formats
from noc_tui.labels.month_end import describe_closing, describe_item, describe_state
from noc_tui.queries.kept_heads import read_kept_heads
from noc_tui.queries.month_end import read_month_end
from noc_tui.queries.record_check import INTACT_RECORD, RecordCheck, check_month_end_rows
from noc_tui.roles import Role
from noc_tui.statement.folder import write_credits, write_papers
from noc_tui.statement.manifest import PaperManifest
from noc_tui.text import visible
from noc_tui.threads import in_thread
from noc_tui.views.month_end import MonthEnd, OpenItem, TenantEndLine
from storage.connection import Readable
from storage.times import micros
from widgets.live_table import LiveTable
from widgets.pane import Pane

LISTED = 4
"""So many lines of what is open fit a question at 80×24."""
TOGETHER = 3
"""Tenants a request: `nocd` takes some seconds to print them, and the console waits no longer."""


class MonthEndScreen(NocScreen[MonthEnd]):
    """What is open above, the tenants below."""

    CSS_PATH = "month.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command("month.back", "escape", "app.pop_screen", N_("Back")),
        Command("month.before", "left_square_bracket", "month(-1)", N_("Month before")),
        Command("month.after", "right_square_bracket", "month(1)", N_("Month after")),
        Command(
            "month.close", "C", "close_month", N_("Close the month"),
            N_("Close the month that is over"),
            role=Role.LEAD, needs_nocd=True,
        ),
        Command(
            "month.reopen", "R", "reopen_month", N_("Reopen"),
            N_("Reopen the month, so that a figure may change"), role=Role.LEAD, needs_nocd=True,
        ),
        Command(
            "month.mail", "M", "mail_statements", N_("Mail all"),
            N_("Mail the statements of the closed month, each once"), role=Role.LEAD,
            needs_nocd=True,
        ),
        Command(
            "month.export", "e", "export", N_("Export"),
            N_("Statements and credits into a folder, signed"), role=Role.OPERATOR,
            needs_nocd=True,
        ),
        Command("month.history", "h", "history", N_("Closings"), N_("Every closing and reopening")),
    )  # fmt: skip

    heading = query_one("#heading", Label)
    standing = query_one("#state", Static)
    opened = query_one("#open", LiveTable)
    ends = query_one("#ends", LiveTable)
    detail = query_one("#detail", Static)

    def __init__(self, month: str) -> None:
        super().__init__()
        self.month = Month.parse(month)
        self._data: MonthEnd | None = None
        self._check: RecordCheck = INTACT_RECORD
        self._checked = False
        self.compared = False

    def body(self) -> ComposeResult:
        yield Label("", id="heading", markup=False)
        yield Static(_("reading …"), id="state", markup=False)
        yield Pane(open_table(), title=_("To settle"), id="open-pane")
        yield Pane(tenants_table(), title=_("Tenants"), id="ends-pane")
        yield Static(id="detail", markup=False)

    def on_mount(self) -> None:
        self.opened.focus()

    async def read(self, db: Readable, since: int) -> MonthEnd:
        now, book = micros(self.now()), terms_book(self.session)
        return await read_month_end(db, self.month, now, book, self._check)

    def show(self, data: MonthEnd) -> None:
        if data.month != str(self.month):
            return
        self._data = data
        blocking, others = len(data.blocking), len(data.closable)
        head = _("Month’s end: {month}").format(month=data.month)
        self.heading.update(f"{head} · {describe_state(data)}")
        counts = _("in the way: {blocking} · may stay open: {others} · tenants: {tenants}")
        self.standing.update(
            counts.format(blocking=blocking, others=others, tenants=len(data.tenants))
        )
        self.opened.sync({one.id: one for one in data.open})
        self.ends.sync({one.tenant: one for one in data.tenants})
        self.query_one("#open-pane", Pane).entitle(f"{_('To settle')} · {len(data.open)}")
        self.query_one("#ends-pane", Pane).entitle(f"{_('Tenants')} · {len(data.tenants)}")
        self._below()
        if not self._checked:
            self._checked = True
            self.call_after_refresh(self._compare)

    @work(group="check", exclusive=True)
    async def _compare(self) -> None:
        """Compare the rows with the record once: the screen does not wait for it."""
        config = self.session.config
        heads = await in_thread(read_kept_heads, config)
        self._check = await in_thread(check_month_end_rows, config.database.path, heads)
        self.compared = True
        self.renew(anew=True)

    @on(LiveTable.RowHighlighted)
    def _below(self) -> None:
        line: TenantEndLine | None = self.ends.cursor_row
        item: OpenItem | None = self.opened.cursor_row
        if self.focused is self.ends and line is not None:
            self.detail.update(_tenant_text(line))
        else:
            self.detail.update("" if item is None else describe_item(item))

    def on_descendant_focus(self) -> None:
        """The detail is about the table that has the focus."""
        self._below()

    def action_month(self, step: int) -> None:
        """Another month."""
        self.month = self.month.next if step > 0 else self.month.previous
        self.renew(anew=True)

    @on(LiveTable.RowSelected)
    def _follow(self) -> None:
        """Open what the row under the cursor is about."""
        line: TenantEndLine | None = self.ends.cursor_row
        item: OpenItem | None = self.opened.cursor_row
        if self.focused is self.ends:
            if line is not None:
                self.host.open(TenantRef(line.tenant))
        elif item is not None and (reference := _reference_of(item)) is not None:
            self.host.open(reference)

    @work
    async def action_close_month(self) -> None:
        """Ask why it is closed with what is open, and close it."""
        data = self._data
        if data is None:
            return
        if data.state == "closed":
            self.say(_("{month} is closed already").format(month=data.month))
            return
        if data.blocking:
            lines = "\n".join(f"- {describe_item(one)}" for one in data.blocking)
            title = _("{month} cannot be closed yet").format(month=data.month)
            await self.app.push_screen_wait(PageDialog(title, lines))
            return
        title, month = _("Close {month}?").format(month=data.month), data.month
        left = tuple(one.id for one in data.closable)
        if data.closable:
            head = _("This stays open. Why is the month closed all the same?")
            text = "\n".join([head, *_first_items(data.closable)])
            made = await self.ask_in(
                Ask(title, text),
                lambda reason: api.CLOSE(api.Closing(left, reason), month=month),
            )
        elif await self.app.push_screen_wait(
            Confirm(title, _("After that, a figure changes only once a lead has reopened it."))
        ):
            made = await self.ask_nocd(api.CLOSE(api.Closing((), ""), month=month))
        else:
            return
        if made is not None:
            self.renew(anew=True)

    @work
    async def action_reopen_month(self) -> None:
        """Ask why, and reopen."""
        title = _("Reopen {month}?").format(month=self.month)
        text = _("Why? Every client reads it on its next statement: name none of them.")
        made = await self.ask_in(
            Ask(title, text),
            lambda reason: api.REOPEN(api.Reopening(reason), month=str(self.month)),
        )
        if made is not None:
            self.renew(anew=True)

    @work
    async def action_mail_statements(self) -> None:
        """Confirm, and have them mailed."""
        data = self._data
        if data is None:
            return
        title = _("Mail the statements of {month}?").format(month=data.month)
        text = ngettext(
            "{n} client gets its statement as a PDF, in French. Nobody gets the same twice.",
            "{n} clients get their statements as PDF, in French. Nobody gets the same twice.",
            len(data.tenants),
        ).format(n=len(data.tenants))
        if not await self.app.push_screen_wait(Confirm(title, text)):
            return
        queued, left = 0, list[str]()
        for some in _batches([one.tenant for one in data.tenants]):
            made = await self.ask_nocd(api.MAIL(api.Papers(some), month=data.month))
            if made is None:
                return
            queued += len(made.queued)
            left += [f"{one.tenant}: {one.why}" for one in made.left_out]
        said = ngettext("{n} letter is to be sent", "{n} letters are to be sent", queued)
        self.say("\n".join([said.format(n=queued), *map(visible, left)]))
        self.renew(anew=True)

    @work
    async def action_export(self) -> None:
        """Write statements, signatures and the credits' CSV into a folder."""
        data = self._data
        if data is None:
            return
        folder = str(Path.home() / f"statements-{data.month}")
        title = _("Export {month}").format(month=data.month)
        text = _("A folder for the signed statements, in French, and the credits as CSV")
        to = await self.app.push_screen_wait(Ask(title, text, value=folder))
        if to is None:
            return
        papers = [one async for one in self._papers(data)]
        if not papers:
            return
        last = papers[-1]
        wanted = api.FolderCredits(last.manifest, last.manifest_signature)
        granted = await self.ask_nocd(api.CREDITS(wanted, month=data.month))
        if granted is None:
            return
        try:
            made = await in_thread(write_export, to, papers, granted)
        except OSError as error:
            self.say(f"{visible(to)}: {error.strerror}", severity="error")
            return
        self._say_made(made, granted.left_out, to)

    def _say_made(self, made: PaperManifest, doubted: Sequence[api.LeftOut], folder: str) -> None:
        named = dict.fromkeys(f"{one.tenant}: {one.why}" for one in (*made.left_out, *doubted))
        left = [visible(one) for one in named]
        text = ngettext(
            "{n} file and its signature in {folder}",
            "{n} files and their signatures in {folder}",
            len(made.files),
        ).format(n=len(made.files), folder=visible(folder))
        self.say("\n".join([text, *left]), severity="warning" if left else "information")

    async def _papers(self, data: MonthEnd) -> AsyncIterator[api.SignedPapers]:
        manifest, signature = b"", b""
        for some in _batches([one.tenant for one in data.tenants]):
            wanted = api.PrintedPapers(some, manifest=manifest, manifest_signature=signature)
            made = await self.ask_nocd(api.STATEMENTS(wanted, month=data.month))
            if made is None:
                return
            manifest, signature = made.manifest, made.manifest_signature
            yield made

    @work
    async def action_history(self) -> None:
        """Show every closing and reopening."""
        data = self._data
        if data is None:
            return
        lines = [line for one in data.closings for line in describe_closing(one)]
        title = _("Closings of {month}").format(month=data.month)
        await self.app.push_screen_wait(PageDialog(title, "\n".join(lines) or _("None.")))


def write_export(
    folder: str, papers: Sequence[api.SignedPapers], granted: api.SignedCredits
) -> PaperManifest:
    """Write the papers and the credits' CSV into a folder; blocks. Raises `OSError`."""
    place = Path(folder).expanduser()
    write_papers(place, papers)
    return write_credits(place, granted)


def _first_items(items: Sequence[OpenItem]) -> list[str]:
    """The first of what is open, and how many more there are: all of it is on the screen behind."""
    lines = [f"- {describe_item(one)}" for one in items[:LISTED]]
    rest = len(items) - len(lines)
    if rest:
        lines.append(ngettext("- and {n} more", "- and {n} more", rest).format(n=rest))
    return lines


def _tenant_text(line: TenantEndLine) -> str:
    parts = [
        f"{visible(line.name)} ({line.tenant})",
        formats.label_line(_("mails"), mails_text(line) or _("none")),
    ]
    if line.changed:
        parts.append(_("other figures than it was closed with"))
    return " · ".join(parts)


def _reference_of(item: OpenItem) -> Reference | None:
    """Where an item is dealt with; None where there is nothing to open."""
    kind, _colon, name = item.subject.partition(":")
    if kind == "incident":
        return IncidentRef(int(name))
    if kind == "tenant":
        return TenantRef(name) if name else ModeRef("tenants")
    if kind == "credit":
        return ModeRef("sla")
    return ModeRef("timeline") if kind else None


def _batches(tenants: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(tenants[n : n + TOGETHER]) for n in range(0, len(tenants), TOGETHER)]
