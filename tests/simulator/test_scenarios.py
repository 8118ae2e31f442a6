"""What each story shows at its turning points."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from noc_tui.clock import SteppedClock
from noc_tui.simulator.options import Options
from noc_tui.simulator.services import serves
from noc_tui.simulator.simulator import Simulator
from tests.simulator.conftest import START, Lab

pytestmark = pytest.mark.anyio
MINUTE = 60.0
HOUR = 3600.0


@pytest.fixture
def options(request: pytest.FixtureRequest) -> Options:
    """The story is the test's parameter."""
    return Options(guests=60, tenants=6, scenario=request.param, delay_scale=0)


def story(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("options", [name], indirect=True)


async def rows(lab: Lab, kind: str) -> list[dict[str, Any]]:
    found = (await lab.read.get("/cluster/resources")).json()["data"]
    return [row for row in found if row["type"] == kind]


@story("node-failure")
async def test_a_node_fails_its_ha_guests_move_and_it_comes_back(lab: Lab) -> None:
    cluster = lab.simulator.world.clusters["rennes"]
    dead = list(cluster.nodes)[-1]
    managed = [guest for guest in cluster.guests_of(dead) if guest.sid in cluster.ha]
    others = [one for one in cluster.guests_of(dead) if one.running and one not in managed]
    assert managed
    await lab.pass_time(2 * MINUTE)
    assert {row["node"]: row["status"] for row in await rows(lab, "node")}[dead] == "offline"
    await lab.pass_time(5 * MINUTE)
    assert all(guest.running and guest.node != dead for guest in managed)
    assert not any(guest.running for guest in others)
    await lab.pass_time(40 * MINUTE)
    assert {row["status"] for row in await rows(lab, "node")} == {"online"}
    assert all(guest.running for guest in others)
    await lab.pass_time(4 * HOUR - 43 * MINUTE)
    assert "io-error" in {row["status"] for row in await rows(lab, "qemu")}
    assert "unknown" in {row["status"] for row in await rows(lab, "storage")}
    await lab.pass_time(10 * MINUTE)
    assert "io-error" not in {row["status"] for row in await rows(lab, "qemu")}


@story("quorum-loss")
async def test_without_quorum_reads_go_on_and_starts_are_refused(lab: Lab) -> None:
    await lab.pass_time(5 * MINUTE)
    status = (await lab.read.get("/cluster/status")).json()["data"]
    assert status[0]["quorate"] == 0
    assert sum(row.get("online", 0) for row in status) == 1
    node = next(iter(lab.simulator.world.clusters["rennes"].nodes))
    refused = await lab.act.post(f"/nodes/{node}/qemu/100/status/start")
    assert refused.reason_phrase == "cluster not ready - no quorum?"
    await lab.pass_time(15 * MINUTE)
    assert (await lab.read.get("/cluster/status")).json()["data"][0]["quorate"] == 1


def served(lab: Lab, pool: str) -> bool:
    """Whether anything of a client runs on any cluster."""
    return any(
        serves(cluster, guest)
        for cluster in lab.simulator.world.clusters.values()
        for guest in cluster.guests_in(pool)
    )


@story("tenant-outage")
async def test_one_client_is_cut_off_and_another_loses_its_machines(lab: Lab) -> None:
    world = lab.simulator.world
    await lab.pass_time(10 * MINUTE)
    assert len(world.outside.cut) == 1
    cluster = world.clusters["rennes"]
    pools = {guest.pool for guest in cluster.guests.values()}
    dead = [
        pool
        for pool in pools
        if not any(serves(cluster, one) for one in cluster.guests.values() if one.pool == pool)
    ]
    assert len([pool for pool in dead if pool]) == 1
    await lab.pass_time(25 * MINUTE)
    assert len([one for one in world.tenants if not served(lab, one.pool)]) == 1
    await lab.pass_time(35 * MINUTE)
    assert all(served(lab, one.pool) for one in world.tenants)
    assert not world.outside.cut
    await lab.pass_time(2 * HOUR - 5 * MINUTE)
    assert world.outside.prober_cut_off


@story("backup-trouble")
async def test_backups_are_missing_old_failed_and_unverified(lab: Lab) -> None:
    server = lab.simulator.world.backups_of("rennes")
    guests = lab.simulator.world.clusters["rennes"].guests.values()
    kept = {number: found for (_, number), found in server.snapshots.items()}
    missing = [guest for guest in guests if not guest.template and guest.vmid not in kept]
    day_old = START.timestamp() - 26 * HOUR
    stale = [number for number, found in kept.items() if found[-1].time < day_old]
    bad = [number for number, found in kept.items() if any(s.verified == "failed" for s in found)]
    never = [number for number, found in kept.items() if not any(s.verified for s in found)]
    assert [len(missing), len(stale), len(bad), len(never)] == [2, 3, 2, 1]
    uncovered = (await lab.read.get("/cluster/backup-info/not-backed-up")).json()["data"]
    assert {row["vmid"] for row in uncovered} == {guest.vmid for guest in missing}


@story("abuse")
async def test_a_stopped_spammer_is_started_by_its_owner_unless_barred(lab: Lab) -> None:
    cluster = lab.simulator.world.clusters["rennes"]
    await lab.pass_time(2 * MINUTE)
    sender = next(guest for guest in cluster.guests.values() if guest.surge is not None)
    before = next(row for row in await rows(lab, "qemu") if row["vmid"] == sender.vmid)
    await lab.pass_time(MINUTE)
    after = next(row for row in await rows(lab, "qemu") if row["vmid"] == sender.vmid)
    assert (after["netout"] - before["netout"]) / MINUTE > 30e6
    owner = f"admin.{sender.pool}@pve"
    where = f"/nodes/{sender.node}/qemu/{sender.vmid}/status/stop"
    await lab.act.post(where)
    if sender.sid in cluster.ha:
        await lab.pass_time(90)
    await lab.pass_time(10 * MINUTE)
    tasks = cluster.tasks.of_node(sender.node)
    assert any(task.user == owner and task.kind in ("qmstart", "hastart") for task in tasks)
    assert sender.status == "running"
    barrier = {"path": f"/vms/{sender.vmid}", "users": owner, "roles": "NoAccess"}
    assert (await lab.act.put("/access/acl", data=barrier)).status_code == 200
    await lab.act.post(where)
    await lab.pass_time(20 * MINUTE)
    assert sender.status == "stopped"


@pytest.fixture
async def day(tmp_path: Path) -> AsyncIterator[tuple[Simulator, SteppedClock]]:
    clock = SteppedClock(START)
    async with Simulator(Options(scenario="day", delay_scale=0), clock, tmp_path) as simulator:
        yield simulator, clock


async def test_an_ordinary_day_has_tasks_of_clients_all_day(
    day: tuple[Simulator, SteppedClock],
) -> None:
    simulator, clock = day
    await clock.advance(HOUR)
    rennes = simulator.clusters[0]
    context = ssl.create_default_context(cafile=rennes.ca_file)
    headers = {"Authorization": f"PVEAPIToken={rennes.token}"}
    async with httpx.AsyncClient(verify=context, headers=headers) as client:
        tasks = (await client.get(f"{rennes.url}/api2/json/cluster/tasks")).json()["data"]
    users = {row["user"] for row in tasks}
    assert len(tasks) >= 5
    assert any(user.startswith("admin.") for user in users)
