"""All guests of all clusters in one fast table: sort, filter as one types, order their power."""

import gc
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from msgspec import Struct
from textual import on, work
from textual.app import ComposeResult
from textual.getters import query_one
from textual.message import Message
from textual.widgets import Input

from noc_tui.console.commands import Command
from noc_tui.console.heading import Heading
from noc_tui.console.power import POWER, order_power
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.backup_states import BackupStates
from noc_tui.console.screens.guest_lines import GuestLine, guests_table, key_of
from noc_tui.i18n import N_, _
from noc_tui.text import visible
from storage import summaries, tables
from storage.backups import BACKUPS, Backup
from storage.connection import Readable
from storage.inventory import GUESTS, Guest
from storage.register import TENANT_POOLS
from storage.tables import Changes
from widgets.live_table import LiveTable

Owners = dict[tuple[str, str], str]
"""The tenant that a pool (cluster, name) belongs to."""

NOTHING: Changes[Any] = Changes((), (), complete=False)
STATES = ("fresh", "unverified", "stale", "failed", "missing", "unknown")


@dataclass(frozen=True, slots=True)
class Scope:
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
        guest = line.guest
        return (
            guest.cluster == self.cluster
            and (not self.node or guest.node == self.node)
            and (not self.states or guest.status in self.states)
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


class Read(Struct, frozen=True):
    """What changed of the guests, and who owns which pool.

    `every` are all keys after a reading of all; their rows have come in `Page`s before.
    """

    guests: Changes[Guest]
    backups: Changes[Backup]
    owners: Owners
    every: frozenset[str] | None = None


class Page(Message):
    """Some of all guests, read for the first time: shown at once, while the rest is read."""

    def __init__(self, rows: list[Guest]) -> None:
        super().__init__()
        self.rows = rows


async def _owners(db: Readable) -> Owners:
    pools = await TENANT_POOLS.read(db)
    return {(pool.cluster, pool.pool): pool.tenant for pool in pools if pool.valid_until is None}


class Guests(NocScreen[Read]):
    """The guest table."""

    CSS_PATH = "guests.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(
            "guests.filter",
            "slash",
            "filter",
            N_("Filter"),
            N_("Show what holds these words"),
            priority=True,
        ),
        Command("guests.leave", "escape", "leave", N_("All"), N_("All guests again"), show=False),
        *POWER,
        Command("guests.tenant", "t", "tenant", N_("Tenant"), N_("Open the guest's tenant")),
        Command("guests.node", "n", "node", N_("Its node"), N_("The guests of the same node")),
    )

    table = query_one("#guests", LiveTable)
    entry = query_one("#filter", Input)
    heading = query_one("#scope", Heading)

    def __init__(self) -> None:
        super().__init__()
        self._owners: Owners = {}
        self._backups = BackupStates()
        self._stale: frozenset[str] = frozenset()
        self._scope: Scope | None = None

    def body(self) -> ComposeResult:
        yield Heading(id="scope")
        yield Input(placeholder=_("filter: name, tenant, node, state, tag"), id="filter")
        yield guests_table()

    def on_mount(self) -> None:
        self._head()
        self.table.focus()

    async def read(self, db: Readable, since: int) -> Read | None:
        touched = await tables.touched(db, since, GUESTS, BACKUPS, TENANT_POOLS)
        if since == 0 or touched is None:
            owners = await _owners(db)
            return Read(NOTHING, NOTHING, owners, await self._read_all(db, owners))
        if not touched:
            return None
        return Read(
            await GUESTS.newer(db, since) if GUESTS.name in touched else NOTHING,
            await BACKUPS.newer(db, since) if BACKUPS.name in touched else NOTHING,
            await _owners(db) if TENANT_POOLS.name in touched else self._owners,
        )

    async def _read_all(self, db: Readable, owners: Owners) -> frozenset[str]:
        """Everything, page by page; the keys of all that is there."""
        self._owners = owners
        self._backups.begin(await summaries.backup_states(db))
        every: set[str] = set()
        async for rows in GUESTS.pages(db):
            every.update(map(key_of, rows))
            self.post_message(Page(rows))
        return frozenset(every)

    def on_page(self, message: Page) -> None:
        """Show what was read so far."""
        message.stop()
        self.table.update({key_of(guest): self._line(guest) for guest in message.rows})

    def show(self, data: Read) -> None:
        self.tick(self.now())
        touched = self._backups.note(data.backups) & self.table.rows.keys()
        moved = data.owners != self._owners
        self._owners = data.owners
        if data.every is not None:
            self.table.drop(self.table.rows.keys() - data.every)
            gc.freeze()  # ten thousand rows are never looked through for garbage
        rows = {key_of(guest): self._line(guest) for guest in data.guests.rows}
        again = self.table.rows if moved else {k: self.table.rows[k] for k in touched}
        others = {k: self._line(line.guest) for k, line in again.items() if k not in rows}
        self.table.drop(f"{cluster}/{vmid}" for cluster, vmid in data.guests.gone)
        self.table.update({**others, **rows})
        self._head()

    def _line(self, guest: Guest) -> GuestLine:
        best = min(self._backups.of(key_of(guest)), key=STATES.index, default="unknown")
        owner = self._owners.get((guest.cluster, guest.pool or ""), "")
        return GuestLine(guest, owner, best, guest.cluster in self._stale)

    def tick(self, now: datetime) -> None:
        stale = self.session.sight.stale_clusters(now)
        if stale == self._stale:
            return
        turned, self._stale = stale ^ self._stale, stale
        self.table.update(
            {
                key: self._line(line.guest)
                for key, line in self.table.rows.items()
                if line.guest.cluster in turned
            }
        )

    # What is listed.

    def list_only(self, scope: Scope | None) -> None:
        """List the guests of a tenant or node only, or all; a filter typed earlier is given up."""
        self._scope = scope
        self.entry.value = ""
        self.entry.remove_class("-open")
        self.table.scope(None if scope is None else scope.holds)
        self._head()

    def move_to(self, cluster: str, vmid: int) -> None:
        """Bring the cursor to a guest, whatever was listed before."""
        if not self.table.move_to(f"{cluster}/{vmid}"):
            self.action_leave()
            self.table.move_to(f"{cluster}/{vmid}")

    def _head(self) -> None:
        shown, every = len(self.table.shown_keys), len(self.table.rows)
        title = self._scope.title if self._scope else _("All guests")
        text = f"{title} · {shown}" if shown == every else f"{title} · {shown}/{every}"
        if self.table.filter_text:
            text += f" · /{visible(self.table.filter_text)}"
        self.heading.say(text)

    @on(LiveTable.Shown)
    def _counted(self) -> None:
        self._head()

    @on(Input.Changed, "#filter")
    def _typed(self, event: Input.Changed) -> None:
        self.table.filter(event.value)
        self._head()

    @on(Input.Submitted, "#filter")
    def _entered(self) -> None:
        self.table.focus()

    @on(LiveTable.RowSelected)
    def _opened(self) -> None:
        if line := self._chosen():
            self.noc.open_guest(line.guest.cluster, line.guest.vmid)

    def _chosen(self) -> GuestLine | None:
        return self.table.cursor_row

    # Commands.

    def action_filter(self) -> None:
        """Type what to look for."""
        self.entry.add_class("-open")
        self.set_focus(self.entry)  # now: the next key may be waiting already

    def action_leave(self) -> None:
        """Give up the filter, then the scope."""
        if self.entry.value or self.entry.has_class("-open"):
            self.entry.value = ""
            self.entry.remove_class("-open")
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
            self.list_only(Scope(cluster=line.guest.cluster, node=line.guest.node))

    @work
    async def action_power(self, action: str) -> None:
        """Order the power of the guest under the cursor."""
        if line := self._chosen():
            await order_power(self, line.guest, action)
