"""The last hour by minute and storages by day: written with the poll, bounded, a gap is a gap."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from noc_tui.cluster.errors import Unreachable
from noc_tui.cluster.snapshot import ClusterSnapshot, NodeSnapshot, StorageSnapshot
from noc_tui.config import ClusterConfig
from noc_tui.daemon.polling.fast import Poller
from noc_tui.daemon.polling.load_sampling import LoadSampling, sample_loads
from storage.load_history import (
    KEPT_DAYS,
    LOAD_MINUTES,
    MINUTES,
    STORAGE_DAYS,
    NodeLoad,
    PoolLoad,
    StorageDay,
    read_hour_of_nodes,
    read_hour_of_pools,
)
from tests.support.changes import recorded
from tests.support.context import START, made_context
from tests.support.guests import seen_guest

pytestmark = pytest.mark.anyio
CONFIG = ClusterConfig(
    name="lab", site="dc1", endpoints=("https://a",), read_token_file=Path("token")
)
NODE = NodeSnapshot("pve1", "online", None, 61, 78, 5, 8, 1 << 36, 1 << 40, START)
POOL = StorageSnapshot(
    "ceph", "ceph", None, True, "rbd", "available", ("images",), 1000, 890, ("pve1",), ()
)
GUEST = seen_guest(
    name="web", cpu_percent=50, memory_percent=25, cpus=4.0, memory=8 << 30, disk=1, pool="acme",
    status="running",
)  # fmt: skip


def seen(minutes: float = 0, *, cpu: int | None = 61, status: str = "online") -> ClusterSnapshot:
    nodes = {"pve1": replace(NODE, cpu_percent=cpu, status=status)}
    guests = {101: GUEST, 102: replace(GUEST, vmid=102, status="stopped", cpu_percent=0)}
    return ClusterSnapshot(
        cluster="lab", observed_at=START + timedelta(minutes=minutes), endpoint="https://a",
        version=None, quorate=True, nodes=nodes, guests=guests, storages={"ceph": POOL}, pools={},
        tasks={},
    )  # fmt: skip


class Sight:
    """A cluster that answers what it is given."""

    def __init__(self) -> None:
        self.answer: ClusterSnapshot | None = None

    async def fast_poll(self) -> ClusterSnapshot:
        if self.answer is None:
            raise Unreachable("lab", "https://a", "silent")
        return self.answer


async def test_an_hour_is_kept_and_no_more(tmp_path: Path) -> None:
    async with made_context(tmp_path) as context:
        sight = Sight()
        poller = Poller(context, CONFIG, sight, [])
        for minutes in (0, 0.5, 1, 3):
            sight.answer = seen(minutes, cpu=10 + int(minutes))
            await poller.poll()
        sight.answer = None
        await poller.poll()
        now = START + timedelta(minutes=3, seconds=10)
        hour = await read_hour_of_nodes(context.writer, now)
        assert hour.cpu("lab", "pve1")[-4:] == [10, 11, None, 13], "the minute without a poll"
        assert hour.cpu("lab", "pve1")[: MINUTES - 4] == [None] * (MINUTES - 4)
        assert hour.cpu("lab", "other") == []
        pools = await read_hour_of_pools(context.writer, now)
        assert pools["lab", "acme"][-1] == PoolLoad(200, 2048, 1, 2)
        for minutes in range(4, 130):
            sight.answer = seen(minutes)
            await poller.poll()
        assert len(await LOAD_MINUTES.read(context.writer)) == MINUTES
        later = START + timedelta(minutes=129, seconds=30)
        assert (await read_hour_of_nodes(context.writer, later)).cpu("lab", "pve1") == [61] * 60


async def test_a_storage_has_a_point_a_day_for_a_quarter(tmp_path: Path) -> None:
    async with made_context(tmp_path) as context:
        today = START.date()
        old = [
            StorageDay("lab", "ceph", "", today - timedelta(days=ago), 1, 2)
            for ago in (KEPT_DAYS, KEPT_DAYS + 1)
        ]
        async with recorded(context.writer) as change:
            await change.put(STORAGE_DAYS, old)
        sight = Sight()
        poller = Poller(context, CONFIG, sight, [])
        for minutes in (0, 2):
            sight.answer = seen(minutes)
            await poller.poll()
        found = await STORAGE_DAYS.read(context.writer)
        assert found == [old[0], StorageDay("lab", "ceph", "", today, 890, 1000)]


def test_a_poll_that_was_not_written_is_taken_again() -> None:
    sampling = LoadSampling()
    assert sampling.minute_parts(seen())
    assert sampling.minute_parts(seen(0.5)), "the first one did not reach the file"
    sampling.note_written(seen(0.5))
    assert not sampling.minute_parts(seen(0.7))


def test_a_node_that_is_lost_is_a_gap_and_not_zero() -> None:
    row = sample_loads(seen(status="offline", cpu=None))
    assert row.nodes == "{}"
    assert NodeLoad(None, None) != NodeLoad(0, 0)
