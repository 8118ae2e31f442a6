"""Instants in the database: microseconds since the epoch, in UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FIRST, _LAST = ((datetime(year, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND for year in (2, 9998))

BEYOND = timedelta(minutes=20)
"""Further ahead than any pause between two attempts: what is to be tried only then was put off by
a clock that has been set back since, and is due now."""


def micros(at: datetime) -> int:
    """An aware instant as microseconds since the epoch, exactly. Naive ones are refused."""
    if at.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {at.isoformat()}")
    return (at - _EPOCH) // _MICROSECOND


def instant(value: int) -> datetime:
    """Microseconds since the epoch as an aware UTC instant; one that no calendar of ours has, as
    only another hand writes it, is the nearest in the years 2 to 9998.
    """
    return _EPOCH + timedelta(microseconds=min(max(value, _FIRST), _LAST))
