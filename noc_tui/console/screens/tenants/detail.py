"""One tenant: is it out, since when and why, its month, contract, estate, what was sent to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from rich.table import Table
from textual import work
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.getters import query_one
from textual.widgets import Label, Static

from noc_tui.api.register import WANT_EMPTY, Emptiness
from noc_tui.console.commands import Command
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.fact_lines import facts
from noc_tui.console.references import GuestList, IncidentRef, NewCase, PaymentsRef, PromisesRef
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.tenants.copy_actions import take_next_step
from noc_tui.console.screens.tenants.data import read_tenants
from noc_tui.console.screens.tenants.pictures import (
    describe_now,
    draw_month,
    entitle_tenant,
    list_sent,
    month_title,
)
from noc_tui.console.screens.tenants.tables import TenantLine, tenant_line
from noc_tui.console.terms import terms_book
from noc_tui.contract.calendar import Month
from noc_tui.i18n import N_, _
from noc_tui.labels import formats, states
from noc_tui.labels.contract import QUOTAS, life_facts, postal_address_words, support_words
from noc_tui.labels.liability import cap_line
from noc_tui.labels.reversibility import copy_facts
from noc_tui.queries.month_facts import read_month_facts
from noc_tui.roles import Role
from noc_tui.text import visible
from noc_tui.views.contract import ContractState
from noc_tui.views.tenant_month import TenantMonth
from storage.connection import Readable
from storage.outbox import Message, messages_to
from storage.register import AMOUNTS, TenantAmount
from storage.register import Tenant as TenantRow
from storage.times import micros
from widgets.pane import Pane
from widgets.toned_lines import TonedLines


@dataclass(frozen=True, slots=True)
class TenantPage:
    """What the page shows; `line` is None for who is not in the register."""

    line: TenantLine | None = None
    amounts: Sequence[TenantAmount] = ()
    month: TenantMonth | None = None
    sent: Sequence[Message] = ()


class TenantDetail(NocScreen[TenantPage]):
    """Everything that the register and the estate say of one tenant."""

    CSS_PATH = "../../detail.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 -- as in Textual
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command("detail.close", "escape", "app.pop_screen", N_("Back")),
        Command("tenant.guests", "v", "guests", N_("Guests"), N_("The guests of this tenant")),
        Command(
            "tenant.incident", "i", "incident", N_("Incident"), N_("The incident of its outage")
        ),
        Command(
            "tenant.promises", "p", "promises", N_("Promises"),
            N_("Backups, resources, licences, VPN and firewall (annexe 2)"),
        ),
        Command(
            "tenant.copy", "c", "note_copy", N_("Copy owed"),
            N_("The copy owed at the end of the contract (art. 16.2): note its next step"),
            role=Role.OPERATOR, needs_nocd=True,
        ),
        Command(
            "tenant.payments", "f", "payments", N_("Payments"),
            N_("Debts, formal notices, disputes; import what accounting exports"),
        ),
        Command(
            "tenant.case", "S", "begin_case", N_("New case"), N_("Begin a suspension case here"),
            role=Role.OPERATOR, needs_nocd=True,
        ),
        Command(
            "tenant.empty", "e", "want_empty", N_("No guest"),
            N_("Put on record that the client wants no guest"),
            show=False, role=Role.OPERATOR, needs_nocd=True,
        ),
    )  # fmt: skip

    heading = query_one("#title", Label)
    contract = query_one("#contract", Static)
    estate = query_one("#estate", Static)
    copies_pane = query_one("#copies-pane", Pane)
    copies = query_one("#copies", Static)
    present = query_one("#now", TonedLines)
    calendar = query_one("#month", TonedLines)
    sent = query_one("#sent", TonedLines)

    def __init__(self, tenant: str) -> None:
        super().__init__()
        self.tenant = tenant
        self._contract: ContractState | None = None
        self._page = TenantPage()
        self._minute = -1

    @property
    def subject(self) -> str:
        return f"tenant:{self.tenant}"

    def body(self) -> ComposeResult:
        yield Label(visible(self.tenant), id="title", classes="detail--title", markup=False)
        with VerticalScroll():
            with Container(id="columns", classes="detail--columns"):
                yield Pane(TonedLines(id="now"), title=_("Now"), classes="page")
                yield Pane(
                    TonedLines(id="month"), title=_("Month"), id="month-pane", classes="page"
                )
            yield Pane(
                Static(id="copies", classes="detail"),
                title=_("Copy at the end (art. 16.2)"),
                id="copies-pane",
                classes="page",
            )
            with Container(id="facts", classes="detail--columns"):
                yield Pane(Static(id="estate", classes="detail"), title=_("Estate"), classes="page")
                yield Pane(
                    Static(id="contract", classes="detail"), title=_("Contract"), classes="page"
                )
            yield Pane(TonedLines(id="sent"), title=_("Sent to the client"), classes="page")

    async def read(self, db: Readable, since: int) -> TenantPage:
        now, terms = self.now(), terms_book(self.session)
        today = now.astimezone(formats.PARIS).date()
        figures = await read_tenants(db, now, terms, capped=True)
        found = next((one for one in figures.tenants if one.id == self.tenant), None)
        if found is None:
            return TenantPage()
        line = tenant_line(
            found,
            figures,
            terms.for_tenant(found.id, today),
            now,
            stale=False,
        )
        at = micros(now)
        months = await read_month_facts(db, Month.of(at), at, terms, {self.tenant})
        return TenantPage(
            line=line,
            amounts=[one for one in await AMOUNTS.read(db) if one.tenant == self.tenant],
            month=months[0] if months else None,
            sent=await messages_to(db, found.email) if found.email else (),
        )

    def show(self, data: TenantPage) -> None:
        self._page, line = data, data.line
        if line is None or line.tenant is None:
            self.heading.update(_("{tenant} is not in the register").format(tenant=self.tenant))
            return
        self.heading.update(entitle_tenant(line))
        self.contract.update(_contract(line, line.tenant, data.amounts))
        self.estate.update(_estate(line, line.tenant))
        self._show_copies(line.contract)
        self.present.show(describe_now(line, self.now()))
        self.sent.show(list_sent(data.sent))
        if data.month is not None:
            self.query_one("#month-pane", Pane).entitle(month_title(data.month))
            self.calendar.show(draw_month(data.month, line, self.now()))

    def tick(self, now: datetime) -> None:
        """What lasts grows older, and its month with it: read anew by the minute."""
        line = self._page.line
        if line is not None and line.now.is_out and now.minute != self._minute:
            self._minute = now.minute
            self.renew(anew=True)

    def _show_copies(self, contract: ContractState | None) -> None:
        """The copies, where the contract ends or one was asked for."""
        self._contract = contract
        shown = contract is not None and (contract.ends is not None or bool(contract.copies))
        self.copies_pane.display = shown
        if contract is not None and shown:
            self.copies.update(facts(copy_facts(contract)))

    @work
    async def action_note_copy(self) -> None:
        """Ask what happened to the copy, and put it on record."""
        copies = () if self._contract is None else self._contract.copies
        if await take_next_step(self, self.tenant, copies):
            self.renew(anew=True)

    @work
    async def action_want_empty(self) -> None:
        """Ask why the client has no guest, and put it on record."""
        title = _("{name} wants no guest").format(name=visible(self.tenant))
        made = await self.ask_in(
            Ask(title, _("Why?")), lambda why: WANT_EMPTY(Emptiness(why), tenant=self.tenant)
        )
        if made is not None:
            self.renew(anew=True)

    def action_guests(self) -> None:
        """The guest table with this tenant's guests."""
        self.host.open(GuestList(tenant=self.tenant))

    def action_incident(self) -> None:
        """Open the incident of its outage."""
        line = self._page.line
        if line is not None and line.now.incident is not None:
            self.host.open(IncidentRef(line.now.incident.id))
        else:
            self.say(_("No incident is open about this tenant."))

    def action_payments(self) -> None:
        """The debts of this tenant."""
        self.host.open(PaymentsRef(self.tenant))

    def action_begin_case(self) -> None:
        """Begin a case of this tenant."""
        self.host.open(NewCase(self.tenant))

    def action_promises(self) -> None:
        """The promises of annexe 2 to this tenant."""
        self.host.open(PromisesRef(self.tenant))


def _contract(line: TenantLine, tenant: TenantRow, amounts: Sequence[TenantAmount]) -> Table:
    return facts(
        [
            (_("Account e-mail"), visible(tenant.email)),
            (_("Postal address"), postal_address_words(tenant)),
            (_("Contract start"), formats.day(tenant.contract_start)),
            *life_facts(line.contract, tenant),
            (_("Support"), support_words(tenant)),
            *((_("Amount from {day}").format(day=formats.day(one.valid_from)),
               formats.money(one.amount)) for one in amounts),
            *([] if line.cap is None else [(_("Reparations (art. 12)"), cap_line(line.cap))]),
            (_("Guest users"), _join(tenant.guest_users)),
            (_("Proxmox users"), _join(tenant.users)),
            (_("Proxmox groups"), _join(tenant.groups)),
        ]
    )  # fmt: skip


def _estate(line: TenantLine, tenant: TenantRow) -> Table:
    return facts(
        [
            *((_(QUOTAS[name]), _quota(name, line)) for name in line.quotas),
            (_("Backups"), _backups(line)),
            (_("Pools"), _join(tenant.pools)),
            (_("Probed"), _join(tenant.endpoints)),
        ]
    )  # fmt: skip


def _backups(line: TenantLine) -> str:
    """Return how many guests' backups are in which state."""
    known = line.backups.items()
    return " · ".join(f"{states.label_text(states.BACKUP, state)} {n}" for state, n in known) or "—"


def _quota(name: str, line: TenantLine) -> str:
    one = line.quotas[name]
    in_bytes = name in ("memory", "disk")
    used = formats.size(one.used) if in_bytes else formats.count(one.used)
    word = states.label_text(states.FILL, one.fill)
    if one.allowed is None:
        return f"{used} · {word}"
    allowed = formats.size(one.allowed) if in_bytes else formats.count(one.allowed)
    return f"{used} / {allowed}  {word}"


def _join(values: tuple[str, ...]) -> str:
    return visible(", ".join(values)) if values else "—"
