"""Quotas (R30): what a tenant uses against what it is allowed, with a warning before the limit."""

from dataclasses import dataclass
from enum import StrEnum

PERCENT = 100


class Fill(StrEnum):
    """How full a quota is. Without a limit or without a measure it is neither good nor full."""

    UNKNOWN = "unknown"
    NO_LIMIT = "no_limit"
    ROOM = "room"
    NEAR = "near"
    REACHED = "reached"


@dataclass(frozen=True, slots=True)
class Use:
    """One quota: `used` is None when it was not observed, `allowed` when there is no limit."""

    used: int | None
    allowed: int | None
    fill: Fill


def use(used: int | None, allowed: int | None, warn_percent: int) -> Use:
    """The quota's state; compared in integers, so that 90 % is 90 % exactly.

    An allowance of 0 is reached by nothing at all: nothing may be created under it.
    """
    if allowed is None:
        return Use(used, None, Fill.NO_LIMIT)
    if used is None:
        return Use(None, allowed, Fill.UNKNOWN)
    if used >= allowed:
        return Use(used, allowed, Fill.REACHED)
    near = used * PERCENT >= allowed * warn_percent
    return Use(used, allowed, Fill.NEAR if near else Fill.ROOM)


def total(parts: list[int | None]) -> int | None:
    """A sum that stays unknown when any part is."""
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


_WORST_FIRST = (Fill.REACHED, Fill.NEAR, Fill.UNKNOWN, Fill.ROOM, Fill.NO_LIMIT)


def worst(fills: list[Fill]) -> Fill:
    """The one to show for several quotas: reached, near, unknown, room, then no limit."""
    return min(fills, key=_WORST_FIRST.index, default=Fill.NO_LIMIT)
