"""A simulator of its own for each test, entered by the gateway as a real cluster is."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from noc_tui.clock import SteppedClock
from noc_tui.cluster.actions import ActionStep, GuestState, StepOutcome, Write, apply, settle
from noc_tui.cluster.connection_config import ApiToken, CallLimits, ClusterAccess
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.ids import GuestPlace
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import Guest
from noc_tui.simulator.options import Options
from noc_tui.simulator.simulator import Simulator

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@dataclass
class Lab:
    """A cluster of the simulator, a gateway to it, and the clock of both."""

    simulator: Simulator
    clock: SteppedClock
    gateway: Gateway
    cluster: Cluster

    async def pass_time(self, seconds: float) -> None:
        await self.clock.advance(seconds)
        await self.simulator.sync()

    def guest(self, kind: str = "qemu", *, ha: bool = False, running: bool = True) -> Guest:
        """A guest of that sort, unlocked, with the interface it came with."""
        for guest in self.cluster.guests.values():
            managed = guest.sid in self.cluster.ha
            sort = (guest.kind, managed, guest.running, guest.template)
            if sort == (kind, ha, running, False) and not guest.lock:
                return guest
        raise LookupError(f"no {kind} with ha={ha}, running={running}")

    async def through(
        self, steps: Iterable[ActionStep], record: GuestState, writes: list[Write] | None = None
    ) -> list[StepOutcome]:
        """Carry steps out one by one, time passing where an outcome asks for it."""
        outcomes = []
        for step in steps:
            outcome = await self.one(step, record, writes)
            outcomes.append(outcome)
            if not outcome.settled:
                break
        return outcomes

    async def one(
        self,
        step: ActionStep,
        record: GuestState,
        writes: list[Write] | None = None,
        rounds: int = 60,
    ) -> StepOutcome:
        async def note(write: Write) -> None:
            if writes is not None:
                writes.append(write)

        outcome = await apply(step, record, self.gateway, before_write=note)
        for _ in range(rounds):
            if not outcome.again:
                break
            await self.pass_time(5)
            if outcome.upid is not None:
                outcome = await settle(step, record, self.gateway, outcome.upid)
            else:
                outcome = await apply(step, record, self.gateway, before_write=note)
        return outcome


def ref(guest: Guest) -> GuestPlace:
    return GuestPlace(guest.node, guest.kind, guest.vmid)


@pytest.fixture
def options() -> Options:
    return Options(guests=60, tenants=6, delay_scale=0)


@pytest.fixture
async def lab(options: Options, tmp_path: Path) -> AsyncIterator[Lab]:
    clock = SteppedClock(START)
    async with Simulator(options, clock, tmp_path) as simulator:
        where = simulator.clusters[0]
        access = ClusterAccess(
            where.name,
            where.urls,
            ApiToken.parse(where.token),
            ApiToken.parse(where.action_token),
            ca_file=Path(where.ca_file),
            limits=CallLimits(silence=1.5, read=4, write_silence=1.5, write=2),
        )
        gateway = Gateway(access, clock)
        try:
            yield Lab(simulator, clock, gateway, simulator.world.clusters[where.name])
        finally:
            await gateway.close()
