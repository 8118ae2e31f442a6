"""Availability in `nocd`: the ledger of observations, outages, incidents, exclusions, credits."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from noc_tui.api import register as api
from noc_tui.contract.instants import format_instant
from noc_tui.daemon.availability.ingest import AvailabilityIngest
from noc_tui.daemon.availability.routes import table
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.server import Call, route
from noc_tui.daemon.core.service import PollResult, Service
from noc_tui.daemon.probing.outside_reports import Drop
from noc_tui.daemon.probing.probe_sender import Sender
from noc_tui.probing.canary import Canary
from noc_tui.probing.target import Target

REPLAN_SECONDS = 60.0
"""How often the register is looked at for probes that came or went."""


def build(context: Context) -> Service:
    """The part, with probes as the register and the configuration say."""
    watch = AvailabilityIngest(context)
    context.trust.set_back.append(watch.set_back)
    return AvailabilityService(context, watch)


@dataclass(slots=True)
class AvailabilityService:
    """Watches each poll, sends the probes, and answers what people decide about what was seen."""

    context: Context
    watch: AvailabilityIngest
    name: str = "availability"

    def routes(self) -> Sequence[web.RouteDef]:
        return [*table(self.context), route(api.WANT_EMPTY, self.want_empty)]

    async def want_empty(self, call: Call[api.Emptiness]) -> api.WantedEmpty:
        """Put on record that the client wants no guest."""
        row = await self.watch.want_empty(call.who, call.path["tenant"], call.body.reason)
        return api.WantedEmpty(row.tenant, format_instant(row.since))

    async def run(self) -> None:
        """Send the probes and take in what other vantages saw, until cancelled."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._probe())
            if self.context.config.probing.drop is not None:
                both.create_task(self._drop(self.context.config.probing.drop).run())

    def _drop(self, folder: Path) -> Drop:
        keys = {one.name: one.public_key for one in self.context.config.vantages}
        watch, clock = self.watch, self.context.clock
        return Drop(
            folder=folder,
            keys=keys,
            clock=clock,
            writer=self.context.writer,
            take=watch.probed,
            silent=watch.silent,
        )

    async def _probe(self) -> None:
        sender = Sender(self.context.clock, self._canary(), self.watch.probed, self.watch.silent)
        try:
            while True:
                sender.use_canary(self._canary())  # a reload may name other targets
                sender.plan(await self.watch.probes())
                await self.context.clock.sleep(REPLAN_SECONDS)
        finally:
            await sender.stop()

    def _canary(self) -> Canary:
        config = self.context.config
        targets = [Target.parse(canary.target) for canary in config.canaries]
        return Canary(targets, config.probing.timeout)

    async def polled(self, result: PollResult) -> None:
        await self.watch.polled(result)
