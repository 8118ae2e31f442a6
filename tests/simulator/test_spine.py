"""The first things that a client asks, over real TLS."""

import ssl
from pathlib import Path

import httpx
import pytest

from noc_tui.clock import SteppedClock
from noc_tui.simulator import machines
from noc_tui.simulator.estate.names import HOSTILE
from noc_tui.simulator.options import Options
from noc_tui.simulator.simulator import Simulator
from tests.simulator.conftest import START, Lab

pytestmark = pytest.mark.anyio


async def test_a_token_reads_the_estate(lab: Lab) -> None:
    version = (await lab.read.get("/version")).json()["data"]
    assert version["release"] == "8.4"
    status = (await lab.read.get("/cluster/status")).json()["data"]
    assert [row["quorate"] for row in status if row["type"] == "cluster"] == [1]
    rows = (await lab.read.get("/cluster/resources")).json()["data"]
    assert {row["type"] for row in rows} == {"node", "qemu", "lxc", "pool", "storage", "sdn"}
    assert all(row["cpu"] <= 1 for row in rows if row["type"] == "qemu")


async def test_who_proves_nothing_gets_401_without_a_body(lab: Lab) -> None:
    nobody = await lab.anyone.get("/version")
    assert (nobody.status_code, nobody.reason_phrase, nobody.content) == (401, "No ticket", b"")
    assert nobody.headers["Connection"] == "close"
    wrong = {"Authorization": "PVEAPIToken=noc@pve!read=00000000-0000-0000-0000-000000000000"}
    refused = await lab.anyone.get("/version", headers=wrong)
    assert (refused.status_code, refused.reason_phrase) == (401, "Authentication failed!")


async def test_figures_move_with_simulated_time_and_only_every_ten_seconds(lab: Lab) -> None:
    async def rows() -> object:
        return (await lab.read.get("/cluster/resources", params={"type": "vm"})).json()["data"]

    first = await rows()
    await lab.pass_time(4)
    assert await rows() == first
    await lab.pass_time(10)
    assert await rows() != first


async def test_the_same_seed_makes_the_same_estate(tmp_path: Path) -> None:
    seen = []
    for part in ("a", "b"):
        (tmp_path / part).mkdir()
        async with Simulator(Options(), SteppedClock(START), tmp_path / part) as simulator:
            rennes = simulator.clusters[0]
            context = ssl.create_default_context(cafile=rennes.ca_file)
            headers = {"Authorization": f"PVEAPIToken={rennes.token}"}
            async with httpx.AsyncClient(verify=context, headers=headers) as client:
                seen.append((await client.get(f"{rennes.url}/api2/json/cluster/resources")).json())
    assert seen[0] == seen[1]


@pytest.mark.parametrize("options", [Options(guests=40, tenants=2, hostile=True)])
async def test_hostile_names_are_served_as_they_are(lab: Lab) -> None:
    rows = (await lab.read.get("/cluster/resources", params={"type": "vm"})).json()["data"]
    assert set(HOSTILE) <= {row["name"] for row in rows}


async def test_requests_are_counted_by_call(lab: Lab) -> None:
    await lab.read.get("/version")
    await lab.read.get("/cluster/resources", params={"type": "vm"})
    await lab.read.get("/cluster/resources")
    assert lab.simulator.world.requests == {
        "rennes GET /version": 1,
        "rennes GET /cluster/resources": 2,
    }


async def test_a_node_that_is_off_is_silent_and_comes_back_on_its_port(lab: Lab) -> None:
    node = next(iter(lab.simulator.world.clusters["rennes"].nodes.values()))
    await lab.read.get("/version")
    node.killed = True
    with pytest.raises(httpx.ReadTimeout):  # a connection that is open hears nothing more
        await lab.read.get("/version", timeout=0.3)
    await lab.simulator.sync()
    for _ in range(3):
        with pytest.raises(httpx.ConnectTimeout):
            await lab.anyone.get("/version", timeout=0.3)
    node.killed = False
    await lab.simulator.sync()
    assert (await lab.read.get("/version")).status_code == 200


async def test_a_node_whose_proxy_is_stopped_refuses_and_one_that_hangs_takes_calls(
    lab: Lab,
) -> None:
    node = next(iter(lab.simulator.world.clusters["rennes"].nodes.values()))
    await lab.read.get("/version")
    node.pveproxy = False
    await lab.simulator.sync()
    with pytest.raises(httpx.RemoteProtocolError):  # the connection that was open
        await lab.read.get("/version")
    with pytest.raises(httpx.ConnectError):
        await lab.anyone.get("/version")
    node.pveproxy, node.frozen = True, True
    await lab.simulator.sync()
    with pytest.raises(httpx.ReadTimeout):
        await lab.read.get("/version", timeout=0.5)
    node.frozen = False
    assert (await lab.read.get("/version")).status_code == 200


async def test_a_renewed_token_is_good_and_its_old_secret_refused(lab: Lab) -> None:
    cluster = lab.simulator.world.clusters["rennes"]
    name, _, secret = lab.simulator.clusters[0].token.partition("=")
    machines.renew_token(cluster, name, "0d5f1c1e-0000-4000-8000-000000000001")
    assert (await lab.read.get("/version")).status_code == 401
    assert secret != cluster.access.tokens[name].secret
    renewed = {"Authorization": f"PVEAPIToken={name}={cluster.access.tokens[name].secret}"}
    assert (await lab.anyone.get("/version", headers=renewed)).status_code == 200


async def test_a_replaced_certificate_is_the_authoritys_or_a_strangers(lab: Lab) -> None:
    cluster = lab.simulator.world.clusters["rennes"]
    node = next(iter(cluster.nodes))
    before = cluster.fingerprints[node]
    await lab.read.get("/version")
    await lab.simulator.replace_certificate("rennes", node, trusted=True)
    assert cluster.fingerprints[node] != before
    assert (await lab.read.get("/version")).status_code == 200
    await lab.simulator.replace_certificate("rennes", node, trusted=False)
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        await lab.read.get("/version")


def test_options_that_make_no_estate_are_refused() -> None:
    with pytest.raises(ValueError, match="tenants is between 1 and 3"):
        Options(guests=3, tenants=4)
    with pytest.raises(ValueError, match="scenario 'x' is none of"):
        Options(scenario="x")
