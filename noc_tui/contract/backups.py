"""Freshness of a guest's backup on the second site (R29)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Verification(StrEnum):
    """What the backup server says of a backup's own integrity."""

    OK = "ok"
    FAILED = "failed"
    NONE = "none"


class Freshness(StrEnum):
    """The five states of R29, and those in which we cannot tell: what is there may be another
    guest's, or nobody could look.
    """

    FRESH = "fresh"
    UNVERIFIED = "unverified"
    STALE = "stale"
    FAILED = "failed"
    MISSING = "missing"
    DOUBTFUL = "doubtful"
    UNKNOWN = "unknown"


_WORST_FIRST = (
    Freshness.MISSING,
    Freshness.DOUBTFUL,
    Freshness.FAILED,
    Freshness.STALE,
    Freshness.UNKNOWN,
    Freshness.UNVERIFIED,
    Freshness.FRESH,
)


@dataclass(frozen=True, slots=True)
class BackupCopy:
    """One backup that the second site keeps: when it was made, and whether it was verified."""

    at: datetime
    verification: Verification


def freshness(
    backups: Iterable[BackupCopy] | None,
    now: datetime,
    fresh_hours: float,
    last_failure: datetime | None = None,
) -> Freshness:
    """Return the state of a guest's backups. `backups` is None when the second site could not be
    asked.

    Fresh is younger than `fresh_hours`; a backup found damaged is no backup. A failed attempt shows
    only when no good backup is fresh and none was made since.
    """
    if backups is None:
        return Freshness.UNKNOWN
    kept = list(backups)
    good = [backup for backup in kept if backup.verification is not Verification.FAILED]
    last = max(good, key=lambda backup: backup.at, default=None)
    if last is not None and now - last.at < timedelta(hours=fresh_hours):
        verified = last.verification is Verification.OK
        return Freshness.FRESH if verified else Freshness.UNVERIFIED
    damaged = [backup.at for backup in kept if backup.verification is Verification.FAILED]
    attempts = [*damaged, *([] if last_failure is None else [last_failure])]
    if any(last is None or attempt > last.at for attempt in attempts):
        return Freshness.FAILED
    return Freshness.MISSING if last is None else Freshness.STALE


def age_freshness(
    state: Freshness, last: datetime | None, now: datetime, fresh_hours: float
) -> Freshness:
    """Return what a state that was found earlier comes to now, while the second site is not seen: a
    backup that would no longer be fresh is unknown, for there may be another since.
    """
    if state not in (Freshness.FRESH, Freshness.UNVERIFIED) or last is None:
        return state
    return state if now - last < timedelta(hours=fresh_hours) else Freshness.UNKNOWN


def worst(states: Iterable[Freshness]) -> Freshness:
    """Return the worst of several guests' states; unknown when there is none."""
    return min(states, key=_WORST_FIRST.index, default=Freshness.UNKNOWN)
