"""Spans of time on lanes, one a subject, and what of them a line of columns shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from widgets.time_window import Window


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of span: the one-column `glyph` that tells it apart without colour, its translated
    `title` for the legend, and its tone. Kinds are given most important first: that is what a
    column shows in which several meet."""

    key: str
    glyph: str
    title: str
    tone: str


@dataclass(frozen=True, slots=True)
class Span:
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
    spans: tuple[Span, ...]


def columns(
    lane: Lane, kinds: Sequence[Kind], window: Window, width: int, now: datetime
) -> list[int | None]:
    """For each column the index of the kind it shows, or `None`; a span shows however short."""
    ranks = {kind.key: rank for rank, kind in enumerate(kinds)}
    out: list[int | None] = [None] * width
    ordered = sorted(lane.spans, key=lambda span: -ranks[span.kind])
    for span in ordered:
        end = span.end or now
        if span.start >= window.end or end < window.start or end < span.start:
            continue
        first = max(0, window.column(span.start, width))
        last = min(width - 1, _last_column(window, end, width))
        out[first : max(first, last) + 1] = [ranks[span.kind]] * (max(first, last) + 1 - first)
    return out


def _last_column(window: Window, end: datetime, width: int) -> int:
    """The column of the last instant before `end`."""
    column = window.column(end, width)
    return column - 1 if window.instant(column, width) >= end else column


def spans_at(
    lane: Lane, kinds: Sequence[Kind], window: Window, column: int, width: int, now: datetime
) -> list[Span]:
    """The spans that touch a column, most important first."""
    ranks = {kind.key: rank for rank, kind in enumerate(kinds)}
    start, end = window.instant(column, width), window.instant(column + 1, width)
    touching = [s for s in lane.spans if s.start < end and (s.end or now) >= start]
    return sorted(touching, key=lambda span: (ranks[span.kind], span.start))
