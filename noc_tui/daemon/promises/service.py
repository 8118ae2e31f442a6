"""Watches the promises of annexe 2 that no other service watches."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from aiohttp import web

from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.promises.edge_watch import EdgeWatch
from noc_tui.daemon.promises.inside_rounds import InsideRounds
from noc_tui.daemon.promises.licence_routes import LicenceRoutes
from noc_tui.daemon.promises.night_checks import NightChecks
from noc_tui.daemon.promises.resource_watch import ResourceWatch
from noc_tui.daemon.promises.routes import PromiseRoutes


def build(context: Context) -> "PromiseService":
    """Build the service for the daemon's list."""
    return PromiseService(context)


@dataclass(slots=True)
class PromiseService:
    """Runs the loops that look by themselves, and answers the requests."""

    context: Context
    name: str = "promises"
    nights: NightChecks = field(init=False)
    insides: InsideRounds = field(init=False)
    resources: ResourceWatch = field(init=False)
    edges: EdgeWatch = field(init=False)

    def __post_init__(self) -> None:
        self.nights = NightChecks(self.context)
        self.insides = InsideRounds(self.context)
        self.resources = ResourceWatch(self.context)
        self.edges = EdgeWatch(self.context)

    def routes(self) -> Sequence[web.RouteDef]:
        notes, licences = PromiseRoutes(self.context), LicenceRoutes(self.context)
        return [*notes.table(), *licences.table()]

    async def run(self) -> None:
        async with asyncio.TaskGroup() as loops:
            loops.create_task(self.nights.run())
            loops.create_task(self.insides.run())
            loops.create_task(self.resources.run())
            loops.create_task(self.edges.run())

    async def polled(self, result: PollResult) -> None:
        """Nothing: each loop has a pace of its own."""
