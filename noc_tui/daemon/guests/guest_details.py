"""Details of one guest, fetched from its cluster when somebody opens them.

Settings of a virtual machine are the hoster's own layer (R24), so that reading them needs no stated
circumstance as looking into a client's resources would (R36).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, get_args

from aiohttp import web
from msgspec.structs import asdict

from noc_tui.api import guests as api
from noc_tui.cluster import errors
from noc_tui.cluster.answers import ConfigAnswer, NodeTask, PendingChange, Timeframe
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.guest_location import GuestGone, reach_guest
from noc_tui.cluster.ids import GuestPlace
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, NotFound, Unavailable
from noc_tui.daemon.core.request_values import number_of
from noc_tui.daemon.core.server import Call, route
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.guests.guest_facts import read_facts
from noc_tui.i18n import _

A = TypeVar("A")


def build(context: Context) -> "Inquiries":
    """The part."""
    return Inquiries(context)


@dataclass(slots=True)
class Inquiries:
    """Reads through the clusters' gateways, for the consoles, which hold no token."""

    context: Context
    name: str = "inquiries"

    def routes(self) -> Sequence[web.RouteDef]:
        return [
            route(api.CONFIG, _translated(self.config)),
            route(api.TASKS, _translated(self.tasks)),
            route(api.LOAD, _translated(self.load)),
            route(api.FACTS, _translated(self.facts)),
            route(api.TASK_LOG, _translated(self.log)),
        ]

    async def run(self) -> None:
        """Nothing in the background."""

    async def polled(self, result: PollResult) -> None:
        """Nothing: details are read when asked for."""

    async def config(self, call: Call[None]) -> api.GuestConfig:
        """The configuration in force, and what waits for the next start."""
        gateway, vmid, seen = self._guest(call.path)

        async def read(where: GuestPlace) -> tuple[ConfigAnswer, Sequence[PendingChange]]:
            return await gateway.guest_config(where), await gateway.guest_pending(where)

        config, pending = await reach_guest(gateway, vmid, read, seen=seen)
        waiting = {change.key: change.pending for change in pending}
        return api.GuestConfig(config.values, waiting)

    async def tasks(self, call: Call[None]) -> list[api.GuestTask]:
        """The guest's last tasks on its node, newest first."""
        gateway, vmid, seen = self._guest(call.path)
        tasks = await reach_guest(
            gateway,
            vmid,
            lambda where: gateway.node_tasks(where.node, vmid=vmid, limit=30),
            seen=seen,
        )
        cluster, veil = call.path["cluster"], self.context.veil
        return [_task(row) for row in tasks if not veil.hides_task(cluster, row.upid)]

    async def load(self, call: Call[None]) -> list[api.Sample]:
        """The load over time; a sample that is missing is a missing key."""
        gateway, vmid, seen = self._guest(call.path)
        timeframe = _timeframe(call.query)
        return await reach_guest(
            gateway, vmid, lambda where: gateway.guest_rrddata(where, timeframe), seen=seen
        )

    async def facts(self, call: Call[None]) -> api.GuestFacts:
        """What the guest says of itself: file systems, addresses."""
        gateway, vmid, seen = self._guest(call.path)
        return await reach_guest(gateway, vmid, lambda where: read_facts(gateway, where), seen=seen)

    async def log(self, call: Call[None]) -> list[api.LogLine]:
        """The first lines of a task's log."""
        gateway = self._gateway(call.path["cluster"])
        if self.context.veil.hides_task(call.path["cluster"], call.path["upid"]):
            raise NotFound(_("there is no task {upid}").format(upid=call.path["upid"]))
        return [api.LogLine(line.n, line.t) for line in await gateway.task_log(call.path["upid"])]

    def _guest(self, path: Mapping[str, str]) -> tuple[Gateway, int, GuestPlace | None]:
        """The way to its cluster, its number, and where it was last seen."""
        cluster, vmid = path["cluster"], number_of(path, "vmid")
        return self._gateway(cluster), vmid, self.context.estate.last_place(cluster, vmid)

    def _gateway(self, cluster: str) -> Gateway:
        if cluster not in self.context.gateways:
            raise NotFound(_("no cluster is called {name}").format(name=cluster))
        return self.context.gateways[cluster]


def _translated(
    handler: Callable[[Call[None]], Awaitable[A]],
) -> Callable[[Call[None]], Awaitable[A]]:
    """A cluster's error as the socket's own."""

    async def asked(call: Call[None]) -> A:
        try:
            return await handler(call)
        except errors.InvalidId as error:
            raise BadRequest(str(error)) from error
        except (GuestGone, errors.ObjectMissing) as error:
            raise NotFound(str(error)) from error
        except errors.GatewayError as error:
            raise Unavailable(str(error)) from error

    return asked


def _timeframe(query: Mapping[str, str]) -> Timeframe:
    asked = query.get("timeframe", "hour")
    for known in get_args(Timeframe):
        if asked == known:
            return known  # type: ignore[no-any-return]  # get_args forgets the Literal
    raise BadRequest(_("timeframe: {text!r} is none Proxmox knows").format(text=asked))


def _task(row: NodeTask) -> api.GuestTask:
    return api.GuestTask(**asdict(row), outcome=row.outcome)
