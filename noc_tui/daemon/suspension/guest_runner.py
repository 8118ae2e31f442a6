"""One guest through its steps, as often as it takes, its place in words for every console."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from noc_tui.contract.suspension.values import Case, PlannedGuest
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.suspension.failures import Trouble
from noc_tui.daemon.suspension.planner import BARRIER, Measures, order_of
from noc_tui.daemon.suspension.steps import Steps
from storage import suspension as stored
from storage.suspension import SUSPENDED_GUESTS, SuspendedGuest

End = Literal["done", "failed", "gone", "stopped"]
Once = Callable[[], Awaitable[Trouble | None]]


@dataclass(slots=True)
class GuestRunner:
    """Carries single guests there and back; at most so many of one node at the same time."""

    context: Context
    measures: Measures
    steps: Steps
    _limits: dict[str, asyncio.Semaphore] = field(default_factory=dict)

    async def suspend(self, case: Case, guest: PlannedGuest, stopping: asyncio.Event) -> End:
        """Apply every means in order, waiting for what may pass."""

        async def once() -> Trouble | None:
            for position, means in enumerate(order_of(case)):
                step = await self.steps.begun(case, guest, position, means)
                if means == BARRIER and case.data_access and step.state == "done":
                    continue
                if (found := await self.steps.apply(case, guest, step)) is not None:
                    return found
            return None

        return await self._until_over(case, guest, stopping, once, "applying", "suspended")

    async def restore(self, case: Case, guest: PlannedGuest, stopping: asyncio.Event) -> End:
        """Undo every step that was begun, the last one first."""

        async def once() -> Trouble | None:
            rows = await stored.steps_of(self.context.writer, case.id)
            mine = [
                row
                for row in rows
                if (row.cluster, row.vmid) == (guest.ref.cluster, guest.ref.vmid)
            ]
            for step in sorted(mine, key=lambda row: -row.position):
                if (found := await self.steps.undo(case, guest, step)) is not None:
                    return found
            return None

        return await self._until_over(case, guest, stopping, once, "restoring", "restored")

    async def _until_over(
        self,
        case: Case,
        guest: PlannedGuest,
        stopping: asyncio.Event,
        once: Once,
        doing: str,
        done: str,
    ) -> End:
        """Its end; what nobody foresaw is this guest's own failure, and not that of the others."""
        try:
            return await self._tried(case, guest, stopping, once, doing, done)
        except Exception as error:
            self.context.logger.error("a guest broke off", guest=str(guest.ref), exc_info=error)
            await self.say(case, guest, f"{doing}-failed", repr(error))
            return "failed"

    async def _tried(
        self,
        case: Case,
        guest: PlannedGuest,
        stopping: asyncio.Event,
        once: Once,
        doing: str,
        done: str,
    ) -> End:
        waits = 0
        while not stopping.is_set():
            async with self._limit(guest):
                if not waits:
                    await self.say(case, guest, doing)
                found = await once()
            if found is None:
                await self.say(case, guest, done, await self._noted(case, guest))
                return "done"
            if found.kind != "wait":
                failed = "gone" if found.kind == "gone" else f"{doing}-failed"
                await self.say(case, guest, failed, found.said)
                return "gone" if found.kind == "gone" else "failed"
            await self.say(case, guest, f"{doing}-waiting", found.said)
            await self._rest(stopping, waits)
            waits += 1
        return "stopped"

    async def say(self, case: Case, guest: PlannedGuest, state: str, detail: str = "") -> None:
        """Where the guest is now; written only when it differs."""
        key = (case.id, guest.ref.cluster, guest.ref.vmid)
        known = await SUSPENDED_GUESTS.get(self.context.writer, *key)
        if known is not None and (known.state, known.detail) == (state, detail):
            return
        async with self.context.writer.change(itself()) as change:
            row = SuspendedGuest(*key, guest.name, state, detail, change.at)
            await change.put(SUSPENDED_GUESTS, [row])

    def _limit(self, guest: PlannedGuest) -> asyncio.Semaphore:
        size = self.context.config.suspension.guests_per_node
        return self._limits.setdefault(self.measures.node_of(guest), asyncio.Semaphore(size))

    async def _noted(self, case: Case, guest: PlannedGuest) -> str:
        """What was noted on the way, e.g. what somebody else changed and is left as it is."""
        if case.rehearsal:
            return ""
        rows = await stored.steps_of(self.context.writer, case.id)
        here = (guest.ref.cluster, guest.ref.vmid)
        return "; ".join(row.said for row in rows if (row.cluster, row.vmid) == here and row.said)

    async def _rest(self, stopping: asyncio.Event, waited: int) -> None:
        """Until the next try, or until the case is to stop; longer each time, to twentyfold."""
        seconds = self.context.config.suspension.retry_seconds * min(2 ** min(waited, 5), 20)
        waits = {
            asyncio.ensure_future(self.context.clock.sleep(seconds)),
            asyncio.ensure_future(stopping.wait()),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
