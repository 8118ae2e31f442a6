"""Earlier handovers: opens one, shows what changed since the one before, exports it to a file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.getters import query_one
from textual.widgets import Label, Static

from noc_tui.console.commands import Command
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.screen import NocScreen
from noc_tui.handover.build import item_text
from noc_tui.handover.diff import Form, as_file, find_ended, find_new, title
from noc_tui.i18n import N_, _
from noc_tui.labels import formats, states
from noc_tui.text import visible
from noc_tui.threads import in_thread
from storage import oncall
from storage.connection import Readable
from storage.oncall import Handover, HandoverItem
from widgets.columns import Column
from widgets.live_table import LiveTable


@dataclass(frozen=True, slots=True)
class HandoverArchive:
    """The handovers, newest first; the items of the one that is opened and of the one before."""

    handovers: Sequence[Handover]
    opened: Handover | None = None
    rows: Sequence[HandoverItem] = field(default=())
    before: Sequence[HandoverItem] = field(default=())


class HandoversScreen(NocScreen[HandoverArchive]):
    """The list, and below it the handover under the cursor."""

    CSS_PATH = "handover.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command("handovers.export", "e", "export", N_("Export"), N_("Keep it as a file")),
        Command("handovers.close", "escape", "close", N_("Back")),
    )

    table = query_one("#handovers", LiveTable)
    heading = query_one("#heading", Label)
    opened = query_one("#opened", Static)

    def __init__(self) -> None:
        super().__init__()
        self._wanted: int | None = None
        self._shelf = HandoverArchive(())

    def body(self) -> ComposeResult:
        yield Label("", id="heading", markup=False)
        yield _table(self.host.key_of("handover.begin", "o"))
        with VerticalScroll(id="detail"):
            yield Static(id="opened", markup=False)

    def on_mount(self) -> None:
        self.table.sort_by("id", descending=True)
        self.table.focus()

    async def read(self, db: Readable, since: int) -> HandoverArchive:
        found = await oncall.handovers(db)
        chosen = (one for one in found if self._wanted in (None, one.id))
        opened = next(chosen, None)
        if opened is None:
            return HandoverArchive(found)
        rows = await oncall.items_of(db, opened.id)
        return HandoverArchive(found, opened, rows, await oncall.items_of(db, opened.id - 1))

    def show(self, data: HandoverArchive) -> None:
        self._shelf = data
        self.table.sync({str(one.id): one for one in data.handovers})
        text = _("Handovers so far: {count}").format(count=len(data.handovers))
        self.heading.update(text)
        self.opened.update(_draw_shelf(data))
        if data.opened is not None and self._wanted not in (None, data.opened.id):
            self.renew(anew=True)  # the cursor moved on while this was read

    @on(LiveTable.RowHighlighted)
    def _moved(self) -> None:
        row: Handover | None = self.table.cursor_row
        if row is not None and row.id != self._wanted:
            self._wanted = row.id
            self.renew(anew=True)

    @work
    async def action_export(self) -> None:
        """Write the one that is opened to a file: HTML where the name says so, else Markdown."""
        shelf = self._shelf
        if shelf.opened is None:
            self.say(_("there was no handover yet"), severity="warning")
            return
        name = str(Path.home() / f"handover-{shelf.opened.id}.md")
        to = await self.app.push_screen_wait(
            Ask(_("Export the handover"), _("A file ending in .md or .html"), value=name)
        )
        if to is None:
            return
        form: Form = "html" if to.endswith((".html", ".htm")) else "md"
        text = as_file(shelf.opened, shelf.rows, shelf.before, form)
        try:
            await in_thread(_write, Path(to), text)
        except OSError as error:
            self.say(f"{visible(to)}: {error.strerror}", severity="error")
        else:
            self.say(_("written: {file}").format(file=visible(to)))

    def action_close(self) -> None:
        """Back to the handover of now."""
        self.app.pop_screen()


def _write(file: Path, text: str) -> None:
    """To a new file: nothing that is there already is overwritten."""
    with file.expanduser().open("x", encoding="utf-8") as opened:
        opened.write(text)


def _draw_shelf(shelf: HandoverArchive) -> Text:
    """The opened handover, line by line: `+` is new, `−` was in the one before."""
    if shelf.opened is None:
        return Text()
    new, ended = find_new(shelf.rows, shelf.before), find_ended(shelf.rows, shelf.before)
    drawn = Text(title(shelf.opened, len(shelf.rows)), style="bold")
    drawn.append(
        " · " + _("{fresh} new, {gone} no more").format(fresh=len(new), gone=len(ended)), "not bold"
    )
    for row in shelf.rows:
        mark = "✔" if row.accepted_at else "·"
        sign = "+" if row.position in new else " "
        due = f"  {formats.instant(row.due)}" if row.due else ""
        told = f"{sign} {mark} {row.position}. {item_text(row.kind, row.words)}{due}"
        drawn.append(f"\n{told}  {visible(row.holder)}".rstrip(), "not bold")
    for row in ended:
        drawn.append(f"\n−   {item_text(row.kind, row.words)}", "not bold dim")
    return drawn


def _table(begin: str) -> LiveTable[Handover]:
    return LiveTable(
        [
            Column("id", _("No."), 5, lambda row: str(row.id), order=lambda row: row.id),
            Column("state", _("State"), 8, lambda row: states.word_of(states.HANDOVER, row.state)),
            Column("opened", _("Opened"), 17, lambda row: formats.instant(row.opened_at)),
            Column("outgoing", _("From"), 10, lambda row: visible(row.outgoing), stretch=1),
            Column("incoming", _("To"), 10, lambda row: visible(row.incoming), stretch=1),
            Column(
                "signed", _("Signed"), 17,
                lambda row: formats.instant(row.signed_at) if row.signed_at else "", priority=1,
            ),
        ],
        words=lambda row: f"{row.id} {row.outgoing} {row.incoming}",
        empty=_("There was no handover yet: {key} on the screen before begins one.").format(
            key=begin
        ),
        no_match=_("No handover matches {filter}"),
        id="handovers",
    )  # fmt: skip
