"""The clock port: what a scaled and a stepped clock promise."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from noc_tui.clock import ScaledClock, SteppedClock

START = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_scaled_clock_is_defined_by_its_three_numbers() -> None:
    first = ScaledClock.starting(START, 60)
    second = ScaledClock(first.origin, first.real_origin, first.speed)
    assert abs(first.now() - second.now()) < timedelta(seconds=60)


def test_a_clock_that_stands_still_or_goes_back_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        ScaledClock.starting(START, 0)


@pytest.mark.anyio
async def test_sleepers_wake_in_order_and_see_their_own_time() -> None:
    clock = SteppedClock(START)
    woken: list[tuple[str, datetime]] = []

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((name, clock.now()))

    tasks = [asyncio.create_task(sleeper("late", 30)), asyncio.create_task(sleeper("early", 10))]
    await asyncio.sleep(0)
    await clock.advance(20)
    assert woken == [("early", START + timedelta(seconds=10))]
    await clock.advance(20)
    await asyncio.gather(*tasks)
    assert woken[1] == ("late", START + timedelta(seconds=30))
    assert clock.now() == START + timedelta(seconds=40)
