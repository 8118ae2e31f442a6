"""An export of invoices in CSV: one invoice a row, a heading row first.

Whatever a French or an English spreadsheet saves is read: commas, semicolons or tabs; UTF-8, UTF-16
or Windows-1252; a French or an English name for each column. A row that cannot be understood is
left out and named. A file that cannot be understood as a whole is refused, with how to save it.
"""

import codecs
import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from noc_tui.contract.calendar import PARIS
from noc_tui.contract.payments.invoice import InvoiceFacts
from noc_tui.i18n import N_, _
from noc_tui.payments.cells import CellError, read_cents, read_day

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
MAX_ROWS = 100_000
MAX_REFERENCE = 100
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
HOW_TO_SAVE = N_(
    "save the sheet as “CSV UTF-8 (comma delimited)”, with a heading row that names at least:"
    " {columns}"
)


class PaymentsFileError(ValueError):
    """The file cannot be understood as a whole; the text says why and how to save it."""


@dataclass(frozen=True, slots=True)
class ReadInvoice:
    """An invoice that was understood: its line (from 1), whose it is, and the facts."""

    line: int
    tenant: str
    facts: InvoiceFacts


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that was left out: its line (from 1), what it is about, and why."""

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
    text = _decoded(content)
    heading, rows = _cut(text)
    places, unread = _placed(heading)
    invoices: list[ReadInvoice] = []
    left_out: list[LeftOut] = []
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        named = {key: cells[at].strip() for key, at in places.items() if at < len(cells)}
        what = " ".join(part for part in (named.get("tenant"), named.get("reference")) if part)
        try:
            if len(cells) > len(heading):
                raise CellError(_("more cells than the heading has"))
            invoices.append(ReadInvoice(line, *_invoice(named, as_of)))
        except CellError as error:
            left_out.append(LeftOut(line, what, str(error)))
    once = _given_once(invoices, left_out)
    return ReadPayments(once, tuple(sorted(left_out, key=lambda row: row.line)), unread)


def _decoded(content: bytes) -> str:
    if content.startswith(_WORKBOOKS):
        raise _refusal(_("this is a workbook of a spreadsheet, not a text"))
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _as_text(content, (encoding,))
    return _as_text(content, ("utf-8", "cp1252"))


def _as_text(content: bytes, encodings: Sequence[str]) -> str:
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _refusal(_("it is no text that a spreadsheet saves"))


def _cut(text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The heading, and each row with its line."""
    lines = text.lstrip("\ufeff").splitlines(keepends=True)
    if not lines or not lines[0].strip():
        raise _refusal(_("it has no heading row"))
    separator = max(";,\t", key=lines[0].count)
    reader = csv.reader(io.StringIO("".join(lines), newline=""), delimiter=separator, strict=True)
    try:
        heading = next(reader)
        rows = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        raise _refusal(f"{reader.line_num}: {error}") from error
    if len(rows) > MAX_ROWS:
        raise _refusal(_("it has more rows than {limit}").format(limit=MAX_ROWS))
    return heading, rows


def _placed(heading: Sequence[str]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Where each known column stands, and the names of the others."""
    known = {name: key for key, names in COLUMNS.items() for name in names}
    places: dict[str, int] = {}
    unread = []
    for at, name in enumerate(heading):
        key = known.get(_plain(name))
        if key is None:
            unread.append(name.strip())
        elif key in places:
            raise _refusal(_("two columns mean the same: {name}").format(name=name.strip()))
        else:
            places[key] = at
    if missing := [COLUMNS[key][0] for key in REQUIRED if key not in places]:
        raise _refusal(_("columns are missing: {columns}").format(columns=", ".join(missing)))
    return places, tuple(name for name in unread if name)


def _plain(name: str) -> str:
    """A column's name in small letters without accents: `N° Facture` becomes `n_facture`."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("°", " "))
    kept = "".join(
        one if one.isascii() and one.isalnum() else " "
        for one in letters
        if not unicodedata.combining(one)
    )
    return "_".join(kept.split())


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


def _refusal(why: str) -> PaymentsFileError:
    columns = ", ".join(COLUMNS[key][0] for key in REQUIRED)
    return PaymentsFileError(f"{why}; {_(HOW_TO_SAVE).format(columns=columns)}")
