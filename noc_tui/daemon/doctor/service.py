"""Answers `noc-tui doctor`: only the daemon holds the tokens, so only it can try them."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from noc_tui.api import doctor as api
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.server import Call, route
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.doctor.examination import examine


def build(context: Context) -> "Doctor":
    """Build the service for the daemon's list."""
    return Doctor(context)


@dataclass(slots=True)
class Doctor:
    """Runs an examination on request."""

    context: Context
    name: str = "doctor"

    def routes(self) -> Sequence[web.RouteDef]:
        return [route(api.DOCTOR, self.doctor)]

    async def run(self) -> None:
        """Do nothing in the background."""

    async def polled(self, result: PollResult) -> None:
        """Do nothing: an examination asks the clusters itself."""

    async def doctor(self, call: Call[None]) -> list[api.Finding]:
        """Try every cluster and backup server with the tokens that are configured."""
        context = self.context
        return await examine(context.config, context.secrets, context.clock)
