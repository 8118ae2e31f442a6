"""Load that moves: deterministic functions of a guest's habits and of simulated time."""

import math

from noc_tui.simulator.model.guest import Guest
from noc_tui.simulator.parameters import Parameter, choice

DAY = 86400.0
ROWS = 70
STEPS = {"hour": 60, "day": 1800, "week": 10800, "month": 43200, "year": 604800}
"""Seconds between two rows of statistics, by time frame."""
RRD_SCHEMA = {
    "timeframe": Parameter(choice(*STEPS), optional=False),
    "cf": Parameter(choice("AVERAGE", "MAX")),
}
_TURN = 2 * math.pi


def wave(now: float, period: float, phase: float) -> float:
    """Between 0 and 1."""
    return 0.5 + 0.5 * math.sin(_TURN * (now / period + phase))


def cpu(guest: Guest, now: float) -> float:
    """Share of the guest's own cores, 0 to 1."""
    habits = guest.habits
    daily = 0.35 + 0.9 * wave(now, DAY, habits.phase)
    jitter = 0.75 + 0.5 * wave(now, habits.period, habits.phase)
    surge = guest.surge.cpu if guest.surge else 0.0
    return min(1.0, habits.cpu * daily * jitter + surge)


def memory(guest: Guest, now: float) -> int:
    """Bytes in use."""
    habits = guest.habits
    if guest.memory_fill is not None:
        return int(guest.memory * guest.memory_fill)
    share = habits.memory * (0.9 + 0.1 * wave(now, habits.period * 7, habits.phase))
    return int(guest.memory * min(0.99, share))


def counter(rate: float, guest: Guest, started: float, now: float) -> int:
    """Bytes since the process started at a mean `rate` that swings; never goes back."""
    period, phase = guest.habits.period * 3, guest.habits.phase
    swing = 0.6 * period / _TURN
    begun = math.cos(_TURN * (started / period + phase))
    reached = math.cos(_TURN * (now / period + phase))
    return max(0, int(rate * ((now - started) + swing * (begun - reached))))


def traffic(guest: Guest, started: float, now: float) -> tuple[int, int]:
    """Bytes received and sent since the process started; a link that is down sends nothing new."""
    received = counter(guest.habits.net_in, guest, started, now)
    sent = counter(guest.habits.net_out, guest, started, now)
    if guest.surge is not None:
        since = max(0.0, now - max(started, guest.surge.since))
        received += int(guest.surge.net_in * since)
        sent += int(guest.surge.net_out * since)
    return received, sent


def disk_used(guest: Guest, now: float) -> int:
    """Bytes that the first file system holds."""
    if guest.disk_fill is not None:
        return int(guest.disk * guest.disk_fill)
    growth = (now % (60 * DAY)) / (60 * DAY) * 0.1
    return int(guest.disk * min(0.97, guest.habits.disk_used + growth))


def rates(guest: Guest, now: float) -> dict[str, float]:
    """Bytes a second now, as RRD keeps them."""
    swing = 1 + 0.6 * math.sin(_TURN * (now / (guest.habits.period * 3) + guest.habits.phase))
    surge = guest.surge if guest.surge is not None and now >= guest.surge.since else None
    return {
        "netin": guest.habits.net_in * swing + (surge.net_in if surge else 0.0),
        "netout": guest.habits.net_out * swing + (surge.net_out if surge else 0.0),
        "diskread": guest.habits.disk_read * swing,
        "diskwrite": guest.habits.disk_write * swing,
    }


def sample_times(timeframe: str, now: float) -> list[float]:
    """The instants of the rows of a time frame, oldest first."""
    step = STEPS[timeframe]
    last = now - now % step
    return [last - step * back for back in range(ROWS - 1, -1, -1)]
