"""A clock that ran ahead and was put right: what the instants of before are worth.

What was recorded before the step was seen before the step. An instant after it is of the wrong
clock, and stands for the step itself: so no gap and no state reaches over what was seen since.
Instants in microseconds.
"""

from collections.abc import Iterable
from typing import NamedTuple


class ClockStep(NamedTuple):
    """The clock showed `was` and was put back to `at`; `entry` is the one that says so."""

    entry: int
    at: int
    was: int


def cut_instant(instant: int, entry: int | None, steps: Iterable[ClockStep]) -> int:
    """An instant as it holds today, of what was recorded by `entry`; None is from before all."""
    for step in steps:
        if entry is None or entry < step.entry:
            instant = min(instant, step.at)
    return instant
