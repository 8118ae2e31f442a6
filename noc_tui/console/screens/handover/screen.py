"""Handover: what is handed over, taken item by item; the rota; notes for the next shift."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.getters import query_one
from textual.widgets import Label, Static

from noc_tui.api import handover as api
from noc_tui.console.commands import Command
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.confirm import Confirm
from noc_tui.console.dialogs.page import PageDialog
from noc_tui.console.fact_lines import Fact, facts
from noc_tui.console.references import reference_of_subject
from noc_tui.console.screen import NocScreen
from noc_tui.console.terms import terms_book
from noc_tui.handover.build import item_text
from noc_tui.handover.diff import as_file, title
from noc_tui.handover.read import build_handover
from noc_tui.i18n import N_, _, ngettext
from noc_tui.labels import formats
from noc_tui.paging.recipients import next_on_call, on_call
from noc_tui.roles import Role
from noc_tui.text import visible
from storage import oncall
from storage.connection import Readable
from storage.oncall import Handover, HandoverItem, Presence, Shift
from widgets.columns import Column
from widgets.live_table import LiveTable

LOOK_AHEAD = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class HandoverData:
    """A handover (None: only what one would hold), its items, what is new since the last one."""

    handover: Handover | None
    rows: list[HandoverItem]
    fresh: frozenset[tuple[str, str]]
    shifts: list[Shift]
    before: tuple[HandoverItem, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item as it is listed; `fresh` was not in the handover before. `entry` says of which
    handover it was read: one built anew may have the same number.
    """

    row: HandoverItem
    text: str
    due: str
    fresh: bool
    entry: int | None


def _act(name: str, key: str, title: str, text: str) -> Command:
    return Command(f"handover.{name}", key, name, title, text, role=Role.OPERATOR, needs_nocd=True)


class HandoverScreen(NocScreen[HandoverData]):
    """The handover that is open, else what one would hold now."""

    CSS_PATH = "handover.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        _act("begin", "o", N_("Hand over"), N_("Build the handover from the state")),
        _act("accept", "space", N_("Accept"), N_("Take this item over")),
        _act("sign", "s", N_("Sign"), N_("Close it: what was not accepted stays where it is")),
        _act("note", "n", N_("Note"), N_("A note for the next shift")),
        Command(
            "handover.document", "p", "document", N_("Document"),
            N_("The document that both shifts sign"),
        ),
        Command("handover.history", "h", "history", N_("History"), N_("Handovers so far")),
    )  # fmt: skip

    table = query_one("#items", LiveTable)
    heading = query_one("#heading", Label)
    rota = query_one("#rota", Static)
    known = query_one("#known", Static)

    def __init__(self) -> None:
        super().__init__()
        self._turn: HandoverData | None = None

    def body(self) -> ComposeResult:
        yield Label("", id="heading", markup=False)
        yield Static("", id="rota", markup=False)
        yield _items_table(self.key_of)
        with VerticalScroll(id="detail"):
            yield Static(id="known", classes="detail")

    def on_mount(self) -> None:
        self.table.focus()

    async def read(self, db: Readable, since: int) -> HandoverData:
        now = self.now()
        last = await oncall.last_handover(db)
        shifts = await oncall.shifts_from(db, now)
        if last is not None and last.state == "open":
            rows = await oncall.items_of(db, last.id)
            before = await oncall.items_of(db, last.id - 1)
            return HandoverData(last, rows, _fresh(rows, before), shifts, tuple(before))
        before = [] if last is None else await oncall.items_of(db, last.id)
        rows = await build_handover(db, now, now + LOOK_AHEAD, terms_book(self.session))
        return HandoverData(None, rows, _fresh(rows, before), shifts)

    def show(self, data: HandoverData) -> None:
        self._turn = data
        entry = None if data.handover is None else data.handover.evidence
        lines = {
            f"{row.kind} {row.subject}": ItemLine(
                row,
                item_text(row.kind, row.words),
                formats.instant(row.due) if row.due else "",
                (row.kind, row.subject) in data.fresh,
                entry,
            )
            for row in data.rows
        }
        self.table.sync(lines)
        self.heading.update(_head(data))
        self.rota.update(f"{_rota(data.shifts, self.now())} · {_here(self.session.others)}")

        self._detail()

    @on(LiveTable.RowHighlighted)
    def _detail(self) -> None:
        """The item under the cursor in full: its column may be narrow."""
        line: ItemLine | None = self.table.cursor_row
        self.known.update("" if line is None else facts(_facts(line)))

    @work
    async def action_begin(self) -> None:
        """Open a handover."""
        if await self.app.push_screen_wait(
            Confirm(_("Hand over"), _("Another account then accepts item by item."))
        ):
            await self.ask_nocd(api.OPEN(api.Opening()))

    def action_accept(self) -> None:
        """Take the item under the cursor, and look at the next."""
        if self._turn is None:
            return  # what there is to take is still being read
        if self._turn.handover is None:
            self.say(_("no handover is open"), severity="warning")
            return
        self.work_on(self.table.cursor_row, self._accept)
        self.table.action_move(1)  # item by item

    async def _accept(self, line: ItemLine) -> None:
        await self.ask_nocd(api.ACCEPT(api.Acceptance((line.row.position,), line.entry)))

    @on(LiveTable.RowSelected)
    def _open_item(self) -> None:
        """Open what the item is about; it is accepted by its own key alone."""
        line: ItemLine | None = self.table.cursor_row
        if line is None:
            return
        reference = reference_of_subject(line.row.subject)
        if reference is None:
            self.say(_("No screen is of {subjects}.").format(subjects=line.text))
        else:
            self.host.open(reference)

    @work
    async def action_sign(self) -> None:
        """Sign for what was accepted."""
        if self._turn is None or self._turn.handover is None:
            self.say(_("no handover is open"), severity="warning")
            return
        entry = self._turn.handover.evidence
        left = sum(row.accepted_at is None for row in self._turn.rows)
        text = _("Not accepted, and so still with {name}: {count}.").format(
            count=left, name=visible(self._turn.handover.outgoing)
        )
        if await self.app.push_screen_wait(Confirm(_("Sign the handover"), text)):
            await self.ask_nocd(api.SIGN(api.Signature(entry)))

    @work
    async def action_document(self) -> None:
        """Show the document of the handover that is open; of an earlier one the history does."""
        turn = self._turn
        if turn is None:
            return
        if turn.handover is None:
            text = _("No handover is open: {key} shows earlier ones and exports them.")
            self.say(text.format(key=self.key_of("handover.history")), severity="warning")
            return
        page = as_file(turn.handover, turn.rows, turn.before)
        await self.app.push_screen_wait(PageDialog(title(turn.handover, len(turn.rows)), page))

    @work
    async def action_history(self) -> None:
        """Handovers so far."""
        from noc_tui.console.screens.handover.history import HandoversScreen

        await self.app.push_screen(HandoversScreen())

    @work
    async def action_note(self) -> None:
        """Leave a note."""
        await self.ask_in(
            Ask(_("A note for the next shift")), lambda text: api.NOTE(api.Note(text))
        )


def _facts(line: ItemLine) -> list[Fact]:
    told = [(_("What"), line.text)]
    if line.due:
        told.append((_("Due"), line.due))
    if line.row.holder:
        told.append((_("With"), visible(line.row.holder)))
    return told


def _fresh(rows: list[HandoverItem], before: list[HandoverItem]) -> frozenset[tuple[str, str]]:
    known = {(row.kind, row.subject) for row in before}
    return frozenset((row.kind, row.subject) for row in rows) - known


def _head(turn: HandoverData) -> str:
    if turn.handover is None:
        return ngettext(
            "Next handover (draft): {count} item, {fresh} new",
            "Next handover (draft): {count} items, {fresh} new",
            len(turn.rows),
        ).format(count=len(turn.rows), fresh=len(turn.fresh))
    accepted = sum(row.accepted_at is not None for row in turn.rows)
    return _("Handover {number} of {name}: {accepted} of {count} accepted").format(
        number=turn.handover.id,
        name=visible(turn.handover.outgoing),
        accepted=accepted,
        count=len(turn.rows),
    )


def _rota(shifts: list[Shift], now: datetime) -> str:
    current, following = on_call(shifts, now), next_on_call(shifts, now)
    told = [_("on call: no one is scheduled")]
    if current is not None:
        told = [
            _("on call: {name} until {time}").format(
                name=visible(current.account), time=formats.instant(current.end)
            )
        ]
    if following is not None:
        told.append(
            _("then {name} from {time}").format(
                name=visible(following.account), time=formats.instant(following.start)
            )
        )
    return " · ".join(told)


def _here(others: Sequence[Presence]) -> str:
    """Return who else has a console open, and on which case."""
    told = [f"{row.account} ({row.subject})" if row.subject else row.account for row in others]
    names = visible(", ".join(dict.fromkeys(told)))
    return _("also here: {names}").format(names=names) if told else _("no one else is here")


def _items_table(key_of: Callable[[str], str]) -> LiveTable[ItemLine]:
    return LiveTable(
        [
            Column(
                "state", _("Taken"), 7, lambda row: "✔" if row.row.accepted_at else "·",
                tone=lambda row: "good" if row.row.accepted_at else "",
            ),
            Column("text", _("What"), 30, lambda row: row.text, stretch=4),
            Column(
                "due", _("Due"), 17, lambda row: row.due, order=lambda row: row.row.due,
                kind="until",
            ),
            Column("new", _("New"), 5, lambda row: "+" if row.fresh else "", priority=2),
            Column("holder", _("With"), 10, lambda row: visible(row.row.holder), priority=1),
        ],
        words=lambda row: f"{row.text} {row.row.kind} {row.row.holder}",
        opens=True,
        empty=_("Nothing is open. {note} leaves a note, {begin} hands over.").format(
            note=key_of("handover.note"), begin=key_of("handover.begin")
        ),
        no_match=_("No item matches {filter}"),
        id="items",
    )  # fmt: skip
