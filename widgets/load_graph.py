"""A small graph of figures over time; what was not measured is drawn as such, never as zero."""

from collections.abc import Sequence

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from widgets.cells import fitted
from widgets.tones import tone_styles

MISSING = "░"
_BRAILLE = 0x2800
_DOTS = ((0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08))
"""The dots of a cell from the bottom up, in its left and its right half."""

Samples = Sequence[float | None]


def resampled(samples: Samples, count: int) -> list[float | None]:
    """`count` samples, each the highest of those it stands for; `None` where none was taken."""
    out: list[float | None] = []
    for index in range(count):
        start = index * len(samples) // count
        end = max(start + 1, (index + 1) * len(samples) // count)
        known = [value for value in samples[start:end] if value is not None]
        out.append(max(known) if known else None)
    return out


def rows_of(samples: Samples, width: int, height: int, top: float) -> list[str]:
    """The graph as `height` lines of `width` columns, `top` being the highest value."""
    points = resampled(samples, width * 2)
    dots = [None if v is None else _height(v, top, height * 4) for v in points]
    pairs = list(zip(dots[::2], dots[1::2], strict=True))
    return ["".join(_cell(pair, floor * 4) for pair in pairs) for floor in reversed(range(height))]


def _height(value: float, top: float, levels: int) -> int:
    """How many dots high; zero is one dot, so that it can be told from nothing."""
    return max(1, min(levels, round(value / top * levels))) if top > 0 else 1


def _cell(pair: tuple[int | None, int | None], floor: int) -> str:
    if pair == (None, None):
        return MISSING
    code = _BRAILLE
    for half, height in zip(_DOTS, pair, strict=True):
        for level, dot in enumerate(half, floor):
            if height is not None and level < height:
                code |= dot
    return chr(code)


class LoadGraph(Widget):
    """`title` and the figure now in the first line, below it the graph.

    Hatched columns were not measured; say so in the `legend`, which comes translated.
    """

    DEFAULT_CSS = """
    LoadGraph { height: 5; width: 1fr; }
    """

    def __init__(
        self,
        title: str,
        *,
        top: float | None = None,
        tone: str = "accent",
        legend: str = "",
        id: str | None = None,  # noqa: A002 - the name that every Textual widget gives it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._title, self._top, self._tone, self._legend = title, top, tone, legend
        self._samples: tuple[float | None, ...] = ()
        self._figure = ""

    def show(self, samples: Samples, figure: str) -> None:
        """Samples at even distances, oldest first, `None` where none was taken; the last figure."""
        self._samples, self._figure = tuple(samples), figure
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Title, graph, legend where something is missing."""
        styles, width = tone_styles(self), self.size.width
        if y == 0:
            missing = self._legend if None in self._samples else ""
            text = f"{self._title}  {self._figure}  {missing}"
            return Strip([Segment(fitted(text, width), styles["strong"])], width)
        known = [value for value in self._samples if value is not None]
        top = self._top if self._top is not None else max(known, default=0.0)
        lines = rows_of(self._samples, width, max(1, self.size.height - 1), top)
        return Strip([Segment(lines[y - 1], styles[self._tone])], width)
