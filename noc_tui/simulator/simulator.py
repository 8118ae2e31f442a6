"""The simulator as a whole: start it, ask it where it is, make things happen, stop it."""

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType

from noc_tui.clock import Clock
from noc_tui.simulator import machines
from noc_tui.simulator.api import TABLE
from noc_tui.simulator.backups import Nightly
from noc_tui.simulator.certs import Authority, ServerCertificate
from noc_tui.simulator.control import Control
from noc_tui.simulator.dispatch import Dispatcher, Request
from noc_tui.simulator.endpoints import (
    BackupEndpoint,
    ClusterEndpoint,
    backup_endpoint,
    cluster_endpoint,
)
from noc_tui.simulator.estate.clusters import make_backup_servers, make_clusters
from noc_tui.simulator.estate.register import register_toml
from noc_tui.simulator.estate.tenants import Tenant
from noc_tui.simulator.model.backups import BackupServer
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.node import Node
from noc_tui.simulator.options import Options
from noc_tui.simulator.pbs.dispatch import PbsDispatcher
from noc_tui.simulator.ports import Ports
from noc_tui.simulator.replies import Reply
from noc_tui.simulator.scenarios import play
from noc_tui.simulator.server import Front
from noc_tui.simulator.services import Services
from noc_tui.simulator.tickets import Credentials, Tickets
from noc_tui.simulator.timeline import Timeline
from noc_tui.simulator.world import World

TICK = 1.0
"""Simulated seconds between two looks at what fell due, while nobody asks."""


@dataclass(slots=True)
class Simulator:
    """`async with Simulator(options, clock, directory) as simulator: simulator.clusters[0].url`.

    `directory` gets the certificates; it must exist. `world` is there for tests: its faults, its
    request counts and its state may be changed at will while the simulator runs; `sync` after it.
    """

    options: Options
    clock: Clock
    directory: Path
    tenants: tuple[Tenant, ...] = ()
    clusters: list[ClusterEndpoint] = field(default_factory=list)
    pbs: list[BackupEndpoint] = field(default_factory=list)
    _fronts: dict[str, Front] = field(default_factory=dict)
    _services: Services | None = None
    _control: Control | None = None
    _ports: Ports = field(init=False)
    _ticker: asyncio.Task[None] | None = None
    _world: World | None = None

    @property
    def world(self) -> World:
        if self._world is None:
            raise RuntimeError("the simulator has not been started")
        return self._world

    @property
    def services(self) -> Services:
        """The tenants' public endpoints and the canaries."""
        if self._services is None:
            raise RuntimeError("the simulator has not been started")
        return self._services

    @property
    def control_url(self) -> str:
        """Where another process makes things happen."""
        return self._control.url if self._control is not None else ""

    async def __aenter__(self) -> "Simulator":
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Build the estate and listen; returns when every endpoint answers."""
        self._ports = Ports(self.options, self.directory)
        timeline = Timeline(story_start(self.clock))
        self.tenants, clusters = make_clusters(self.options, timeline)
        key = secrets.token_bytes(32)
        world = World(self.options, self.clock, timeline, Tickets(key), self.tenants)
        self._world = world
        world.clusters = {cluster.name: cluster for cluster in clusters}
        for cluster in clusters:
            world.ha.watch(cluster, partial(machines.fence_node, world, cluster))
            await self._open(cluster)
        for server in make_backup_servers(clusters):
            world.backups[server.name] = server
            Nightly(world.clusters[server.guests_of], server).begin()
            await self._open_backups(server)
        self._services = Services(world)
        await self._services.open(self._ports)
        play(world)
        self._control = Control(world, self.sync)
        await self._control.open()
        self._ports.save()
        self._ticker = asyncio.create_task(self._tick(), name="simulator")

    async def stop(self) -> None:
        if self._ticker is not None:
            self._ticker.cancel()
            await asyncio.gather(self._ticker, return_exceptions=True)
        if self._services is not None:
            await self._services.close()
        if self._control is not None:
            await self._control.close()
        for front in self._fronts.values():
            await front.close()

    async def sync(self) -> None:
        """Play what fell due and let the sockets follow: call it after changing the world."""
        self.world.advance()
        self.services.sync()
        for front in self._fronts.values():
            await front.sync()

    async def replace_certificate(self, cluster: str, node: str, *, trusted: bool) -> None:
        """Let a node show another certificate: of the cluster's authority, or of a stranger's."""
        directory = self.directory if trusted else self.directory / "stranger"
        directory.mkdir(exist_ok=True)
        certificate = Authority(directory, cluster).renew(node)
        self.world.clusters[cluster].fingerprints[node] = certificate.fingerprint
        await self._fronts[f"{cluster}/{node}"].show(certificate.context())

    def write_register(self, path: Path) -> Path:
        """Write the tenant register of this estate as TOML."""
        path.write_text(register_toml(self.world, self.services.endpoints_of), encoding="utf-8")
        return path

    async def _tick(self) -> None:
        while True:
            await self.clock.sleep(max(TICK, 0.2 * _speed(self.clock)))
            await self.sync()

    async def _open(self, cluster: Cluster) -> None:
        authority = Authority(self.directory, cluster.name)
        urls, fingerprint = [], ""
        for node in list(cluster.nodes.values())[: self.options.endpoints]:
            certificate = authority.issue(node.name)
            cluster.fingerprints[node.name] = certificate.fingerprint
            fingerprint = fingerprint or certificate.fingerprint
            front = self._node_front(cluster, node, certificate)
            urls.append(await self._listen(front, f"{cluster.name}/{node.name}"))
        for name in cluster.nodes:
            cluster.fingerprints.setdefault(name, fingerprint)
        self.clusters.append(
            cluster_endpoint(cluster, tuple(urls), str(authority.ca_file), fingerprint)
        )

    def _node_front(self, cluster: Cluster, node: Node, certificate: ServerCertificate) -> Front:
        return Front(
            self.world,
            cluster.name,
            partial(_answer, Dispatcher(self.world, cluster, node, TABLE)),
            certificate.context(),
            "PVEAuthCookie",
            manner=lambda: node.manner,
        )

    async def _open_backups(self, server: BackupServer) -> None:
        authority = Authority(self.directory, server.name)
        certificate = authority.issue(server.name)
        front = Front(
            self.world,
            server.name,
            PbsDispatcher(self.world, server).answer,
            certificate.context(),
            "PBSAuthCookie",
            manner=lambda: "refuses" if server.down else "answers",
            headers={},
        )
        url = await self._listen(front, server.name)
        self.pbs.append(
            backup_endpoint(server, url, str(authority.ca_file), certificate.fingerprint)
        )

    async def _listen(self, front: Front, name: str) -> str:
        await front.open(self._ports.listener(name))
        self._fronts[name] = front
        return front.url


def _answer(
    dispatcher: Dispatcher,
    verb: str,
    target: str,
    credentials: Credentials,
    content_type: str,
    body: bytes,
) -> Reply:
    return dispatcher.answer(Request(verb, target, credentials, content_type, body))


def story_start(clock: Clock) -> float:
    """Return when the estate's story begins: at the origin of a clock that has one.

    A simulator that is started again with the same clock plays up to the present, and so comes
    back to where the story would be.
    """
    origin = getattr(clock, "origin", None)
    now = clock.now()
    return (origin if isinstance(origin, datetime) and origin <= now else now).timestamp()


def _speed(clock: Clock) -> float:
    """Simulated seconds that pass in one second of the machine; 1 where the clock does not say."""
    speed = getattr(clock, "speed", 1.0)
    return speed if isinstance(speed, float) else 1.0
