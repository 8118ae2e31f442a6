"""A table as text to take away: CSV, JSON, Markdown, or one row of it.

Foreign text stays foreign: every control character is made visible; in CSV no cell can be read as
a formula by a spreadsheet; in Markdown nothing of it is markup. Figures keep their value in CSV and
JSON (bytes, per cent, seconds, RFC 3339 times), so that they can be sorted there as here.
"""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, Literal

import msgspec

from noc_tui.text import escape_markdown, visible
from widgets.columns import Column

Form = Literal["csv", "json", "md"]
FORMS: tuple[Form, ...] = ("csv", "json", "md")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%")
_UNITS = {"size": "bytes", "percent": "%", "duration": "s"}


def form_of(name: str) -> Form:
    """Return the form of that name or ending; CSV for any other."""
    return next((form for form in FORMS if form == name.lower()), "csv")


def table_text(form: Form, columns: Sequence[Column[Any]], rows: Sequence[Any]) -> str:
    """Return the rows in that form, in the order in which they are given."""
    match form:
        case "csv":
            return _csv(columns, rows)
        case "json":
            return _json(columns, rows)
        case "md":
            return _markdown(columns, rows)


def row_text(columns: Sequence[Column[Any]], row: Any) -> str:
    """Return one row, a line for each column that says something."""
    cells = ((column.title, cell_text(column, row)) for column in columns)
    return "\n".join(f"{title}: {text}" if title else text for title, text in cells if text)


def cell_text(column: Column[Any], row: Any) -> str:
    """Return what a cell shows, in one line without what does not print."""
    return visible(column.text(row)).strip()


def guard_formula(text: str) -> str:
    """Return a text that no spreadsheet reads as a formula: one that begins like one is quoted."""
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def _figure(column: Column[Any], row: Any) -> Any:
    """Return the value of a figure's column, None where it is unknown; else what is shown."""
    if column.kind == "text" or column.order is None:
        return cell_text(column, row)
    value = column.order(row)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Fraction):
        return float(value)
    return value


def _csv(columns: Sequence[Column[Any]], rows: Sequence[Any]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([guard_formula(_title(column)) for column in columns])
    for row in rows:
        cells = (_figure(column, row) for column in columns)
        writer.writerow(
            ["" if one is None else guard_formula(one) if isinstance(one, str) else one
             for one in cells]
        )  # fmt: skip
    return out.getvalue()


def _title(column: Column[Any]) -> str:
    unit = _UNITS.get(column.kind)
    title = column.title or column.key
    return f"{title} ({unit})" if unit else title


def _json(columns: Sequence[Column[Any]], rows: Sequence[Any]) -> str:
    lines = [{column.key: _figure(column, row) for column in columns} for row in rows]
    return msgspec.json.format(msgspec.json.encode(lines), indent=1).decode() + "\n"


def _markdown(columns: Sequence[Column[Any]], rows: Sequence[Any]) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cells) + " |\n"

    head = line([escape_markdown(column.title or column.key) for column in columns])
    rule = line(["---:" if column.align == "right" else "---" for column in columns])
    body = (line([escape_markdown(cell_text(column, row)) for column in columns]) for row in rows)
    return head + rule + "".join(body)
