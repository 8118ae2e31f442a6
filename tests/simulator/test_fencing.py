"""A cluster that falls apart: who fences itself, who answers then, and what HA starts elsewhere."""

import httpx
import pytest

from noc_tui.simulator import machines
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import Guest
from tests.simulator.conftest import Lab

pytestmark = pytest.mark.anyio


def rennes(lab: Lab) -> Cluster:
    return lab.simulator.world.clusters["rennes"]


def managed_on(cluster: Cluster, node: str) -> Guest:
    """A running guest under HA on that node."""
    guest = next(g for g in cluster.guests.values() if g.sid in cluster.ha and g.running)
    guest.node = node
    cluster.touch()
    return guest


async def test_a_node_without_quorum_fences_itself_after_a_minute_and_boots_again(
    lab: Lab,
) -> None:
    cluster = rennes(lab)
    first = next(iter(cluster.nodes))
    guest = managed_on(cluster, first)
    await lab.pass_time(20)
    machines.lose_quorum(lab.simulator.world, cluster)
    await lab.pass_time(50)
    assert (await lab.read.get("/cluster/status")).json()["data"][0]["quorate"] == 0
    await lab.pass_time(30)
    assert not guest.running
    with pytest.raises(httpx.TimeoutException):
        await lab.read.get("/version", timeout=0.3)
    await lab.pass_time(150)
    assert (await lab.read.get("/cluster/status")).json()["data"][0]["quorate"] == 0
    await lab.pass_time(300)
    assert not guest.running
    assert cluster.nodes[first].online, "HA is not at work any more: nothing fences it twice"
    machines.regain_quorum(lab.simulator.world, cluster)
    await lab.pass_time(300)
    assert guest.running


async def test_a_node_without_services_under_ha_goes_on_without_quorum(lab: Lab) -> None:
    cluster = rennes(lab)
    cluster.ha.clear()
    lab.simulator.world.ha.forget(cluster)
    await lab.pass_time(20)
    machines.lose_quorum(lab.simulator.world, cluster)
    await lab.pass_time(600)
    assert (await lab.read.get("/cluster/status")).json()["data"][0]["quorate"] == 0


async def test_the_old_node_does_not_answer_while_the_guest_runs_elsewhere(lab: Lab) -> None:
    cluster = rennes(lab)
    old = list(cluster.nodes)[-1]
    guest = managed_on(cluster, old)
    await lab.pass_time(20)
    machines.cut_node(lab.simulator.world, cluster, old)
    await lab.pass_time(300)
    assert guest.running
    assert guest.node != old
    assert cluster.nodes[old].starts == 0
    gone = await lab.read.get(f"/nodes/{old}/qemu/{guest.vmid}/config")
    assert (gone.status_code, gone.reason_phrase) == (595, "No route to host")
    here = await lab.read.get(f"/nodes/{guest.node}/{guest.kind}/{guest.vmid}/config")
    assert here.status_code == 200


async def test_an_unanswered_shutdown_holds_the_lock_for_three_minutes(lab: Lab) -> None:
    cluster = rennes(lab)
    guest = next(
        g
        for g in cluster.guests.values()
        if g.kind == "qemu" and g.running and g.sid not in cluster.ha and not g.lock
    )
    guest.answers_shutdown = False
    where = f"/nodes/{guest.node}/qemu/{guest.vmid}"
    orders = []
    for _ in range(2):
        asked = await lab.act.post(f"{where}/status/shutdown", data={"timeout": "180"})
        orders.append(asked.json()["data"])
        await lab.pass_time(20)
    first, second = [
        (await lab.read.get(f"/nodes/{guest.node}/tasks/{upid}/status")).json()["data"]
        for upid in orders
    ]
    assert first["status"] == "running"
    assert second["exitstatus"].startswith("can't lock file")
    refused = await lab.act.put(f"{where}/config", data={"onboot": "0"})
    assert refused.reason_phrase.startswith("can't lock file")
    await lab.pass_time(150)
    assert (await lab.act.put(f"{where}/config", data={"onboot": "0"})).status_code == 200
