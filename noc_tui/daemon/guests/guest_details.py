"""Details of one guest, fetched from its cluster when somebody opens them.

    GET /v1/guests/{cluster}/{vmid}/config   {"values": {…}, "pending": {…}}
    GET /v1/guests/{cluster}/{vmid}/tasks    [{"upid","type","user","started_at","outcome",…}]
    GET /v1/guests/{cluster}/{vmid}/load?timeframe=hour   [{"time": …, "cpu": …}]
    GET /v1/tasks/{cluster}/{upid}/log       [{"n": 1, "t": "…"}]

Settings of a virtual machine are the hoster's own layer (R24), so that reading them needs no stated
circumstance as looking into a client's resources would (R36).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from aiohttp import web
from msgspec import to_builtins

from noc_tui.cluster import errors
from noc_tui.cluster.answers import NodeTask, Timeframe
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.ids import GuestRef
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, NotFound, Unavailable
from noc_tui.daemon.core.server import Handler, answer, caller
from noc_tui.daemon.core.service import PollResult
from noc_tui.i18n import _


def build(context: Context) -> "Inquiries":
    """The part."""
    return Inquiries(context)


@dataclass(slots=True)
class Inquiries:
    """Reads through the clusters' gateways, for the consoles, which hold no token."""

    context: Context
    name: str = "inquiries"

    def routes(self) -> Sequence[web.RouteDef]:
        guest = "/v1/guests/{cluster}/{vmid}"
        return [
            web.get(f"{guest}/config", _translated(self.config)),
            web.get(f"{guest}/tasks", _translated(self.tasks)),
            web.get(f"{guest}/load", _translated(self.load)),
            web.get("/v1/tasks/{cluster}/{upid}/log", _translated(self.log)),
        ]

    async def run(self) -> None:
        """Nothing in the background."""

    async def polled(self, result: PollResult) -> None:
        """Nothing: details are read when asked for."""

    async def config(self, request: web.Request) -> web.StreamResponse:
        """The configuration in force, and what waits for the next start."""
        gateway, guest = self._guest(request)
        config = await gateway.guest_config(guest)
        pending = await gateway.guest_pending(guest)
        waiting = {change.key: change.pending for change in pending}
        return answer({"values": config.values, "pending": waiting})

    async def tasks(self, request: web.Request) -> web.StreamResponse:
        """The guest's last tasks on its node, newest first."""
        gateway, guest = self._guest(request)
        tasks = await gateway.node_tasks(guest.node, vmid=guest.vmid, limit=30)
        return answer([{**_plain(task), "outcome": task.outcome} for task in tasks])

    async def load(self, request: web.Request) -> web.StreamResponse:
        """The load over time; a sample that is missing is a missing key."""
        gateway, guest = self._guest(request)
        return answer(await gateway.guest_rrddata(guest, _timeframe(request)))

    async def log(self, request: web.Request) -> web.StreamResponse:
        """The first lines of a task's log."""
        caller(request)
        gateway = self._gateway(request.match_info["cluster"])
        return answer(await gateway.task_log(request.match_info["upid"]))

    def _guest(self, request: web.Request) -> tuple[Gateway, GuestRef]:
        caller(request)
        cluster, vmid = request.match_info["cluster"], request.match_info["vmid"]
        if not vmid.isdecimal():
            raise BadRequest(_("{text!r} is not a number").format(text=vmid))
        return self._gateway(cluster), self.context.estate.guest_ref(cluster, int(vmid))

    def _gateway(self, cluster: str) -> Gateway:
        if cluster not in self.context.gateways:
            raise NotFound(_("no cluster is called {name}").format(name=cluster))
        return self.context.gateways[cluster]


def _translated(handler: Handler) -> Handler:
    """A cluster's error as the socket's own."""

    async def asked(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except errors.InvalidId as error:
            raise BadRequest(str(error)) from error
        except errors.NotFound as error:
            raise NotFound(str(error)) from error
        except errors.GatewayError as error:
            raise Unavailable(str(error)) from error

    return asked


def _timeframe(request: web.Request) -> Timeframe:
    asked = request.query.get("timeframe", "hour")
    for known in get_args(Timeframe):
        if asked == known:
            return known  # type: ignore[no-any-return]  # get_args forgets the Literal
    raise BadRequest(_("timeframe: {text!r} is none Proxmox knows").format(text=asked))


def _plain(task: NodeTask) -> dict[str, object]:
    plain: dict[str, object] = to_builtins(task)
    return plain
