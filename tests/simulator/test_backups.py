"""The second site's backup server: what it keeps, how it says no, and nights that go wrong."""

import ssl
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from noc_tui.simulator.backups import key_of
from tests.simulator.conftest import Lab

pytestmark = pytest.mark.anyio
DAY = 86400.0


@pytest.fixture
async def pbs(lab: Lab) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the server that keeps the guests of rennes."""
    server = next(one for one in lab.simulator.pbs if one.clusters == ("rennes",))
    headers = {"Authorization": f"PBSAPIToken={server.token}"}
    context = ssl.create_default_context(cafile=server.ca_file)
    base = f"{server.url}/api2/json"
    async with httpx.AsyncClient(base_url=base, headers=headers, verify=context) as client:
        yield client


async def rows(pbs: httpx.AsyncClient, what: str) -> list[dict[str, Any]]:
    answer = await pbs.get(f"/admin/datastore/backup/{what}")
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def test_it_stands_on_the_other_site_and_keeps_seven_days(
    lab: Lab, pbs: httpx.AsyncClient
) -> None:
    servers = {one.clusters: one.site for one in lab.simulator.pbs}
    assert servers == {("rennes",): "dc2", ("nantes",): "dc1"}
    guests = lab.simulator.world.clusters["rennes"].guests.values()
    groups = await rows(pbs, "groups")
    assert len(groups) == sum(not guest.template for guest in guests)
    assert {group["backup-count"] for group in groups} == {7}
    snapshots = await rows(pbs, "snapshots")
    assert len(snapshots) == 7 * len(groups)
    assert all(isinstance(row["protected"], bool) for row in snapshots)


async def test_its_refusals_are_plain_text_under_standard_reasons(pbs: httpx.AsyncClient) -> None:
    wrong = {"Authorization": "PBSAPIToken=noc@pbs!read=with-an-equals-sign"}
    refused = await pbs.get("/version", headers=wrong)
    assert (refused.status_code, refused.reason_phrase) == (401, "Unauthorized")
    assert refused.text.startswith("authentication failed")
    absent = await pbs.get("/admin/datastore/nope/groups")
    assert (absent.status_code, absent.reason_phrase) == (400, "Bad Request")
    assert absent.text == "no such datastore 'nope'"
    assert absent.headers["Content-Type"].startswith("application/json")


async def test_a_night_locks_each_guest_in_turn_and_adds_a_backup(
    lab: Lab, pbs: httpx.AsyncClient
) -> None:
    before = {row["backup-id"]: row["last-backup"] for row in await rows(pbs, "groups")}
    await lab.pass_time(12.2 * 3600)
    current = (await lab.read.get("/cluster/resources?type=vm")).json()["data"]
    assert any(row.get("lock") == "backup" for row in current)
    tasks = (await lab.read.get("/cluster/tasks")).json()["data"]
    assert any(row["type"] == "vzdump" and "endtime" not in row for row in tasks)
    unfinished = [row for row in await rows(pbs, "snapshots") if "size" not in row]
    assert unfinished
    assert all("verification" not in row for row in unfinished)
    await lab.pass_time(8 * 3600)
    after = {row["backup-id"]: row["last-backup"] for row in await rows(pbs, "groups")}
    assert all(after[number] > before[number] for number in before)
    assert {len(kept) for kept in await _by_guest(pbs)} == {7}


async def _by_guest(pbs: httpx.AsyncClient) -> list[list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in await rows(pbs, "snapshots"):
        found.setdefault(row["backup-id"], []).append(row)
    return list(found.values())


async def test_a_server_that_is_down_refuses_and_leaves_the_night_with_errors(
    lab: Lab, pbs: httpx.AsyncClient
) -> None:
    server = lab.simulator.world.backups_of("rennes")
    server.down = True
    await lab.simulator.sync()
    with pytest.raises(httpx.ConnectError):
        await pbs.get("/version")
    await lab.pass_time(DAY)
    tasks = (await lab.read.get("/cluster/tasks")).json()["data"]
    assert {row["status"] for row in tasks if row["type"] == "vzdump"} == {"job errors"}
    server.down = False
    await lab.simulator.sync()
    assert (await pbs.get("/version")).status_code == 200


async def test_a_skipped_guest_gets_stale_without_a_word(lab: Lab, pbs: httpx.AsyncClient) -> None:
    server = lab.simulator.world.backups_of("rennes")
    guest = next(iter(lab.simulator.world.clusters["rennes"].guests.values()))
    server.skipped.add(guest.vmid)
    last = server.snapshots[key_of(guest)][-1].time
    await lab.pass_time(DAY)
    group = next(one for one in await rows(pbs, "groups") if one["backup-id"] == str(guest.vmid))
    assert group["last-backup"] == last


async def test_proxmox_own_list_leaves_out_what_the_token_may_not_see(lab: Lab) -> None:
    node = next(iter(lab.simulator.world.clusters["rennes"].nodes))
    where = f"/nodes/{node}/storage/pbs-nantes/content"
    seen = await lab.read.get(where, params={"content": "backup"})
    assert (seen.status_code, seen.json()["data"]) == (200, [])
    everything = (await lab.root.get(where, params={"content": "backup"})).json()["data"]
    assert everything[0]["volid"].startswith("pbs-nantes:backup/")
