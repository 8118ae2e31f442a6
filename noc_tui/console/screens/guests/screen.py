"""All guests of all clusters in one fast table: sort, filter as one types, order their power."""

from datetime import datetime
from typing import ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.message import Message

from noc_tui.console.commands import Command
from noc_tui.console.filter_entry import EntryLine
from noc_tui.console.filtered_screen import FilteredScreen, filter_command
from noc_tui.console.heading import Heading
from noc_tui.console.screens.guests.power import POWER, order_power
from noc_tui.console.screens.guests.tables import guests_table, key_of
from noc_tui.i18n import N_, _
from noc_tui.text import visible
from storage import guest_lines
from storage.connection import Readable
from storage.guest_lines import GUEST_LINES, GuestLine
from storage.tables import Changes
from widgets.live_table import LiveTable


class Scope(msgspec.Struct, frozen=True):
    """Which guests are listed: those of one tenant, of one node, or of a cluster in some state.

    `words` says of the last what they have in common, as the operator read it.
    """

    tenant: str = ""
    cluster: str = ""
    node: str = ""
    states: tuple[str, ...] = ()
    backup: str = ""
    words: str = ""

    def holds(self, line: GuestLine) -> bool:
        """Whether a guest is among them."""
        if self.tenant:
            return line.tenant == self.tenant
        return (
            line.cluster == self.cluster
            and (not self.node or line.node == self.node)
            and (not self.states or line.status in self.states)
            and (not self.backup or line.backup == self.backup)
        )

    @property
    def title(self) -> str:
        """What is listed, in words."""
        if self.tenant:
            return _("Guests of tenant {name} — Esc: all guests").format(name=visible(self.tenant))
        if self.words:
            where = visible(self.cluster)
            return _("{where}, {words} — Esc: all guests").format(where=where, words=self.words)
        return _("Guests on node {name} — Esc: all guests").format(name=visible(self.node))


class Page(Message):
    """Some of all guests, read for the first time: shown at once, while the rest is read."""

    def __init__(self, lines: dict[str, GuestLine]) -> None:
        super().__init__()
        self.lines = lines


class Guests(FilteredScreen[Changes[GuestLine]]):
    """The guest table."""

    CSS_PATH = "guests.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        filter_command("guests"),
        Command("guests.leave", "escape", "leave", N_("All"), N_("All guests again"), show=False),
        *POWER,
        Command("guests.tenant", "t", "tenant", N_("Tenant"), N_("Open the guest's tenant")),
        Command("guests.node", "n", "node", N_("Its node"), N_("The guests of the same node")),
    )

    def __init__(self) -> None:
        super().__init__()
        self._stale: frozenset[str] = frozenset()
        self._scope: Scope | None = None

    def body(self) -> ComposeResult:
        yield Heading(id="scope")
        yield EntryLine(placeholder=_("filter: name, tenant, node, state, tag"))
        yield guests_table(lambda cluster: cluster in self._stale)

    def on_mount(self) -> None:
        self.show_head()
        self.table.focus()

    async def read(self, db: Readable, since: int) -> Changes[GuestLine] | None:
        changes = await guest_lines.newer(db, since)
        if changes is None:
            return await self._read_all(db)
        return changes if changes.rows or changes.gone else None

    async def _read_all(self, db: Readable) -> Changes[GuestLine]:
        """Everything, page by page; what remains to be shown is what no page brought again."""
        left = dict(self.table.rows)
        async for lines in GUEST_LINES.pages(db):
            page = {key_of(line): line for line in lines}
            self.post_message(Page(page))
            for key in left.keys() & page.keys():
                del left[key]
        return Changes((), [(line.cluster, line.vmid) for line in left.values()], complete=True)

    def on_page(self, message: Page) -> None:
        """Show what was read so far."""
        message.stop()
        self.table.update(message.lines)

    def show(self, data: Changes[GuestLine]) -> None:
        self.tick(self.now())
        self.table.drop(f"{cluster}/{vmid}" for cluster, vmid in data.gone)
        self.table.update({key_of(line): line for line in data.rows})
        self.show_head()

    def tick(self, now: datetime) -> None:
        stale = self.session.sight.stale_clusters(now)
        if stale != self._stale:
            self._stale = stale
            self.table.draw_anew()

    # What is listed.

    def list_only(self, scope: Scope | None) -> None:
        """List the guests of a tenant or node only, or all; a filter typed earlier is given up."""
        self._scope = scope
        self.entry.value = ""
        self.entry.remove_class("-open")
        self.table.scope(None if scope is None else scope.holds)
        self.show_head()

    def move_to(self, cluster: str, vmid: int) -> None:
        """Bring the cursor to a guest, whatever was listed before."""
        if not self.table.move_to(f"{cluster}/{vmid}"):
            self.action_leave()
            self.table.move_to(f"{cluster}/{vmid}")

    def head(self) -> str:
        shown, every = len(self.table.shown_keys), len(self.table.rows)
        title = self._scope.title if self._scope else _("All guests")
        text = f"{title} · {shown}" if shown == every else f"{title} · {shown}/{every}"
        if self.table.filter_text:
            text += f" · /{visible(self.table.filter_text)}"
        return text

    @on(LiveTable.RowSelected)
    def _opened(self) -> None:
        if line := self._chosen():
            self.noc.open_guest(line.cluster, line.vmid)

    def _chosen(self) -> GuestLine | None:
        return self.table.cursor_row

    # Commands.

    def action_leave(self) -> None:
        """Give up the filter, then the scope."""
        if self.entry.in_use:
            self.entry.close()
            self.table.focus()
        elif self._scope is not None:
            self.list_only(None)

    def action_tenant(self) -> None:
        """Open the tenant of the guest."""
        line = self._chosen()
        if line and line.tenant:
            self.noc.open_tenant(line.tenant)
        elif line:
            self.say(_("This guest belongs to no tenant of the register."))

    def action_node(self) -> None:
        """The guests of the node that bears this one."""
        if line := self._chosen():
            self.list_only(Scope(cluster=line.cluster, node=line.node))

    def action_power(self, action: str) -> None:
        """Order the power of the guest under the cursor."""
        self.work_on(self._chosen(), lambda line: order_power(self, line, action))
