"""The tenants: state, guests up, quotas, freshness of backups, next date of the contract."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar

from textual import on

from noc_tui.console.commands import Command
from noc_tui.console.filtered_screen import FilteredScreen
from noc_tui.console.references import GuestList, NewCase, PaymentsRef, PromisesRef, TenantRef
from noc_tui.console.screens.tenants.data import TenantFigures, read_tenants
from noc_tui.console.screens.tenants.pictures import describe_tenant
from noc_tui.console.screens.tenants.tables import TenantLine, tenant_line, tenants_table
from noc_tui.console.terms import terms_book
from noc_tui.i18n import N_, _
from noc_tui.labels import formats, states
from noc_tui.roles import Role
from noc_tui.text import visible
from storage.connection import Readable
from storage.register import Tenant
from widgets.live_table import LiveTable
from widgets.toned_lines import TonedLine


class Tenants(FilteredScreen[TenantFigures]):
    """The tenant table."""

    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command("tenants.leave", "escape", "leave", N_("All"), N_("All tenants again"), show=False),
        Command("tenants.guests", "v", "guests", N_("Guests"), N_("The guests of this tenant")),
        Command(
            "tenants.promises", "p", "promises", N_("Promises"),
            N_("Backups, resources, licences, VPN and firewall (annexe 2)"),
        ),
        Command(
            "tenants.payments", "f", "payments", N_("Payments"),
            N_("Debts, formal notices, disputes; import what accounting exports"),
        ),
        Command(
            "tenants.case", "S", "begin_case", N_("New case"), N_("Begin a suspension case here"),
            show=False, role=Role.OPERATOR, needs_nocd=True,
        ),
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._figures: TenantFigures | None = None
        self._stale: frozenset[str] = frozenset()

    def make_table(self) -> LiveTable[TenantLine]:
        return tenants_table()

    def on_mount(self) -> None:
        self.table.sort_by("state")
        self.table.focus()

    async def read(self, db: Readable, since: int) -> TenantFigures:
        return await read_tenants(db, self.now(), terms_book(self.session))

    def show(self, data: TenantFigures) -> None:
        self._figures = data
        self._stale = self.session.sight.stale_clusters(self.now())
        self._draw(data)

    def _draw(self, data: TenantFigures) -> None:
        now = self.now()
        today = now.astimezone(formats.PARIS).date()
        terms = terms_book(self.session)
        lines = {
            tenant.id: tenant_line(
                tenant,
                data,
                terms.for_tenant(tenant.id, today),
                now,
                stale=self._is_stale(tenant),
            )
            for tenant in data.tenants
        }
        self.table.sync({**lines, **self._orphans(data.orphans, today)})
        self.show_head()

    def _orphans(self, pools: list[tuple[str, str]], today: date) -> dict[str, TenantLine]:
        """A line for each pool that no tenant has: shown, not dropped."""
        return {
            f"pool:{cluster}/{pool}": TenantLine(
                id=f"{cluster}/{pool}",
                name=_("pool {name}").format(name=f"{cluster}/{pool}"),
                state="orphan",
                state_words=states.label_text(states.TENANT, "orphan"),
                tenant=None,
                uses=None,
                quotas={},
                backups={},
                contract=None,
                today=today,
                stale=cluster in self._stale,
            )
            for cluster, pool in pools
        }

    def tick(self, now: datetime) -> None:
        stale = self.session.sight.stale_clusters(now)
        if self._figures is None:
            return
        if stale != self._stale or any(one.is_out for one in self._figures.now.values()):
            self._stale = stale
            self._draw(self._figures)

    def _is_stale(self, tenant: Tenant) -> bool:
        return any(pool.partition("/")[0] in self._stale for pool in tenant.pools)

    def head(self) -> str:
        text = _("Tenants: {n}").format(
            n=len(self._figures.tenants) if self._figures else formats.READING
        )
        if self._figures and self._figures.orphans:
            text += " · " + _("pools without a tenant: {n}").format(n=len(self._figures.orphans))
        if self.table.filter_text:
            text += f" · /{visible(self.table.filter_text)} ({len(self.table.shown_keys)})"
        return text

    def describe_row(self) -> tuple[str, Sequence[TonedLine]]:
        line = self._cursor_line()
        if line is None:
            return "", ()
        return visible(line.name), describe_tenant(line, self.now())

    @on(LiveTable.RowSelected)
    def _opened(self) -> None:
        if (line := self._cursor_line()) and line.tenant is not None:
            self.host.open(TenantRef(line.tenant.id))

    def _cursor_line(self) -> TenantLine | None:
        return self.table.cursor_row

    def action_leave(self) -> None:
        """Give up the filter."""
        if self.filter_line.in_use:
            self.filter_line.close()
        else:
            self.host.back()

    def action_guests(self) -> None:
        """The guests of the tenant under the cursor."""
        if (line := self._cursor_line()) and line.tenant is not None:
            self.host.open(GuestList(tenant=line.tenant.id))

    def action_payments(self) -> None:
        """The debts of the tenant under the cursor."""
        if (line := self._cursor_line()) and line.tenant is not None:
            self.host.open(PaymentsRef(line.tenant.id))

    def action_begin_case(self) -> None:
        """Begin a case of the tenant under the cursor."""
        if (line := self._cursor_line()) and line.tenant is not None:
            self.host.open(NewCase(line.tenant.id))

    def action_promises(self) -> None:
        """The promises of annexe 2 to the tenant under the cursor."""
        if (line := self._cursor_line()) and line.tenant is not None:
            self.host.open(PromisesRef(line.tenant.id))
