"""Guests' memory, CPU and disk against their limits (annexe 2): pure rules over single looks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

MEASURES = ("cpu", "memory", "disk")
LOOKED = "looked"
"""The measure of how long a tenant was looked at, whatever came of it."""
SUSTAINED = frozenset({"cpu", "memory"})
"""Measures that pass their limit for a moment as part of their work: only lasting is news."""


@dataclass(frozen=True, slots=True)
class Strain:
    """A figure at its limit or above, `since` then; last `seen_at`, in percent."""

    percent: int
    threshold: int
    since: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """Seconds of a month in which a figure was known, unknown, and known to be bad; its peak."""

    known: int = 0
    unknown: int = 0
    bad: int = 0
    peak: int | None = None
    peak_at: datetime | None = None


def limit_in_force(measure: str, default: int, *limits: Mapping[str, int | None] | None) -> int:
    """The first limit that is set, of those given from the narrowest to the widest, in percent."""
    for limit in limits:
        found = None if limit is None else limit[measure]
        if found is not None:
            return found
    return default


def follow_strain(
    before: Strain | None, percent: int | None, threshold: int, at: datetime
) -> Strain | None:
    """What becomes of a strain with one look: unknown changes nothing, below the limit ends it."""
    if percent is None:
        return before
    if percent < threshold:
        return None
    return Strain(percent, threshold, at if before is None else before.since, at)


def is_lasting(measure: str, since: datetime, seen_at: datetime, minutes: float) -> bool:
    """Whether a strain is news: a disk's at once, the others once it was seen for so long."""
    return measure not in SUSTAINED or seen_at - since >= timedelta(minutes=minutes)


def add_look(
    tally: Tally, percent: int | None, threshold: int, seconds: int, at: datetime
) -> Tally:
    """The tally with one look, which stands for the `seconds` since the one before."""
    if percent is None:
        return replace(tally, unknown=tally.unknown + seconds)
    bad = seconds if percent >= threshold else 0
    tally = replace(tally, known=tally.known + seconds, bad=tally.bad + bad)
    if tally.peak is None or percent > tally.peak:
        return replace(tally, peak=percent, peak_at=at)
    return tally
