"""What the tenants run for the world, as probes see it: HTTP on loopback.

`http://127.0.0.1:PORT/<tenant>` answers while the tenant is reachable from outside and one of its
guests serves; `…/<tenant>/<cluster>/<vmid>` while that guest does. Otherwise nothing answers at
all, as when packets are lost: even a refused connection would prove that the network is there.
The largest clients have a TCP port as well, which falls silent in the same way.
The canaries, on ports of their own, are the hoster's: they fall silent when the prober is cut off.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from noc_tui.simulator.connections import drop
from noc_tui.simulator.estate.tenants import Tenant
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import Guest
from noc_tui.simulator.network import Packet, passes
from noc_tui.simulator.ports import Ports
from noc_tui.simulator.silent_port import Door
from noc_tui.simulator.world import World

CANARIES = 2
DOORS = 20


@dataclass(slots=True)
class Services:
    """The listeners; `world.outside` says who is cut off."""

    world: World
    canaries: list[str] = field(default_factory=list)
    doors: dict[str, Door] = field(default_factory=dict)
    _url: str = ""
    _web: web.Server | None = None
    _canary: web.Server | None = None
    _listeners: list[asyncio.Server] = field(default_factory=list)

    async def open(self, ports: Ports) -> None:
        """Listen on the ports that these parts have."""
        self._web = _server(self._answer)
        self._canary = _server(self._sing)
        self._url = await self._listen(self._web, ports.listener("web"))
        for tenant in self.world.tenants[:DOORS]:
            self.doors[tenant.slug] = Door(ports.listener(f"door/{tenant.slug}", backlog=0))
        self.canaries = [
            await self._listen(self._canary, ports.listener(f"canary/{number}"))
            for number in range(CANARIES)
        ]

    async def close(self) -> None:
        for door in self.doors.values():
            door.close()
        for listener in self._listeners:
            listener.close()
        for server in (self._web, self._canary):
            if server is None:
                continue
            for connection in list(server.connections):
                drop(connection.transport)
            await server.shutdown(0.2)

    def url_of(self, tenant: Tenant) -> str:
        """The tenant's public web site."""
        return f"{self._url}/{tenant.slug}"

    def endpoints_of(self, tenant: Tenant) -> tuple[str, ...]:
        """Everything of the tenant that a probe can be pointed at."""
        door = self.doors.get(tenant.slug)
        port = (f"tcp://127.0.0.1:{door.port}",) if door is not None else ()
        return (self.url_of(tenant), *port)

    def sync(self) -> None:
        """Let the TCP ports follow what their tenants' guests do."""
        for tenant in self.world.tenants[:DOORS]:
            self.doors[tenant.slug].turn(silent=not self._serving(tenant, []))

    async def _listen(self, server: web.Server, listener: socket.socket) -> str:
        loop = asyncio.get_running_loop()
        self._listeners.append(await loop.create_server(server, sock=listener))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.world.advance()
        parts = request.path.strip("/").split("/")
        tenant = next((one for one in self.world.tenants if one.slug == parts[0]), None)
        if tenant is None:
            return web.Response(status=404, text="no such site\n")
        if not self._serving(tenant, parts[1:]):
            await asyncio.Event().wait()
        return web.Response(text=f"{tenant.name}\n")

    async def _sing(self, _request: web.BaseRequest) -> web.StreamResponse:
        self.world.advance()
        if self.world.outside.prober_cut_off:
            await asyncio.Event().wait()
        return web.Response(text="ok\n")

    def _serving(self, tenant: Tenant, instance: list[str]) -> bool:
        outside = self.world.outside
        if outside.prober_cut_off or tenant.slug in outside.cut:
            return False
        guests = [
            (cluster, guest)
            for cluster in (self.world.clusters[name] for name in tenant.clusters)
            if cluster.site not in outside.sites_cut
            for guest in cluster.guests_in(tenant.pool)
            if instance in ([], [cluster.name, str(guest.vmid)])
        ]
        return any(serves(cluster, guest) for cluster, guest in guests)


def serves(cluster: Cluster, guest: Guest) -> bool:
    """Whether a guest answers the internet: it runs, on a node with a network, and neither its link
    nor a firewall keeps a request from it.
    """
    return passes(cluster, guest, Packet("in"))


def _server(handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]) -> web.Server:
    """One whose waiting handlers end with their clients."""
    return web.Server(handler, handler_cancellation=True, access_log=None)
