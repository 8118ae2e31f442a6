"""Instants in the database: microseconds since the epoch, in UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

BEYOND = timedelta(minutes=20)
"""Further ahead than any pause between two attempts: what is to be tried only then was put off by
a clock that has been set back since, and is due now."""


def micros(at: datetime) -> int:
    """An aware instant as microseconds since the epoch, exactly. Naive ones are refused."""
    if at.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {at.isoformat()}")
    return (at - _EPOCH) // _MICROSECOND


def instant(value: int) -> datetime:
    """Microseconds since the epoch as an aware UTC instant."""
    return _EPOCH + timedelta(microseconds=value)
