"""Guests over the API: power by tasks, configuration with digests, locks and privileges."""

from typing import Any

import httpx
import pytest

from noc_tui.simulator import machines
from noc_tui.simulator.model.guest import Guest
from tests.simulator.conftest import Lab

pytestmark = pytest.mark.anyio


def first(lab: Lab, kind: str = "qemu", *, ha: bool = False, running: bool = True) -> Guest:
    cluster = lab.simulator.world.clusters["rennes"]
    return next(
        guest
        for guest in cluster.guests.values()
        if guest.kind == kind
        and guest.running == running
        and not guest.template
        and guest.answers_shutdown
        and (guest.sid in cluster.ha) == ha
    )


def path(guest: Guest) -> str:
    return f"/nodes/{guest.node}/{guest.kind}/{guest.vmid}"


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.reason_phrase


async def data(client: httpx.AsyncClient, where: str) -> Any:
    answer = await client.get(where)
    assert answer.status_code == 200, (where, answer.reason_phrase)
    return answer.json()["data"]


async def outcome(lab: Lab, answer: httpx.Response, seconds: float = 120) -> str:
    """The exit status of the task that a call started, after that many seconds."""
    upid = answer.json()["data"]
    status = await data(lab.root, f"/nodes/{upid.split(':')[1]}/tasks/{upid}/status")
    assert status["status"] == "running"
    await lab.pass_time(seconds)
    status = await data(lab.root, f"/nodes/{upid.split(':')[1]}/tasks/{upid}/status")
    assert status["status"] == "stopped"
    return str(status["exitstatus"])


async def test_a_guest_is_shut_down_and_started_by_tasks_that_take_time(lab: Lab) -> None:
    guest = first(lab)
    assert await outcome(lab, await lab.act.post(f"{path(guest)}/status/shutdown")) == "OK"
    assert (await data(lab.read, f"{path(guest)}/status/current"))["status"] == "stopped"
    assert await outcome(lab, await lab.act.post(f"{path(guest)}/status/start")) == "OK"
    current = await data(lab.read, f"{path(guest)}/status/current")
    assert (current["status"], current["qmpstatus"]) == ("running", "running")
    log = (await data(lab.read, "/cluster/tasks"))[0]
    assert log["user"] == "noc@pve"
    assert log["tokenid"] == "action"


async def test_the_cluster_learns_of_a_change_with_the_next_broadcast(lab: Lab) -> None:
    guest = first(lab)
    await lab.pass_time(5)
    await lab.root.post(f"{path(guest)}/status/stop")
    await lab.pass_time(2)

    async def shown() -> str:
        rows = await data(lab.read, "/cluster/resources?type=vm")
        return str(next(row["status"] for row in rows if row["vmid"] == guest.vmid))

    assert not guest.running
    assert await shown() == "running"
    await lab.pass_time(10)
    assert await shown() == "stopped"


async def test_a_cut_link_survives_its_digest_and_is_given_back(lab: Lab) -> None:
    guest = first(lab)
    before = await data(lab.act, f"{path(guest)}/config?current=1")
    cut = {"net0": before["net0"] + ",link_down=1", "digest": before["digest"]}
    assert said(await lab.act.put(f"{path(guest)}/config", data=cut)) == (200, "OK")
    after = await data(lab.act, f"{path(guest)}/config?current=1")
    assert "link_down=1" in after["net0"]
    assert after["digest"] != before["digest"]
    stale = await lab.act.put(f"{path(guest)}/config", data=cut)
    assert said(stale) == (500, "checksum mismatch (file change by other user?)")
    back = {"net0": before["net0"], "digest": after["digest"]}
    assert said(await lab.act.put(f"{path(guest)}/config", data=back)) == (200, "OK")
    assert await data(lab.act, f"{path(guest)}/config?current=1") == before


async def test_an_interface_without_an_address_is_given_one_and_printed_in_order(lab: Lab) -> None:
    guest = first(lab)
    wanted = {"net3": "virtio,link_down=1,firewall=0,bridge=vmbr0"}
    assert (await lab.root.put(f"{path(guest)}/config", data=wanted)).status_code == 200
    net = (await data(lab.read, f"{path(guest)}/config"))["net3"]
    model, *rest = net.split(",")
    assert model.startswith("virtio=BC:24:11:")
    assert rest == ["bridge=vmbr0", "firewall=0", "link_down=1"]


async def test_what_needs_a_restart_waits_for_it(lab: Lab) -> None:
    guest = first(lab)
    await lab.root.put(f"{path(guest)}/config", data={"cores": "3"})
    rows = {row["key"]: row for row in await data(lab.read, f"{path(guest)}/pending")}
    assert rows["cores"]["pending"] == 3
    assert (await data(lab.read, f"{path(guest)}/config"))["cores"] == 3
    assert (await data(lab.read, f"{path(guest)}/config?current=1"))["cores"] != 3
    await lab.root.post(f"{path(guest)}/status/stop")
    await lab.pass_time(5)
    assert (await data(lab.read, f"{path(guest)}/config?current=1"))["cores"] == 3


async def test_locks_and_quorum_refuse_in_proxmox_own_words(lab: Lab) -> None:
    guest, world = first(lab), lab.simulator.world
    cluster = world.clusters["rennes"]
    machines.lock_guest(cluster, guest.vmid, "backup")
    refused = await lab.act.put(f"{path(guest)}/config", data={"onboot": "0"})
    assert said(refused) == (500, "VM is locked (backup)")
    stopping = await lab.act.post(f"{path(guest)}/status/stop")
    assert await outcome(lab, stopping) == "VM is locked (backup)"
    machines.lock_guest(cluster, guest.vmid, "")
    cluster.quorum_denied = True
    refused = await lab.act.post(f"{path(guest)}/status/start")
    assert said(refused) == (500, "cluster not ready - no quorum?")
    refused = await lab.act.put(f"{path(guest)}/config", data={"onboot": "0"})
    assert refused.reason_phrase.endswith(".conf.tmp.1360' - Permission denied")


async def test_a_container_objects_at_once_where_a_machine_objects_in_its_task(lab: Lab) -> None:
    container, machine = first(lab, "lxc"), first(lab)
    refused = await lab.act.post(f"{path(container)}/status/start")
    assert said(refused) == (500, f"CT {container.vmid} already running")
    started = await lab.act.post(f"{path(machine)}/status/start")
    assert await outcome(lab, started) == f"VM {machine.vmid} already running"


async def test_under_ha_a_stop_is_a_wish_that_its_manager_fulfils(lab: Lab) -> None:
    guest = first(lab, ha=True)
    assert await outcome(lab, await lab.act.post(f"{path(guest)}/status/stop"), 1) == "OK"
    assert guest.status == "running"
    await lab.pass_time(90)
    assert guest.status == "stopped"
    services = await data(lab.read, "/cluster/ha/status/current")
    mine = next(row for row in services if row.get("sid") == guest.sid)
    assert (mine["state"], mine["request_state"]) == ("stopped", "stopped")
    wish = {"state": "started"}
    assert (await lab.act.put(f"/cluster/ha/resources/{guest.sid}", data=wish)).status_code == 200
    await lab.pass_time(60)
    assert guest.status == "running"


async def test_a_shutdown_holds_the_lock_and_can_be_overruled(lab: Lab) -> None:
    guest = first(lab)
    guest.answers_shutdown = False
    await lab.act.post(f"{path(guest)}/status/shutdown", data={"timeout": "180"})
    held = await lab.act.put(f"{path(guest)}/config", data={"onboot": "0"})
    lock = f"can't lock file '/var/lock/qemu-server/lock-{guest.vmid}.conf' - got timeout"
    assert said(held) == (500, lock)
    assert await outcome(lab, await lab.act.post(f"{path(guest)}/status/stop"), 11) == lock
    overruled = await lab.act.post(f"{path(guest)}/status/stop", data={"overrule-shutdown": "1"})
    assert await outcome(lab, overruled, 5) == "OK"
    assert not guest.running


async def test_no_access_on_a_guest_beats_the_rights_that_come_by_pool(lab: Lab) -> None:
    tenant = next(one for one in lab.simulator.tenants if "rennes" in one.clusters)
    cluster = lab.simulator.world.clusters["rennes"]
    guest = next(one for one in cluster.guests.values() if one.pool == tenant.pool)
    secret = cluster.access.tokens[f"{tenant.user}!panel"].secret
    mine = {"Authorization": f"PVEAPIToken={tenant.user}!panel={secret}"}
    current = f"{path(guest)}/status/current"
    assert (await lab.anyone.get(current, headers=mine)).status_code == 200
    barrier = {"path": f"/vms/{guest.vmid}", "users": tenant.user, "roles": "NoAccess"}
    assert (await lab.act.put("/access/acl", data=barrier)).status_code == 200
    refused = await lab.anyone.get(current, headers=mine)
    assert said(refused) == (403, f"Permission check failed (/vms/{guest.vmid}, VM.Audit)")
    assert (await lab.act.put("/access/acl", data={**barrier, "delete": "1"})).status_code == 200
    assert (await lab.anyone.get(current, headers=mine)).status_code == 200


async def test_firewall_rules_go_to_the_top_and_have_no_identity(lab: Lab) -> None:
    guest = first(lab)
    rules = f"{path(guest)}/firewall/rules"
    for comment in ("one", "two"):
        rule = {"type": "in", "action": "DROP", "comment": comment}
        assert (await lab.act.post(rules, data=rule)).status_code == 200
    found = await data(lab.read, rules)
    assert [(row["pos"], row["comment"], row["enable"]) for row in found] == [
        (0, "two", 0),
        (1, "one", 0),
    ]
    assert (await lab.act.delete(f"{rules}/0")).status_code == 200
    stale = await lab.act.delete(f"{rules}/0", params={"digest": found[0]["digest"]})
    assert stale.reason_phrase.startswith("detected modified configuration")


async def test_a_dead_node_keeps_nobody_from_its_guests_firewall(lab: Lab) -> None:
    """The file is the cluster's: `localhost` names whichever node is asked; the options of another
    node's path are asked of that node, its rules are not.
    """
    world = lab.simulator.world
    cluster = world.clusters["rennes"]
    node = list(cluster.nodes)[-1]
    guest = cluster.guests_of(node)[0]
    machines.kill_node(world, cluster, node)
    there = f"{path(guest)}/firewall"
    here = there.replace(f"/{node}/", "/localhost/")
    rule = {"type": "out", "action": "DROP", "enable": "1"}
    assert (await lab.act.post(f"{here}/rules", data=rule)).status_code == 200
    assert (await lab.act.put(f"{here}/options", data={"enable": "1"})).status_code == 200
    assert (guest.rules[0]["type"], guest.firewall["enable"]) == ("out", 1)
    assert (await lab.read.get(f"{there}/options")).status_code == 595
    assert len(await data(lab.read, f"{there}/rules")) == len(guest.rules)
    nobody = here.replace(f"/{guest.vmid}/", "/999/")
    assert list(await data(lab.read, f"{nobody}/options")) == ["digest"]


async def test_a_dead_nodes_guests_are_believed_for_five_minutes(lab: Lab) -> None:
    world = lab.simulator.world
    cluster = world.clusters["rennes"]
    node = list(cluster.nodes)[-1]
    guest = next(
        one for one in cluster.guests_of(node) if one.running and one.sid not in cluster.ha
    )
    machines.kill_node(world, cluster, node)

    async def rows() -> dict[str, Any]:
        return {row["id"]: row for row in await data(lab.read, "/cluster/resources")}

    await lab.pass_time(200)
    seen = await rows()
    assert seen[f"node/{node}"]["status"] == "offline"
    assert seen[f"{guest.kind}/{guest.vmid}"]["status"] == "running"
    await lab.pass_time(120)
    row = (await rows())[f"{guest.kind}/{guest.vmid}"]
    assert row["status"] == "unknown"
    assert "name" not in row
    answer = await lab.read.get(f"{path(guest)}/status/current")
    assert (said(answer), answer.content) == ((595, "No route to host"), b"")
    machines.revive_node(world, cluster, node)
    await lab.pass_time(120)
    assert (await rows())[f"{guest.kind}/{guest.vmid}"]["status"] == "running"


async def test_ha_recovers_a_guest_of_a_dead_node_elsewhere(lab: Lab) -> None:
    world = lab.simulator.world
    cluster = world.clusters["rennes"]
    guest = first(lab, ha=True)
    node = guest.node
    machines.kill_node(world, cluster, node)
    await lab.pass_time(240)
    assert guest.running
    assert guest.node != node


async def test_a_task_of_a_node_that_dies_stays_listed_and_ends_without_a_word(lab: Lab) -> None:
    world = lab.simulator.world
    cluster = world.clusters["rennes"]
    guest = next(
        one
        for one in cluster.guests_of(list(cluster.nodes)[-1])
        if one.running and one.kind == "qemu" and one.sid not in cluster.ha
    )
    guest.answers_shutdown = False
    upid = (await lab.act.post(f"{path(guest)}/status/shutdown")).json()["data"]
    machines.kill_node(world, cluster, guest.node)
    await lab.pass_time(300)
    listed = {row["upid"]: row for row in await data(lab.read, "/cluster/tasks")}
    assert "endtime" not in listed[upid]
    where = f"/nodes/{guest.node}/tasks/{upid}/status"
    assert said(await lab.read.get(where)) == (595, "No route to host")
    machines.revive_node(world, cluster, guest.node)
    await lab.pass_time(5)
    assert (await data(lab.read, where))["exitstatus"] == "unexpected status"


async def test_ha_stops_what_it_wants_stopped_whoever_started_it(lab: Lab) -> None:
    guest = first(lab, ha=True)
    await lab.act.put(f"/cluster/ha/resources/{guest.sid}", data={"state": "stopped"})
    await lab.pass_time(120)
    assert guest.status == "stopped"
    guest.begin(lab.simulator.world.timeline.now, 4242)
    await lab.pass_time(120)
    assert guest.status == "stopped"
