"""The estate's outside, its register, its faults, and the stories that are played in it."""

import asyncio
import contextlib
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc_tui import register
from noc_tui.clock import ScaledClock, SteppedClock
from noc_tui.simulator.estate.clusters import make_clusters
from noc_tui.simulator.estate.register import guests_of
from noc_tui.simulator.faults import Fault
from noc_tui.simulator.options import SCENARIOS, Options
from noc_tui.simulator.simulator import Simulator
from noc_tui.simulator.timeline import Timeline
from tests.simulator.conftest import START, Lab

pytestmark = pytest.mark.anyio
STEP = timedelta(minutes=10)


async def test_the_register_it_writes_is_read_without_a_problem(lab: Lab, tmp_path: Path) -> None:
    tenants = register.read(lab.simulator.write_register(tmp_path / "tenants.toml"))
    assert [tenant.id for tenant in tenants] == [one.slug for one in lab.simulator.tenants]
    assert all(tenant.amounts and tenant.quotas.guests for tenant in tenants)


async def test_a_public_endpoint_answers_while_its_tenant_is_reachable(lab: Lab) -> None:
    tenant = lab.simulator.tenants[0]
    url = lab.simulator.services.url_of(tenant)
    async with httpx.AsyncClient(timeout=20) as client:
        assert (await client.get(url)).status_code == 200
        lab.simulator.world.outside.cut.add(tenant.slug)
        with pytest.raises(httpx.ReadTimeout):
            await client.get(url, timeout=httpx.Timeout(20, read=0.3))
        assert (await client.get(lab.simulator.services.canaries[0])).status_code == 200
        lab.simulator.world.outside.cut.clear()
        guests = guests_of(lab.simulator.world, tenant)
        for guest in guests:
            guest.config["net0"] = f"{guest.config['net0']},link_down=1"
            guest.config.pop("net1", None)
        with pytest.raises(httpx.ReadTimeout):
            await client.get(url, timeout=httpx.Timeout(20, read=0.3))
        guests[0].config["net0"] = str(guests[0].config["net0"]).removesuffix(",link_down=1")
        assert (await client.get(url)).status_code == 200


async def test_a_tcp_port_falls_silent_and_never_refuses(lab: Lab) -> None:
    tenant = lab.simulator.tenants[0]
    port = lab.simulator.services.doors[tenant.slug].port

    async def connect(patience: float = 20) -> None:
        opening = asyncio.open_connection("127.0.0.1", port)
        _, writer = await asyncio.wait_for(opening, patience)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    for _ in range(2):
        await connect()
        await connect()
        lab.simulator.world.outside.cut.add(tenant.slug)
        await lab.simulator.sync()
        with pytest.raises(TimeoutError):
            await connect(patience=0.3)
        lab.simulator.world.outside.cut.clear()
        await lab.simulator.sync()


async def test_a_fault_strikes_before_or_after_the_call_was_carried_out(lab: Lab) -> None:
    faults = lab.simulator.world.faults
    guest = next(iter(lab.simulator.world.clusters["rennes"].guests.values()))
    config = f"/nodes/{guest.node}/{guest.kind}/{guest.vmid}/config"
    faults.add(Fault("drop", "PUT .*/config", times=1))
    with pytest.raises(httpx.RemoteProtocolError):
        await lab.act.put(config, data={"onboot": "0"})
    assert guest.config["onboot"] == 1
    faults.add(Fault("after", "PUT .*/config", times=1, status=596))
    answer = await lab.act.put(config, data={"onboot": "0"})
    assert answer.status_code == 596
    assert guest.config["onboot"] == 0
    faults.add(Fault("html", "/version", times=1))
    page = await lab.read.get("/version")
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html")
    faults.add(Fault("never", "/version", times=1))
    with pytest.raises(httpx.ReadTimeout):
        await lab.read.get("/version", timeout=httpx.Timeout(20, read=0.3))
    assert (await lab.read.get("/version")).json()["data"]["release"] == "8.4"


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_a_scenario_plays_three_days_and_the_estate_stays_whole(
    scenario: str, tmp_path: Path
) -> None:
    options = Options(guests=60, tenants=6, scenario=scenario, delay_scale=0)
    clock = SteppedClock(START)
    async with Simulator(options, clock, tmp_path) as simulator:
        world = simulator.world
        for _ in range(timedelta(days=3) // STEP):
            clock.at += STEP
            world.advance()
        for cluster in world.clusters.values():
            assert cluster.quorate
            assert all(guest.node in cluster.nodes for guest in cluster.guests.values())
            instances = [guest for guest in cluster.guests.values() if guest.config.get("onboot")]
            running = sum(guest.running for guest in instances)
            assert running >= 0.85 * len(instances)


async def test_the_largest_estate_has_the_size_it_was_asked_for(tmp_path: Path) -> None:
    options = Options(guests=10_000, tenants=500)
    async with Simulator(options, SteppedClock(START), tmp_path) as simulator:
        guests = sum(len(cluster.guests) for cluster in simulator.world.clusters.values())
        nodes = sum(len(cluster.nodes) for cluster in simulator.world.clusters.values())
    assert (guests, nodes) == (10_004, 200)


@given(st.integers(2, 400), st.data())
@settings(max_examples=40)
def test_every_size_makes_an_estate_with_that_many_guests(guests: int, data: st.DataObject) -> None:
    tenants = data.draw(st.integers(1, guests))
    options = Options(guests=guests, tenants=tenants)
    _, clusters = make_clusters(options, Timeline(START.timestamp()))
    made = [one for cluster in clusters for one in cluster.guests.values() if not one.template]
    assert len(made) == guests


async def test_another_process_makes_things_happen_through_the_control_door(lab: Lab) -> None:
    url = lab.simulator.control_url
    async with httpx.AsyncClient() as client:
        node = next(iter(lab.simulator.world.clusters["rennes"].nodes))
        done = await client.post(url, json={"do": "kill-node", "cluster": "rennes", "node": node})
        assert (done.status_code, done.json()) == (200, {})
        with pytest.raises(httpx.ConnectTimeout):
            await lab.read.get("/version", timeout=0.3)
        await client.post(url, json={"do": "revive-node", "cluster": "rennes", "node": node})
        assert (await lab.read.get("/version")).status_code == 200
        told = (await client.get(url)).json()
        assert told["requests"] == {"rennes GET /version": 1}
        wrong = await client.post(url, json={"do": "lock-guest", "vmid": 7})
        assert (wrong.status_code, wrong.json()) == (400, {"error": "no 7 in rennes"})
        unknown = await client.post(url, json={"do": "dance"})
        assert unknown.json()["error"].startswith("'dance' is none of add-fault")
        assert (await client.get(f"{url}x")).status_code == 404


async def test_a_simulator_comes_back_where_it_was(tmp_path: Path) -> None:
    clock = ScaledClock.starting(START, 1.0)
    options = Options(guests=20, tenants=2, scenario="day")
    seen = []
    for _ in range(2):
        async with Simulator(options, clock, tmp_path) as simulator:
            clusters = simulator.world.clusters.values()
            begun = [guest.started for one in clusters for guest in one.guests.values()]
            outside = (
                simulator.services.canaries,
                simulator.services.endpoints_of(simulator.tenants[0]),
            )
            seen.append((simulator.clusters, simulator.pbs, begun, outside))
    assert seen[0] == seen[1]
