"""The simulator as a whole: start it, ask it where it is, make things happen, stop it."""

import asyncio
import secrets
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType

from noc_tui.clock import Clock
from noc_tui.cluster.simulator.api import TABLE
from noc_tui.cluster.simulator.certs import Authority
from noc_tui.cluster.simulator.dispatch import Dispatcher, Request
from noc_tui.cluster.simulator.estate.clusters import OPERATOR, make_clusters
from noc_tui.cluster.simulator.estate.tenants import Tenant
from noc_tui.cluster.simulator.model.cluster import Cluster
from noc_tui.cluster.simulator.model.node import Node
from noc_tui.cluster.simulator.options import Options
from noc_tui.cluster.simulator.replies import Reply
from noc_tui.cluster.simulator.server import Front
from noc_tui.cluster.simulator.tickets import Credentials, Tickets
from noc_tui.cluster.simulator.timeline import Timeline
from noc_tui.cluster.simulator.world import World

TICK = 1.0
"""Simulated seconds between two looks at what fell due, while nobody asks."""


@dataclass(frozen=True, slots=True)
class ClusterEndpoint:
    """Where a cluster answers and with which tokens; `token` reads, `action_token` changes."""

    name: str
    site: str
    url: str
    urls: tuple[str, ...]
    ca_file: str
    fingerprint: str
    token: str
    action_token: str
    root_token: str


@dataclass(slots=True)
class Simulator:
    """`async with Simulator(options, clock, directory) as simulator: simulator.clusters[0].url`.

    `directory` gets the certificates; it must exist. `world` is there for tests: its faults, its
    request counts and its state may be changed at will while the simulator runs.
    """

    options: Options
    clock: Clock
    directory: Path
    tenants: tuple[Tenant, ...] = ()
    clusters: list[ClusterEndpoint] = field(default_factory=list)
    _fronts: list[Front] = field(default_factory=list)
    _ticker: asyncio.Task[None] | None = None
    _world: World | None = None

    @property
    def world(self) -> World:
        if self._world is None:
            raise RuntimeError("the simulator has not been started")
        return self._world

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
        timeline = Timeline(self.clock.now().timestamp())
        self.tenants, clusters = make_clusters(self.options, timeline)
        self._world = World(self.options, self.clock, timeline, Tickets(secrets.token_bytes(32)))
        for cluster in clusters:
            self._world.clusters[cluster.name] = cluster
            await self._open(cluster)
        self._ticker = asyncio.create_task(self._tick(), name="simulator")

    async def stop(self) -> None:
        if self._ticker is not None:
            self._ticker.cancel()
            await asyncio.gather(self._ticker, return_exceptions=True)
        for front in self._fronts:
            await front.close()

    async def sync(self) -> None:
        """Play what fell due and let the sockets follow: call it after changing the world."""
        self.world.advance()
        for front in self._fronts:
            await front.sync()

    async def _tick(self) -> None:
        while True:
            await self.clock.sleep(max(TICK, 0.2 * _speed(self.clock)))
            await self.sync()

    async def _open(self, cluster: Cluster) -> None:
        authority = Authority(self.directory, cluster.name)
        answering = list(cluster.nodes.values())[: self.options.endpoints]
        fronts = [await self._front(cluster, node, authority) for node in answering]
        for name in cluster.nodes:
            cluster.fingerprints.setdefault(name, fronts[0][1])
        self.clusters.append(_endpoint(cluster, [front for front, _ in fronts], authority, fronts))

    async def _front(self, cluster: Cluster, node: Node, authority: Authority) -> tuple[Front, str]:
        certificate = authority.issue(node.name)
        cluster.fingerprints[node.name] = certificate.fingerprint
        front = Front(
            self.world,
            cluster.name,
            partial(_answer, Dispatcher(self.world, cluster, node, TABLE)),
            certificate.context(),
            "PVEAuthCookie",
            down=lambda: node.killed,
            hung=lambda: node.frozen,
            port=self.options.port + len(self._fronts) if self.options.port else 0,
        )
        await front.open()
        self._fronts.append(front)
        return front, certificate.fingerprint


def _answer(
    dispatcher: Dispatcher,
    verb: str,
    target: str,
    credentials: Credentials,
    content_type: str,
    body: bytes,
) -> Reply:
    return dispatcher.answer(Request(verb, target, credentials, content_type, body))


def _endpoint(
    cluster: Cluster,
    fronts: list[Front],
    authority: Authority,
    made: list[tuple[Front, str]],
) -> ClusterEndpoint:
    def token(name: str) -> str:
        return f"{name}={cluster.access.tokens[name].secret}"

    return ClusterEndpoint(
        name=cluster.name,
        site=cluster.site,
        url=fronts[0].url,
        urls=tuple(front.url for front in fronts),
        ca_file=str(authority.ca_file),
        fingerprint=made[0][1],
        token=token(f"{OPERATOR}!read"),
        action_token=token(f"{OPERATOR}!action"),
        root_token=token("root@pam!full"),
    )


def _speed(clock: Clock) -> float:
    """Simulated seconds that pass in one second of the machine; 1 where the clock does not say."""
    speed = getattr(clock, "speed", 1.0)
    return speed if isinstance(speed, float) else 1.0
