"""What `noc-tui doctor` asks the daemon: only it holds the tokens, so only it can try them."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from noc_tui.api import doctor as api
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.server import Call, route
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.doctor.examination import examine


def build(context: Context) -> "Doctor":
    """The part."""
    return Doctor(context)


@dataclass(slots=True)
class Doctor:
    """Examines when asked."""

    context: Context
    name: str = "doctor"

    def routes(self) -> Sequence[web.RouteDef]:
        return [route(api.DOCTOR, self.doctor)]

    async def run(self) -> None:
        """Nothing in the background."""

    async def polled(self, result: PollResult) -> None:
        """Nothing: an examination asks for itself."""

    async def doctor(self, call: Call[None]) -> list[api.Finding]:
        """Try every cluster and backup server with the tokens that are configured."""
        context = self.context
        return await examine(context.config, context.secrets, context.clock)
