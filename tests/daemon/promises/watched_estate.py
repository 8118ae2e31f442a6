"""The parts of `nocd` that watch promises over a simulated estate, stepped by hand."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from noc_tui.clock import SteppedClock
from noc_tui.cluster.pbs import BackupGateway
from noc_tui.config import Secret, Secrets, SecretToken
from noc_tui.config.values import (
    BackupServer,
    ClusterConfig,
    Poll,
    Probing,
    PromisesConfig,
    RegisterConfig,
)
from noc_tui.contract.calendar import Month, micros
from noc_tui.daemon.alerts.alert_loop import AlertLoop
from noc_tui.daemon.alerts.collect_inputs import InputCollector
from noc_tui.daemon.availability import service as availability
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.gateways import backup_gateway, open_gateways
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.polling import backups
from noc_tui.daemon.polling.fast import Poller
from noc_tui.daemon.polling.job_failures import JobFailures
from noc_tui.daemon.polling.snapshot_rows import seen_source
from noc_tui.daemon.promises import service as promises
from noc_tui.daemon.tenants import service as tenants
from noc_tui.queries.promise_sheets import read_promise_sheets
from noc_tui.simulator.control import Command, obey
from noc_tui.simulator.options import Options
from noc_tui.simulator.simulator import Simulator
from noc_tui.views.promise_sheet import PromiseSheet
from storage import oncall
from storage.inventory import SOURCES, Source
from tests.support.context import made_context

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
STEP = 300.0


def _token(text: str) -> SecretToken:
    name, _equals, secret = text.partition("=")
    return SecretToken(name, Secret(secret))


@dataclass
class WatchedEstate:
    """What a test steps: `pass_time` lets everything look as often as it would by itself."""

    simulator: Simulator
    clock: SteppedClock
    context: Context
    pollers: list[Poller]
    servers: list[tuple[BackupServer, BackupGateway]]
    service: promises.PromiseService
    alerts: AlertLoop

    async def pass_time(self, seconds: float, step: float = STEP) -> None:
        """Let time pass in steps; after each, all that watches looks once."""
        for _ in range(round(seconds / step)):
            self.move_clock(step)
            await self.simulator.sync()
            await self.look()

    def move_clock(self, seconds: float) -> None:
        """Move it without waking the simulator's ticker, which would tick each second."""
        self.clock.at += timedelta(seconds=seconds)
        self.clock._elapsed += seconds

    async def look(self) -> None:
        for poller in self.pollers:
            assert (await poller.poll()).error is None
        for server, gateway in self.servers:
            await self._read_backups(server, gateway)
        for cluster in self.context.gateways:
            await self.service.insides.ask_some(cluster)
        await self.service.resources.look()
        await self.service.edges.look()
        await self.service.nights.check()
        await self.alerts.look()

    async def _read_backups(self, server: BackupServer, gateway: BackupGateway) -> None:
        found = await gateway.poll(server.datastore, namespace=server.namespace)
        write = await backups.update_rows(server, found, self.context, JobFailures())
        source = Source("", f"pbs:{server.name}", None, None, None, None, due_seconds=750)
        async with self.context.writer.change(itself()) as change:
            await write(change)
            await change.put(SOURCES, [seen_source(source, self.clock.now())])

    def obey(self, do: str, vmid: int = 0, value: str = "") -> None:
        """Make something happen in the first cluster, as the simulator's control does."""
        obey(self.simulator.world, Command(do, cluster="rennes", vmid=vmid, value=value))

    async def raised(self, rule: str, subject: str) -> oncall.Alert | None:
        """The open alert of a rule about a subject."""
        return next(
            (
                one
                for one in await oncall.open_alerts(self.context.writer)
                if one.rule == rule and one.subject == subject
            ),
            None,
        )

    async def minutes_until(
        self, rule: str, subject: str, most: float, step: float = STEP
    ) -> float:
        """How long it takes until the alert is there, in simulated minutes."""
        began = self.clock.now()
        while await self.raised(rule, subject) is None:
            assert self.clock.now() - began <= timedelta(minutes=most), f"{rule}: not noticed"
            await self.pass_time(step, step)
        return (self.clock.now() - began).total_seconds() / 60

    async def sheet(self, tenant: str) -> PromiseSheet:
        now = self.clock.now()
        async with self.context.writer.snapshot() as db:
            (found,) = await read_promise_sheets(
                db, self.context.config.promises, Month.of(micros(now)), now, tenant
            )
        return found


@asynccontextmanager
async def watched_estate(folder: Path, config: PromisesConfig) -> AsyncIterator[WatchedEstate]:
    """A calm estate of two tenants that was looked at once."""
    clock = SteppedClock(START)
    options = Options(guests=12, tenants=2, delay_scale=0)
    async with AsyncExitStack() as stack:
        simulator = await stack.enter_async_context(Simulator(options, clock, folder / "estate"))
        context = await stack.enter_async_context(made_context(folder, clock=clock))
        context = replace(
            context,
            config=msgspec.structs.replace(
                context.config,
                clusters=_clusters(simulator, folder),
                backup_servers=_servers(simulator, folder),
                poll=Poll(slow=STEP, stale_after=2 * STEP),
                probing=Probing(interval=STEP, timeout=2),
                register=RegisterConfig(file=simulator.write_register(folder / "tenants.toml")),
                promises=config,
            ),
            secrets=Secrets(
                read={one.name: _token(one.token) for one in simulator.clusters},
                action={one.name: _token(one.action_token) for one in simulator.clusters},
                backup={one.name: _token(one.token) for one in simulator.pbs},
            ),
        )
        gateways = await stack.enter_async_context(
            open_gateways(context.config, context.secrets, clock)
        )
        context = replace(context, gateways=gateways)
        servers = [
            (one, backup_gateway(one, context.secrets, clock))
            for one in context.config.backup_servers
        ]
        for _server, gateway in servers:
            stack.push_async_callback(gateway.close)
        register = tenants.build(context)
        parts = [register, availability.build(context)]
        pollers = [
            Poller(context, one, gateways[one.name], parts) for one in context.config.clusters
        ]
        estate = WatchedEstate(
            simulator=simulator,
            clock=clock,
            context=context,
            pollers=pollers,
            servers=servers,
            service=promises.build(context),
            alerts=AlertLoop(context, InputCollector(context)),
        )
        for poller in pollers:
            await poller.poll()
        await register.look()
        await estate.pass_time(STEP)
        yield estate


def _clusters(simulator: Simulator, folder: Path) -> tuple[ClusterConfig, ...]:
    return tuple(
        ClusterConfig(
            name=one.name,
            site=one.site,
            endpoints=(one.url,),
            ca_file=Path(one.ca_file),
            read_token_file=_token_file(folder, f"{one.name}.read", one.token),
            action_token_file=_token_file(folder, f"{one.name}.action", one.action_token),
        )
        for one in simulator.clusters
    )


def _servers(simulator: Simulator, folder: Path) -> tuple[BackupServer, ...]:
    return tuple(
        BackupServer(
            name=one.name,
            site=one.site,
            url=one.url,
            datastore=one.datastore,
            ca_file=Path(one.ca_file),
            token_file=_token_file(folder, f"{one.name}.token", one.token),
        )
        for one in simulator.pbs
    )


def _token_file(folder: Path, name: str, token: str) -> Path:
    path = folder / name
    path.write_text(token + "\n", encoding="utf-8")
    path.chmod(0o600)
    return path
