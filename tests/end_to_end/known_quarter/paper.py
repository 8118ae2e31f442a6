"""Reads the answer worked out on paper: the tables of `paper.md`."""

from pathlib import Path

_PAPER = Path(__file__).with_name("paper.md")

MONTHS = ("2026-09", "2026-10", "2026-11")
DEADLINES = {"2026-09": "2026-10-30", "2026-10": "2026-11-30", "2026-11": "2026-12-30"}


def figures(month: str) -> dict[str, dict[str, str]]:
    """Each tenant's figures of a month, by the titles of the three tables' columns."""
    found: dict[str, dict[str, str]] = {}
    for table in ("seconds", "rates", "credit"):
        for name, row in _table(f"{month} {table}"):
            found.setdefault(name.lower(), {}).update(
                {f"{table}: {title}": cell for title, cell in row.items()}
            )
    return found


def exclusions(tenant: str) -> list[dict[str, str]]:
    """What is excluded of a tenant in the end, by the titles of the table's columns."""
    return [row for name, row in _table("excluded") if name.lower() == tenant]


def paid(month: str) -> list[dict[str, str]]:
    """The credits that accounting is told of for a month, in the order of their grants."""
    rows = [{"paid": name.lower(), **row} for name, row in _table("paid")]
    return [row for row in rows if row.pop("month") == month]


def _table(first: str) -> list[tuple[str, dict[str, str]]]:
    """The rows of the table whose first column has that title, by its other titles."""
    titles: list[str] = []
    rows = []
    for text in _PAPER.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in text.strip("|").split("|")] if text[:1] == "|" else []
        if cells and cells[0] == first:
            titles = cells[1:]
        elif not cells:
            titles = []
        elif titles and cells[0] != "---":
            rows.append((cells[0], dict(zip(titles, cells[1:], strict=True))))
    return rows
