"""The simulator speaks 8.4 and 9.2, and both in a cluster in the middle of its upgrade."""

from typing import Any

import pytest

from noc_tui.simulator import machines
from noc_tui.simulator.model.cluster import Cluster, Rule
from noc_tui.simulator.options import Options
from tests.simulator.conftest import Lab

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["8.4", "9.2", "mixed"])
def pve(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def options(pve: str) -> Options:
    return Options(guests=40, tenants=5, delay_scale=0, pve=pve)


def rennes(lab: Lab) -> Cluster:
    return lab.simulator.world.clusters["rennes"]


async def rows(lab: Lab, path: str) -> list[dict[str, Any]]:
    answer = await lab.read.get(path)
    assert answer.status_code == 200, answer.reason_phrase
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def test_a_node_tells_its_own_version(lab: Lab, pve: str) -> None:
    first = (await lab.read.get("/version")).json()["data"]["release"]
    assert first == ("8.4" if pve == "mixed" else pve)
    running = {
        (await lab.read.get(f"/nodes/{name}/version")).json()["data"]["release"]
        for name in rennes(lab).nodes
    }
    assert running == ({"8.4", "9.2"} if pve == "mixed" else {pve})


async def test_zones_and_figures_are_told_as_the_version_tells_them(lab: Lab, pve: str) -> None:
    found = await rows(lab, "/cluster/resources")
    kinds = {row["type"] for row in found}
    assert ("network" in kinds, "sdn" in kinds) == (pve == "9.2", pve != "9.2")
    guests = [row for row in found if row["type"] == "qemu"]
    assert all(("memhost" in row) is (pve == "9.2") for row in guests)
    nodes = [row for row in found if row["type"] == "node"]
    assert all(("host-arch" in row) is (pve == "9.2") for row in nodes)


async def test_a_new_node_in_a_mixed_cluster_tells_both_kinds_of_zone(lab: Lab, pve: str) -> None:
    if pve != "mixed":
        return
    cluster = rennes(lab)
    cluster.nodes[next(iter(cluster.nodes))].pve = "9.2"
    for node in list(cluster.nodes.values())[1:]:
        node.pve = "8.4"
    found = await rows(lab, "/cluster/resources")
    assert {row["type"] for row in found if "localnetwork" in row["id"]} == {"network", "sdn"}


async def test_rules_are_groups_until_every_node_is_new(lab: Lab, pve: str) -> None:
    cluster = rennes(lab)
    service, node = next(iter(cluster.ha)), next(iter(cluster.nodes))
    cluster.rules["here"] = Rule("here", "node-affinity", {service}, {node: 2}, strict=True)
    rules, groups = (
        await lab.read.get("/cluster/ha/rules"),
        await lab.read.get("/cluster/ha/groups"),
    )
    if pve == "9.2":
        (row,) = rules.json()["data"]
        assert (row["resources"], row["nodes"], row["strict"]) == (service, f"{node}:2", 1)
        assert groups.status_code == 500
        assert "migrated to rules" in groups.reason_phrase
    else:
        assert rules.status_code == 501
        (row,) = groups.json()["data"]
        assert (row["group"], row["nodes"], row["restricted"]) == ("here", f"{node}:2", 1)


async def test_ha_tells_maintenance_and_what_its_watchdogs_do(lab: Lab, pve: str) -> None:
    cluster = rennes(lab)
    name = next(guest.node for guest in cluster.guests.values() if guest.sid in cluster.ha)
    machines.put_in_maintenance(lab.simulator.world, cluster, name, on=True)
    (node,) = [r for r in await rows(lab, "/cluster/resources") if r["id"] == f"node/{name}"]
    assert node["hastate"] == "maintenance"
    status = await rows(lab, "/cluster/ha/status/current")
    (agent,) = [row for row in status if row["id"] == f"lrm:{name}"]
    assert "(maintenance mode" in agent["status"]
    assert ("watchdog active" in agent["status"]) is (pve == "9.2")
    armed = [row["armed-state"] for row in status if row["type"] == "fencing"]
    assert armed == (["armed"] if pve == "9.2" else [])
    await lab.pass_time(60)
    left = [g for g in cluster.guests_of(name) if g.sid in cluster.ha and g.running]
    assert left == []


async def test_a_strict_rule_keeps_a_service_where_its_nodes_are(lab: Lab) -> None:
    cluster = rennes(lab)
    guest = next(one for one in cluster.guests.values() if one.sid in cluster.ha)
    cluster.rules["here"] = Rule("here", "node-affinity", {guest.sid}, {guest.node: 0}, strict=True)
    machines.kill_node(lab.simulator.world, cluster, guest.node)
    await lab.pass_time(300)
    assert (guest.running, cluster.ha[guest.sid].service) == (False, "recovery")
    del cluster.rules["here"]
    await lab.pass_time(60)
    assert guest.running


async def test_a_nodes_own_answers(lab: Lab) -> None:
    name = next(iter(rennes(lab).nodes))
    health = rennes(lab).nodes[name].health
    health.pools["rpool"] = "DEGRADED"
    (pool,) = await rows(lab, f"/nodes/{name}/disks/zfs")
    assert (pool["name"], pool["health"]) == ("rpool", "DEGRADED")
    assert {row["health"] for row in await rows(lab, f"/nodes/{name}/disks/list")} == {"PASSED"}
    refused = await lab.read.get(f"/nodes/{name}/apt/update")
    assert (refused.status_code, "Sys.Modify" in refused.reason_phrase) == (403, True)
    assert len((await lab.root.get(f"/nodes/{name}/apt/update")).json()["data"]) == 2
    health.pools.clear()
    none = await lab.read.get(f"/nodes/{name}/disks/zfs")
    assert none.reason_phrase == "zfsutils-linux not installed"


async def test_ha_keeps_a_service_off_a_node_as_its_version_does(lab: Lab, pve: str) -> None:
    cluster = rennes(lab)
    guest = next(
        one for one in cluster.guests.values() if one.sid in cluster.ha and one.running
        if one.kind == "qemu"
    )  # fmt: skip
    home, barred, *free = [guest.node, *(name for name in cluster.nodes if name != guest.node)]
    nodes = dict.fromkeys((home, *free), 0)
    cluster.rules["licence"] = Rule("licence", "node-affinity", {guest.sid}, nodes, strict=True)
    cluster.touch()
    path = f"/nodes/{home}/qemu/{guest.vmid}/migrate"
    found = (await lab.act.get(path)).json()["data"]
    blocked = found["not_allowed_nodes"][barred].get("blocking-ha-resources")
    assert bool(blocked) is (pve == "9.2")
    assert (barred in found["allowed_nodes"]) is (pve != "9.2")
    asked = await lab.act.post(path, data={"target": barred, "online": "1"})
    assert asked.status_code == 200, asked.reason_phrase
    was_there = False
    for _ in range(40):
        await lab.pass_time(5)
        was_there = was_there or guest.node == barred
    status = await lab.read.get(f"/nodes/{home}/tasks/{asked.json()['data']}/status")
    said = status.json()["data"]["exitstatus"]
    assert guest.node != barred
    assert was_there is (pve != "9.2")
    assert ("failed: exit code 255" in said) is (pve == "9.2")
