"""The daemon's own routes (health, identity, events) and its housekeeping."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from noc_tui import __version__
from noc_tui.api import core as api
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.request_values import whole_number
from noc_tui.daemon.core.server import Call, caller, route
from noc_tui.daemon.core.service import PollResult
from noc_tui.labels import unwritable
from storage import settings
from storage.change import forget_deletions

HEARTBEAT_SECONDS = 15.0
HEARTBEAT = b":\n\n"
HOUSEKEEPING_SECONDS = 60.0
REMEMBERED = timedelta(days=7)
"""How long a console may be away and still learn by itself what went."""


def build(context: Context, refusals: Refusals) -> "Core":
    """Build the service that every daemon has."""
    return Core(context, refusals, context.clock.now())


@dataclass(slots=True)
class Core:
    """Health, identity, events, and the minute's housekeeping."""

    context: Context
    refusals: Refusals
    started_at: datetime
    name: str = "core"

    def routes(self) -> Sequence[web.RouteDef]:
        return [
            route(api.HEALTH, self.health),
            route(api.WHOAMI, self.whoami),
            web.get(api.EVENTS.path, self.events),
        ]

    async def run(self) -> None:
        while True:
            await self._housekeep()
            self.context.watchdog.idle()
            await self.context.clock.sleep(HOUSEKEEPING_SECONDS)

    async def stopped(self) -> None:
        """The last words of a clean stop."""
        await self.refusals.settle(everything=True)
        await self._beat(stopped=True)

    async def _housekeep(self) -> None:
        await self.refusals.settle()
        async with self.context.writer.change(itself(), quiet=True) as change:
            await forget_deletions(change, self.context.clock.now() - REMEMBERED)
        await self._beat(stopped=False)

    async def _beat(self, stopped: bool) -> None:
        beat = settings.Heartbeat(
            self.context.clock.now(), self.started_at, os.getpid(), __version__, stopped
        )
        async with self.context.writer.change(itself(), quiet=True) as change:
            await settings.put_heartbeat(change, beat)

    async def polled(self, result: PollResult) -> None:
        """Do nothing: the poller publishes its poll."""

    async def health(self, call: Call[None]) -> api.Health:
        """For any role: that the daemon lives, and what it knows of itself."""
        trouble = self.context.writer.trouble
        return api.Health(
            version=__version__,
            pid=os.getpid(),
            now=self.context.clock.now(),
            revision=self.context.bus.revision,
            consoles=self.context.bus.consoles,
            clusters={
                cluster.name: cluster.name in self.context.estate.snapshots
                for cluster in self.context.config.clusters
            },
            database="" if trouble is None else unwritable.reason(trouble.kind),
            failing=self.context.failures.services,
        )

    async def whoami(self, call: Call[None]) -> api.Identity:
        """Who the caller is to the daemon."""
        who = call.who
        role = who.role.word if who.role else None
        return api.Identity(who.uid, who.name, role, confidential=who.confidential)

    def _heartbeat(self) -> bytes:
        """A comment; while nothing can be written, why."""
        trouble = self.context.writer.trouble
        return HEARTBEAT if trouble is None else f"database: {trouble.kind}\n\n".encode()

    async def events(self, request: web.Request) -> web.StreamResponse:
        """The newest revision whenever it moves, until the console goes."""
        caller(request, api.EVENTS.role)
        after = _after(request)
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        # With it the headers go out: the console knows that we are there.
        await stream.write(self._heartbeat())
        revisions = self.context.bus.revisions(after, console=True)
        waiting = asyncio.ensure_future(anext(revisions))
        try:
            while True:
                done, _pending = await asyncio.wait({waiting}, timeout=HEARTBEAT_SECONDS)
                if not done:
                    await stream.write(self._heartbeat())
                    continue
                await stream.write(b"data: %d\n\n" % waiting.result())
                waiting = asyncio.ensure_future(anext(revisions))
        except ConnectionResetError:
            return stream
        finally:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            await revisions.aclose()


def _after(request: web.Request) -> int:
    return whole_number(request.query.get("after", "0"))
