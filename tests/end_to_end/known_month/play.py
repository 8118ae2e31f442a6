"""March 2026 as it is written in `march.md`, played through the whole program.

The simulator, the gateway over TLS, the probes, the ledger and the outages are the real ones; only
the clock is ours. Where nothing happened for an hour and nothing is about to, a look may find the
cluster as the look before found it, without asking over the wire. `NOC_PACE` is the seconds from
one look to the next: 300, or 10 as in production, where a month takes ten minutes and tells,
with `pytest -s`, how far it got.
"""

import dataclasses
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from noc_tui.clock import SteppedClock
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.snapshot import ClusterSnapshot
from noc_tui.contract.calendar import PARIS
from noc_tui.daemon.availability import decisions, maintenance
from noc_tui.daemon.availability.ingest import AvailabilityIngest
from noc_tui.daemon.availability.service import AvailabilityService
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import actor, itself
from noc_tui.daemon.polling.fast import Poller
from noc_tui.daemon.probing.probe_sender import Sender
from noc_tui.probing.canary import Canary
from noc_tui.probing.target import Target
from noc_tui.roles import Caller, Role
from noc_tui.simulator import machines, power_requests
from noc_tui.simulator.estate.tenants import Tenant
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import Guest
from noc_tui.simulator.simulator import Simulator
from storage.times import micros

PACE = timedelta(seconds=float(os.environ.get("NOC_PACE", "300")))
OMAR = Caller(1001, "omar", Role.OPERATOR)
NODE_OF_A, NODE_OF_B = "ren-pve03", "ren-pve02"


def paris(day: int, hour: int, minute: int, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


BEGINS = paris(28, 23, 30, month=2)


CALM = timedelta(hours=1)
"""How long after something happened every look goes over the wire, whatever it costs."""
SOON = timedelta(minutes=15)
"""And how long before."""
SILENCE_SECONDS = 0.1
"""Of the machine's: how long is waited for an answer where the play itself has cut the line."""
PATIENCE_SECONDS = 60.0
"""And where an answer comes, however busy the machine is."""


def limit(silent: bool) -> float:
    """Seconds of the machine's for a probe of what is silent, or answers."""
    return SILENCE_SECONDS if silent else PATIENCE_SECONDS


@dataclass
class Sight:
    """The cluster as the poller asks for it: over the wire, or as it was last seen so."""

    gateway: Gateway
    clock: SteppedClock
    quiet: bool = False
    last: ClusterSnapshot | None = None

    async def fast_poll(self) -> ClusterSnapshot:
        """What there is at this instant."""
        if not self.quiet or self.last is None:
            self.last = await self.gateway.fast_poll()
        return replace(self.last, observed_at=self.clock.now())


@dataclass
class Play:
    """The whole program around one cluster and two of its tenants.

    With `always` every look goes over the wire.
    """

    simulator: Simulator
    clock: SteppedClock
    context: Context
    a: Tenant
    b: Tenant
    always: bool
    due: datetime = BEGINS
    happened: datetime = BEGINS
    looks: int = 0
    began: float = field(default_factory=time.monotonic)
    sight: Sight = field(init=False)
    poller: Poller = field(init=False)
    canary: Canary = field(init=False)
    sender: Sender = field(init=False)
    watch: AvailabilityIngest = field(init=False)

    def __post_init__(self) -> None:
        for tenant, node in ((self.a, NODE_OF_A), (self.b, NODE_OF_B)):
            for guest in self.guests(tenant):
                self.cluster.ha.pop(guest.sid, None)
                machines.migrate_guest(self.cluster, guest.vmid, node)
        self.start_nocd()

    @property
    def cluster(self) -> Cluster:
        return self.simulator.world.clusters["rennes"]

    def guests(self, tenant: Tenant) -> list[Guest]:
        """Those that are to run."""
        return [one for one in self.cluster.guests_in(tenant.pool) if one.config.get("onboot")]

    def start_nocd(self) -> None:
        """A daemon that knows nothing but what is in the database."""
        self.watch = AvailabilityIngest(self.context)
        part = AvailabilityService(self.context, self.watch)
        (config,) = self.context.config.clusters
        self.sight = Sight(self.context.gateways[config.name], self.clock)
        self.poller = Poller(self.context, config, self.sight, [part])
        self.happened = self.clock.at
        targets = [Target.parse(url) for url in self.simulator.services.canaries]
        self.canary = Canary(targets, PATIENCE_SECONDS)
        self.sender = Sender(self.context.clock, self.canary, self.watch.probed, self.watch.silent)

    async def look(self) -> None:
        """One poll and one round of probes, at the same simulated instant."""
        await self.simulator.sync()
        await self.poller.poll()
        self.canary.timeout = limit(self.simulator.world.outside.prober_cut_off)
        for probe in await self.watch.probes():
            silent = self.simulator.services.doors[probe.tenant].silent
            await self.sender.send(dataclasses.replace(probe, timeout=limit(silent)))
        await self.watch.flush()  # as the next poll does, seconds later in production
        self.looks += 1

    async def until(self, end: datetime, *, alive: bool = True) -> None:
        """All the looks before that instant, unless nobody is there to look."""
        while self.due < end:
            self.clock.at = self.due
            self.due += PACE
            near = self.clock.at < self.happened + CALM or self.clock.at > end - SOON
            self.sight.quiet = not (near or self.always)
            if alive:
                await self.look()
            if PACE.total_seconds() < 300 and self.clock.at.timestamp() % 86400 == 0:
                self.tell()

    async def at(self, instant: datetime, happens: Callable[[], object]) -> None:
        """Let something happen; a look that is due at that very instant finds it done."""
        await self.until(instant)
        self.clock.at = instant
        await self.simulator.sync()
        happens()
        self.happened = instant
        await self.simulator.sync()

    def tell(self) -> None:
        """How far a long performance has got."""
        pace = self.looks / (time.monotonic() - self.began)
        sys.stderr.write(f"{self.clock.at:%d/%m}: {self.looks} looks, {pace:.1f} a second\n")

    # what happens

    def crash(self, tenant: Tenant) -> None:
        for guest in self.guests(tenant):
            machines.crash_guest(self.simulator.world, self.cluster, guest.vmid)

    def stop(self, tenant: Tenant, user: str) -> None:
        for guest in self.guests(tenant):
            power_requests.stop(self.simulator.world, self.cluster, guest, user)

    def start(self, tenant: Tenant) -> None:
        for guest in self.guests(tenant):
            power_requests.start(self.simulator.world, self.cluster, guest, "root@pam")

    async def gone(self, tenant: Tenant, start: datetime, end: datetime) -> None:
        """Every machine of the tenant dies, and is started again."""
        await self.at(start, lambda: self.crash(tenant))
        await self.at(end, lambda: self.start(tenant))

    async def month(self) -> None:
        """March, as it is written in `march.md`."""
        await self.gone(self.a, paris(28, 23, 41, month=2), paris(1, 0, 11))
        await self.cut_off(self.b)
        await self.lost_node()
        await self.until(paris(12, 14, 1))
        await self.until(paris(12, 14, 11), alive=False)
        self.start_nocd()
        await self.maintenance(self.b)
        await self.gone(self.a, paris(17, 12, 3), paris(17, 12, 3) + PACE)
        await self.blind()
        await self.suspension(self.b)
        await self.at(paris(29, 1, 31), lambda: self.stop(self.a, self.a.user))
        await self.at(paris(29, 3, 31), lambda: self.start(self.a))
        await self.gone(self.a, paris(31, 23, 41), paris(1, 0, 31, month=4))
        await self.until(paris(1, 0, 40, month=4))

    async def cut_off(self, tenant: Tenant) -> None:
        outside = self.simulator.world.outside
        await self.at(paris(5, 23, 41), lambda: outside.cut.add(tenant.slug))
        await self.at(paris(6, 0, 31), lambda: outside.cut.discard(tenant.slug))

    async def lost_node(self) -> None:
        world = self.simulator.world
        await self.at(paris(10, 21, 1), lambda: machines.kill_node(world, self.cluster, NODE_OF_A))
        await self.at(paris(11, 5, 1), lambda: machines.revive_node(world, self.cluster, NODE_OF_A))

    async def maintenance(self, tenant: Tenant) -> None:
        window = (micros(paris(15, 22, 0)), micros(paris(15, 22, 30)))
        await self.until(paris(14, 10, 0))
        async with self.context.writer.change(itself()) as change:
            await maintenance.plan(
                change, OMAR, "new memory", window, [tenant.slug], "memory is added",
                config=self.context.config,
            )  # fmt: skip
        await self.at(paris(15, 22, 1), lambda: self.stop(tenant, "root@pam"))
        await self.at(paris(15, 22, 41), lambda: self.start(tenant))

    async def blind(self) -> None:
        outside = self.simulator.world.outside
        await self.at(paris(20, 18, 1), lambda: setattr(outside, "prober_cut_off", True))
        await self.at(paris(20, 18, 31), lambda: setattr(outside, "prober_cut_off", False))

    async def suspension(self, tenant: Tenant) -> None:
        """What a suspension of all services does to time: excluded until the cause is remedied."""
        begins, remedied = micros(paris(24, 9, 1)), micros(paris(24, 9, 31))
        writer = self.context.writer
        await self.at(paris(24, 9, 1), lambda: self.stop(tenant, "root@pam"))
        async with writer.change(itself()) as change:
            span = (begins, None)
            row = await decisions.exclude(change, OMAR, tenant.slug, span, "suspension", "spam")
        await self.until(paris(24, 9, 31))
        async with writer.change(itself()) as change:
            await decisions.finish(change, actor(OMAR), row.id, remedied)
        await self.at(paris(24, 9, 41), lambda: self.start(tenant))
