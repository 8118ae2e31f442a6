"""All guests of all clusters in one fast table: sort, filter as one types, order their power."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import ClassVar

from textual import on
from textual.message import Message

from noc_tui.api.acts import MOST_GUESTS
from noc_tui.api.guests import Power
from noc_tui.console.commands import Command
from noc_tui.console.filtered_screen import FilteredScreen
from noc_tui.console.references import GuestList, GuestRef, NewCase, TenantRef
from noc_tui.console.screens.guests.acts import act_on, acts_command
from noc_tui.console.screens.guests.pictures import describe_line
from noc_tui.console.screens.guests.power import POWER, order_power
from noc_tui.console.screens.guests.tables import (
    guests_table,
    is_listed,
    key_of,
    list_title,
)
from noc_tui.i18n import N_, _
from noc_tui.labels import formats
from noc_tui.roles import Role
from noc_tui.text import visible
from storage import guests as stored_guests
from storage.connection import Readable
from storage.guests import GUEST_LINES, GuestLine
from storage.suspension import held_guests
from storage.tables import TableChanges
from widgets.live_table import LiveTable
from widgets.toned_lines import TonedLine


class FirstGuests(Message):
    """Some of all guests, read for the first time: shown at once, while the rest is read."""

    def __init__(self, lines: dict[str, GuestLine]) -> None:
        super().__init__()
        self.lines = lines


class Guests(FilteredScreen[TableChanges[GuestLine]]):
    """The guest table."""

    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command("guests.leave", "escape", "leave", N_("All"), N_("All guests again"), show=False),
        *POWER,
        acts_command(show=False),
        Command(
            "guests.acts", "A", "acts_on_all", N_("All listed …"),
            N_("The same act on every guest that is listed"), show=False, role=Role.OPERATOR,
            needs_nocd=True,
        ),
        Command("guests.tenant", "t", "tenant", N_("Tenant"), N_("Open the guest's tenant")),
        Command("guests.node", "n", "node", N_("Its node"), N_("The guests of the same node")),
        Command(
            "guests.case", "S", "begin_case", N_("New case"), N_("Begin a suspension case here"),
            show=False, role=Role.OPERATOR, needs_nocd=True,
        ),
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._stale: frozenset[str] = frozenset()
        self._held: Mapping[tuple[str, int], str] = {}
        self._held_by_now: Mapping[tuple[str, int], str] = {}
        self._listed: GuestList | None = None

    def make_table(self) -> LiveTable[GuestLine]:
        return guests_table(lambda cluster: cluster in self._stale, self._case_of)

    def _case_of(self, line: GuestLine) -> str:
        """The suspension that a guest is under, empty for none."""
        return self._held.get((line.cluster, line.vmid), "")

    def on_mount(self) -> None:
        self.show_head()
        self.table.focus()

    async def read(self, db: Readable, since: int) -> TableChanges[GuestLine] | None:
        self._held_by_now = await held_guests(db)
        changes = await stored_guests.changes_since(db, since)
        if changes is None:
            return await self._read_all(db)
        moved = changes.rows or changes.deletions or self._held_by_now != self._held
        return changes if moved else None

    async def _read_all(self, db: Readable) -> TableChanges[GuestLine]:
        """Everything, page by page; what remains to be shown is what no page brought again."""
        # A console that ends while it reads has no table any more.
        left = {key: line for table in self.query(LiveTable) for key, line in table.rows.items()}
        async for lines in GUEST_LINES.pages(db):
            page = {key_of(line): line for line in lines}
            self.post_message(FirstGuests(page))
            for key in left.keys() & page.keys():
                del left[key]
        return TableChanges(
            (), [(line.cluster, line.vmid) for line in left.values()], complete=True
        )

    def on_first_guests(self, message: FirstGuests) -> None:
        """Show what was read so far."""
        message.stop()
        self.table.update(message.lines)

    def show(self, data: TableChanges[GuestLine]) -> None:
        self.tick(self.now())
        if self._held_by_now != self._held:
            self._held = self._held_by_now
            self.table.draw_anew()
        self.table.drop(f"{cluster}/{vmid}" for cluster, vmid in data.deletions)
        self.table.update({key_of(line): line for line in data.rows})
        self.show_head()

    def tick(self, now: datetime) -> None:
        stale = self.session.sight.stale_clusters(now)
        if stale != self._stale:
            self._stale = stale
            self.table.draw_anew()

    # What is listed.

    def list_only(self, listed: GuestList | None) -> None:
        """List the guests of a tenant or node only, or all; a filter typed earlier is given up."""
        self._listed = listed
        self.filter_line.set(self.table, "")
        self.table.scope(None if listed is None else partial(is_listed, listed))
        self.show_head()

    def head(self) -> str:
        shown, every = len(self.table.shown_keys), len(self.table.rows)
        title = list_title(self._listed)
        if not self.table.was_read:
            return f"{title} · {formats.READING}"
        text = f"{title} · {shown}" if shown == every else f"{title} · {shown}/{every}"
        if self.table.filter_text:
            text += f" · /{visible(self.table.filter_text)}"
        return text

    def describe_row(self) -> tuple[str, Sequence[TonedLine]]:
        line = self._cursor_line()
        if line is None:
            return "", ()
        title = f"{visible(line.name or formats.UNKNOWN)} · {line.vmid}"
        return title, describe_line(line, self._case_of(line), self.now())

    @on(LiveTable.RowSelected)
    def _opened(self) -> None:
        if line := self._cursor_line():
            self.host.open(GuestRef(line.cluster, line.vmid))

    def _cursor_line(self) -> GuestLine | None:
        return self.table.cursor_row

    # Commands.

    def action_leave(self) -> None:
        """Give up the filter, then the scope."""
        if self.filter_line.in_use:
            self.filter_line.close()
        elif self._listed is not None:
            self.list_only(None)
        else:
            self.host.back()

    def action_tenant(self) -> None:
        """Open the tenant of the guest."""
        line = self._cursor_line()
        if line and line.tenant:
            self.host.open(TenantRef(line.tenant))
        elif line:
            self.say(_("This guest belongs to no tenant of the register."))

    def action_begin_case(self) -> None:
        """Begin a case with the guest under the cursor."""
        line = self._cursor_line()
        if line and line.tenant:
            self.host.open(NewCase(line.tenant, (f"{line.cluster}/{line.vmid}",)))
        elif line:
            self.say(_("This guest belongs to no tenant of the register."))

    def action_node(self) -> None:
        """List the guests on the node of the guest under the cursor."""
        if line := self._cursor_line():
            self.list_only(GuestList(cluster=line.cluster, node=line.node))

    def action_acts(self) -> None:
        """Do one of the daily acts on the guest under the cursor."""
        self.work_on(self._cursor_line(), lambda line: act_on(self, [line]))

    def action_acts_on_all(self) -> None:
        """Do one of them on every guest that is listed, of which templates are left out."""
        rows = [self.table.rows[key] for key in self.table.shown_keys]
        guests = [row for row in rows if not row.template]
        if len(guests) > MOST_GUESTS:
            text = _("too many are listed ({n}): narrow the list to {most}")
            self.say(text.format(n=len(guests), most=MOST_GUESTS))
        elif guests:
            self.run_worker(act_on(self, guests))

    def action_power(self, action: Power) -> None:
        """Order the power of the guest under the cursor."""
        self.work_on(self._cursor_line(), lambda line: order_power(self, line, action))
