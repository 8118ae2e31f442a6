"""Finds what of a picture only moved up or down, so that the terminal can move it itself."""

from collections import Counter
from operator import ne

import msgspec

from widgets.terminal.picture import Picture

LEAST_LINES = 3
"""Fewer changed lines than this are never worth a scroll."""

COST_IN_CELLS = 24
"""What the sequences of a scroll cost, in cells that could have been written instead."""


class Scroll(msgspec.Struct, frozen=True):
    """Lines `top` to `bottom` (both included) move up by `lines`, or down if negative."""

    top: int
    bottom: int
    lines: int


def find_shift(shown: Picture, wanted: Picture, changed: list[int]) -> Scroll | None:
    """Return the scroll that brings `shown` nearest to `wanted`, if it saves bytes."""
    if len(changed) < LEAST_LINES:
        return None
    votes = _votes(shown, wanted, changed)
    for lines, count in votes.most_common(2):
        if count >= LEAST_LINES - 1:
            scroll = _region(shown, wanted, changed, lines)
            if scroll is not None and _saving(shown, wanted, scroll) > COST_IN_CELLS:
                return scroll
    return None


def _votes(shown: Picture, wanted: Picture, changed: list[int]) -> Counter[int]:
    """By how many lines which number of changed lines moved; lines that repeat do not vote."""
    places: dict[int, int | None] = {}
    for y in changed:
        line = _hash(shown, y)
        places[line] = None if line in places else y
    votes: Counter[int] = Counter()
    for y in changed:
        before = places.get(_hash(wanted, y))
        if before is not None and before != y:
            votes[before - y] += 1
    return votes


def _hash(picture: Picture, y: int) -> int:
    return hash(("".join(picture.chars[y]), tuple(picture.attributes[y])))


def _same(shown: Picture, before: int, wanted: Picture, after: int) -> bool:
    return (
        shown.chars[before] == wanted.chars[after]
        and shown.attributes[before] == wanted.attributes[after]
    )


def _region(shown: Picture, wanted: Picture, changed: list[int], lines: int) -> Scroll | None:
    """From the first to the last line that moved by `lines`, with the lines they came over."""
    moved = [
        y for y in changed if 0 <= y + lines < shown.rows and _same(shown, y + lines, wanted, y)
    ]
    if not moved:
        return None
    if lines > 0:
        return Scroll(moved[0], moved[-1] + lines, lines)
    return Scroll(moved[0] + lines, moved[-1], lines)


def _saving(shown: Picture, wanted: Picture, scroll: Scroll) -> int:
    """Return how many cells fewer differ after the scroll."""
    saved = 0
    for y in range(scroll.top, scroll.bottom + 1):
        saved += _different(shown, y, wanted, y)
        before = y + scroll.lines
        if scroll.top <= before <= scroll.bottom:
            saved -= _different(shown, before, wanted, y)
        else:
            saved -= shown.cols
    return saved


def _different(shown: Picture, before: int, wanted: Picture, after: int) -> int:
    chars: int = sum(map(ne, shown.chars[before], wanted.chars[after]))
    attributes: int = sum(map(ne, shown.attributes[before], wanted.attributes[after]))
    return max(chars, attributes)
