"""The stretch of time that a timeline shows: a calendar month, week, day or hour, in a zone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Literal, get_args

Zoom = Literal["month", "week", "day", "hour"]
ZOOMS: tuple[Zoom, ...] = get_args(Zoom)

_LABELS: dict[Zoom, str] = {"month": "%d", "week": "%d %Hh", "day": "%H:%M", "hour": "%H:%M"}
_NAMES: dict[Zoom, str] = {
    "month": "%Y-%m",
    "week": "%Y-%m-%d",
    "day": "%Y-%m-%d",
    "hour": "%Y-%m-%d %Hh",
}
_STEPS: dict[Zoom, tuple[timedelta, ...]] = {
    "month": (timedelta(days=1), timedelta(days=2), timedelta(days=7)),
    "week": (timedelta(hours=6), timedelta(hours=12), timedelta(days=1)),
    "day": (timedelta(hours=1), timedelta(hours=2), timedelta(hours=4), timedelta(hours=6)),
    "hour": (timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=15)),
}


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` up to `end` (aware instants), cut to a calendar of `zone`."""

    zoom: Zoom
    start: datetime
    end: datetime
    zone: tzinfo

    @property
    def name(self) -> str:
        """The date that names it, in its zone."""
        return self.start.astimezone(self.zone).strftime(_NAMES[self.zoom])

    @property
    def seconds(self) -> float:
        """How long it is; a day of a clock change has 23 or 25 hours."""
        return (self.end - self.start).total_seconds()

    def at(self, zoom: Zoom, instant: datetime) -> "Window":
        """The window of another zoom that holds `instant`."""
        return window(zoom, instant, self.zone)

    def beside(self, step: int) -> "Window":
        """The window before (-1) or after (1)."""
        edge = self.end if step > 0 else self.start - timedelta(seconds=1)
        return window(self.zoom, edge, self.zone)

    def labels(self, width: int) -> list[tuple[int, str]]:
        """Return what stands under the axis of `width` columns: column and text, never
        overlapping.
        """
        for step in _STEPS[self.zoom]:
            ticks = [(self.column(at, width), self._label(at)) for at in self._ticks(step)]
            gaps = [b[0] - a[0] - len(a[1]) for a, b in pairwise(ticks)]
            if all(gap >= 1 for gap in gaps):
                break
        return [(x, text) for x, text in ticks if x + len(text) <= width]

    def column(self, instant: datetime, width: int) -> int:
        """The column of `width` in which `instant` falls; outside the window beyond the edge."""
        return int((instant - self.start).total_seconds() * width // self.seconds)

    def instant(self, column: int, width: int) -> datetime:
        """The first instant of a column."""
        return self.start + timedelta(seconds=self.seconds * column / width)

    def _ticks(self, step: timedelta) -> list[datetime]:
        local = self.start.astimezone(self.zone).replace(tzinfo=None)
        count = int(self.seconds // step.total_seconds()) + 2
        ticks = (_instant(local + step * number, self.zone) for number in range(count))
        return [at for at in ticks if self.start <= at < self.end]

    def _label(self, at: datetime) -> str:
        return at.astimezone(self.zone).strftime(_LABELS[self.zoom])


def window(zoom: Zoom, instant: datetime, zone: tzinfo) -> Window:
    """The calendar month, week (from Monday), day or hour of `zone` that holds `instant`."""
    if zoom == "hour":  # an hour is as long as any other, also when clocks change
        start = instant.astimezone(zone).replace(minute=0, second=0, microsecond=0)
        start = start.astimezone(UTC)
        return Window(zoom, start, start + timedelta(hours=1), zone)
    day = instant.astimezone(zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    if zoom == "week":
        day -= timedelta(days=day.weekday())
        after = day + timedelta(days=7)
    elif zoom == "month":
        day = day.replace(day=1)
        after = (day + timedelta(days=32)).replace(day=1)
    else:
        after = day + timedelta(days=1)
    return Window(zoom, _instant(day, zone), _instant(after, zone), zone)


def _instant(local: datetime, zone: tzinfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)
