"""A gauge: how much of something is left or used, as a bar, a figure and a word."""

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from widgets.bars import bar
from widgets.cells import fit, guard, width_of
from widgets.tones import tone_styles


class Gauge(Widget):
    """One line: `label`, a bar, the figure, and a glyph with a word that says how it is.

    All texts come translated; `tone` is one of `widgets.tones.TONES`. A `share` of None is
    unknown, and drawn as that. Before anything was shown only the label stands there.
    """

    DEFAULT_CSS = """
    Gauge { height: 1; width: 1fr; }
    """

    def __init__(
        self,
        label: str,
        *,
        label_width: int = 20,
        bar_width: int = 24,
        id: str | None = None,  # noqa: A002 - the name that every Textual widget gives it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._label, self._label_width, self._bar_width = label, label_width, bar_width
        self._share: float | None = None
        self._figure = self._word = ""
        self._tone = "unknown"
        self._was_shown = False

    def show(self, share: float | None, figure: str, word: str, tone: str) -> None:
        """Show these values from now on; `word` begins with its glyph (`● within budget`)."""
        self._share, self._figure, self._word, self._tone = share, figure, word, tone
        self._was_shown = True
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Its only line."""
        styles = tone_styles(self)
        base, tone = self.rich_style, styles[self._tone]
        width = min(self._bar_width, max(4, self.size.width - self._label_width - 24))
        label = fit(self._label, self._label_width) + " "
        figure = f" {guard(self._figure)}  "
        segments = [
            Segment(label, base),
            Segment(bar(self._share, width) if self._was_shown else " " * width, tone),
            Segment(figure, base),
            Segment(guard(self._word), tone),
        ]
        used = sum(width_of(segment.text) for segment in segments)
        return Strip(segments, used).crop_extend(0, self.size.width, base)
