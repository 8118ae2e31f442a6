"""Reads the answer worked out on paper: the two tables of `march.md`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from noc_tui.contract.calendar import PARIS

_PAPER = Path(__file__).with_name("march.md")


@dataclass(frozen=True, slots=True)
class Line:
    """An interval of a statement. `happens` and `seen` are its bounds, in UTC."""

    tenant: str
    kind: str
    happens: tuple[datetime, datetime]
    seen: tuple[datetime, datetime]
    seconds: int
    counted: int
    whose: str


def lines(tenant: str) -> list[Line]:
    """A tenant's intervals, in the order of the statement."""
    return [
        Line(who, kind, _span(happens), _span(seen), int(seconds), int(counted), whose)
        for who, kind, happens, seen, seconds, counted, whose, _what in _table("tenant")
        if who == tenant
    ]


def figures(tenant: str) -> dict[str, str]:
    """A tenant's figures by name."""
    return {name: {"A": a, "B": b}[tenant] for name, a, b in _table("figure")}


def _table(first: str) -> Iterator[list[str]]:
    """The rows of the table whose first column has that title."""
    inside = False
    for text in _PAPER.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in text.strip("|").split("|")] if text[:1] == "|" else []
        inside = bool(cells) and (inside or cells[0] == first)
        if inside and cells[0] not in {first, "---"}:
            yield cells


def _span(text: str) -> tuple[datetime, datetime]:
    start, end = (
        datetime.strptime(f"2026 {part}", "%Y %d/%m %H:%M").replace(tzinfo=PARIS).astimezone(UTC)
        for part in text.split(" - ")
    )
    return start, end
