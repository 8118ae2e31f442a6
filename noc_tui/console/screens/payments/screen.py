"""Debts of all tenants or of one: what is unpaid, disputed, granted time, and how long is left.

The table says which; below it is all that is known of the debt under the cursor.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import ClassVar

from msgspec.structs import replace
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.getters import query_one
from textual.widgets import Static

from noc_tui.api.endpoint import Request
from noc_tui.api.payments import IMPORT, LARGEST_FILE, PaymentsFile, PaymentsTaken
from noc_tui.console.commands import Command
from noc_tui.console.dialogs.confirm import Confirm
from noc_tui.console.dialogs.form import Field, Form
from noc_tui.console.fact_lines import facts
from noc_tui.console.references import CaseRef, NewCase
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.payments.tables import DebtLine, debt_lines_of, debts_table
from noc_tui.console.typed_instants import read_instant, write_instant
from noc_tui.contract.calendar import PARIS, instant
from noc_tui.contract.instants import parse_instant
from noc_tui.contract.payments.invoice import euros
from noc_tui.contract.suspension.late_payment import GROUND
from noc_tui.i18n import N_, _, ngettext
from noc_tui.labels import formats
from noc_tui.labels.debt import describe_debt, taken_lines
from noc_tui.payments.csv_file import COLUMNS, REQUIRED
from noc_tui.queries.debts import read_debts
from noc_tui.roles import Role
from noc_tui.text import visible
from noc_tui.threads import in_thread
from noc_tui.views.debts import Debt
from storage.connection import Readable
from storage.register import TENANTS
from widgets.live_table import LiveTable
from widgets.pane import Pane


@dataclass(frozen=True, slots=True)
class DebtData:
    """The debts, and the names of the tenants."""

    debts: list[Debt]
    names: Mapping[str, str]


class Payments(NocScreen[DebtData]):
    """The debts, and what is known of the one under the cursor."""

    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command("payments.close", "escape", "app.pop_screen", N_("Back")),
        Command(
            "payments.case", "S", "begin_case", N_("New case"),
            N_("Begin a case for this debt, with what accounting says of it"),
            role=Role.OPERATOR, needs_nocd=True,
        ),
        Command(
            "payments.import", "i", "import_file", N_("Import"),
            N_("Read what accounting exports in CSV; it is shown before it is kept"),
            role=Role.OPERATOR, needs_nocd=True,
        ),
    )  # fmt: skip

    table = query_one("#debts", LiveTable)
    pane = query_one("#list-pane", Pane)
    known = query_one("#known", Static)

    def __init__(self, tenant: str = "") -> None:
        super().__init__()
        self.tenant = tenant
        self._data = DebtData([], {})
        self._drawn_at: datetime | None = None

    @property
    def subject(self) -> str:
        return f"tenant:{self.tenant}" if self.tenant else ""

    def body(self) -> ComposeResult:
        with Container(classes="listing"):
            yield Pane(debts_table(self.key_of), title=_("Payments"), id="list-pane")
            with Pane(id="detail-pane", classes="beside"), VerticalScroll(id="detail"):
                yield Static(id="known", classes="detail")

    def on_mount(self) -> None:
        self.table.focus()

    async def read(self, db: Readable, since: int) -> DebtData:
        names = {row.id: row.name for row in await TENANTS.read(db)}
        return DebtData(await read_debts(db, self.tenant), names)

    def show(self, data: DebtData) -> None:
        self._data = data
        self._draw(self.now())

    def tick(self, now: datetime) -> None:
        """What is left of a term moves by the minute."""
        minute = now.replace(second=0, microsecond=0)
        if minute != self._drawn_at:
            self._draw(now)

    def _draw(self, now: datetime) -> None:
        self._drawn_at = now.replace(second=0, microsecond=0)
        self.table.sync(debt_lines_of(self._data.debts, self._data.names, now))
        self.pane.entitle(self._title())
        self._detail()

    def _title(self) -> str:
        open_debts = [debt for debt in self._data.debts if not debt.is_settled()]
        left = sum(debt.invoice.remaining for debt in open_debts if debt.invoice is not None)
        count = ngettext("{n} invoice unpaid", "{n} invoices unpaid", len(open_debts)).format(
            n=len(open_debts)
        )
        text = f"{_('Payments')} · {count} · {formats.money(euros(left))}"
        if not self.tenant:
            return text
        return f"{visible(self._data.names.get(self.tenant, self.tenant))} · {text}"

    @on(LiveTable.RowHighlighted)
    def _detail(self) -> None:
        line = self._cursor_line()
        title = "" if line is None else f"{visible(line.name)} · {visible(line.debt.reference)}"
        self.query_one("#detail-pane", Pane).entitle(title)
        self.known.update(
            "" if line is None else facts(describe_debt(line.debt, self.now(), self.key_of))
        )

    def _cursor_line(self) -> DebtLine | None:
        return self.table.cursor_row

    @on(LiveTable.RowSelected)
    def _opened(self) -> None:
        line = self._cursor_line()
        if line is not None and line.debt.case is not None:
            self.host.open(CaseRef(line.debt.case.id))
        elif line is not None:
            text = _("No case rests on this invoice yet: {key} begins one.")
            self.say(text.format(key=self.key_of("payments.case")))

    def action_begin_case(self) -> None:
        """Begin a case for the debt under the cursor; without one, for late payment."""
        line = self._cursor_line()
        if line is None:
            self.host.open(NewCase(self.tenant, ground=GROUND))
        else:
            told = known_facts(line.debt)
            self.host.open(NewCase(line.debt.tenant, ground=GROUND, facts=told))

    @work
    async def action_import_file(self) -> None:
        """Read an export, show what it holds, and keep it once that is confirmed."""
        today = datetime.combine(self.now().astimezone(PARIS).date(), time(0), PARIS)
        fields = (
            Field("file", _("File (CSV), as /path or ~/path")),
            Field(
                "as_of",
                _("True for (YYYY-MM-DD HH:MM, Paris time)"),
                write_instant(today),
                read_instant,
            ),
        )
        text = "\n".join(
            (
                _("Columns of its heading row: {needed}; it may have: {more}.").format(
                    needed=", ".join(COLUMNS[key][0] for key in REQUIRED),
                    more=", ".join(COLUMNS[key][0] for key in COLUMNS if key not in REQUIRED),
                ),
                _(
                    "What was paid after that instant is not known; no order waits on facts older"
                    " than a day."
                ),
            )
        )

        async def request_of(filled: dict[str, str]) -> Request[PaymentsTaken]:
            """Keep what the file holds, once it was shown and confirmed."""
            file = await _load_file(filled["file"], instant(parse_instant(filled["as_of"])))
            found = await self.session.nocd.ask(IMPORT(file))
            lines = "\n".join(taken_lines(found))
            if not found.invoices:
                raise ValueError(lines)
            if not await self.app.push_screen_wait(Confirm(_("Keep these facts?"), lines)):
                raise ValueError(_("not confirmed: nothing is kept"))
            return IMPORT(replace(file, confirm=True))

        form = Form(_("Import invoices"), text, fields)
        if await self.ask_in(form, request_of) is not None:
            self.say(_("these facts are kept"))


def known_facts(debt: Debt) -> dict[str, str]:
    """Return what accounting says of a debt, as answers of its case."""
    told = debt.invoice
    if told is None:
        return {"invoice_ref": debt.reference}
    days = {
        "issue_date": told.issued,
        "debit_presented_on": told.presented,
        "dispute_raised_on": told.disputed if told.in_dispute else None,
    }
    answers = {key: day.isoformat() for key, day in days.items() if day is not None}
    amounts = {"amount": str(euros(told.amount))}
    if told.remaining:
        amounts["unpaid_part"] = str(euros(told.remaining))
    return {"invoice_ref": told.reference, **amounts, **answers}


async def _load_file(name: str, as_of: datetime) -> PaymentsFile:
    """The file as it is sent. Raises ValueError, with its name, where it cannot be."""
    try:
        content = await in_thread(_read_start, Path(name))
    except OSError as error:
        raise ValueError(f"{name}: {error.strerror}") from error
    if len(content) > LARGEST_FILE:
        raise ValueError(_("{file}: larger than 4 MB").format(file=name))
    return PaymentsFile(Path(name).name, content, as_of)


def _read_start(path: Path) -> bytes:
    with path.expanduser().open("rb") as file:
        return file.read(LARGEST_FILE + 1)
