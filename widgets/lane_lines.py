"""The lines of a timeline as strips: its period, its axis, its lanes and the legend."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from widgets.cells import fit
from widgets.lanes import Chart, Lane, LaneKind
from widgets.time_window import Window
from widgets.tones import Look

PAST, FUTURE = "─", " "
CURSOR_MARK = "▸ "


class LaneLines:
    """Draws lines of `width` columns, the first `title_width` of them for titles; remembers each
    lane's strip until all are forgotten."""

    def __init__(self, title_width: int) -> None:
        self.width = 0
        self._title_width = title_width
        self._strips: dict[int, Strip] = {}

    def resize(self, width: int) -> None:
        """The lines are `width` columns from now on."""
        self.width = width
        self._strips.clear()

    def forget(self) -> None:
        """The strips are stale."""
        self._strips.clear()

    def period(self, window: Window, look: Look) -> Strip:
        """The name of the stretch of time, over the axis."""
        return self._plain(" " * self._title_width + window.name, look.header)

    def axis(self, chart: Chart, look: Look) -> Strip:
        """The labels under which the columns stand."""
        line = [" "] * chart.width
        for x, text in chart.window.labels(chart.width):
            line[x : x + len(text)] = text
        return self._plain(" " * self._title_width + "".join(line), look.header)

    def legend(self, kinds: Sequence[LaneKind], look: Look) -> Strip:
        """Return each kind's glyph and title."""
        segments: list[Segment] = []
        for kind in kinds:
            segments.append(Segment(f" {kind.glyph}", look.tones[kind.tone]))
            segments.append(Segment(f" {kind.title} ", look.tones["muted"]))
        return Strip(segments).crop_extend(0, self.width, look.base)

    def message(self, text: str, look: Look) -> Strip:
        """A line that speaks for a timeline without lanes."""
        return self._plain(text, look.tones["muted"])

    def lane(
        self, index: int, lane: Lane, chart: Chart, look: Look, cursor: int | None = None
    ) -> Strip:
        """The line of the `index`th lane; `cursor` is the cursor's column when it is on it."""
        strip = self._strips.get(index)
        if strip is None:
            strip = self._strips[index] = self._draw_cells(lane, chart, look)
        return strip if cursor is None else self._with_cursor(strip, cursor, look)

    def _plain(self, text: str, style: Style) -> Strip:
        return Strip([Segment(fit(text, self.width), style)], self.width)

    def _draw_cells(self, lane: Lane, chart: Chart, look: Look) -> Strip:
        width, today = chart.width, chart.today
        title = fit(lane.title, self._title_width - len(CURSOR_MARK))
        segments = [Segment(" " * len(CURSOR_MARK) + title, look.base)]
        shown = chart.columns(lane)
        start = 0
        for x in range(1, width + 1):
            if x < width and shown[x] == shown[start] and (x <= today) == (start <= today):
                continue
            kind = None if (rank := shown[start]) is None else chart.kinds[rank]
            segments.append(_run(kind, x - start, look, past=start <= today))
            start = x
        return Strip(segments).crop_extend(0, self.width, look.base)

    def _with_cursor(self, strip: Strip, column: int, look: Look) -> Strip:
        """The lane under the cursor is marked, and the column on it is drawn as the cursor."""
        x = self._title_width + column
        mark = Segment(CURSOR_MARK, look.cursor)
        under = Segment(strip.crop(x, x + 1).text or " ", look.cursor)
        parts = [Strip([mark]), strip.crop(len(CURSOR_MARK), x), Strip([under]), strip.crop(x + 1)]
        return Strip.join(parts)


def _run(kind: LaneKind | None, length: int, look: Look, *, past: bool) -> Segment:
    if kind is None:
        return Segment((PAST if past else FUTURE) * length, look.tones["muted"])
    return Segment(kind.glyph * length, look.tones[kind.tone])
