"""All suspensions: those in force first, by their next deadline; what is owed; a new one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.getters import query_one
from textual.widgets import Label

from noc_tui.console.commands import Command
from noc_tui.console.references import CaseRef, NewCase, PaymentsRef
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.suspension.orders import OrderDesk
from noc_tui.i18n import N_, _
from noc_tui.labels import formats, states
from noc_tui.labels.cases import ground_words, waits_for
from noc_tui.queries.suspension_cases import ListedCase, read_list
from noc_tui.roles import Role
from noc_tui.text import visible
from storage.connection import Readable
from widgets.columns import Column
from widgets.live_table import LiveTable

_ORDER = list(states.CASE)
_FAR = timedelta(days=36500)


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case."""

    id: str
    tenant: str
    ground: str
    state: str
    rehearsal: bool
    starts_at: datetime | None
    deadline: datetime | None
    waits: str
    opened_at: datetime

    @property
    def rank(self) -> tuple[bool, int, datetime]:
        """What calls for somebody first, then by state, then by deadline."""
        far = self.opened_at + _FAR
        return not self.waits, _ORDER.index(self.state), self.starts_at or self.deadline or far


class Suspensions(NocScreen[list[ListedCase]]):
    """The list of cases."""

    CSS_PATH = "list.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(
            "suspensions.new", "n", "new(False)", N_("New case"), N_("Suspend a tenant's services"),
            role=Role.OPERATOR, needs_nocd=True,
        ),
        Command(
            "suspensions.rehearse", "h", "new(True)", N_("Rehearse"),
            N_("The same, every call printed and none made"), role=Role.OPERATOR, needs_nocd=True,
        ),
        Command(
            "suspensions.payments", "f", "payments", N_("Payments"),
            N_("Debts, formal notices, disputes; import what accounting exports"),
        ),
        Command(
            "suspensions.orders", "o", "orders", N_("Orders"),
            N_("Orders and reports of authorities, and their deadlines"), needs_nocd=True,
        ),
    )  # fmt: skip

    table = query_one("#suspensions", LiveTable)
    heading = query_one("#heading", Label)

    def body(self) -> ComposeResult:
        yield Label("", id="heading", markup=False)
        yield suspensions_table(self.key_of)

    def on_mount(self) -> None:
        self.table.focus()

    async def read(self, db: Readable, since: int) -> list[ListedCase]:
        return await read_list(db)

    def show(self, data: list[ListedCase]) -> None:
        lines = {one.row.id: _case_line(one) for one in data}
        self.table.sync(lines)
        waiting = sum(bool(line.waits) for line in lines.values())
        self.heading.update(
            _("Suspensions: {n} · waiting for someone: {waiting}").format(
                n=len(lines), waiting=waiting
            )
        )

    @on(LiveTable.RowSelected)
    def _opened(self) -> None:
        line: CaseLine | None = self.table.cursor_row
        if line is not None:
            self.host.open(CaseRef(line.id))

    @work
    async def action_orders(self) -> None:
        """Show the orders of authorities that the operator may see."""
        await OrderDesk(self).open()

    def action_payments(self) -> None:
        """The debts of all tenants."""
        self.host.open(PaymentsRef())

    def action_new(self, rehearsal: bool) -> None:
        """Begin a case, or rehearse one."""
        self.host.open(NewCase(rehearsal=rehearsal))


def _case_line(listed: ListedCase) -> CaseLine:
    row = listed.row
    return CaseLine(
        id=row.id,
        tenant=row.tenant_name,
        ground=ground_words(listed.case, listed.terms),
        state=row.state,
        rehearsal=row.rehearsal,
        starts_at=row.starts_at,
        deadline=row.deadline,
        waits=waits_for(listed.case, listed.terms),
        opened_at=row.opened_at,
    )


def suspensions_table(key_of: Callable[[str], str]) -> LiveTable[CaseLine]:
    """The list, without rows."""
    columns: tuple[Column[CaseLine], ...] = (
        Column("id", _("Case"), 7, lambda line: line.id),
        Column("tenant", _("Tenant"), 16, lambda line: visible(line.tenant), stretch=1),
        Column("ground", _("Ground"), 20, lambda line: line.ground, stretch=1, priority=1),
        Column("state", _("State"), 20, _state,
               order=lambda line: line.rank,
               tone=lambda line: states.label_tone(states.CASE, line.state)),
        Column("deadline", _("Deadline"), 16, lambda line: _until(line),
               order=lambda line: line.rank, priority=1),
        Column("waits", _("Waiting for"), 18, lambda line: line.waits,
               tone=lambda _line: "warning"),
    )  # fmt: skip
    table = LiveTable(
        columns,
        words=lambda line: f"{line.id} {line.tenant} {line.ground} {line.state}",
        opens=True,
        empty=_("No suspension: {new} begins a case, {rehearse} rehearses one.").format(
            new=key_of("suspensions.new"), rehearse=key_of("suspensions.rehearse")
        ),
        no_match=_("no suspension matches {filter}"),
        id="suspensions",
    )
    table.sort_by("state")
    return table


def _state(line: CaseLine) -> str:
    text = states.label_text(states.CASE, line.state)
    return f"{text} [{_('rehearsal')}]" if line.rehearsal else text


def _until(line: CaseLine) -> str:
    """When a planned order is carried out, else when the right to terminate may open."""
    if line.starts_at is not None:
        return f"◷ {formats.instant(line.starts_at)}"
    return "" if line.deadline is None else formats.instant(line.deadline)
