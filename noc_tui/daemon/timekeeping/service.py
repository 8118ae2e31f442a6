"""The part that watches the machine's clock.

    GET  /v1/clock            is it believed?
    POST /v1/clock/confirm    a lead says that the machine's clock is right

A jump, and what became of it, are entries: `clock.doubted`, `clock.agrees`, `clock.accepted`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from noc_tui.api import clock as api
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.identity import actor, itself
from noc_tui.daemon.core.server import Call, route
from noc_tui.daemon.core.service import PollResult
from noc_tui.i18n import _
from storage import settings
from storage.evidence import Actor

LOOK_SECONDS = 5.0
KEEP_SECONDS = 60.0
SUBJECT = "clock:nocd"


def build(context: Context) -> "TimekeepingService":
    """The part."""
    return TimekeepingService(context)


@dataclass(slots=True)
class TimekeepingService:
    """Looks at the clock every few seconds."""

    context: Context
    name: str = "timekeeping"
    _told: int = 0

    def routes(self) -> Sequence[web.RouteDef]:
        return [route(api.CLOCK, self.state), route(api.CONFIRM_CLOCK, self.confirm)]

    async def polled(self, result: PollResult) -> None:
        """Nothing: time passes without polls too."""

    async def run(self) -> None:
        """Until cancelled; nothing over a clock that cannot jump."""
        steady, kept = self.context.trust.steady, -KEEP_SECONDS
        while steady is not None:
            await self.look()
            if self.context.clock.monotonic() - kept >= KEEP_SECONDS:
                kept = self.context.clock.monotonic()
                async with self.context.writer.change(itself(), quiet=True) as change:
                    await settings.put(change, settings.STEADY_TIME, steady.known())
            await self.context.clock.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Put on record what the clock did, and take it over once it has agreed long enough."""
        steady = self.context.trust.steady
        if steady is None:
            return
        steady.now()
        if steady.time.agreed:
            await self._accept(itself())
            return
        jump = round(steady.time.jump.total_seconds())
        if abs(jump - self._told) > 1 and bool(jump) != bool(self._told):
            kind = "clock.doubted" if jump else "clock.agrees"
            async with self.context.writer.change(itself()) as change:
                await change.record(kind, [SUBJECT], {"seconds": jump or -self._told})
            self._told = jump

    async def _accept(self, author: Actor) -> None:
        steady, step = self.context.trust.steady, self.context.trust.offered
        if steady is None or step is None:
            return
        async with self.context.writer.change(author) as change:
            await change.record("clock.accepted", [SUBJECT], {"was": step.was, "at": step.at})
        # Nothing is written in between: that entry is the last one by the time before the step.
        if await self.context.trust.accept() is None:
            return  # the clock agreed by itself meanwhile
        self._told = 0
        async with self.context.writer.change(itself(), quiet=True) as change:
            await settings.put(change, settings.STEADY_TIME, steady.known())

    async def state(self, call: Call[None]) -> api.ClockState:
        """Whether the machine's clock is believed."""
        return self._state()

    def _state(self) -> api.ClockState:
        trust = self.context.trust
        now = self.context.clock.now()
        return api.ClockState(now, round(trust.jump.total_seconds()), trust.unsettled)

    async def confirm(self, call: Call[None]) -> api.ClockState:
        """A lead vouches for the machine's clock."""
        if not self.context.trust.jump:
            raise Conflict(_("the clock is not in doubt"))
        await self._accept(actor(call.who))
        return self._state()
