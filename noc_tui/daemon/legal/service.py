"""Keeps the legal registers: what people enter is an entry and a row."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.legal.breach_routes import BreachRoutes
from noc_tui.daemon.legal.subprocessor_routes import SubprocessorRoutes


def build(context: Context) -> "LegalService":
    """Build the service for the daemon's list."""
    return LegalService(context)


@dataclass(slots=True)
class LegalService:
    """Answers the requests; the alert rules watch the hours."""

    context: Context
    name: str = "legal"

    def routes(self) -> Sequence[web.RouteDef]:
        return [*SubprocessorRoutes(self.context).table(), *BreachRoutes(self.context).table()]

    async def run(self) -> None:
        """Do nothing in the background."""

    async def polled(self, result: PollResult) -> None:
        """Do nothing: these registers come from people."""
