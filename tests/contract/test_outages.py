"""From observations to a tenant's outages (R6 to R9), against a second-by-second reading."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.outages import (
    DerivedOutage,
    OutageSource,
    SourceState,
    StateChange,
    judge,
    observe,
    outages,
    spans_of,
)
from noc_tui.contract.spans import Span

WINDOW = Span(0, 100)
ALWAYS = (Span(0, 1000),)


def observed(text: str, confirm: int = 2, step: int = 10) -> list[StateChange]:
    """The changes that a row of observations makes: `.` good, `x` failed, ` ` not looked."""
    changes: list[StateChange] = []
    failures, before = 0, 0
    for index, mark in enumerate(text):
        if mark == " ":
            continue
        last = changes[-1] if changes else None
        at = index * step
        more, failures = observe(last, failures, mark == ".", at=at, before=before, confirm=confirm)
        changes += more
        before = at
    return changes


def instance(name: str, text: str, *member: Span, gaps: tuple[Span, ...] = ()) -> OutageSource:
    return OutageSource(name, False, observed(text), member or ALWAYS, gaps)


def probe(name: str, text: str) -> OutageSource:
    return OutageSource(name, True, observed(text), ALWAYS)


def found(*sources: OutageSource, window: Span = WINDOW) -> list[DerivedOutage]:
    return outages(sources, judge(sources, window))


def spans(*sources: OutageSource) -> list[Span]:
    return [outage.span for outage in found(*sources)]


def test_an_outage_runs_from_the_first_failure_to_the_first_good_one() -> None:
    (outage,) = found(instance("a", "..xxx....."))
    assert outage.span == Span(20, 50)
    assert (outage.not_before, outage.not_over_before) == (10, 40)
    assert (outage.longest, outage.shortest) == (Span(10, 50), Span(20, 40))
    assert not outage.open


def test_the_last_to_fall_bounds_the_beginning_however_long_others_have_been_down() -> None:
    (outage,) = found(instance("a", ".xxxxxxx.."), instance("b", "....xxxx.."))
    assert (outage.span, outage.not_before) == (Span(40, 80), 30)


def test_of_two_that_fell_together_the_one_seen_last_bounds_the_beginning() -> None:
    early = OutageSource(
        "a",
        False,
        [StateChange(0, 0, SourceState.UP), StateChange(40, 12, SourceState.DOWN)],
        ALWAYS,
    )
    late = OutageSource(
        "b",
        False,
        [StateChange(0, 0, SourceState.UP), StateChange(40, 31, SourceState.DOWN)],
        ALWAYS,
    )
    before = OutageSource(
        "c",
        False,
        [StateChange(0, 0, SourceState.UP), StateChange(39, 35, SourceState.DOWN)],
        ALWAYS,
    )
    assert [outage.not_before for outage in found(early, late)] == [31]
    assert [outage.not_before for outage in found(early, late, before)] == [35]


def test_of_two_that_came_back_together_the_one_seen_first_bounds_the_end() -> None:
    down = [StateChange(0, 0, SourceState.UP), StateChange(20, 10, SourceState.DOWN)]
    early = OutageSource("a", False, [*down, StateChange(60, 31, SourceState.UP)], ALWAYS)
    late = OutageSource("b", False, [*down, StateChange(60, 52, SourceState.UP)], ALWAYS)
    assert [outage.not_over_before for outage in found(early, late)] == [31]


def test_an_outage_that_begins_when_the_tenant_loses_a_guest_begins_just_then() -> None:
    (outage,) = found(instance("a", "..xxxxxxxx"), instance("b", "..........", Span(0, 50)))
    assert (outage.span, outage.not_before) == (Span(50, 100), 50)


def test_an_isolated_failure_is_degraded_and_no_outage() -> None:
    source = instance("a", "..x.......")
    pieces = judge([source], WINDOW)
    assert outages([source], pieces) == []
    assert spans_of(pieces, "degraded") == [Span(20, 30)]


def test_one_surviving_instance_is_enough() -> None:
    assert spans(instance("a", ".xxxxxxxxx"), instance("b", "....xxx...")) == [Span(40, 70)]


def test_lost_connectivity_is_an_outage_whatever_the_instances_do() -> None:
    assert spans(instance("a", ".........."), probe("p", "...xxxx...")) == [Span(30, 70)]


def test_connectivity_is_lost_when_every_probe_fails() -> None:
    alive = instance("a", "..........")
    assert spans(alive, probe("p", "..xxxx...."), probe("q", "...xxxxxx.")) == [Span(30, 60)]


def test_a_tenant_without_instances_is_not_out_whatever_its_probes_say() -> None:
    gone = instance("a", "..........", Span(0, 40))
    assert spans(gone, probe("p", "..xxxx....")) == [Span(20, 40)]


def test_a_tenant_without_instances_is_unmeasured_but_where_that_is_wanted() -> None:
    pieces = judge([], WINDOW, [Span(20, 60), Span(90, 500)])
    assert [(piece.span, piece.verdict) for piece in pieces] == [
        (Span(0, 20), "unmeasured"),
        (Span(20, 60), "available"),
        (Span(60, 90), "unmeasured"),
        (Span(90, 100), "available"),
    ]
    gone = instance("a", "..........", Span(0, 40))
    assert spans_of(judge([gone], WINDOW), "unmeasured") == [Span(40, 100)]
    assert spans_of(judge([gone], WINDOW, [Span(0, 100)]), "unmeasured") == []


def test_membership_follows_time() -> None:
    gone = instance("a", "..........", Span(0, 50))
    stays = instance("b", ".xxxxxxxxx")
    (outage,) = found(gone, stays)
    assert outage.span == Span(50, 100)
    assert outage.not_before == 50
    assert outage.open


def test_nobody_looking_is_unmeasured_and_never_down() -> None:
    source = instance("a", "....   ...", gaps=(Span(30, 70),))
    pieces = judge([source], WINDOW)
    assert outages([source], pieces) == []
    assert spans_of(pieces, "unmeasured") == [Span(30, 70)]


def test_an_outage_is_cut_by_a_gap_and_goes_on_after_it() -> None:
    source = instance("a", ".xxx   xx.", gaps=(Span(30, 70),))
    assert spans(source) == [Span(10, 30), Span(70, 90)]


def test_a_failing_probe_is_heard_while_the_cluster_is_not() -> None:
    blind = instance("a", ".         ", gaps=(Span(0, 100),))
    assert spans(blind, probe("p", "..xxxx....")) == [Span(20, 60)]


def ping(text: str) -> OutageSource:
    return OutageSource("ping", True, observed(text), ALWAYS, conclusive=False)


ALIVE = instance("alive", "..........")


def test_the_silence_of_icmp_alone_proves_no_outage() -> None:
    pieces = judge([ALIVE, ping("..xxxx....")], WINDOW)
    assert spans_of(pieces, "down") == []
    assert spans_of(pieces, "unmeasured") == [Span(20, 60)]


def test_icmp_neither_hides_an_outage_nor_makes_one_while_it_answers() -> None:
    assert spans(ALIVE, probe("p", "..xxxx...."), ping(".xxxxxxxx.")) == [Span(20, 60)]
    assert spans(ALIVE, probe("p", "..xxxx...."), ping("..........")) == []


marks = st.text(".x", min_size=10, max_size=10)


@given(st.lists(marks, max_size=4), st.lists(marks, max_size=3), st.integers(1, 3))
def test_it_agrees_with_a_reading_slot_by_slot(
    guests: list[str], probes: list[str], confirm: int
) -> None:
    sources = [
        OutageSource(f"{kind}{index}", kind == "p", observed(text, confirm), ALWAYS)
        for kind, texts in (("g", guests), ("p", probes))
        for index, text in enumerate(texts)
    ]
    down = {slot for outage in found(*sources) for slot in range(*_slots(outage.span))}
    assert down == {
        slot
        for slot in range(10)
        if guests
        and any(
            texts and all(slot in _confirmed(text, confirm) for text in texts)
            for texts in (guests, probes)
        )
    }


def _slots(span: Span) -> tuple[int, int]:
    return span.start // 10, span.end // 10


def _confirmed(text: str, confirm: int) -> set[int]:
    """Slots in runs of at least that many failures."""
    edges = [-1, *(index for index, mark in enumerate(text) if mark == "."), len(text)]
    runs = [range(left + 1, right) for left, right in pairwise(edges)]
    return {slot for run in runs if len(run) >= confirm for slot in run}
