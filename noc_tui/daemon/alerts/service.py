"""On call: alerts, paging, shifts, handovers, presence."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from aiohttp import web

from noc_tui.api import core
from noc_tui.daemon.alerts.actions import Actions
from noc_tui.daemon.alerts.alert_loop import AlertLoop
from noc_tui.daemon.alerts.collect_inputs import InputCollector
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.presence import Attendance
from noc_tui.daemon.core.server import route
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.handover.routes import Handovers
from noc_tui.daemon.paging.pager import Pager

PACE_SECONDS = 5.0


def build(context: Context) -> "AlertService":
    """Build the service for the daemon's list."""
    return AlertService(
        context=context,
        watch=AlertLoop(context, InputCollector(context)),
        actions=Actions(context),
        handovers=Handovers(context),
        pager=Pager(context),
        attendance=Attendance(context),
    )


@dataclass(slots=True)
class AlertService:
    """Evaluates alerts after each poll and at least once a minute; answers requests about them."""

    context: Context
    watch: AlertLoop
    actions: Actions
    handovers: Handovers
    pager: Pager
    attendance: Attendance
    name: str = "oncall"
    _polled: asyncio.Event = field(default_factory=asyncio.Event)

    def routes(self) -> Sequence[web.RouteDef]:
        presence = route(core.PRESENCE, self.attendance.seen)
        return [*self.actions.routes(), *self.handovers.routes(), presence]

    async def polled(self, result: PollResult) -> None:
        """Wake the loop: there is a new poll to evaluate."""
        self.watch.collector.record.polled()
        self._polled.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as loops:  # one that fails leaves none of the others behind
            for loop in (
                self._watch(),
                self.watch.collector.examine(),
                self.watch.collector.record.run(),
                self.pager.run(),
                self.attendance.run(),
            ):
                loops.create_task(loop)

    async def _watch(self) -> None:
        while True:
            await self.watch.look()
            await self.pager.queue()
            self._polled.clear()
            await self.context.clock.sleep(PACE_SECONDS)
            await self._news()

    async def _news(self) -> None:
        """A poll, or a minute: deadlines come near by themselves."""
        polled = asyncio.ensure_future(self._polled.wait())
        minute = asyncio.ensure_future(self.context.clock.sleep(60 - PACE_SECONDS))
        try:
            await asyncio.wait({polled, minute}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in (polled, minute):
                waiting.cancel()
            await asyncio.gather(polled, minute, return_exceptions=True)
