"""An export of invoices in CSV: one invoice a row, a heading row first.

Whatever a French or an English spreadsheet saves is read: commas, semicolons or tabs; UTF-8, UTF-16
or Windows-1252; a French or an English name for each column. A row that cannot be understood is
left out and named. A file that cannot be understood as a whole is refused, with how to save it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from noc_tui.contract.calendar import PARIS
from noc_tui.contract.payments.invoice import InvoiceFacts
from noc_tui.i18n import N_, _
from noc_tui.spreadsheet.cells import CellError, read_cents, read_day
from noc_tui.spreadsheet.encoding import SheetError, decode_text, how_to_save, with_way_out
from noc_tui.spreadsheet.sheet import Sheet, SheetRow, cut_sheet, place_columns

COLUMNS: Mapping[str, Sequence[str]] = {
    "tenant": ("client", "tenant", "code_client", "identifiant_client"),
    "reference": ("facture", "invoice", "numero_facture", "n_facture", "no_facture", "reference"),
    "issued": ("emise_le", "issued", "issued_on", "date_facture", "date_emission"),
    "amount": ("montant", "amount", "montant_ttc", "total_ttc"),
    "paid": ("regle", "paid", "montant_regle", "encaisse"),
    "presented": ("prelevement_presente_le", "debit_presented_on", "presented", "presente_le"),
    "rejected": ("prelevement_rejete_le", "debit_rejected_on", "rejected", "rejete_le"),
    "disputed": ("contestee_le", "disputed_on", "disputed"),
    "answered": ("contestation_traitee_le", "dispute_answered_on", "answered"),
}
"""The names under which each column is known, the first of them in French."""
REQUIRED = ("tenant", "reference", "issued", "amount", "paid")
_DAYS = ("presented", "rejected", "disputed", "answered")
MAX_REFERENCE = 100
NEEDED = N_("with a heading row that names at least: {columns}")


class PaymentsFileError(ValueError):
    """The file cannot be understood as a whole; the text says why and how to save it."""


@dataclass(frozen=True, slots=True)
class ReadInvoice:
    """An invoice that was understood: its row (from 1), whose it is, and the facts."""

    line: int
    tenant: str
    facts: InvoiceFacts


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that was left out: its number (from 1), what it is about, and why."""

    line: int
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class ReadPayments:
    """What a file holds; `unread` are its columns that are not known here."""

    invoices: tuple[ReadInvoice, ...]
    left_out: tuple[LeftOut, ...]
    unread: tuple[str, ...]


def read_payments(content: bytes, as_of: datetime) -> ReadPayments:
    """Return the invoices of a file, true for `as_of`. Raises `PaymentsFileError`."""
    try:
        sheet = cut_sheet(decode_text(content).text)
        columns = place_columns(sheet.heading, COLUMNS, REQUIRED)
    except SheetError as error:
        needed = ", ".join(COLUMNS[key][0] for key in REQUIRED)
        with_heading = _(NEEDED).format(columns=needed)
        way_out = f"{how_to_save()}, {with_heading}"
        raise PaymentsFileError(with_way_out(error, way_out)) from error
    invoices: list[ReadInvoice] = []
    left_out: list[LeftOut] = []
    for row in sheet.rows:
        named = {key: row.cells[at] for key, at in columns.places.items() if at < len(row.cells)}
        what = " ".join(part for part in (named.get("tenant"), named.get("reference")) if part)
        try:
            _require_named_cells(row, sheet)
            invoices.append(ReadInvoice(row.number, *_invoice(named, as_of)))
        except CellError as error:
            left_out.append(LeftOut(row.number, what, str(error)))
    once = _given_once(invoices, left_out)
    unread = tuple(sheet.heading[at] for at in columns.unknown)
    return ReadPayments(once, tuple(sorted(left_out, key=lambda row: row.line)), unread)


def _require_named_cells(row: SheetRow, sheet: Sheet) -> None:
    if any(row.cells[len(sheet.heading) :]):
        raise CellError(_("more cells than the heading has"))


def _invoice(named: Mapping[str, str], as_of: datetime) -> tuple[str, InvoiceFacts]:
    for key in REQUIRED:
        if not named.get(key):
            raise _cell_error(key, _("empty; nothing is guessed"))
    if len(named["reference"]) > MAX_REFERENCE:
        raise _cell_error("reference", _("too long"))
    amount, paid = _amount(named, "amount"), _amount(named, "paid")
    days = {key: _day(named, key) for key in ("issued", *_DAYS)}
    issued = days["issued"]
    if issued is None:
        raise _cell_error("issued", _("empty; nothing is guessed"))
    _require_order(days, as_of.astimezone(PARIS).date())
    return named["tenant"], InvoiceFacts(
        reference=named["reference"],
        issued=issued,
        amount=amount,
        paid=paid,
        as_of=as_of,
        **{key: days[key] for key in _DAYS},
    )


def _amount(named: Mapping[str, str], key: str) -> int:
    try:
        cents = read_cents(named[key])
    except CellError as error:
        raise _cell_error(key, str(error)) from error
    if cents is None or cents < 0 or (key == "amount" and not cents):
        raise _cell_error(key, _("an invoice is above zero, and what was received not below"))
    return cents


def _day(named: Mapping[str, str], key: str) -> date | None:
    try:
        return read_day(named.get(key, ""))
    except CellError as error:
        raise _cell_error(key, str(error)) from error


def _require_order(days: Mapping[str, date | None], today: date) -> None:
    """Nothing is after the day the facts are true for, nothing before what it follows."""
    for key, day in days.items():
        if day is not None and day > today:
            raise _cell_error(key, _("after the day that these facts are true for"))
    for key, first in (
        ("presented", "issued"),
        ("rejected", "presented"),
        ("disputed", "issued"),
        ("answered", "disputed"),
    ):
        day, before = days[key], days[first]
        if day is not None and (before is None or day < before):
            named = {"first": COLUMNS[first][0]}
            raise _cell_error(key, _("before {first}, or without it").format(**named))


def _given_once(
    invoices: Sequence[ReadInvoice], left_out: list[LeftOut]
) -> tuple[ReadInvoice, ...]:
    """The invoices that are given once; of those given twice nobody knows which row is true."""
    counts = Counter((one.tenant, one.facts.reference) for one in invoices)
    twice = [one for one in invoices if counts[one.tenant, one.facts.reference] > 1]
    for one in twice:
        what = f"{one.tenant} {one.facts.reference}"
        left_out.append(LeftOut(one.line, what, _("this invoice is given more than once")))
    return tuple(one for one in invoices if counts[one.tenant, one.facts.reference] == 1)


def _cell_error(key: str, why: str) -> CellError:
    return CellError(f"{COLUMNS[key][0]}: {why}")
