"""How a test waits for what must come: it looks again and again, with a limit against hanging.

No test is about how long the machine takes. The limit is far above what a busy machine needs, and
below the limit of the test itself, so that the failure says what was seen last.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar, overload

from noc_tui.clock import SteppedClock

PATIENCE_SECONDS = 60.0
LONG_PATIENCE_SECONDS = 240.0
"""Of tests that are marked long; below the limit of a test."""
LOOK_SECONDS = 0.01

T = TypeVar("T")


def patience(seconds: float = PATIENCE_SECONDS) -> asyncio.Timeout:
    """Within this block something must come: `TimeoutError` says that it did not."""
    return asyncio.timeout(seconds)


@overload
async def until(
    look: Callable[[], Coroutine[Any, Any, T]],
    holds: Callable[[T], object] = ...,
    *,
    meanwhile: Callable[[], Awaitable[object]] | None = ...,
    every: float = ...,
    seconds: float = ...,
) -> T: ...
@overload
async def until(
    look: Callable[[], T],
    holds: Callable[[T], object] = ...,
    *,
    meanwhile: Callable[[], Awaitable[object]] | None = ...,
    every: float = ...,
    seconds: float = ...,
) -> T: ...
async def until(
    look: Callable[[], Any],
    holds: Callable[[Any], object] = bool,
    *,
    meanwhile: Callable[[], Awaitable[object]] | None = None,
    every: float = LOOK_SECONDS,
    seconds: float = PATIENCE_SECONDS,
) -> Any:
    """What `look` gives as soon as it `holds`; `meanwhile` is done between two looks.

    `every` is how many seconds are from one look to the next, `seconds` when it is given up.

    Raises `AssertionError` with what was seen last.
    """
    seen: list[Any] = []
    try:
        async with patience(seconds):
            while not (seen and holds(seen[0])):
                if seen:
                    if meanwhile is not None:
                        await meanwhile()
                    await asyncio.sleep(every)
                found = look()
                seen[:] = [await found if inspect.isawaitable(found) else found]
    except TimeoutError:
        raise AssertionError(f"it did not come; seen last: {seen}") from None
    return seen[0]


async def asleep(clock: SteppedClock) -> None:
    """Wait until somebody sleeps on that clock: whoever works has come to a pause."""
    await until(lambda: clock.waiting)
