"""The days of a month as a statement's calendar draws them: what counted, what did not, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from noc_tui.contract.calendar import Month, day_end, day_start
from noc_tui.contract.instants import parse_instant
from noc_tui.contract.spans import Span, common, cut_spans, minus, sum_lengths
from noc_tui.statement.document import Statement
from noc_tui.views.month_intervals import Interval


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day in Paris. Microseconds: its length, the part that is in the month's base and has
    passed, downtime that counts, downtime that is excluded, and time that nobody measured.

    The three of them do not overlap: what is known to be down is not unmeasured.
    """

    day: date
    length: int
    elapsed: int
    counted: int
    excluded: int
    unmeasured: int


def build_calendar(statement: Statement) -> list[CalendarDay]:
    """Return the days of the statement's month. Their sums are the statement's own figures."""
    month = Month.parse(statement.month)
    base = Span(parse_instant(statement.base_from), parse_instant(statement.base_until))
    past = Span(base.start, max(base.start, min(base.end, parse_instant(statement.until))))
    outages = _spans(statement, "outage", past.end)
    exclusions = _spans(statement, "exclusion", base.end)
    unmeasured = _spans(statement, "unmeasured", past.end)
    days = (month.last_day - month.first_day).days + 1
    found = []
    for number in range(days):
        day = month.first_day + timedelta(days=number)
        whole = Span(day_start(day), day_end(day))
        (window,) = cut_spans([whole], past) or [Span(whole.start, whole.start)]
        down = cut_spans(outages, window)
        found.append(
            CalendarDay(
                day=day,
                length=whole.length,
                elapsed=window.length,
                counted=sum_lengths(minus(down, exclusions)),
                excluded=sum_lengths(common(down, exclusions)),
                unmeasured=sum_lengths(minus(cut_spans(unmeasured, window), down)),
            )
        )
    return found


def _spans(statement: Statement, kind: str, now: int) -> Sequence[Span]:
    return [_span(one, now) for one in statement.intervals if one.kind == kind]


def _span(one: Interval, now: int) -> Span:
    return Span(parse_instant(one.start), now if one.end is None else parse_instant(one.end))
