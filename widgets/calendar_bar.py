"""A month as a line of days: one cell a day, the worst thing of that day."""

from collections.abc import Iterable, Mapping

QUIET, COMING = "·", " "


def calendar_bar(days: int, today: int, marks: Mapping[int, str]) -> str:
    """Return one cell for each of `days`, numbered from 1: its mark, a dot up to `today`, else
    blank.
    """
    return "".join(
        marks.get(day) or (QUIET if day <= today else COMING) for day in range(1, days + 1)
    )


def calendar_scale(days: int) -> str:
    """Return the days' numbers above such a line: 1, 5, 10, … each beginning at its own day."""
    cells = [" "] * days
    for day in (1, *range(5, days + 1, 5)):
        for offset, digit in enumerate(str(day)):
            if day - 1 + offset < days:
                cells[day - 1 + offset] = digit
    return "".join(cells)


def worst_marks(found: Iterable[tuple[int, str]], order: str) -> dict[int, str]:
    """Return the mark of each day: of several, the one that stands first in `order`."""
    worst: dict[int, str] = {}
    for day, mark in found:
        known = worst.get(day)
        if known is None or order.index(mark) < order.index(known):
            worst[day] = mark
    return worst
