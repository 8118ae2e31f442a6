"""How a storage fills over days, and when it will be nearly full at that pace. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from storage.load_history import StorageDay

LEAST_DAYS = 7
"""A trend is told from seven days on: of fewer it is chance."""
SPAN = timedelta(days=30)
NEARLY_FULL = 95.0


class StorageTrend(msgspec.Struct, frozen=True, kw_only=True):
    """Percentage points a day over `days` days; `full_on` is the day on which 95 % is reached at
    that pace, None where it does not fill.
    """

    daily: float
    days: int
    full_on: date | None


def storage_trend(points: Sequence[StorageDay]) -> StorageTrend | None:
    """Return the trend of the last month's points, oldest first; None of fewer than seven days."""
    if not points:
        return None
    last = points[-1]
    span = [one for one in points if one.day > last.day - SPAN]
    days = (last.day - span[0].day).days
    if days < LEAST_DAYS:
        return None
    daily = (_share(last) - _share(span[0])) / days
    return StorageTrend(daily=daily, days=days, full_on=_full_on(last, daily))


def _share(point: StorageDay) -> float:
    return 100 * point.used / point.total


def _full_on(last: StorageDay, daily: float) -> date | None:
    if daily <= 0 or _share(last) >= NEARLY_FULL:
        return None
    ahead = (NEARLY_FULL - _share(last)) / daily
    return last.day + timedelta(days=int(ahead)) if ahead < 3650 else None
