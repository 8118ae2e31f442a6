"""The nights of backups (R29): seven rolling ones are kept, and each is looked at by itself.

A night goes from noon to noon in Paris and bears the day of its evening. A run that begins before
midnight and ends after it, or a guest whose turn comes at 23:58 one night and at 00:03 the next,
is so counted once a night, which calendar days would not do.
"""

from collections.abc import Set
from datetime import date, datetime, time, timedelta

from noc_tui.contract.calendar import PARIS

HALF_DAY = timedelta(hours=12)
DAY = timedelta(days=1)
MOST_NIGHTS = 100
"""However many rolling nights the terms keep, no more are looked at."""


def night_of(at: datetime) -> date:
    """The night in which an instant falls."""
    return (at.astimezone(PARIS) - HALF_DAY).date()


def night_begin(night: date) -> datetime:
    """The night's first instant: noon of its day in Paris."""
    return datetime.combine(night, time(12), PARIS)


def night_end(night: date) -> datetime:
    """The instant at which the night is over: the next noon."""
    return night_begin(night + DAY)


def last_closed_night(now: datetime) -> date:
    """The newest night that is over."""
    return night_of(now) - DAY


def required_nights(
    held: Set[date], kept: int, seen_at: datetime, since: datetime | None
) -> tuple[date, ...]:
    """The nights of which a copy must be kept as of `seen_at`, when the store was read; in order.

    They end with the last night that was over then, or with the one under way where its copy is
    already there, since that copy may have pushed out the oldest. `since` is when the guest was
    first seen.
    """
    seen = {night for night in held if night <= night_of(seen_at)}  # a clock may have been ahead
    last = max([last_closed_night(seen_at), *seen])
    nights = (last - DAY * back for back in range(min(kept, MOST_NIGHTS) - 1, -1, -1))
    return tuple(night for night in nights if is_copy_owed(night, held, since))


def is_copy_owed(night: date, held: Set[date], since: datetime | None) -> bool:
    """Whether the guest was there when the night began, and so owes a copy of it.

    It was from `since` on, when it was first seen; a copy that is kept proves that it was before.
    """
    begin = night_begin(night)
    return (since is not None and since <= begin) or bool(held and min(held) <= night)


def missing_nights(
    held: Set[date], kept: int, seen_at: datetime, since: datetime | None
) -> tuple[date, ...]:
    """The required nights of which no copy is kept."""
    return tuple(
        night for night in required_nights(held, kept, seen_at, since) if night not in held
    )


def is_verification_old(
    intact_at: datetime | None, since: datetime | None, seen_at: datetime, days: int
) -> bool:
    """Whether the newest intact copy was older than so many days when the store was read.

    A guest without any intact copy has as long, counted from when it was first seen.
    """
    reference = intact_at or since
    return reference is not None and seen_at - reference > timedelta(days=days)


def restore_test_due(last: tuple[datetime, bool] | None, since: datetime, days: int) -> datetime:
    """When the next restore test is due: so many days after the last one that went well.

    `last` is the newest test and whether it went well; after one that failed another is due at
    once. Where none was made it counts from `since`, when a guest of the tenant was first seen.
    """
    if last is None:
        return since + timedelta(days=days)
    tested_at, went_well = last
    return tested_at + timedelta(days=days if went_well else 0)
