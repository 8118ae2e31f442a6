"""A line of bars: the shape of figures over time, one column a step."""

from collections.abc import Sequence

STEPS = "▁▂▃▄▅▆▇█"
GAP = " "
"""A sample that is missing is a gap, never a zero."""


def sparkline(samples: Sequence[float | None], width: int, top: float = 100.0) -> str:
    """Return `width` columns, the newest sample at the right.

    All lines of one scale (0 to `top`) can be compared with each other. Where there are more
    samples than columns each column shows the highest of its own; where there are fewer the line
    begins with a gap.
    """
    columns = spread(samples, width)
    return "".join(GAP if one is None else _step(one, top) for one in columns)


def spread(samples: Sequence[float | None], width: int) -> list[float | None]:
    """Return `width` values out of the samples, the last ones at the right."""
    count = len(samples)
    if count <= width:
        return [None] * (width - count) + list(samples)
    columns: list[float | None] = []
    for column in range(width):
        own = samples[column * count // width : (column + 1) * count // width]
        known = [one for one in own if one is not None]
        columns.append(max(known) if known else None)
    return columns


def _step(value: float, top: float) -> str:
    if value <= 0 or top <= 0:
        return STEPS[0]
    return STEPS[min(len(STEPS) - 1, int(value / top * len(STEPS)))]
