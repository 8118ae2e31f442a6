"""A small estate played poll by poll on a clock of its own, over a real database."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from noc_tui.clock import SteppedClock
from noc_tui.cluster.difference import difference
from noc_tui.cluster.errors import Unreachable
from noc_tui.cluster.guest_snapshot import GuestSnapshot
from noc_tui.cluster.snapshot import ClusterSnapshot, NodeSnapshot, StorageSnapshot
from noc_tui.config import Secrets
from noc_tui.config.values import (
    ClusterConfig,
    Configuration,
    Database,
    Poll,
    Probe,
    Socket,
    Vantage,
)
from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.daemon.availability.ingest import AvailabilityIngest
from noc_tui.daemon.core.bus import Bus
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.log import logger
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.core.snapshot_cache import SnapshotCache as Seen
from storage.database import Writer
from storage.register import Register, Tenant, TenantAmount, TenantPool, replace_register
from tests.support.changes import recorded
from tests.support.guests import seen_guest

START = datetime(2026, 3, 1, 0, 0, tzinfo=UTC) - timedelta(hours=1)  # midnight in Paris
STEP = 300.0


def tenant(name: str) -> Tenant:
    return Tenant(
        id=name,
        name=name.title(),
        email=f"{name}@example.fr",
        contract_start=date(2025, 1, 1),
        contract_end=None,
        pools=(f"rennes/{name}",),
        users=(f"{name}@pve",),
        groups=(),
        guest_users=(),
        endpoints=(),
        support="none",
        support_billing="",
        support_perimeter=(),
    )


REGISTER = Register(
    tenants=[tenant("acme"), tenant("zeta")],
    amounts=[TenantAmount(name, date(2025, 1, 1), Decimal("1250.00")) for name in ("acme", "zeta")],
    pools=[TenantPool("rennes", name, date(2020, 1, 1), None, name) for name in ("acme", "zeta")],
)


def guest(vmid: int, pool: str, node: str = "pve1", status: str = "running") -> GuestSnapshot:
    return seen_guest(vmid, node=node, name=f"vm{vmid}", status=status, pool=pool)


def node(name: str, status: str = "online") -> NodeSnapshot:
    return NodeSnapshot(name, status, None, None, None, None, None, None, None, None)


@dataclass
class Estate:
    """What the cluster is like now; a test changes it and polls."""

    context: Context
    clock: SteppedClock
    guests: dict[int, GuestSnapshot]
    nodes: dict[str, NodeSnapshot]
    storages: dict[str, StorageSnapshot] = field(default_factory=dict)
    quorate: bool = True
    last: ClusterSnapshot | None = None
    watch: AvailabilityIngest = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Another daemon over the same database, which remembers nothing else."""
        self.watch = AvailabilityIngest(self.context)
        self.last = None

    def configure(
        self, *probes: Probe, vantages: tuple[Vantage, ...] = (), drop: Path | None = None
    ) -> None:
        """A daemon started anew with these probes and vantages in its configuration."""
        probing = msgspec.structs.replace(self.context.config.probing, drop=drop)
        config = msgspec.structs.replace(
            self.context.config, probes=probes, vantages=vantages, probing=probing
        )
        self.context = replace(self.context, config=config)
        self.restart()

    def put(self, *guests: GuestSnapshot) -> None:
        self.guests |= {one.vmid: one for one in guests}

    async def poll(self, times: int = 1) -> None:
        """Let `STEP` seconds pass and look, that many times."""
        for _ in range(times):
            await self.clock.advance(STEP)
            snapshot = ClusterSnapshot(
                cluster="rennes",
                observed_at=self.clock.now(),
                endpoint="https://pve1.example.fr:8006",
                version="8.4",
                quorate=self.quorate,
                nodes=dict(self.nodes),
                guests=dict(self.guests),
                storages=dict(self.storages),
                pools={},
                tasks={},
            )
            changed = difference(self.last, snapshot)
            self.last = snapshot
            result = PollResult("rennes", self.clock.now(), snapshot, changed, None, 0)
            await self.watch.polled(result)

    async def fail(self, times: int = 1) -> None:
        """Let time pass while the cluster does not answer."""
        for _ in range(times):
            await self.clock.advance(STEP)
            error = Unreachable("rennes", None, "no answer")
            await self.watch.polled(
                PollResult("rennes", self.clock.now(), self.last, None, error, 0)
            )

    async def sleep(self, times: int) -> None:
        """Let time pass while nobody looks."""
        await self.clock.advance(STEP * times)

    def at(self, polls: int) -> int:
        """The instant of a poll, the first being 1, in microseconds."""
        return int((START + timedelta(seconds=STEP * polls)).timestamp()) * 1_000_000


@pytest.fixture
async def writer(tmp_path: Path, clock: SteppedClock) -> AsyncIterator[Writer]:
    opened = await opened_writer(tmp_path, clock)
    yield opened
    await opened.close()


async def opened_writer(directory: Path, clock: SteppedClock) -> Writer:
    """A new database with the register."""
    opened = await Writer.open(directory / "db" / "noc.db", clock_now=clock.now)
    async with recorded(opened) as change:
        await replace_register(change, REGISTER)
    return opened


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(START)


@pytest.fixture
def context(tmp_path: Path, clock: SteppedClock, writer: Writer) -> Context:
    return context_of(tmp_path, clock, writer)


def context_of(tmp_path: Path, clock: SteppedClock, writer: Writer) -> Context:
    """What a daemon has that polls one cluster."""
    config = Configuration(
        database=Database(path=writer.path),
        socket=Socket(path=tmp_path / "nocd.sock"),
        poll=Poll(fast=STEP, stale_after=2 * STEP),
        clusters=(
            ClusterConfig(
                name="rennes",
                site="rennes",
                endpoints=("https://pve1.example.fr:8006",),
                read_token_file=tmp_path / "token",
            ),
        ),
    )
    return Context(
        config=config,
        secrets=Secrets(),
        terms=load_shipped_book(),
        clock=clock,
        writer=writer,
        gateways={},
        estate=Seen(),
        bus=Bus(),
        logger=logger("test"),
    )


@pytest.fixture
def estate(context: Context, clock: SteppedClock) -> Estate:
    return estate_of(context, clock)


def estate_of(context: Context, clock: SteppedClock) -> Estate:
    """Acme has 101 and 102, Zeta 201; 101 and 201 sit on pve1, 102 on pve2."""
    return Estate(
        context=context,
        clock=clock,
        guests={
            one.vmid: one
            for one in (guest(101, "acme"), guest(102, "acme", "pve2"), guest(201, "zeta"))
        },
        nodes={name: node(name) for name in ("pve1", "pve2")},
    )
