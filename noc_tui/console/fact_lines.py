"""Draws a detail as lines of label and value."""

from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

Fact = tuple[str, str]
"""(label, value), both already translated and made visible."""


def facts(lines: Iterable[Fact], width: int = 0) -> Table:
    """A grid of labels and values; nothing in it is markup. A value that is one long word, as an
    interface of a guest is, goes on in the next line.
    """
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True, min_width=width)
    table.add_column(ratio=1, overflow="fold")
    for label, value in lines:
        table.add_row(Text(label), Text(value))
    return table


_BARS = " ▁▂▃▄▅▆▇█"
MISSING = "·"


def graph(samples: Sequence[float | None], width: int, top: float | None = None) -> str:
    """A line of bars, the newest at the right; a sample that is missing is a dot, not a zero."""
    kept = list(samples)[-width:]
    known = [value for value in kept if value is not None]
    highest = top if top is not None else max(known, default=0.0)
    return "".join(MISSING if value is None else _bar(value, highest) for value in kept)


def _bar(value: float, highest: float) -> str:
    if highest <= 0 or value <= 0:
        return _BARS[0 if value <= 0 else 1]
    return _BARS[min(len(_BARS) - 1, max(1, round(value / highest * (len(_BARS) - 1))))]
