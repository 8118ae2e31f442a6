"""What a timeline tells: handled as `on_timeline_span_selected` and the like."""

from datetime import datetime
from typing import TYPE_CHECKING

from textual.message import Message

from widgets.lanes import Span
from widgets.time_window import Window

if TYPE_CHECKING:
    from widgets.timeline import Timeline


class _FromTimeline(Message):
    def __init__(self, timeline: "Timeline") -> None:
        super().__init__()
        self.timeline = timeline

    @property
    def control(self) -> "Timeline":
        """The timeline, for `@on(..., "#id")`."""
        return self.timeline


class SpanSelected(_FromTimeline, namespace="timeline"):
    """The operator opened what is under the cursor: `spans`, the most important first."""

    def __init__(
        self, timeline: "Timeline", lane: str, spans: tuple[Span, ...], at: datetime
    ) -> None:
        super().__init__(timeline)
        self.lane = lane
        self.spans = spans
        self.at = at


class Moved(_FromTimeline, namespace="timeline"):
    """The cursor is elsewhere: on `lane` (None without lanes), at the instant `at`."""

    def __init__(
        self, timeline: "Timeline", lane: str | None, at: datetime, spans: tuple[Span, ...]
    ) -> None:
        super().__init__(timeline)
        self.lane = lane
        self.at = at
        self.spans = spans

    def can_replace(self, message: Message) -> bool:
        """Only the newest place matters."""
        return isinstance(message, type(self)) and message.timeline is self.timeline


class WindowChanged(_FromTimeline, namespace="timeline"):
    """Another stretch of time is shown: its spans may have to be read."""

    def __init__(self, timeline: "Timeline", window: Window) -> None:
        super().__init__(timeline)
        self.window = window
