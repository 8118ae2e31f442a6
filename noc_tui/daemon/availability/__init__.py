"""Availability in `nocd`: the ledger of observations, outages, incidents, exclusions, credits."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from noc_tui.daemon.availability.routes import Routes
from noc_tui.daemon.availability.watch import Watch
from noc_tui.daemon.context import Context
from noc_tui.daemon.part import Part, PollResult


def build(context: Context) -> Part:
    """The part, with probes as the configuration says."""
    return Availability(context, Watch(context))


@dataclass(slots=True)
class Availability:
    """Watches each poll, and answers what people decide about what was seen."""

    context: Context
    watch: Watch
    name: str = "availability"

    def routes(self) -> Sequence[web.RouteDef]:
        return Routes(self.context, self.watch).table()

    async def run(self) -> None:
        """Nothing in the background."""

    async def polled(self, result: PollResult) -> None:
        await self.watch.polled(result)
