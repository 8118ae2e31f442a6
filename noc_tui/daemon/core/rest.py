"""Waiting for news: a loop that works on rows rests until somebody commits or its time comes."""

import asyncio

from noc_tui.clock import Clock
from noc_tui.daemon.core.bus import Bus


async def rest(clock: Clock, bus: Bus, seconds: float, after: int) -> None:
    """Return when a change after revision `after` is committed, or when `seconds` have passed."""
    waits = {
        asyncio.ensure_future(clock.sleep(seconds)),
        asyncio.ensure_future(_news(bus, after)),
    }
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


async def _news(bus: Bus, after: int) -> None:
    async for _revision in bus.revisions(after):
        return
