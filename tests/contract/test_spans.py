"""The algebra of intervals, against sets of plain integers."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.spans import Span, common, cut_spans, merge_spans, minus, total

spans = st.lists(st.builds(Span, st.integers(0, 40), st.integers(0, 40)), max_size=8)


def points(some: list[Span]) -> set[int]:
    return {point for span in some for point in range(span.start, span.end)}


@given(spans)
def test_merging_keeps_every_instant_and_leaves_real_gaps(some: list[Span]) -> None:
    union = merge_spans(some)
    assert points(union) == points(some)
    assert all(left.end < right.start for left, right in itertools.pairwise(union))
    assert total(some) == len(points(some))


@given(spans, spans)
def test_subtraction_and_intersection_are_those_of_sets(
    some: list[Span], others: list[Span]
) -> None:
    assert points(minus(some, others)) == points(some) - points(others)
    assert points(common(some, others)) == points(some) & points(others)


@given(spans, st.integers(0, 40), st.integers(0, 40))
def test_a_cut_keeps_what_is_in_the_window(some: list[Span], start: int, end: int) -> None:
    window = Span(start, end)
    assert points(cut_spans(some, window)) == points(some) & points([window])
