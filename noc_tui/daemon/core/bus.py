"""Tells consoles the newest revision; older ones are not queued."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager


class Bus:
    """One number, many listeners. A slow listener misses numbers, never the newest."""

    def __init__(self, revision: int = 0) -> None:
        self._revision = revision
        self._listeners: set[asyncio.Event] = set()

    @property
    def revision(self) -> int:
        """The newest revision that was published."""
        return self._revision

    @property
    def listeners(self) -> int:
        """How many consoles listen now."""
        return len(self._listeners)

    def publish(self, revision: int) -> None:
        """Announce that rows of this revision are committed."""
        if revision <= self._revision:
            return
        self._revision = revision
        for woken in self._listeners:
            woken.set()

    async def revisions(self, after: int) -> AsyncGenerator[int, None]:
        """Each newest revision above `after`, as it comes, without end."""
        with self._listening() as woken:
            while True:
                if self._revision > after:
                    after = self._revision
                    yield after
                    continue
                woken.clear()
                await woken.wait()

    @contextmanager
    def _listening(self) -> Iterator[asyncio.Event]:
        woken = asyncio.Event()
        self._listeners.add(woken)
        try:
            yield woken
        finally:
            self._listeners.discard(woken)
