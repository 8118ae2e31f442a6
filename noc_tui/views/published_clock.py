"""The clock that `nocd` published: consoles and commands show its time."""

from noc_tui.clock import Clock, ScaledClock, SystemClock
from storage.settings import ClockNumbers


def clock_of(numbers: ClockNumbers) -> Clock:
    """The daemon's clock from its three numbers; the machine's own outside a demo."""
    if numbers.origin is None:
        return SystemClock()
    return ScaledClock(numbers.origin, numbers.real_origin, numbers.speed)
