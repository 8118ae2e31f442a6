"""What `noc-tui doctor` asks the daemon: only it holds the tokens, so only it can try them.

GET /v1/doctor   [{"topic","key","level","text"}]; operators and leads
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.server import answer, caller
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.doctor.examination import examine
from noc_tui.roles import Role


def build(context: Context) -> "Doctor":
    """The part."""
    return Doctor(context)


@dataclass(slots=True)
class Doctor:
    """Examines when asked."""

    context: Context
    name: str = "doctor"

    def routes(self) -> Sequence[web.RouteDef]:
        return [web.get("/v1/doctor", self.doctor)]

    async def run(self) -> None:
        """Nothing in the background."""

    async def polled(self, result: PollResult) -> None:
        """Nothing: an examination asks for itself."""

    async def doctor(self, request: web.Request) -> web.StreamResponse:
        """Try every cluster and backup server with the tokens that are configured."""
        caller(request, Role.OPERATOR)
        context = self.context
        return answer(await examine(context.config, context.secrets, context.clock))
