"""A timeline: one line a subject, time across, each kind of span with a glyph of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from widgets.cells import fitted
from widgets.lanes import Kind, Lane, Span, columns, spans_at
from widgets.marks import N_
from widgets.time_window import ZOOMS, Window, Zoom, window
from widgets.tones import tone_styles

HEADER = 2
LEGEND = 1
PAST, FUTURE = "─", " "


class Timeline(ScrollView, can_focus=True):
    """Shows `lanes` against a calendar of `zone`; `now` ends what is not over yet.

    `title_width` columns hold the titles. `empty` (translated) is said when there is no lane.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "lane(-1)", N_("Line up"), show=False, id="timeline.up"),
        Binding("down", "lane(1)", N_("Line down"), show=False, id="timeline.down"),
        Binding("left", "column(-1)", N_("Earlier"), show=False, id="timeline.left"),
        Binding("right", "column(1)", N_("Later"), show=False, id="timeline.right"),
        Binding("pageup", "beside(-1)", N_("Period before"), show=False, id="timeline.before"),
        Binding("pagedown", "beside(1)", N_("Period after"), show=False, id="timeline.after"),
        Binding("plus", "zoom(1)", N_("Zoom in"), show=False, id="timeline.in"),
        Binding("minus", "zoom(-1)", N_("Zoom out"), show=False, id="timeline.out"),
        Binding("n", "next_span", N_("Next span"), show=False, id="timeline.next"),
        Binding("enter", "select", N_("Open"), show=False, id="timeline.select"),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"timeline--header", "timeline--cursor"}

    ALLOW_SELECT = False

    DEFAULT_CSS: ClassVar[str] = """
    Timeline {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        background: $background;
        color: $foreground;
        & > .timeline--header { text-style: bold; background: $panel; color: $foreground; }
        & > .timeline--cursor { background: $block-cursor-blurred-background; text-style: bold; }
        &:focus > .timeline--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: bold;
        }
        &:ansi > .timeline--header, &:nocolor > .timeline--header { text-style: bold underline; }
        &:ansi > .timeline--cursor, &:nocolor > .timeline--cursor { text-style: bold reverse; }
    }
    """

    @dataclass
    class SpanSelected(Message):
        """The operator opened what is under the cursor: `spans`, the most important first."""

        timeline: "Timeline"
        lane: str
        spans: tuple[Span, ...]
        at: datetime

        @property
        def control(self) -> "Timeline":
            """The timeline, for `@on(..., "#id")`."""
            return self.timeline

    @dataclass
    class Moved(Message):
        """The cursor is elsewhere: on `lane` (None without lanes), at the instant `at`."""

        timeline: "Timeline"
        lane: str | None
        at: datetime
        spans: tuple[Span, ...]

        @property
        def control(self) -> "Timeline":
            """The timeline, for `@on(..., "#id")`."""
            return self.timeline

        def can_replace(self, message: Message) -> bool:
            """Only the newest place matters."""
            return isinstance(message, type(self)) and message.timeline is self.timeline

    @dataclass
    class WindowChanged(Message):
        """Another stretch of time is shown: its spans may have to be read."""

        timeline: "Timeline"
        window: Window

        @property
        def control(self) -> "Timeline":
            """The timeline, for `@on(..., "#id")`."""
            return self.timeline

    def __init__(
        self,
        kinds: Sequence[Kind],
        *,
        now: datetime,
        zone: tzinfo,
        empty: str,
        zoom: Zoom = "month",
        title_width: int = 24,
        id: str | None = None,  # noqa: A002 - the name that every Textual widget gives it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._kinds = tuple(kinds)
        self._lanes: tuple[Lane, ...] = ()
        self._now = now
        self._empty = empty
        self._title_width = title_width
        self._window = window(zoom, now, zone)
        self._lane = 0
        self._column: int | None = None
        self._lines: dict[int, Strip] = {}
        self._styles: dict[str, Style] = {}

    @property
    def window(self) -> Window:
        """The stretch of time that is shown."""
        return self._window

    @property
    def instant(self) -> datetime:
        """The first instant of the column under the cursor."""
        return self._window.instant(self._cursor, self._width)

    @property
    def _cursor(self) -> int:
        """The cursor's column; it begins in the present."""
        if self._column is None:
            return max(0, min(self._window.column(self._now, self._width), self._width - 1))
        return min(self._column, self._width - 1)

    @property
    def lane(self) -> str | None:
        """The key of the lane under the cursor; None without lanes."""
        return self._lanes[self._lane].key if self._lanes else None

    @property
    def spans(self) -> tuple[Span, ...]:
        """What is under the cursor, most important first."""
        if not self._lanes:
            return ()
        lane = self._lanes[self._lane]
        found = spans_at(lane, self._kinds, self._window, self._cursor, self._width, self._now)
        return tuple(found)

    def show(self, lanes: Sequence[Lane], now: datetime) -> None:
        """Put these lanes in the place of the ones shown; the cursor stays on its lane."""
        here = self._lanes[self._lane].key if self._lanes else None
        self._lanes, self._now = tuple(lanes), now
        keys = [lane.key for lane in self._lanes]
        self._lane = keys.index(here) if here in keys else min(self._lane, max(0, len(keys) - 1))
        self._fit()
        self._redraw()
        self._tell()

    def show_window(self, shown: Window) -> None:
        """Show another stretch of time."""
        if shown != self._window:
            self._window = shown
            self.post_message(self.WindowChanged(self, shown))
            self._redraw()

    # Drawing.

    @property
    def _width(self) -> int:
        reserved = self._title_width + self.styles.scrollbar_size_vertical
        return max(1, self.size.width - reserved)

    def _fit(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._lanes) + HEADER + LEGEND)

    def _redraw(self) -> None:
        self._lines.clear()
        self.refresh()

    def on_resize(self) -> None:
        """Columns stand for other instants now."""
        self._fit()
        self._redraw()

    def notify_style_update(self) -> None:
        """The theme changed."""
        super().notify_style_update()
        self._styles = {}
        self._lines.clear()

    def _style(self, name: str) -> Style:
        if not self._styles:
            self._styles = tone_styles(self)
            for part in ("header", "cursor"):
                self._styles[part] = self.get_component_rich_style(f"timeline--{part}")
            self._styles[""] = self.rich_style
        return self._styles[name]

    def render_line(self, y: int) -> Strip:
        """Period, axis, lanes from the scroll offset on, and the legend in the last line."""
        if y < HEADER:
            return self._header(y)
        if y == self.size.height - 1:
            return self._legend()
        index = self.scroll_offset.y + y - HEADER
        if index >= len(self._lanes):
            text = self._empty if y == HEADER + 1 and not self._lanes else ""
            return self._plain(text, "muted")
        if index == self._lane:
            return self._with_cursor(self._lane_strip(index))
        return self._lane_strip(index)

    def _plain(self, text: str, style: str) -> Strip:
        shown = fitted(text, self.size.width)
        return Strip([Segment(shown, self._style(style))], self.size.width)

    def _header(self, y: int) -> Strip:
        if y == 0:
            return self._plain(" " * self._title_width + self._window.name, "header")
        line = [" "] * self._width
        for x, text in self._window.labels(self._width):
            line[x : x + len(text)] = text
        return self._plain(" " * self._title_width + "".join(line), "header")

    def _legend(self) -> Strip:
        segments: list[Segment] = []
        for kind in self._kinds:
            segments.append(Segment(f" {kind.glyph}", self._style(kind.tone)))
            segments.append(Segment(f" {kind.title} ", self._style("muted")))
        strip = Strip(segments)
        return strip.crop_extend(0, self.size.width, self._style(""))

    def _lane_strip(self, index: int) -> Strip:
        strip = self._lines.get(index)
        if strip is None:
            strip = self._lines[index] = self._drawn(self._lanes[index])
        return strip

    def _drawn(self, lane: Lane) -> Strip:
        width = self._width
        today = self._window.column(self._now, width)
        title = fitted(lane.title, self._title_width - 2)
        segments = [Segment(f"  {title}", self._style(""))]
        shown = columns(lane, self._kinds, self._window, width, self._now)
        start = 0
        for x in range(1, width + 1):
            if x < width and shown[x] == shown[start] and (x <= today) == (start <= today):
                continue
            segments.append(self._run(shown[start], x - start, past=start <= today))
            start = x
        return Strip(segments).crop_extend(0, self.size.width, self._style(""))

    def _run(self, rank: int | None, length: int, *, past: bool) -> Segment:
        if rank is None:
            return Segment((PAST if past else FUTURE) * length, self._style("muted"))
        kind = self._kinds[rank]
        return Segment(kind.glyph * length, self._style(kind.tone))

    def _with_cursor(self, strip: Strip) -> Strip:
        """The lane under the cursor is marked, and the column on it is drawn as the cursor."""
        x = self._title_width + self._cursor
        cursor = self._style("cursor")
        mark = Segment("▸ ", cursor)
        under = Segment(strip.crop(x, x + 1).text or " ", cursor)
        parts = [Strip([mark]), strip.crop(2, x), Strip([under]), strip.crop(x + 1)]
        return Strip.join(parts)

    # The cursor.

    def _go(self, lane: int, column: int) -> None:
        self._lane = max(0, min(lane, len(self._lanes) - 1))
        self._column = max(0, min(column, self._width - 1))
        top, page = self.scroll_offset.y, max(1, self.size.height - HEADER - LEGEND)
        if self._lane < top:
            self.scroll_to(y=self._lane, animate=False, force=True)
        elif self._lane >= top + page:
            self.scroll_to(y=self._lane - page + 1, animate=False, force=True)
        self._tell()
        self.refresh()

    def _tell(self) -> None:
        self.post_message(self.Moved(self, self.lane, self.instant, self.spans))

    def action_lane(self, step: int) -> None:
        """Another subject."""
        self._go(self._lane + step, self._cursor)

    def action_column(self, step: int) -> None:
        """Earlier or later; over the edge into the next period."""
        column = self._cursor + step
        if not 0 <= column < self._width:
            self.show_window(self._window.beside(step))
            column = 0 if step > 0 else self._width - 1
        self._go(self._lane, column)

    def action_beside(self, step: int) -> None:
        """The period before or after."""
        column = self._cursor
        self.show_window(self._window.beside(step))
        self._go(self._lane, column)

    def action_zoom(self, step: int) -> None:
        """A shorter or longer period around the cursor."""
        level = ZOOMS.index(self._window.zoom) + step
        if 0 <= level < len(ZOOMS):
            at = self.spans[0].start if step > 0 and self.spans else self.instant
            at = max(at, self.instant)
            self.show_window(self._window.at(ZOOMS[level], at))
            self._go(self._lane, self._window.column(at, self._width))

    def action_next_span(self) -> None:
        """Where something else begins in this lane; after the last comes the first."""
        if not self._lanes:
            return
        shown = columns(self._lanes[self._lane], self._kinds, self._window, self._width, self._now)
        before = (None, *shown)
        begins = [x for x, what in enumerate(shown) if what is not None and what != before[x]]
        if begins:
            self._go(self._lane, next((x for x in begins if x > self._cursor), begins[0]))

    def action_select(self) -> None:
        """Open what is under the cursor."""
        if self._lanes:
            key = self._lanes[self._lane].key
            self.post_message(self.SpanSelected(self, key, self.spans, self.instant))

    def on_click(self, event: events.Click) -> None:
        """The cursor goes where one clicks; a second click opens."""
        lane = self.scroll_offset.y + event.y - HEADER
        column = event.x - self._title_width
        if event.y < HEADER or lane >= len(self._lanes):
            return
        column = self._cursor if column < 0 else column
        again = (lane, column) == (self._lane, self._cursor)
        self._go(lane, column)
        if again:
            self.action_select()
