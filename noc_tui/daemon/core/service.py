"""The interface of the daemon's services: routes, background work, and a call after each poll.

A part lives in `noc_tui/daemon/<name>/`, is built by `build(context)` there and is listed in
`noc_tui/daemon/program/services.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aiohttp import web

from noc_tui.cluster.difference import Difference
from noc_tui.cluster.errors import ClusterError
from noc_tui.cluster.snapshot import ClusterSnapshot


@dataclass(frozen=True, slots=True)
class PollResult:
    """One fast poll of one cluster, after it was committed.

    `snapshot` is the newest state that was ever seen (None before the first success), `error` why
    this poll brought nothing, `difference` what changed since the poll before (None on error).
    `at` is the instant of this poll's end, `revision` that of its rows.
    """

    cluster: str
    at: datetime
    snapshot: ClusterSnapshot | None
    difference: Difference | None
    error: ClusterError | None
    revision: int


class Service(Protocol):
    """One service of the daemon."""

    name: str

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes that the service answers on the socket."""
        ...

    async def run(self) -> None:
        """Work in the background until cancelled; returning at once is allowed."""
        ...

    async def polled(self, result: PollResult) -> None:
        """Look at a poll; called for each cluster after the rows are committed."""
        ...
