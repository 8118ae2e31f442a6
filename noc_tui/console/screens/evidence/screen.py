"""Evidence: the log, searched by case, tenant, operator, kind and words; each entry in full."""

import json
from datetime import date, datetime, time
from typing import Any, ClassVar

from rich.console import Group
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.getters import query_one
from textual.widgets import Input, Static

from noc_tui.api.evidence import (
    ANCHOR,
    CONFIRM_ERASURE,
    ERASE,
    ERASURE_REQUESTED,
    Erasure,
)
from noc_tui.console.commands import Command
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.confirm import Confirm
from noc_tui.console.fact_lines import facts
from noc_tui.console.filter_line import EntryLine
from noc_tui.console.references import reference_of_subject
from noc_tui.console.screen import NocScreen
from noc_tui.i18n import N_, _, language, ngettext
from noc_tui.kept_words import read_words
from noc_tui.labels import formats
from noc_tui.roles import Role
from noc_tui.text import visible, visible_lines
from storage import evidence
from storage.connection import Readable
from storage.evidence import Entry, Query
from widgets.columns import Column
from widgets.live_table import LiveTable
from widgets.pane import Pane

SHOWN = 300


class EvidenceScreen(NocScreen[list[Entry]]):
    """The newest entries that match."""

    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(
            "evidence.search",
            "slash",
            "search",
            N_("Search"),
            N_("tenant:acme by:omar kind:mail. since:2026-03-01 words"),
            priority=True,
        ),
        Command("evidence.leave", "escape", "leave", N_("All"), N_("Show all"), show=False),
        Command(
            "evidence.anchor",
            "h",
            "anchor",
            N_("Sign head"),
            N_("Sign the head of the chain now"),
            role=Role.OPERATOR,
            needs_nocd=True,
        ),
        Command(
            "evidence.erase", "x", "erase", N_("Erase"),
            N_("Ask that this content be erased; another lead confirms"),
            role=Role.LEAD, needs_nocd=True, show=False,
        ),
        Command(
            "evidence.confirm", "y", "confirm", N_("Confirm erasure"),
            N_("Confirm the erasure that this entry asks for"),
            role=Role.LEAD, needs_nocd=True, show=False,
        ),
    )  # fmt: skip

    table = query_one("#entries", LiveTable)
    entry = query_one("#search", EntryLine)
    pane = query_one("#list-pane", Pane)
    detail_pane = query_one("#detail-pane", Pane)
    known = query_one("#known", Static)

    def __init__(self) -> None:
        super().__init__()
        self._query = Query(limit=SHOWN)

    def body(self) -> ComposeResult:
        yield EntryLine(
            id="search", placeholder=_("tenant:acme by:omar kind:mail. since:2026-03-01 words")
        )
        with Container(classes="listing"):
            yield Pane(_entries_table(), title=_("Evidence"), id="list-pane")
            with Pane(id="detail-pane", classes="beside"), VerticalScroll(id="detail"):
                yield Static(id="known", classes="detail")

    def on_mount(self) -> None:
        self.table.sort_by("seq", descending=True)
        self.table.focus()

    async def read(self, db: Readable, since: int) -> list[Entry]:
        return await evidence.search(db, self._query)

    def show(self, data: list[Entry]) -> None:
        self.table.sync({str(entry.seq): entry for entry in data})
        count = len(data)
        text = ngettext("{count} entry", "{count} entries, the newest first", count)
        if count >= SHOWN:
            text = _("the newest entries, {count}: search to see others")
        self.pane.entitle(f"{_('Evidence')} · {text.format(count=count)}")
        self._detail()

    @on(LiveTable.RowHighlighted)
    def _detail(self) -> None:
        entry: Entry | None = self.table.cursor_row
        self.known.update("" if entry is None else _describe(entry))
        title = "" if entry is None else f"{entry.seq} · {visible(entry.kind)}"
        self.detail_pane.entitle(title)

    @on(LiveTable.RowSelected)
    def _open_subject(self) -> None:
        """Open what the entry is about: the first of its subjects that has a screen."""
        entry: Entry | None = self.table.cursor_row
        if entry is None:
            return
        found = (reference_of_subject(subject) for subject in entry.subjects)
        reference = next((one for one in found if one is not None), None)
        if reference is None:
            self.say(
                _("No screen is of {subjects}.").format(subjects=visible(", ".join(entry.subjects)))
            )
        else:
            self.host.open(reference)

    def action_search(self) -> None:
        """Type what to look for."""
        self.entry.open()

    def action_leave(self) -> None:
        """Everything again."""
        if not self.entry.in_use:
            self.host.back()
            return
        self.entry.close()
        self.table.focus()
        self._look_for("")

    def list_matching(self, text: str) -> None:
        self.entry.open()
        self.entry.value = text
        self.table.focus()
        self._look_for(text)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        self.table.focus()
        self._look_for(event.value)

    def _look_for(self, text: str) -> None:
        self._query = query_of(text)
        self.renew(anew=True)

    @work
    async def action_anchor(self) -> None:
        """Sign the head; its line is shown, to be kept elsewhere."""
        head = await self.ask_nocd(ANCHOR())
        if head is not None:
            text = ngettext("Head over {count} entry", "Head over {count} entries", head.count)
            self.say(head.line(), title=text.format(count=head.count))

    def action_erase(self) -> None:
        """Ask for the reason, and for the erasure."""
        self.work_on(self.table.cursor_row, self._erase)

    async def _erase(self, entry: Entry) -> None:
        title = _("Erase the content of entry {number}").format(number=entry.seq)
        asked = await self.ask_in(
            Ask(title, _("Why? It stays on record.")),
            lambda reason: ERASE(Erasure((entry.seq,), reason)),
        )
        if asked is not None:
            text = _("Asked for by entry {number}: another lead confirms it within a day.")
            self.say(text.format(number=asked.entry))
            self.renew(anew=True)

    def action_confirm(self) -> None:
        """Confirm what another lead asked for."""
        self.work_on(self.table.cursor_row, self._confirm)

    async def _confirm(self, entry: Entry) -> None:
        if entry.kind != ERASURE_REQUESTED:
            self.say(_("Entry {number} asks for no erasure.").format(number=entry.seq))
            return
        title = _("Erase for good what entry {number} asks for?").format(number=entry.seq)
        text = _("The contents cannot be brought back. The entries stay, and the chain.")
        if await self.app.push_screen_wait(Confirm(title, text)):
            done = await self.ask_nocd(CONFIRM_ERASURE(number=str(entry.seq)))
            if done is not None:
                self.say(_("Erased, by entry {number}.").format(number=done.entry))
                self.renew(anew=True)


def query_of(text: str) -> Query:
    """`tenant:acme by:omar kind:mail. since:2026-03-01 until:2026-04-01 words` as a query.

    Days are Paris's; `until` is the first day that is not looked at. What is no day is a word.
    """
    found: dict[str, Any] = {}
    rest = []
    for word in text.split():
        name, _colon, value = word.partition(":")
        if name in ("since", "until") and (day := _day(value)) is not None:
            found[name] = day
        elif name in ("by", "kind") and value:
            found["account" if name == "by" else "kind"] = value
        elif value:
            found["subject"] = word
        else:
            rest.append(word)
    return Query(text=" ".join(rest) or None, limit=SHOWN, **found)


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(), formats.PARIS)
    except ValueError:
        return None


def _describe(entry: Entry) -> Group:
    known = [
        (_("About"), visible(", ".join(entry.subjects))),
        (_("Hash"), entry.hash),
    ]
    if entry.payload is None:
        text = _("(erased by entry {number})").format(number=entry.erased_by)
    else:
        told = json.dumps(json.loads(entry.payload), ensure_ascii=False, indent=1)
        text = read_words(told, language())
    return Group(facts(known), Text(visible_lines(text)))


def _entries_table() -> LiveTable[Entry]:
    return LiveTable(
        [
            Column(
                "seq", _("No."), 7, lambda row: str(row.seq), order=lambda row: row.seq,
                align="right",
            ),
            Column("at", _("When"), 17, lambda row: formats.instant(row.at),
                   order=lambda row: row.at),
            Column("account", _("By"), 12, lambda row: visible(row.account)),
            Column("kind", _("What"), 24, lambda row: visible(row.kind)),
            Column(
                "about", _("About"), 24, lambda row: visible(", ".join(row.subjects)), stretch=3,
                priority=1,
            ),
        ],
        words=lambda row: f"{row.account} {row.kind} {' '.join(row.subjects)}",
        empty=_("No entry matches: Esc shows all."),
        no_match=_("No entry matches {filter}"),
        opens=True,
        id="entries",
    )  # fmt: skip
