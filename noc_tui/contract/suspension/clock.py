"""Deadlines on the wall clock of Paris (R1, R22)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def wall_clock_after(start: datetime, days: int) -> datetime:
    """The instant, in UTC, when Paris shows the same time that many days later.

    A time that the change to summer time skips is taken one hour later; one that happens twice in
    autumn, at its second occurrence: the client never has less than its days.
    """
    local = start.astimezone(PARIS).replace(fold=0) + timedelta(days=days)
    early = local.replace(fold=0).astimezone(UTC)
    late = local.replace(fold=1).astimezone(UTC)
    return max(early, late)


def day_number(start: datetime, now: datetime) -> int:
    """Return which day of the suspension it is, 1 from its first instant, by the wall clock of
    Paris.
    """
    if now < start:
        return 0
    days = (now.astimezone(PARIS).date() - start.astimezone(PARIS).date()).days
    return max(1, days + 1 if now >= wall_clock_after(start, days) else days)
