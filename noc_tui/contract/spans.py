"""Half-open intervals of whole microseconds, and what can be done with sets of them.

An interval holds its start and not its end, so intervals that touch neither overlap nor leave a
gap. Instants are integers of microseconds since the epoch (UTC), so nothing is ever rounded.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

ENDLESS = 2**62
"""The end of what lasts, after every instant that can be stored."""


class Span(NamedTuple):
    """From `start` up to and without `end`, both in microseconds since the epoch."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Microseconds that it lasts; 0 when it is empty or reversed."""
        return max(0, self.end - self.start)


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """The same instants as sorted spans that neither overlap nor touch."""
    union: list[Span] = []
    for span in sorted(spans):
        if span.start >= span.end:
            continue
        if union and span.start <= union[-1].end:
            if span.end > union[-1].end:
                union[-1] = Span(union[-1].start, span.end)
        else:
            union.append(span)
    return union


def cut_spans(spans: Iterable[Span], window: Span) -> list[Span]:
    """The parts that lie in the window, in the order given."""
    first, last = window
    return [
        Span(max(start, first), min(end, last))
        for start, end in spans
        if max(start, first) < min(end, last)
    ]


def minus(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """The instants of `spans` that are in none of the `holes`, merged."""
    gaps = merge_spans(holes)
    if not gaps:
        return merge_spans(spans)
    left: list[Span] = []
    first = 0
    for span in merge_spans(spans):
        while first < len(gaps) and gaps[first].end <= span.start:
            first += 1
        left.extend(_around(span, gaps, first))
    return left


def _around(span: Span, gaps: Sequence[Span], first: int) -> Iterable[Span]:
    start = span.start
    for index in range(first, len(gaps)):
        gap = gaps[index]
        if gap.start >= span.end:
            break
        if gap.start > start:
            yield Span(start, gap.start)
        start = max(start, gap.end)
    if start < span.end:
        yield Span(start, span.end)


def common(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """The instants that are in both, merged."""
    mine = merge_spans(spans)
    return minus(mine, minus(mine, others))


def total(spans: Iterable[Span]) -> int:
    """Microseconds covered; what overlaps counts once."""
    return sum_lengths(merge_spans(spans))


def sum_lengths(apart: Iterable[Span]) -> int:
    """Microseconds covered by spans that are known not to overlap."""
    return sum(end - start for start, end in apart)
