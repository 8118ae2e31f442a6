"""A simulated cluster, polled once, and the daemon's part that carries out acts on its guests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from noc_tui.api import acts as api
from noc_tui.clock import SteppedClock
from noc_tui.cluster.connection_config import ApiToken, CallLimits, ClusterAccess
from noc_tui.cluster.gateway import Gateway
from noc_tui.config import Smtp
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.server import Call
from noc_tui.daemon.guests.act_requests import ActService
from noc_tui.daemon.polling.snapshot_rows import guest as guest_row
from noc_tui.roles import Caller, Role
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import Guest
from noc_tui.simulator.options import Options
from noc_tui.simulator.simulator import Simulator
from storage import evidence
from storage.guests import GUESTS
from storage.intents import INTENTS, Intent
from storage.register import Register, Tenant, TenantAmount, TenantPool, replace_register
from tests.support.changes import recorded
from tests.support.context import START, made_context
from tests.support.waiting import until

SINCE = date(2025, 1, 1)
OMAR = Caller(1, "omar", Role.OPERATOR)
ROUND = 5.0
T = TypeVar("T")


@dataclass
class Lab:
    """The simulator, a context over its first cluster, and the part; `acts` runs meanwhile."""

    simulator: Simulator
    context: Context
    clock: SteppedClock
    acts: ActService = field(init=False)

    def __post_init__(self) -> None:
        self.acts = ActService(self.context)

    @property
    def cluster(self) -> Cluster:
        return self.simulator.world.clusters["rennes"]

    @property
    def gateway(self) -> Gateway:
        return self.context.gateways["rennes"]

    def guest(self, kind: str = "qemu", *, ha: bool = False, running: bool = True) -> Guest:
        """A guest of a client, of that sort, unlocked."""
        for guest in self.cluster.guests.values():
            sort = (guest.kind, guest.sid in self.cluster.ha, guest.running, guest.template)
            if sort == (kind, ha, running, False) and not guest.lock and guest.pool != "infra":
                return guest
        raise LookupError(f"no {kind} with ha={ha}, running={running}")

    async def register(self) -> None:
        """The simulated clients, as tenants by their pools."""
        owned = [one for one in self.simulator.tenants if "rennes" in one.clusters]
        rows = [
            Tenant(
                id=one.slug,
                name=one.name,
                email=one.email,
                contract_start=SINCE,
                contract_end=None,
                pools=(f"rennes/{one.pool}",),
                users=(one.user,),
                groups=(),
                guest_users=(),
                endpoints=(),
                support="none",
                support_billing="",
                support_perimeter=(),
            )
            for one in owned
        ]
        register = Register(
            tenants=rows,
            amounts=[TenantAmount(one.slug, SINCE, Decimal("1250.00")) for one in owned],
            pools=[TenantPool("rennes", one.pool, SINCE, None, one.slug) for one in owned],
        )
        async with recorded(self.context.writer) as change:
            await replace_register(change, register)

    async def look(self) -> None:
        """What a poll does for the parts: the cluster is seen, its guests are in the database."""
        snapshot = await self.gateway.fast_poll()
        self.context.estate.remember(snapshot)
        async with self.context.writer.change(evidence.program()) as change:
            await change.put(GUESTS, [guest_row("rennes", one) for one in snapshot.guests.values()])

    async def pass_time(self) -> None:
        await self.clock.advance(ROUND)
        await self.simulator.sync()

    async def preview(self, act: api.Act, *guests: Guest) -> api.ActPreview:
        return await self.acts.preview(self._call(act, guests))

    async def order(self, act: api.Act, *guests: Guest, at_once: int = 2) -> list[Intent]:
        """The orders, once each is over."""
        ordered = await self.acts.order(self._call(act, guests, at_once))
        return await self.ended(ordered.intents)

    async def ended(self, numbers: tuple[int, ...]) -> list[Intent]:
        async def read() -> list[Intent]:
            rows = await INTENTS.read(self.context.writer)
            return [row for row in rows if row.id in numbers]

        return await until(
            read,
            lambda rows: all(row.state in ("done", "failed", "unknown") for row in rows),
            meanwhile=self.pass_time,
        )

    async def kinds(self) -> list[str]:
        """Of the entries about acts, the oldest first."""
        entries = await evidence.search(self.context.writer, evidence.Query())
        found = [one.kind for one in reversed(entries)]
        return [kind for kind in found if kind.startswith(("guest.", "node."))]

    def _call(
        self, act: api.Act, guests: tuple[Guest, ...], at_once: int = 2
    ) -> Call[api.ActOrder]:
        names = tuple(f"rennes/{guest.vmid}" for guest in guests)
        return Call(OMAR, api.ActOrder(act, names, at_once), {}, {})


@asynccontextmanager
async def made_lab(
    folder: Path, *, guests: int = 60, tenants: int = 6, smtp: Smtp | None = None
) -> AsyncIterator[Lab]:
    """A lab whose part works until the end; its tenants are in the register."""
    clock = SteppedClock(START)
    options = Options(guests=guests, tenants=tenants, delay_scale=0)
    (folder / "pve").mkdir()
    async with Simulator(options, clock, folder / "pve") as simulator:
        where = simulator.clusters[0]
        access = ClusterAccess(
            where.name,
            where.urls,
            ApiToken.parse(where.token),
            ApiToken.parse(where.action_token),
            ca_file=Path(where.ca_file),
            limits=CallLimits(silence=5, read=20, write_silence=5, write=20),
        )
        gateway = Gateway(access, clock)
        try:
            async with made_context(
                folder, clock=clock, gateways={where.name: gateway}, smtp=smtp
            ) as context:
                lab = Lab(simulator, context, clock)
                await lab.register()
                await lab.look()
                context.estate.remember_slow(await gateway.slow_poll())
                working = asyncio.create_task(lab.acts.run())
                try:
                    yield lab
                finally:
                    working.cancel()
                    await asyncio.gather(working, return_exceptions=True)
        finally:
            await gateway.close()
