"""A register in CSV, as a spreadsheet saves it: one tenant a row, a heading row first.

Separated by commas or semicolons. A cell with several values has a space or a `|` between them.
Amounts are written `2024-03-01=1250.00`, a decimal comma is taken too.
"""

import csv
import io
import re
from collections.abc import Mapping

from noc_tui.register.entry import RegisterEntry

PLAIN = (
    "id",
    "name",
    "email",
    "contract_start",
    "contract_end",
    "notice_given",
    "data_confirmed",
    "contract",
)
LISTS = ("pools", "proxmox_users", "proxmox_groups", "guest_users", "endpoints")
QUOTAS = ("vcpus", "memory_gib", "disk_gib", "guests")
SUPPORT = ("kind", "billing", "perimeter")
COLUMNS = (
    *PLAIN,
    *LISTS,
    "amounts",
    *(f"support_{name}" for name in SUPPORT),
    *(f"quota_{name}" for name in QUOTAS),
)
LONGEST_NUMBER = 20
SPARE = "…"
"""The key of cells beyond the last column."""


def entries(text: str) -> tuple[list[RegisterEntry], list[str]]:
    """The tenants, and columns that are not known; raises `csv.Error`."""
    heading = text.partition("\n")[0]
    delimiter = ";" if heading.count(";") > heading.count(",") else ","
    reader = csv.DictReader(
        io.StringIO(text), delimiter=delimiter, strict=True, restkey=SPARE, restval=""
    )
    unknown = [name for name in reader.fieldnames or () if name not in COLUMNS]
    found = [
        RegisterEntry(_table(row), reader.line_num)
        for row in reader
        if any(cell.strip() for cell in row.values() if isinstance(cell, str))
    ]
    return found, unknown


def _table(row: Mapping[str, str]) -> dict[str, object]:
    """The row as the table that TOML would have given; empty cells are absent keys."""
    cells = {name: cell.strip() for name, cell in row.items() if isinstance(cell, str)}
    table: dict[str, object] = {name: cells[name] for name in PLAIN if cells.get(name)}
    table |= {name: _several(cells[name]) for name in LISTS if cells.get(name)}
    if amounts := cells.get("amounts"):
        table["amount"] = [_amount(part) for part in _several(amounts)]
    if support := _group(cells, "support", SUPPORT):
        if isinstance(perimeter := support.get("perimeter"), str):
            support["perimeter"] = _several(perimeter)
        table["support"] = support
    if quotas := _group(cells, "quota", QUOTAS):
        table["quotas"] = {name: _number(str(cell)) for name, cell in quotas.items()}
    if SPARE in row:
        table[SPARE] = row[SPARE]
    return table


def _group(cells: Mapping[str, str], prefix: str, names: tuple[str, ...]) -> dict[str, object]:
    return {name: cells[f"{prefix}_{name}"] for name in names if cells.get(f"{prefix}_{name}")}


def _several(cell: str) -> list[str]:
    return [part for part in re.split(r"[\s|]+", cell) if part]


def _amount(text: str) -> dict[str, object]:
    day, found, amount = text.partition("=")
    return {"from": day, "monthly": amount.replace(",", ".")} if found else {"monthly": text}


def _number(cell: str) -> int | str:
    return int(cell) if cell.isdecimal() and len(cell) <= LONGEST_NUMBER else cell
