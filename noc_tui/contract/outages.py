"""From what was seen of each instance and probe to a tenant's outages (rules R6 to R9).

A source (an instance or an external probe) is up, failing (too few failures in a row to conclude),
down (confirmed) or unknown. A tenant is down when all its external probes are down or when all the
instances that it has at that instant are; it is unmeasured when that cannot be told. A tenant
without any instance is available where that is on record as wanted, and unmeasured otherwise: its
instances may run where nobody counts them as its own (R40).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Literal, NamedTuple

from noc_tui.contract.spans import Span, cut_spans


class SourceState(StrEnum):
    """What is known of a source."""

    UP = "up"
    FAILING = "failing"
    DOWN = "down"
    UNKNOWN = "unknown"


Verdict = Literal["available", "degraded", "down", "unmeasured"]
Cause = Literal["", "connectivity", "instances"]


class StateChange(NamedTuple):
    """A source's state from `since` on; the one before was last seen at `before` (both bounds)."""

    since: int
    before: int
    state: SourceState


@dataclass(frozen=True, slots=True)
class OutageSource:
    """An instance or an external probe of a tenant.

    `changes` are in order; before the first nothing is known. `member` is when it belonged to the
    tenant; `gaps` is when nobody looked at it. A source that is not `conclusive` (ICMP) proves by
    its answer that the tenant is reachable, and nothing by its silence (R8).
    """

    id: str
    external: bool
    changes: Sequence[StateChange]
    member: Sequence[Span]
    gaps: Sequence[Span] = ()
    conclusive: bool = True


@dataclass(frozen=True, slots=True)
class DerivedOutage:
    """A tenant's outage. It began after `not_before` and ended after `not_over_before` (R8)."""

    span: Span
    not_before: int
    not_over_before: int
    cause: Cause
    sources: tuple[str, ...]
    open: bool = False

    @property
    def longest(self) -> Span:
        """The outage if it began right after the last good observation."""
        return Span(self.not_before, self.span.end)

    @property
    def shortest(self) -> Span:
        """The outage if it ended right after the last failed observation."""
        return Span(self.span.start, max(self.span.start, self.not_over_before))


class Piece(NamedTuple):
    """A stretch of time over which the tenant's verdict does not change."""

    span: Span
    verdict: Verdict
    cause: Cause
    down: tuple[str, ...]


class _Edge(NamedTuple):
    at: int
    source: int
    state: SourceState | None  # None: not the tenant's


def judge(
    sources: Sequence[OutageSource], window: Span, wanted_empty: Sequence[Span] = ()
) -> list[Piece]:
    """The tenant's verdict over the window, in order and without gaps. `wanted_empty` is when it is
    on record as wanted that the tenant has no instance.
    """
    edges = sorted(edge for index, one in enumerate(sources) for edge in _edges(index, one, window))
    states: list[SourceState | None] = [None] * len(sources)
    pieces: list[Piece] = []
    position = 0
    known = cut_spans(wanted_empty, window)
    marks = {at for span in known for at in span} | {window.start, window.end}
    instants = sorted({edge.at for edge in edges} | marks)
    for start, end in pairwise(instants):
        while position < len(edges) and edges[position].at <= start:
            states[edges[position].source] = edges[position].state
            position += 1
        wanted = any(span.start <= start < span.end for span in known)
        _add(pieces, Piece(Span(start, end), *_verdict(sources, states, empty=wanted)))
    return pieces


def _add(pieces: list[Piece], piece: Piece) -> None:
    if pieces and pieces[-1][1:] == piece[1:]:
        pieces[-1] = piece._replace(span=Span(pieces[-1].span.start, piece.span.end))
    else:
        pieces.append(piece)


def _edges(index: int, source: OutageSource, window: Span) -> Iterable[_Edge]:
    """Return where the source's state, as the tenant has it, changes within the window."""
    marks = {window.start, *(change.since for change in source.changes)}
    marks.update(edge for span in (*source.member, *source.gaps) for edge in span)
    position, state, last = 0, SourceState.UNKNOWN, object()
    for at in sorted(mark for mark in marks if mark < window.end):
        while position < len(source.changes) and source.changes[position].since <= at:
            state = source.changes[position].state
            position += 1
        seen = _seen(source, state, at)
        if at >= window.start and seen is not last:
            yield _Edge(at, index, seen)
            last = seen


def _seen(source: OutageSource, state: SourceState, at: int) -> SourceState | None:
    if not any(span.start <= at < span.end for span in source.member):
        return None
    if any(span.start <= at < span.end for span in source.gaps):
        return SourceState.UNKNOWN
    return state


def _verdict(
    sources: Sequence[OutageSource], states: Sequence[SourceState | None], *, empty: bool
) -> tuple[Verdict, Cause, tuple[str, ...]]:
    here = [(one, state) for one, state in zip(sources, states, strict=True) if state is not None]
    probes = _group([(one, state) for one, state in here if one.external])
    guests = _group([(one, state) for one, state in here if not one.external])
    if not guests:  # whatever its probes say (R6)
        return ("available" if empty else "unmeasured"), "", ()
    groups: tuple[tuple[Cause, dict[str, SourceState]], ...] = (
        ("connectivity", probes),
        ("instances", guests),
    )
    for cause, group in groups:
        if group and all(state is SourceState.DOWN for state in group.values()):
            return "down", cause, tuple(sorted(group))
    known = {SourceState.UP, SourceState.FAILING}
    if any(group and not known & set(group.values()) for _, group in groups):
        return "unmeasured", "", ()
    bad = [one.id for one, state in here if state in {SourceState.FAILING, SourceState.DOWN}]
    return ("degraded", "", tuple(sorted(bad))) if bad else ("available", "", ())


def _group(members: Iterable[tuple[OutageSource, SourceState]]) -> dict[str, SourceState]:
    """Return what a group's members say: of one that is not conclusive only that it answers."""
    said: dict[str, SourceState] = {}
    silent: dict[str, SourceState] = {}
    for one, state in members:
        if one.conclusive or state is SourceState.UP:
            said[one.id] = state
        else:
            silent[one.id] = SourceState.UNKNOWN
    return said or silent


def outages(sources: Sequence[OutageSource], pieces: Sequence[Piece]) -> list[DerivedOutage]:
    """The outages among a tenant's pieces; one that reaches the window's end is still open."""
    runs: list[list[Piece]] = []
    for before, piece in pairwise([None, *pieces]):
        if piece is None or piece.verdict != "down":
            continue
        if before is not None and before.verdict == "down":
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return [_outage(sources, run, pieces[-1].span.end) for run in runs]


def _outage(sources: Sequence[OutageSource], run: Sequence[Piece], until: int) -> DerivedOutage:
    span = Span(run[0].span.start, run[-1].span.end)
    by_id = {source.id: source for source in sources}
    still = span.end == until
    ended = [span.end] if still else [_last_bad(by_id[key], span.end) for key in run[-1].down]
    return DerivedOutage(
        span=span,
        not_before=_not_before([by_id[key] for key in run[0].down], span.start),
        not_over_before=min(ended),
        cause=run[0].cause,
        sources=tuple(sorted({key for piece in run for key in piece.down})),
        open=still,
    )


def _not_before(sources: Iterable[OutageSource], start: int) -> int:
    """Return when the last of the sources to fall was last seen well, if one fell just then.

    Some may have been down for long. Where none fell, the tenant lost the one that still answered.
    """
    falls = [_in_force(source, start) for source in sources]
    known = [fall for fall in falls if fall is not None]
    if all(fall.since < start for fall in known):
        return start
    return min(start, max(fall.before for fall in known))


def _in_force(source: OutageSource, at: int) -> StateChange | None:
    begun = [change for change in source.changes if change.since <= at]
    return begun[-1] if begun else None


def _last_bad(source: OutageSource, end: int) -> int:
    return min((one.before for one in source.changes if one.since == end), default=end)


def spans_of(pieces: Iterable[Piece], verdict: Verdict) -> list[Span]:
    """The stretches of time with that verdict."""
    return [piece.span for piece in pieces if piece.verdict == verdict]


def observe(
    last: StateChange | None,
    failures: int,
    good: bool | None,
    *,
    at: int,
    before: int,
    confirm: int,
) -> tuple[list[StateChange], int]:
    """One observation of a source: the changes to append, and failures in a row from now on.

    `last` is the change in force, `failures` how many observations in a row have failed, `before`
    when the source was last seen. An outage is confirmed after `confirm` failures in a row and
    then runs from the first of them (R8). `good` is None when nothing can be concluded: from the
    last observation on the source is unknown, which neither makes nor breaks a row of failures.
    """
    state = None if last is None else last.state
    if good is None:
        return (
            []
            if state is SourceState.UNKNOWN
            else [StateChange(before, before, SourceState.UNKNOWN)]
        ), failures
    if good:
        return ([] if state is SourceState.UP else [StateChange(at, before, SourceState.UP)]), 0
    failures += 1
    changes = []
    if state not in {SourceState.FAILING, SourceState.DOWN}:
        last = StateChange(at, before, SourceState.FAILING)
        changes.append(last)
    if failures >= confirm and last is not None and last.state is SourceState.FAILING:
        changes.append(last._replace(state=SourceState.DOWN))
    return changes, failures
