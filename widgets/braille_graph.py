"""A graph in braille: two samples a column, four steps a line, with an axis, its unit and times."""

from collections.abc import Callable, Sequence
from math import ceil

from widgets.cells import fit, width_of
from widgets.sparkline import spread

_LEFT = (0x00, 0x40, 0x44, 0x46, 0x47)
_RIGHT = (0x00, 0x80, 0xA0, 0xB0, 0xB8)
_BLANK = 0x2800
DOTS = 4
"""Dots of a braille sign above each other."""
TICK, FOOT = " ┤", " ┴"


def braille_rows(samples: Sequence[float | None], width: int, height: int, top: float) -> list[str]:
    """Return `height` lines of `width` columns, filled from below to each sample (0 to `top`).

    A sample that is missing leaves its place blank. Anything above nothing shows at least a dot,
    and the newest sample stands at the right.
    """
    levels = [_level(one, height * DOTS, top) for one in spread(samples, width * 2)]
    return [
        "".join(
            chr(_BLANK + _LEFT[_part(levels[2 * x], line)] + _RIGHT[_part(levels[2 * x + 1], line)])
            for x in range(width)
        ).replace(chr(_BLANK), " ")
        for line in range(height - 1, -1, -1)
    ]


def _level(value: float | None, full: int, top: float) -> int:
    if value is None or value <= 0 or top <= 0:
        return 0
    return max(1, min(full, int(value / top * full)))


def _part(level: int, line: int) -> int:
    """Return the dots of a level that lie in a line, counted from below."""
    return max(0, min(DOTS, level - line * DOTS))


def round_top(highest: float) -> float:
    """Return a round figure at or above the highest sample: 1, 2 or 5 times a power of ten."""
    if highest <= 0:
        return 1.0
    power = 1.0
    while power * 10 <= highest:
        power *= 10
    while power > highest:
        power /= 10
    return next(step * power for step in (1, 2, 5, 10) if step * power >= highest)


def graph_lines(
    samples: Sequence[float | None],
    *,
    width: int,
    height: int,
    top: float,
    say: Callable[[float], str],
    times: Sequence[str],
) -> list[str]:
    """Return the graph with its axis: `height` lines, and one below with `times`.

    Where there are fewer samples than places each one takes several, so that the times below hold.
    `say` writes a figure with its unit; it stands at the top, the middle and the foot. `times` are
    spread evenly from the first sample to the last, which is now.
    """
    marks = {0: say(top), height // 2: say(top / 2)} if height > 2 else {0: say(top)}
    foot = say(0)
    labels = max(width_of(one) for one in (*marks.values(), foot))
    room = max(1, width - labels - len(TICK))
    drawn = braille_rows(_stretched(samples, room * 2), room, height, top)
    lines = [
        fit(marks.get(index, ""), labels, "right") + (TICK if index in marks else " │") + line
        for index, line in enumerate(drawn)
    ]
    return [*lines, fit(foot, labels, "right") + FOOT + time_line(times, room)]


def _stretched(samples: Sequence[float | None], places: int) -> Sequence[float | None]:
    count = len(samples)
    if not 0 < count < places:
        return samples
    return [samples[place * count // places] for place in range(places)]


def time_line(times: Sequence[str], width: int) -> str:
    """Return texts spread over a line, the first at its left end, the last at its right.

    Those that would touch the one before are left out; the last one stays.
    """
    if not times:
        return " " * width
    last = times[-1]
    cells = " " * width
    end = width - width_of(last)
    taken = 0
    for number, text in enumerate(times[:-1]):
        start = ceil(number * (width - 1) / max(1, len(times) - 1))
        start = max(0, start - width_of(text) // 2) if number else 0
        if (start >= taken or not taken) and start + width_of(text) < end:
            cells = cells[:start] + text + cells[start + width_of(text) :]
            taken = start + width_of(text) + 1
    return (cells[:end] + last if end >= 0 else fit(last, width))[:width]
