"""The gateway on 8.4, on 9.2 and in the middle of an upgrade: the same picture of each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from noc_tui.clock import SteppedClock
from noc_tui.cluster.connection_config import ApiToken, ClusterAccess
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.ha_state import read_ha_state
from noc_tui.cluster.node_questions import QUESTIONS
from noc_tui.cluster.privileges import list_missing_needs
from noc_tui.simulator import machines
from noc_tui.simulator.model.cluster import Cluster, Rule
from noc_tui.simulator.options import Options
from noc_tui.simulator.simulator import Simulator

pytestmark = pytest.mark.anyio
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@asynccontextmanager
async def watched(folder: Path, pve: str) -> AsyncIterator[tuple[Simulator, Cluster, Gateway]]:
    clock = SteppedClock(START)
    options = Options(guests=30, tenants=4, delay_scale=0, pve=pve)
    async with Simulator(options, clock, folder) as simulator:
        where = simulator.clusters[0]
        access = ClusterAccess(
            where.name, where.urls, ApiToken.parse(where.token),
            ApiToken.parse(where.action_token), ca_file=Path(where.ca_file),
        )  # fmt: skip
        gateway = Gateway(access, clock)
        try:
            yield simulator, simulator.world.clusters["rennes"], gateway
        finally:
            await gateway.close()


@pytest.mark.parametrize("pve", ["8.4", "9.2", "mixed"])
async def test_the_same_picture_of_each_version(tmp_path: Path, pve: str) -> None:
    async with watched(tmp_path, pve) as (simulator, cluster, gateway):
        service, node = next(iter(cluster.ha)), list(cluster.nodes)[1]
        cluster.rules["here"] = Rule("here", "node-affinity", {service}, {node: 1}, strict=True)
        if pve != "9.2":
            cluster.ha[service].group = "here"
        cluster.zones.append("public")
        cluster.zone_states[next(iter(cluster.nodes)), "public"] = "error"
        cluster.ceph = "HEALTH_WARN"
        machines.put_in_maintenance(simulator.world, cluster, node, on=True)
        fast, slow = await gateway.fast_poll(), await gateway.slow_poll()
        assert (fast.nodes[node].ha_state, fast.omitted.rows) == ("maintenance", 0)
        states = {key: zone.status for key, zone in fast.zones.items()}
        assert states[f"{next(iter(cluster.nodes))}/zone/public"] == "error"
        assert (slow.gaps, slow.omitted.rows) == ((), 0)
        (rule,) = slow.ha_rules or ()
        assert (rule.name, rule.services, rule.nodes) == ("here", (service,), {node: 1})
        assert slow.ceph is not None
        assert slow.ceph.checks["OSD_NEARFULL"].message == "1 nearfull osd(s)"
        ha = read_ha_state(slow.ha_status or (), gateway.now())
        assert ha.lrms[node].state == "maintenance"
        assert {one.alive for one in ha.lrms.values()} == {True}
        assert ha.armed == ("armed" if pve == "9.2" else "")
        assert list_missing_needs(slow.permissions or {}, ["read"]) == ()


async def test_each_question_to_a_node_is_one_request(tmp_path: Path) -> None:
    async with watched(tmp_path, "9.2") as (simulator, cluster, gateway):
        node = next(iter(cluster.nodes))
        before = sum(simulator.world.requests.values())
        found = {
            topic: await gateway.ask_node(node, topic) for topic in QUESTIONS if topic != "updates"
        }
        assert sum(simulator.world.requests.values()) - before == len(found)
        assert {topic: facts[0].state for topic, facts in found.items()} == {
            "subscription": "active", "zfs": "ONLINE", "disk": "PASSED", "certificate": "known",
        }  # fmt: skip
