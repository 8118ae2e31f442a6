"""Spans of time on lanes, one a subject, and what of them a chart of columns shows."""

from dataclasses import dataclass
from datetime import datetime

from widgets.time_window import Window


@dataclass(frozen=True, slots=True)
class LaneKind:
    """A kind of span: the one-column `glyph` that tells it apart without colour, its translated
    `title` for the legend, and its tone. Where several meet in a column the first given shows."""

    key: str
    glyph: str
    title: str
    tone: str


@dataclass(frozen=True, slots=True)
class LaneSpan:
    """Something of kind `kind` from `start` up to `end`; `None` is not over yet."""

    key: str
    kind: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Lane:
    """One subject: its title and its spans, in any order, perhaps overlapping."""

    key: str
    title: str
    spans: tuple[LaneSpan, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """The frame of the lanes: `kinds`, the most important first, and `width` columns of `window`;
    `now` ends what is not over yet.
    """

    kinds: tuple[LaneKind, ...]
    window: Window
    width: int
    now: datetime

    @property
    def today(self) -> int:
        """The column of the present; outside the window beyond the edge."""
        return self.window.column(self.now, self.width)

    def instant(self, column: int) -> datetime:
        """The first instant of a column."""
        return self.window.instant(column, self.width)

    def columns(self, lane: Lane) -> list[int | None]:
        """For each column the index of the kind it shows, or `None`; a span shows however short."""
        ranks = self._ranks()
        out: list[int | None] = [None] * self.width
        for span in sorted(lane.spans, key=lambda span: -ranks[span.kind]):
            end = span.end or self.now
            if span.start >= self.window.end or end < self.window.start or end < span.start:
                continue
            first = max(0, self.window.column(span.start, self.width))
            last = max(first, min(self.width - 1, self._last_column(end)))
            out[first : last + 1] = [ranks[span.kind]] * (last + 1 - first)
        return out

    def spans_at(self, lane: Lane, column: int) -> tuple[LaneSpan, ...]:
        """The spans that touch a column, most important first."""
        ranks = self._ranks()
        start, end = self.instant(column), self.instant(column + 1)
        touching = [s for s in lane.spans if s.start < end and (s.end or self.now) >= start]
        return tuple(sorted(touching, key=lambda span: (ranks[span.kind], span.start)))

    def _ranks(self) -> dict[str, int]:
        return {kind.key: rank for rank, kind in enumerate(self.kinds)}

    def _last_column(self, end: datetime) -> int:
        """The column of the last instant before `end`."""
        column = self.window.column(end, self.width)
        return column - 1 if self.instant(column) >= end else column
