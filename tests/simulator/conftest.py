"""A simulator of its own for each test, asked over real TLS, its time stepped by hand."""

import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from noc_tui.clock import SteppedClock
from noc_tui.simulator.options import Options
from noc_tui.simulator.simulator import Simulator

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@dataclass
class Lab:
    """A running simulator, its clock, and a client per token."""

    simulator: Simulator
    clock: SteppedClock
    read: httpx.AsyncClient
    act: httpx.AsyncClient
    root: httpx.AsyncClient
    anyone: httpx.AsyncClient

    async def pass_time(self, seconds: float) -> None:
        """Move the clock and let the world follow, without waking the ticker every second."""
        self.clock.at += timedelta(seconds=seconds)
        await self.simulator.sync()


@pytest.fixture
def options() -> Options:
    """A small, calm estate whose daemons do not make one wait."""
    return Options(guests=40, tenants=5, delay_scale=0)


@pytest.fixture
async def lab(options: Options, tmp_path: Path) -> AsyncIterator[Lab]:
    clock = SteppedClock(START)
    async with Simulator(options, clock, tmp_path) as simulator:
        rennes = simulator.clusters[0]
        context = ssl.create_default_context(cafile=rennes.ca_file)

        def client(token: str = "") -> httpx.AsyncClient:
            headers = {"Authorization": f"PVEAPIToken={token}"} if token else {}
            base = f"{rennes.url}/api2/json"
            return httpx.AsyncClient(base_url=base, headers=headers, verify=context, timeout=30)

        async with (
            client(rennes.token) as read,
            client(rennes.action_token) as act,
            client(rennes.root_token) as root,
            client() as anyone,
        ):
            yield Lab(simulator, clock, read, act, root, anyone)
