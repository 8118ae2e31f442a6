"""Quotas (R30): what a tenant uses against what it is allowed, with a warning before the limit."""

from dataclasses import dataclass
from enum import StrEnum

PERCENT = 100


class QuotaFill(StrEnum):
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
    fill: QuotaFill


def use(used: int | None, allowed: int | None, warn_percent: int) -> Use:
    """The quota's state; compared in integers, so that 90 % is 90 % exactly.

    An allowance of 0 is reached by nothing at all: nothing may be created under it.
    """
    if allowed is None:
        return Use(used, None, QuotaFill.NO_LIMIT)
    if used is None:
        return Use(None, allowed, QuotaFill.UNKNOWN)
    if used >= allowed:
        return Use(used, allowed, QuotaFill.REACHED)
    near = used * PERCENT >= allowed * warn_percent
    return Use(used, allowed, QuotaFill.NEAR if near else QuotaFill.ROOM)


def total(parts: list[int | None]) -> int | None:
    """A sum that stays unknown when any part is."""
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


_WORST_FIRST = (
    QuotaFill.REACHED,
    QuotaFill.NEAR,
    QuotaFill.UNKNOWN,
    QuotaFill.ROOM,
    QuotaFill.NO_LIMIT,
)


def worst(fills: list[QuotaFill]) -> QuotaFill:
    """The one to show for several quotas: reached, near, unknown, room, then no limit."""
    return min(fills, key=_WORST_FIRST.index, default=QuotaFill.NO_LIMIT)
