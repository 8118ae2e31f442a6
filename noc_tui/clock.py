"""The one clock: everything that asks the time or waits asks a `Clock`.

Three kinds: the system's; a scaled one, so that a month can be played in minutes (the demo, and
every console of that demo, share its three numbers); a stepped one, which a test moves by hand.
"""

import asyncio
import heapq
import itertools
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec


class Clock(Protocol):
    """The port. `now` is an aware UTC instant; all durations are seconds of *this* clock."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary origin; never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when that many seconds of this clock have passed."""
        ...

    def during(self, seconds: float) -> float:
        """Return how many seconds of this clock pass in that many of the machine's, as limits run
        in.
        """
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))

    def during(self, seconds: float) -> float:
        return seconds


class ScaledClock(msgspec.Struct, frozen=True):
    """Runs `speed` times as fast as the machine since `real_origin`, when it showed `origin`.

    The three numbers define it wholly: `nocd` publishes them, and any process that is given them
    shows the same time.
    """

    origin: datetime
    real_origin: float
    speed: float

    @classmethod
    def starting(cls, origin: datetime, speed: float) -> "ScaledClock":
        """A clock that shows `origin` now and runs `speed` times as fast as the machine."""
        if speed <= 0:
            raise ValueError(f"a clock's speed is above 0, not {speed}")
        return cls(origin.astimezone(UTC), time.time(), speed)

    def now(self) -> datetime:
        return self.origin + timedelta(seconds=(time.time() - self.real_origin) * self.speed)

    def monotonic(self) -> float:
        return time.monotonic() * self.speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds) / self.speed)

    def during(self, seconds: float) -> float:
        return seconds * self.speed


class SteppedClock(msgspec.Struct):
    """Stands still until `advance` moves it; sleepers wake in the order of their due times."""

    at: datetime
    _elapsed: float = 0.0
    _sleepers: list[tuple[float, int, asyncio.Event]] = msgspec.field(default_factory=list)
    _order: Iterator[int] = msgspec.field(default_factory=itertools.count)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.Event()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._order), woken))
        await woken.wait()

    def during(self, seconds: float) -> float:
        return 0.0

    @property
    def waiting(self) -> int:
        """How many sleepers wait on this clock."""
        return len(self._sleepers)

    def wakes_in(self, seconds: float) -> bool:
        """Whether some sleeper wakes in so many seconds, to the millisecond."""
        return any(abs(due - self._elapsed - seconds) < 0.001 for due, _, _ in self._sleepers)

    async def advance(self, seconds: float) -> None:
        """Move on, waking each sleeper at its own time and letting it run before time goes on."""
        target = self._elapsed + seconds
        while self._sleepers and self._sleepers[0][0] <= target:
            due, _, woken = heapq.heappop(self._sleepers)
            self._move_to(due)
            woken.set()
            for _ in range(10):
                await asyncio.sleep(0)
        self._move_to(target)

    def _move_to(self, elapsed: float) -> None:
        self.at += timedelta(seconds=elapsed - self._elapsed)
        self._elapsed = elapsed
