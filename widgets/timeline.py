"""A timeline: one line a subject, time across, each kind of span with a glyph of its own."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from widgets.lane_lines import LaneLines
from widgets.lanes import Chart, Lane, LaneKind, LaneSpan
from widgets.marks import N_
from widgets.time_window import ZOOMS, Window, Zoom, window
from widgets.tones import Look, look_of
from widgets.words import READING, translate

HEADER = 2
LEGEND = 1


class _TimelineMessage(Message):
    def __init__(self, timeline: "Timeline") -> None:
        super().__init__()
        self.timeline = timeline

    @property
    def control(self) -> "Timeline":
        """The timeline, for `@on(..., "#id")`."""
        return self.timeline


class Timeline(ScrollView, can_focus=True):
    """Shows `lanes` against a calendar of `zone`; `now` ends what is not over yet.

    `title_width` columns hold the titles. Until lanes were shown for the first time it says that it
    is being read; `empty` (translated) is said when there is no lane.
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

    class SpanSelected(_TimelineMessage):
        """The operator opened what is under the cursor: `spans`, the most important first."""

        def __init__(
            self, timeline: "Timeline", lane: str, spans: tuple[LaneSpan, ...], at: datetime
        ) -> None:
            super().__init__(timeline)
            self.lane = lane
            self.spans = spans
            self.at = at

    class Moved(_TimelineMessage):
        """The cursor is elsewhere: on `lane` (None without lanes), at the instant `at`."""

        def __init__(
            self, timeline: "Timeline", lane: str | None, at: datetime, spans: tuple[LaneSpan, ...]
        ) -> None:
            super().__init__(timeline)
            self.lane = lane
            self.at = at
            self.spans = spans

        def can_replace(self, message: Message) -> bool:
            """Only the newest place matters."""
            return isinstance(message, type(self)) and message.timeline is self.timeline

    class WindowChanged(_TimelineMessage):
        """Another stretch of time is shown: its spans may have to be read."""

        def __init__(self, timeline: "Timeline", window: Window) -> None:
            super().__init__(timeline)
            self.window = window

    def __init__(
        self,
        kinds: Sequence[LaneKind],
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
        self._lines = LaneLines(title_width)
        self._now = now
        self._empty = empty
        self._was_read = False
        self._title_width = title_width
        self._window = window(zoom, now, zone)
        self._lane = 0
        self._column: int | None = None
        self._look: Look | None = None

    # What the program reads.

    @property
    def window(self) -> Window:
        """The stretch of time that is shown."""
        return self._window

    @property
    def instant(self) -> datetime:
        """The first instant of the column under the cursor."""
        return self._chart.instant(self._cursor)

    @property
    def lane(self) -> str | None:
        """The key of the lane under the cursor; None without lanes."""
        return self._lanes[self._lane].key if self._lanes else None

    @property
    def spans(self) -> tuple[LaneSpan, ...]:
        """What is under the cursor, most important first."""
        if not self._lanes:
            return ()
        return self._chart.spans_at(self._lanes[self._lane], self._cursor)

    # What the program does.

    def show(self, lanes: Sequence[Lane], now: datetime) -> None:
        """Put these lanes in the place of the ones shown; the cursor stays on its lane."""
        here = self._lanes[self._lane].key if self._lanes else None
        self._lanes, self._now, self._was_read = tuple(lanes), now, True
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

    @property
    def _chart(self) -> Chart:
        return Chart(self._kinds, self._window, self._width, self._now)

    def _fit(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._lanes) + HEADER + LEGEND)

    def _redraw(self) -> None:
        self._lines.forget()
        self.refresh()

    def _message(self) -> str:
        return self._empty if self._was_read else translate(self, READING)

    def on_resize(self) -> None:
        """Columns stand for other instants now."""
        self._lines.resize(self.size.width)
        self._fit()
        self._tell()
        self.refresh()

    def notify_style_update(self) -> None:
        """The theme changed."""
        super().notify_style_update()
        self._look = None
        self._lines.forget()

    def render_line(self, y: int) -> Strip:
        """Period, axis, lanes from the scroll offset on, and the legend in the last line."""
        look = self._look = self._look or look_of(self, "timeline")
        if y == 0:
            return self._lines.period(self._window, look)
        if y < HEADER:
            return self._lines.axis(self._chart, look)
        if y == self.size.height - 1:
            return self._lines.legend(self._kinds, look)
        index = self.scroll_offset.y + y - HEADER
        if index < len(self._lanes):
            cursor = self._cursor if index == self._lane else None
            return self._lines.lane(index, self._lanes[index], self._chart, look, cursor)
        empty = y == HEADER + 1 and not self._lanes
        return self._lines.message(self._message() if empty else "", look)

    # The cursor.

    @property
    def _cursor(self) -> int:
        """The cursor's column; it begins in the present."""
        column = self._chart.today if self._column is None else self._column
        return max(0, min(column, self._width - 1))

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

    # What the operator does.

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
        """Where something else begins in this lane; after the last comes the first.

        The bell says that there is nothing in this period.
        """
        if not self._lanes:
            return
        shown = self._chart.columns(self._lanes[self._lane])
        before = (None, *shown)
        begins = [x for x, what in enumerate(shown) if what is not None and what != before[x]]
        if begins:
            self._go(self._lane, next((x for x in begins if x > self._cursor), begins[0]))
        else:
            self.app.bell()

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
