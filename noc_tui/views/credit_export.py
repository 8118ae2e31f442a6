"""The credits of a month as rows for accounting: what was granted, by which entry. Pure.

A grant is a row of its own for good: its reference is made of the month, the tenant and the number
of the entry that granted it. A grant of more, after the month was reopened, is another row with the
difference, which names the first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from noc_tui.contract.calendar import micros, paris_day

FIRST, MORE = "avoir", "complément d’avoir"
COLUMNS = (
    "reference",
    "mois",
    "client",
    "nom",
    "nature",
    "accorde_le",
    "accorde_par",
    "taux",
    "montant_mensuel_ht",
    "montant_ht",
    "cumul_ht",
    "complete",
)
"""The heading, the same in every language: whoever reads the file reads it by these names."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
BOM, END = "\ufeff", "\r\n"


@dataclass(frozen=True, slots=True)
class GrantedCredit:
    """What the entry of a grant says: `before` is what had been granted until then."""

    entry: int
    at: datetime
    account: str
    tenant: str
    name: str
    tier: int
    monthly: Decimal | None
    amount: Decimal
    before: Decimal


@dataclass(frozen=True, slots=True)
class CreditExportRow:
    """A row; amounts excluding tax, in euros. `completes` is the reference of the first grant."""

    reference: str
    month: str
    tenant: str
    name: str
    nature: str
    granted_on: date
    granted_by: str
    tier: int
    monthly: Decimal | None
    amount: Decimal
    total: Decimal
    completes: str


def reference_of(month: str, tenant: str, entry: int) -> str:
    """Return the reference of a grant: `AV-2026-10-acme-4711`."""
    return f"AV-{month}-{tenant}-{entry}"


def list_credit_rows(month: str, granted: Iterable[GrantedCredit]) -> list[CreditExportRow]:
    """Return a row for each grant of a month, in the order of the entries."""
    first: dict[str, str] = {}
    rows = []
    for one in sorted(granted, key=lambda grant: grant.entry):
        reference = reference_of(month, one.tenant, one.entry)
        completes = first.get(one.tenant, "")
        first.setdefault(one.tenant, reference)
        rows.append(
            CreditExportRow(
                reference=reference,
                month=month,
                tenant=one.tenant,
                name=one.name,
                nature=MORE if completes else FIRST,
                granted_on=paris_day(micros(one.at)),
                granted_by=one.account,
                tier=one.tier,
                monthly=one.monthly,
                amount=one.amount - one.before,
                total=one.amount,
                completes=completes,
            )
        )
    return rows


def write_csv(rows: Sequence[CreditExportRow]) -> bytes:
    """Return the file: UTF-8 with its mark, semicolons, decimal commas, days as 31/12/2026."""
    lines = [";".join(COLUMNS), *(";".join(map(_cell, _cells(row))) for row in rows)]
    return (BOM + END.join(lines) + END).encode()


def _cells(row: CreditExportRow) -> list[str]:
    return [
        row.reference,
        row.month,
        row.tenant,
        _text(row.name),
        row.nature,
        f"{row.granted_on:%d/%m/%Y}",
        _text(row.granted_by),
        f"{row.tier} %",
        "" if row.monthly is None else _money(row.monthly),
        _money(row.amount),
        _money(row.total),
        row.completes,
    ]


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def _text(text: str) -> str:
    """What somebody wrote, which no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cell(text: str) -> str:
    if any(sign in text for sign in ';"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
