"""The orders that are waiting or under way: each is carried out beside the others, those of one
batch no more than so many at once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from noc_tui.daemon.core.context import Context
from storage import intents


@dataclass(slots=True)
class OrderQueue:
    """Takes numbers of intents of `kinds`; `carry_out` is called once for each."""

    context: Context
    kinds: frozenset[str]
    carry_out: Callable[[int], Awaitable[None]]
    waiting: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    _under_way: dict[int, asyncio.Task[None]] = field(default_factory=dict)

    def put(self, number: int) -> None:
        """An order that was just committed."""
        self.waiting.put_nowait(number)

    async def run(self) -> None:
        """Take up what an earlier run left and is not held, then carry out what is ordered."""
        await self._take_up()
        released = asyncio.create_task(self._released(), name="orders released")
        try:
            while True:
                self._begin(await self.waiting.get())
        finally:
            under_way = [released, *self._under_way.values()]
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _take_up(self) -> None:
        for left in await intents.open_intents(self.context.writer):
            if left.kind in self.kinds and not self.context.held.order(left.id):
                self._begin(left.id)

    async def _released(self) -> None:
        """What was held since a restore goes on when a lead resumes it."""
        known = self.context.held.hold
        while True:
            known = await self.context.held.moved(known)
            await self._take_up()

    def _begin(self, number: int) -> None:
        """Carry an order out; one that came while what was left was read is there already."""
        if number in self._under_way:
            return
        work = asyncio.create_task(self._work(number))
        self._under_way[number] = work
        work.add_done_callback(lambda ended: self._ended(number, ended))

    async def _work(self, number: int) -> None:
        await self.carry_out(number)

    def _ended(self, number: int, task: "asyncio.Task[None]") -> None:
        del self._under_way[number]
        if not task.cancelled() and (error := task.exception()) is not None:
            self.context.logger.error("order broke off", exc_info=error)
