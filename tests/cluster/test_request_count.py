"""What a look at a cluster costs it, counted at the simulator: the same whatever its size."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from noc_tui.clock import SteppedClock
from noc_tui.cluster.connection_config import ApiToken, ClusterAccess
from noc_tui.cluster.gateway import Gateway
from noc_tui.simulator.options import Options
from noc_tui.simulator.simulator import Simulator

pytestmark = pytest.mark.anyio
START = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
POLLS = 3
BY_NODE = "rennes GET /nodes/{node}/replication"
"""Asked of each node in a slow look, not of each guest."""


@dataclass(frozen=True)
class Costs:
    """The guests and nodes that were seen, and the requests of fast polls and of a slow one, by
    path.
    """

    guests: int
    nodes: int
    fast: Counter[str]
    slow: Counter[str]


async def counted(folder: Path, guests: int, pve: str) -> Costs:
    """What some fast polls and a slow one cost; the first poll, which learns the cluster, is not
    among them.
    """
    folder.mkdir()  # noqa: ASYNC240 -- before anything runs
    clock = SteppedClock(START)
    options = Options(guests=guests, tenants=5, delay_scale=0, pve=pve)
    async with Simulator(options, clock, folder) as simulator:
        where = simulator.clusters[0]
        access = ClusterAccess(
            where.name, where.urls, ApiToken.parse(where.token), ca_file=Path(where.ca_file)
        )
        gateway = Gateway(access, clock)
        try:
            await gateway.fast_poll()
            simulator.world.requests.clear()
            for _ in range(POLLS):
                snapshot = await gateway.fast_poll()
            fast = Counter(simulator.world.requests)
            simulator.world.requests.clear()
            await gateway.slow_poll()
            slow = Counter(simulator.world.requests)
            return Costs(len(snapshot.guests), len(snapshot.nodes), fast, slow)
        finally:
            await gateway.close()


@pytest.mark.parametrize("pve", ["8.4", "9.2"])
@pytest.mark.parametrize("many", [400, pytest.param(10_000, marks=pytest.mark.long)])
async def test_a_poll_makes_as_many_requests_at_any_size(
    tmp_path: Path, many: int, pve: str
) -> None:
    few = await counted(tmp_path / "few", 10, pve)
    most = await counted(tmp_path / "many", many, pve)
    assert most.guests > 10 * few.guests
    assert sum(few.fast.values()) == 3 * POLLS
    assert most.fast == few.fast
    assert most.slow.pop(BY_NODE, 0) <= most.nodes
    few.slow.pop(BY_NODE, None)
    assert most.slow == few.slow
