"""A register as a spreadsheet saves it: one tenant a row, a heading row first.

A column has its French or its English name. A cell with several values has blanks, line breaks,
commas, semicolons or `|` between them. Amounts are written `2024-03-01=1250.00`, days and amounts
as French and English spreadsheets write them. A cell that can be read in two ways is a problem.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from noc_tui.i18n import _
from noc_tui.register.checks import YEARS
from noc_tui.register.entry import RegisterEntry
from noc_tui.register.problems import SheetPlace
from noc_tui.spreadsheet.cells import CellError, quote_cell, read_cents, read_day, read_whole
from noc_tui.spreadsheet.sheet import (
    PlacedColumns,
    Sheet,
    SheetRow,
    column_letter,
    cut_sheet,
    place_columns,
    plain_name,
)

COLUMNS: Mapping[str, Sequence[str]] = {
    "id": ("id", "identifiant", "code_client"),
    "name": ("name", "nom", "raison_sociale"),
    "email": ("email", "courriel", "e_mail", "mail", "adresse_e_mail"),
    "contract_start": ("contract_start", "debut_contrat", "debut_du_contrat"),
    "contract_end": ("contract_end", "fin_contrat", "fin_du_contrat"),
    "notice_given": ("notice_given", "preavis_donne", "preavis_donne_le"),
    "data_confirmed": ("data_confirmed", "donnees_reprises", "donnees_reprises_le"),
    "contract": ("contract", "contrat", "type_de_contrat"),
    "postal_address": (
        "postal_address",
        "adresse_postale",
        "adresse",
        "adresse_de_facturation",
        "adresse_du_siege",
        "siege_social",
    ),
    "postal_code": ("postal_code", "code_postal", "cp"),
    "city": ("city", "ville", "commune"),
    "pools": ("pools", "pool"),
    "proxmox_users": ("proxmox_users", "utilisateurs_proxmox"),
    "proxmox_groups": ("proxmox_groups", "groupes_proxmox"),
    "guest_users": ("guest_users", "utilisateurs_invites"),
    "endpoints": ("endpoints", "adresses_sondees"),
    "amounts": ("amounts", "montants", "montants_mensuels", "montants_mensuels_ht"),
    "support_kind": ("support_kind", "support"),
    "support_billing": ("support_billing", "support_facturation"),
    "support_perimeter": ("support_perimeter", "support_perimetre"),
    "quota_vcpus": ("quota_vcpus", "quota_vcpu"),
    "quota_memory_gib": ("quota_memory_gib", "quota_memoire_gio"),
    "quota_disk_gib": ("quota_disk_gib", "quota_disque_gio"),
    "quota_guests": ("quota_guests", "quota_vm"),
}
"""The names under which each column is known (`plain_name`), its own first."""
REQUIRED = ("id", "name", "email", "pools")
_WORDS = {
    "aucun": "none",
    "aucune": "none",
    "assistance_technique": "assistance",
    "forfait": "flat",
    "forfaitaire": "flat",
    "horaire": "hourly",
    "a_l_heure": "hourly",
    "negocie": "negotiated",
    "systeme": "os",
    "bases": "databases",
    "donnees": "data",
}
"""The French of values that have a fixed list; accents and capitals do not matter in any."""
_LISTED = re.compile(r"[\s|,;]+")
_ADDRESSES = re.compile(r"[,;]?(?:\s|\|)+|[,;]\Z")
"""Between addresses: a comma within one is part of it."""
_BEGINS = re.compile(r"(?P<day>[^\s=|;]+)\s*=")
_UNIT = re.compile(r"\s*(?:Gio|GiB)\s*\Z", re.IGNORECASE)

Finding = tuple[str, str]
"""(key, what is wrong)."""


def read_sheet(text: str) -> tuple[list[RegisterEntry], list[tuple[SheetPlace, str]]]:
    """Return the tenants, and what is wrong with the columns; raises `SheetError`."""
    sheet = cut_sheet(text)
    columns = place_columns(sheet.heading, COLUMNS, REQUIRED)
    unknown = _("this column is not known; known here: {known}").format(known=", ".join(COLUMNS))
    problems = [(_place(sheet, 1, at), unknown) for at in columns.unknown]
    nameless = _("this column has no name, and a cell in it is filled")
    named = set(columns.places.values()) | set(columns.unknown)
    for row in sheet.rows:
        problems += [
            (_place(sheet, row.number, at), nameless)
            for at, cell in enumerate(row.cells)
            if cell and at not in named
        ]
    return [_entry(sheet, row, columns) for row in sheet.rows], problems


def _place(sheet: Sheet, row: int, at: int | None) -> SheetPlace:
    if at is None:
        return SheetPlace(row)
    name = sheet.heading[at] if at < len(sheet.heading) else ""
    return SheetPlace(row, column_letter(at), name)


def _entry(sheet: Sheet, row: SheetRow, columns: PlacedColumns) -> RegisterEntry:
    cells = {
        name: row.cells[at]
        for name, at in columns.places.items()
        if at < len(row.cells) and row.cells[at]
    }
    findings: list[Finding] = []
    table = _Reading(cells, findings).table()
    places = {name: _place(sheet, row.number, at) for name, at in columns.places.items()}
    return RegisterEntry(
        table,
        row.number,
        unreadable=tuple(findings),
        place_of=lambda key: places.get(_column(key), SheetPlace(row.number)),
    )


def _column(key: str) -> str:
    """The column that a key of the table comes from: `quota_vcpus` for `quotas.vcpus`."""
    first, _dot, rest = key.partition(".")
    first, rest = first.partition("[")[0], rest.partition("[")[0]
    if first == "amount":
        return "amounts"
    return f"{first.removesuffix('s')}_{rest}" if first in ("quotas", "support") else first


class _Reading:
    """A row's cells as the table that TOML would have given; a cell that cannot be read is in
    `findings` and not in the table.
    """

    def __init__(self, cells: Mapping[str, str], findings: list[Finding]) -> None:
        self._cells = cells
        self._findings = findings

    def table(self) -> dict[str, object]:
        table: dict[str, object] = {}
        for name in ("id", "name", "email"):
            self._put(table, name, name, str)
        if address := self._postal_address():
            table["postal_address"] = address
        for name in ("contract_start", "contract_end", "notice_given", "data_confirmed"):
            self._put(table, name, name, _day)
        self._put(table, "contract", "contract", _word)
        for name in ("pools", "proxmox_users", "proxmox_groups", "guest_users"):
            self._put(table, name, name, _listed)
        self._put(table, "endpoints", "endpoints", _addresses)
        if amounts := self._cells.get("amounts"):
            table["amount"] = self._amounts(amounts)
        for group, words in (("support", _SUPPORT), ("quotas", _QUOTAS)):
            inner: dict[str, object] = {}
            for name, read in words.items():
                self._put(inner, f"{group}.{name}", name, read)
            if inner:
                table[group] = inner
        return table

    def _put(
        self, table: dict[str, object], key: str, name: str, read: Callable[[str], object]
    ) -> None:
        if not (cell := self._cells.get(_column(key))):
            return
        try:
            table[name] = read(cell)
        except CellError as error:
            self._findings.append((key, str(error)))

    def _postal_address(self) -> str:
        """The address in lines: a cell of its own, or parted among street, code and town."""
        street = self._cells.get("postal_address", "").replace("|", "\n")
        code, city = self._cells.get("postal_code", ""), self._cells.get("city", "")
        town = " ".join(part for part in (code.strip(), city.strip()) if part)
        return "\n".join(part for part in (street, town) if part)

    def _amounts(self, cell: str) -> list[dict[str, object]]:
        """Each amount with the day it holds from; those that cannot be read are left out."""
        found: list[dict[str, object]] = []
        for number, (day, amount) in enumerate(_cut_amounts(cell), 1):
            key = f"amount.#{number}"
            row: dict[str, object] = {}
            for name, text, read in (("from", day, _day), ("monthly", amount, _euros)):
                try:
                    row[name] = read(text)
                except CellError as error:
                    self._findings.append((f"{key}.{name}", str(error)))
            if len(row) == 2:
                found.append(row)
        return found


def _cut_amounts(cell: str) -> Iterator[tuple[str, str]]:
    """(day, amount) as they are written; the day is empty where an amount has none."""
    begins = list(_BEGINS.finditer(cell))
    first = cell[: begins[0].start()] if begins else cell
    if first.strip(" |;,\t\r\n\u00a0\u202f"):
        yield "", first
    ends = [*(one.start() for one in begins[1:]), len(cell)]
    for one, end in zip(begins, ends, strict=False):  # no amount has an end all the same
        yield one["day"].lstrip(","), cell[one.end() : end].strip(" |;,\t\r\n\u00a0\u202f")


def _day(cell: str) -> object:
    day = read_day(cell, YEARS)
    if day is None:
        raise CellError(_("the day is missing: write 2024-03-01=1250,00"))
    return day


def _euros(cell: str) -> object:
    cents = read_cents(cell)
    if cents is None:
        raise CellError(_("the amount is missing: write 2024-03-01=1250,00"))
    return Decimal(cents).scaleb(-2)


def _word(cell: str) -> str:
    plain = plain_name(cell)
    return _WORDS.get(plain, plain or cell)


def _listed(cell: str) -> list[str]:
    return [part for part in _LISTED.split(cell) if part]


def _addresses(cell: str) -> list[str]:
    return [part for part in _ADDRESSES.split(cell) if part]


def _words(cell: str) -> list[str]:
    return [_word(part) for part in _listed(cell)]


def _number(cell: str) -> int:
    number = read_whole(_UNIT.sub("", cell))
    if number is None:
        raise CellError(_("{text} is no whole number").format(text=quote_cell(cell)))
    return number


_SUPPORT: Mapping[str, Callable[[str], object]] = {
    "kind": _word,
    "billing": _word,
    "perimeter": _words,
}
_QUOTAS: Mapping[str, Callable[[str], object]] = dict.fromkeys(
    ("vcpus", "memory_gib", "disk_gib", "guests"), _number
)
