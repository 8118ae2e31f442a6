"""Instants and durations as they are written in JSON: RFC 3339 in, decimal seconds out."""

import re
from datetime import UTC, datetime

from noc_tui.contract.calendar import SECOND, instant, micros

_RFC3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]((?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?"
    r"(?:([Zz])|([+-])([0-9]{2}):([0-9]{2}))",
)

ENTERED_YEARS = range(2000, 2200)
"""Of what people enter, in UTC: outside lies a slip of the hand, and the edge of the calendar."""
OUT_OF_YEARS = "the year must be from 2000 to 2199"
_FIRST, _END = (
    micros(datetime(year, 1, 1, tzinfo=UTC)) for year in (ENTERED_YEARS.start, ENTERED_YEARS.stop)
)


def is_enterable(at: int) -> bool:
    """Return whether an instant in microseconds lies within `ENTERED_YEARS`."""
    return _FIRST <= at < _END


def parse_entered_instant(text: str) -> int:
    """`parse_instant` of what somebody enters. Raises ValueError, also outside `ENTERED_YEARS`."""
    at = parse_instant(text)
    if not is_enterable(at):
        raise ValueError(f"{OUT_OF_YEARS}: {text!r}")
    return at


def parse_instant(text: str) -> int:
    """Microseconds since the epoch of an RFC 3339 date-time; its offset is required.

    Digits finer than a microsecond are cut off. Raises ValueError, also for a leap second, which
    the epoch cannot name.
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError(f"not an RFC 3339 time with its offset: {text!r}")
    day, clock, fraction, zulu, sign, hours, minutes = match.groups()
    try:
        local = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)
    except ValueError as error:
        raise ValueError(f"no such time: {text!r}") from error
    offset = 0 if zulu else _offset(text, sign, int(hours), int(minutes))
    return micros(local) + int((fraction or "")[:6].ljust(6, "0")) - offset


def _offset(text: str, sign: str, hours: int, minutes: int) -> int:
    if hours > 23 or minutes > 59:
        raise ValueError(f"no such offset: {text!r}")
    return (hours * 3600 + minutes * 60) * SECOND * (-1 if sign == "-" else 1)


def format_instant(at: int) -> str:
    """RFC 3339 in UTC, with only the decimals that are needed."""
    whole, fraction = divmod(at, SECOND)
    text = instant(whole * SECOND).replace(tzinfo=None).isoformat()
    return f"{text}{_decimals(fraction)}Z"


def format_seconds(duration: int) -> str:
    """Microseconds, not negative, as seconds: a decimal string without trailing zeros."""
    whole, fraction = divmod(duration, SECOND)
    return f"{whole}{_decimals(fraction)}"


def _decimals(fraction: int) -> str:
    return f".{fraction:06}".rstrip("0") if fraction else ""
