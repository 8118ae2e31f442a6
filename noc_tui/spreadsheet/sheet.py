"""A sheet as rows and columns, whichever separator it was saved with."""

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from noc_tui.i18n import _, ngettext
from noc_tui.spreadsheet.encoding import SheetError

MAX_ROWS = 100_000
SEPARATORS = ";,\t"
_SAID = re.compile(r'"?sep=(?P<sign>[^\r\n])"?[;,\t]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
"""The line by which a file tells a spreadsheet its separator; spreadsheets do not show it."""
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_LETTERS = 26


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number as the spreadsheet shows it (the heading is row 1), and its cells."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The names of the columns, empty for those without one, and the rows that hold anything."""

    heading: tuple[str, ...]
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True, slots=True)
class PlacedColumns:
    """`places` says where (from 0) each known column stands, `unknown` where the others do."""

    places: Mapping[str, int]
    unknown: tuple[int, ...]


def cut_sheet(text: str) -> Sheet:
    """Return the rows of a text; cells without the blanks around them. Raises `SheetError`."""
    separator, rest = _take_separator(text)
    reader = csv.reader(io.StringIO(rest, newline=""), delimiter=separator, strict=True)
    rows: list[SheetRow] = []
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            kept = tuple(cell.strip() for cell in cells)
            if number == 1 or any(kept):
                rows.append(SheetRow(number, kept))
    except csv.Error as error:
        raise SheetError(_describe_break(number + 1, error)) from error
    if not rows or not any(rows[0].cells):
        raise SheetError(_("it has no heading row"))
    if len(rows) > MAX_ROWS:
        raise SheetError(_("it has more rows than {limit}").format(limit=MAX_ROWS))
    return Sheet(rows[0].cells, tuple(rows[1:]))


def place_columns(
    heading: Sequence[str], known: Mapping[str, Sequence[str]], required: Sequence[str]
) -> PlacedColumns:
    """Find the columns `known` by their names (`plain_name`) in a heading; one without a name is
    neither known nor unknown. Raises `SheetError` where two mean the same or one is missing.
    """
    keys = {name: key for key, names in known.items() for name in names}
    places: dict[str, int] = {}
    unknown: list[int] = []
    for at, name in enumerate(heading):
        key = keys.get(plain_name(name))
        if key is None:
            unknown.extend([at] if name else [])
        elif key in places:
            raise SheetError(_("two columns mean the same: {name}").format(name=name))
        else:
            places[key] = at
    if missing := [known[key][0] for key in required if key not in places]:
        raise SheetError(
            ngettext(
                "a column is missing: {columns}", "columns are missing: {columns}", len(missing)
            ).format(columns=", ".join(missing))
        )
    return PlacedColumns(places, tuple(unknown))


def plain_name(name: str) -> str:
    """Return a name in small letters without accents: `N° Facture` becomes `n_facture`."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("°", " "))
    kept = "".join(
        one if one.isascii() and one.isalnum() else " "
        for one in letters
        if not unicodedata.combining(one)
    )
    return "_".join(kept.split())


def column_letter(at: int) -> str:
    """Return how a spreadsheet names the column at that place (from 0): A, B, …, Z, AA."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def _take_separator(text: str) -> tuple[str, str]:
    """The separator, said (`sep=;`) or the most frequent one of the heading, and the rest."""
    if said := _SAID.match(text):
        return said["sign"], text[said.end() :]
    heading = _QUOTED.sub("", re.split(r"[\r\n]", text, maxsplit=1)[0])
    return max(SEPARATORS, key=heading.count), text


def _describe_break(row: int, error: csv.Error) -> str:
    """What the reader of CSV stumbled over, in the language in use."""
    text = str(error)
    if "unexpected end" in text:
        why = _("a quotation mark is opened and never closed")
    elif "expected after" in text:
        why = _('a quotation mark inside of a cell must be doubled ("")')
    elif "field larger" in text:
        why = _("a cell is too long")
    else:
        why = text
    return _("row {row}: {why}").format(row=row, why=why)
