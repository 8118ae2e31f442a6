"""A clock that runs as a scaled one does, and leaps over what no test has to see."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

from noc_tui.clock import ScaledClock


class LeapingClock:
    """Runs `speed` times as fast as the machine from `origin` on; `leap` moves it ahead at once.

    Who sleeps wakes when his time has come, whether it ran there or leapt.
    """

    def __init__(self, origin: datetime, speed: float) -> None:
        self._runs = ScaledClock.starting(origin, speed)
        self._leapt = 0.0
        self._moved = asyncio.Event()

    def leap(self, ahead: timedelta) -> None:
        """Move it ahead; whatever sleeps looks at it again."""
        self._leapt += ahead.total_seconds()
        self._moved.set()
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return self._runs.now() + timedelta(seconds=self._leapt)

    def monotonic(self) -> float:
        return self._runs.monotonic() + self._leapt

    async def sleep(self, seconds: float) -> None:
        until = self.monotonic() + seconds
        while (left := until - self.monotonic()) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), left / self._runs.speed)
        await asyncio.sleep(0)

    def during(self, seconds: float) -> float:
        return self._runs.during(seconds)
