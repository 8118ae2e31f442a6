"""What is being written is handed on while it is written: a link that is cut loses nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Keeper(Generic[T]):
    """Hands on the newest value, one at a time, and none twice; `first` is known already."""

    def __init__(self, keep: Callable[[T], Awaitable[object]], first: T) -> None:
        self._keep = keep
        self._kept = first
        self._turn = asyncio.Lock()

    async def keep(self, value: T) -> None:
        """Hand it on, after what is on its way."""
        async with self._turn:
            if value != self._kept:
                self._kept = value
                await self._keep(value)
