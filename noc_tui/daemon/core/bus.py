"""Tells consoles the newest revision; older ones are not queued."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager


class Bus:
    """One number, many listeners. A slow listener misses numbers, never the newest."""

    def __init__(self, revision: int = 0) -> None:
        self._revision = revision
        self._listeners: set[asyncio.Event] = set()
        self._consoles = 0

    @property
    def revision(self) -> int:
        """The newest revision that was published."""
        return self._revision

    @property
    def consoles(self) -> int:
        """How many consoles listen now; the daemon's own parts are none."""
        return self._consoles

    def publish(self, revision: int) -> None:
        """Announce that rows of this revision are committed."""
        if revision <= self._revision:
            return
        self._revision = revision
        for woken in self._listeners:
            woken.set()

    async def revisions(self, after: int, *, console: bool = False) -> AsyncGenerator[int, None]:
        """Each newest revision above `after`, as it comes, without end; to a console or a part."""
        with self._listening(console) as woken:
            while True:
                if self._revision > after:
                    after = self._revision
                    yield after
                    continue
                woken.clear()
                await woken.wait()

    @contextmanager
    def _listening(self, console: bool) -> Iterator[asyncio.Event]:
        woken = asyncio.Event()
        self._listeners.add(woken)
        self._consoles += console
        try:
            yield woken
        finally:
            self._listeners.discard(woken)
            self._consoles -= console
