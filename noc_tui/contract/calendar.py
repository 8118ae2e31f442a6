"""Months, days and deadlines as the contract counts them: in Europe/Paris (rule R1).

A month lasts its real elapsed time, so March is an hour short and October an hour long.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from noc_tui.contract.spans import Span

PARIS = ZoneInfo("Europe/Paris")
SECOND = 1_000_000
"""Microseconds in a second."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_YEARS = range(1900, 9999)


def micros(instant: datetime) -> int:
    """An aware instant as microseconds since the epoch."""
    return (instant - _EPOCH) // _MICROSECOND


def instant(at: int) -> datetime:
    """Microseconds since the epoch as an aware instant in UTC."""
    return _EPOCH + at * _MICROSECOND


@lru_cache(maxsize=1024)
def day_start(day: date) -> int:
    """The first instant of a day in Paris, in microseconds since the epoch."""
    return micros(datetime(day.year, day.month, day.day, tzinfo=PARIS))


def day_end(day: date) -> int:
    """The instant at which a day in Paris is over: the next day's first."""
    return day_start(day + timedelta(days=1))


@lru_cache(maxsize=1024)  # a screen asks of each tenant the day that it is
def paris_day(at: int) -> date:
    """The day in Paris on which an instant falls."""
    return instant(at).astimezone(PARIS).date()


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month in Paris."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Read `YYYY-MM`; raises ValueError for anything else."""
        match = _MONTH.fullmatch(text)
        if match is None or int(match[1]) not in _YEARS:
            raise ValueError(f"not a month written YYYY-MM: {text!r}")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, at: int) -> "Month":
        """The month in Paris that an instant falls in."""
        day = paris_day(at)
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return self.next.first_day - timedelta(days=1)

    @property
    def next(self) -> "Month":
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def previous(self) -> "Month":
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    @property
    def span(self) -> Span:
        """Its real elapsed time: 2 674 800 s in March 2026, 2 682 000 s in October (R1)."""
        return _elapsed(self)


@lru_cache(maxsize=256)
def _elapsed(month: Month) -> Span:
    return Span(day_start(month.first_day), day_start(month.next.first_day))


@lru_cache(maxsize=256)
def claim_deadline(month: Month, days: int) -> date:
    """The last day on which a credit can be claimed: that many days after the month's last (R13).

    No extension for weekends. The day counts to its end in Paris: see `day_end`.
    """
    return month.last_day + timedelta(days=days)
