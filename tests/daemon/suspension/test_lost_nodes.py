"""Nodes die while guests are suspended: what waits, what does not, and who wakes whom."""

import asyncio
import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest
from msgspec.structs import force_setattr

from noc_tui import roles
from noc_tui.api import suspension as api
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest
from noc_tui.contract.suspension.values import Case
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.server import Call
from noc_tui.daemon.suspension import feasibility
from noc_tui.daemon.suspension.feasibility import require_feasible
from noc_tui.roles import Caller
from noc_tui.simulator import machines
from noc_tui.simulator.faults import Fault
from noc_tui.simulator.model.guest import Guest
from storage import suspension as stored
from tests.daemon.suspension.lab import LOOK_SECONDS, Lab, touched
from tests.daemon.suspension.test_faults import said, told
from tests.support.cases import OMAR
from tests.support.waiting import until

pytestmark = pytest.mark.anyio
FILTER = ("vm_block_smtp_out",)


@pytest.fixture
def no_try_by_the_clock(lab: Lab) -> Iterator[None]:
    """Nothing but a poll that sees something else wakes an order that waits."""
    config = lab.context.config.suspension
    before = config.retry_seconds
    force_setattr(config, "retry_seconds", 86_400.0)
    yield
    force_setattr(config, "retry_seconds", before)


async def managed(lab: Lab, means: tuple[str, ...] = ("vm_cut_network", "vm_stop")) -> int:
    """A guest under HA on the node that is no endpoint, seen there by a poll."""
    whole = await lab.draft(means=means)
    vmids = [row.ref.vmid for row in whole.plan.guests if row.kind == "qemu"]
    vmid = next(v for v in vmids if lab.guest(v).running)
    guest = lab.guest(vmid)
    if guest.sid not in lab.cluster.ha:
        lab.cluster.ha[guest.sid] = dataclasses.replace(
            next(iter(lab.cluster.ha.values())), sid=guest.sid, state="started", service="started"
        )
        lab.simulator.world.ha.forget(lab.cluster)
    lab.place(vmid, list(lab.cluster.nodes)[-1])
    await lab.poll()
    await lab.slow_poll()
    return vmid


async def identified(lab: Lab, case: Case) -> Case:
    """The case with what tells its guests from others, as the socket's edit writes it."""
    guests = [
        msgspec.structs.replace(guest, identity=await lab.part.measures.identity(guest))
        for guest in case.plan.guests
    ]
    plan = msgspec.structs.replace(case.plan, guests=tuple(guests))
    return msgspec.structs.replace(case, plan=plan)


def restarted(guest: Guest, old: str) -> bool:
    return guest.running and guest.node != old


async def cut_after_two_polls(lab: Lab, vmid: int) -> None:
    """Two polls at most, ten seconds of the cluster's time apart, and its link is down."""

    def is_cut() -> bool:
        return "link_down=1" in str(lab.guest(vmid).config["net0"])

    for _poll in range(2):
        for _look in range(60):
            if is_cut():
                return
            await asyncio.sleep(0.02)
        await lab.poll()
    await until(is_cut)


@pytest.mark.usefixtures("no_try_by_the_clock")
async def test_a_guest_that_ha_starts_elsewhere_is_cut_within_two_polls_of_its_restart(
    lab: Lab,
) -> None:
    """Ground attack, cut and stop; the node dies while the guest is being suspended, and stays
    dead.
    """
    vmid = await managed(lab)
    guest = lab.guest(vmid)
    old = guest.node
    # HA does not get to know what the order wants of it: it restarts the guest, as in a split of
    # seconds between its decision and the order.
    denied = lab.simulator.world.faults.add(
        Fault(
            "status", r"PUT .*/cluster/ha/resources/", status=500, reason="got lock request timeout"
        )
    )
    held = lab.simulator.world.faults.add(
        Fault("status", rf"PUT .*/{vmid}/config", status=500, reason="VM is locked (backup)")
    )
    case = await lab.draft("service-threat", means=("vm_cut_network", "vm_stop"), vmids=(vmid,))
    case = await lab.ordered(case)
    await told(lab, case, "applying-waiting")
    machines.kill_node(lab.simulator.world, lab.cluster, old)
    await lab.simulator.sync()
    lab.simulator.world.faults.remove(held)
    await lab.poll()
    await until(lambda: restarted(guest, old), meanwhile=lab.poll, every=LOOK_SECONDS)
    await cut_after_two_polls(lab, vmid)
    lab.simulator.world.faults.remove(denied)
    await lab.state(case, "suspended")
    assert not guest.running
    assert lab.cluster.nodes[old].killed


async def test_the_barrier_and_ha_do_not_wait_for_a_dead_node(lab: Lab) -> None:
    vmid = await managed(lab)
    guest = lab.guest(vmid)
    case = await lab.draft("service-threat", means=("vm_cut_network", "vm_stop"), vmids=(vmid,))
    case = await lab.tell(case, await planned(lab, case))
    lab.cluster.ha_manager = False  # HA has not come to it yet, however slow this machine
    machines.kill_node(lab.simulator.world, lab.cluster, guest.node)
    await lab.simulator.sync()
    await lab.poll()
    case = await lab.ordered(case)
    _state, detail = await told(lab, case, "applying-waiting")
    assert "No route to host" in detail
    assert "next try at" in detail
    barred = lab.cluster.access.acl.get(f"/vms/{vmid}", {})
    assert barred, "the access list is the whole cluster's"
    assert all("NoAccess" in roles for roles in barred.values())
    assert lab.cluster.ha[guest.sid].state == "stopped"
    assert "link_down" not in str(guest.config["net0"])


@pytest.mark.usefixtures("no_try_by_the_clock")
async def test_a_filter_is_written_while_the_node_is_dead_and_whole_once_ha_moved_the_guest(
    lab: Lab,
) -> None:
    """Ports are filtered by a file of the cluster. The interfaces stand in the configuration, which
    the dead node alone would write: they follow as soon as HA has moved the guest.
    """
    lab.cluster.firewall["enable"] = 1
    vmid = await managed(lab, means=FILTER)
    guest = lab.guest(vmid)
    before, old = touched(lab.cluster, vmid), guest.node
    guest.config["net0"] = str(guest.config["net0"]).replace(",firewall=1", "")
    case = await lab.draft("service-threat", means=FILTER, vmids=(vmid,))
    case = await lab.tell(case, await planned(lab, case))
    lab.cluster.ha_manager = False  # HA has not come to it yet, however slow this machine
    machines.kill_node(lab.simulator.world, lab.cluster, old)
    await lab.simulator.sync()
    await lab.poll()
    case = await lab.ordered(case)
    _state, detail = await told(lab, case, "applying-waiting")
    assert "No route to host" in detail
    assert any(rule["action"] == "DROP" for rule in guest.rules)
    assert guest.firewall["enable"] == 1
    assert "firewall=1" not in str(guest.config["net0"])
    lab.cluster.ha_manager = True
    lab.simulator.world.ha.nudge(lab.cluster, guest.sid)
    await until(lambda: restarted(guest, old), meanwhile=lab.poll, every=LOOK_SECONDS)
    await lab.state(case, "suspended")
    assert "firewall=1" in str(guest.config["net0"])
    assert lab.cluster.nodes[old].killed
    await lab.restored(case)
    after = touched(lab.cluster, vmid)
    assert (after["rules"], after["firewall"]) == (before["rules"], before["firewall"])
    assert "firewall=1" not in str(guest.config["net0"])


async def test_a_restoration_leaves_to_a_dead_node_only_what_it_alone_can_write(lab: Lab) -> None:
    """The client's access and the filter are the cluster's; the link is in the configuration."""
    lab.cluster.firewall["enable"] = 1
    means = (*FILTER, "vm_cut_network")
    vmid = await managed(lab, means=means)
    guest = lab.guest(vmid)
    before = touched(lab.cluster, vmid)
    case = await lab.suspended("service-threat", means=means, vmids=(vmid,))
    lab.cluster.ha_manager = False
    machines.kill_node(lab.simulator.world, lab.cluster, guest.node)
    await lab.simulator.sync()
    await lab.poll()
    event = ev.Remedied(at=lab.now(), by=OMAR, found="clean")
    case = await lab.part.cases.apply_event(case.id, event)
    case = await lab.tell(case, ev.RestoreOrdered(at=lab.now(), by=OMAR))
    await lab.part.runner.start_or_stop_work(case)
    _state, detail = await told(lab, case, "restoring-waiting")
    assert "No route to host" in detail
    now = touched(lab.cluster, vmid)
    assert now["rules"] == before["rules"]
    assert not any("NoAccess" in roles for roles in lab.cluster.access.acl.get(f"/vms/{vmid}", {}))
    assert "link_down=1" in str(guest.config["net0"])
    machines.revive_node(lab.simulator.world, lab.cluster, guest.node)
    await lab.simulator.sync()
    await lab.poll()
    await lab.state(case, "closed")
    # HA, which is off here, has not started it again.
    assert {**touched(lab.cluster, vmid), "running": True} == before


async def planned(lab: Lab, case: Case) -> ev.Edited:
    whole = await identified(lab, case)
    return ev.Edited(at=lab.now(), by=OMAR, plan=whole.plan)


@pytest.mark.usefixtures("no_try_by_the_clock")
async def test_who_waits_is_woken_by_the_poll_that_sees_the_node_again(lab: Lab) -> None:
    by_hand = {v for v, g in lab.cluster.guests.items() if g.sid not in lab.cluster.ha}
    whole = await lab.draft()
    vmid = next(row.ref.vmid for row in whole.plan.guests if row.ref.vmid in by_hand)
    far = list(lab.cluster.nodes)[-1]
    lab.place(vmid, far)
    await lab.poll()
    machines.kill_node(lab.simulator.world, lab.cluster, far)
    await lab.simulator.sync()
    await lab.poll()
    case = await lab.ordered(await lab.draft(vmids=(vmid,)))
    await told(lab, case, "applying-waiting")
    await lab.poll()
    assert (await said(lab, case))[0] == "applying-waiting"
    machines.revive_node(lab.simulator.world, lab.cluster, far)
    await lab.simulator.sync()
    await cut_after_two_polls(lab, vmid)


async def test_a_guest_that_died_with_its_node_is_brought_back_running(lab: Lab) -> None:
    """It ran when it was ordered, and was off when its node let it be read."""
    whole = await lab.draft()
    vmid = next(
        row.ref.vmid
        for row in whole.plan.guests
        if lab.guest(row.ref.vmid).running and lab.guest(row.ref.vmid).sid not in lab.cluster.ha
    )
    guest, far = lab.guest(vmid), list(lab.cluster.nodes)[-1]
    guest.config.pop("onboot", None)
    lab.place(vmid, far)
    await lab.poll()
    machines.kill_node(lab.simulator.world, lab.cluster, far)
    await lab.simulator.sync()
    await lab.poll()
    case = await lab.ordered(await lab.draft(means=("vm_stop",), vmids=(vmid,)))
    await told(lab, case, "applying-waiting")
    guest.end(lab.cluster.now)
    machines.revive_node(lab.simulator.world, lab.cluster, far)
    await lab.simulator.sync()
    case = await lab.state(case, "suspended")
    assert not guest.running
    _state, detail = await said(lab, case)
    assert "ran when this was ordered" in detail
    await lab.restored(case)
    assert guest.running


async def test_a_guest_whose_network_is_cut_is_not_told_as_not_suspended(lab: Lab) -> None:
    vmid = await managed(lab)
    refused = "Permission check failed (/, Sys.Console)"
    lab.simulator.world.faults.add(
        Fault("status", r"PUT .*/cluster/ha/resources/", status=403, reason=refused)
    )
    case = await lab.draft("service-threat", means=("vm_cut_network", "vm_stop"), vmids=(vmid,))
    case = await lab.state(await lab.ordered(case), "partially-suspended")
    _state, detail = await told(lab, case, "applying-partly")
    assert "Sys.Console" in detail
    assert "in force: " in detail
    assert "link_down=1" in str(lab.guest(vmid).config["net0"])
    assert [row.vmid for row in await stored.failed_guests(lab.context.writer)] == [vmid]


async def test_what_the_token_cannot_carry_out_is_refused(lab: Lab) -> None:
    vmid = await managed(lab)
    case = await lab.draft("service-threat", means=("vm_cut_network", "vm_stop"), vmids=(vmid,))
    await require_feasible(case, lab.part.measures)
    for lost in ("VM.Config.Network", "SDN.Use", "Permissions.Modify"):
        with without(lab, lost), pytest.raises(Conflict, match=lost):
            await require_feasible(case, lab.part.measures)
    # Under HA its power is asked of HA: by HA's own entry, or by the guest's own button.
    for spared in ("Sys.Console", "VM.PowerMgmt", "VM.Config.Options"):
        with without(lab, spared):
            await require_feasible(case, lab.part.measures)
    with (
        without(lab, "Sys.Console", "VM.PowerMgmt"),
        pytest.raises(Conflict, match=r"VM\.PowerMgmt on /vms/\d+, which is needed to stop"),
    ):
        await require_feasible(case, lab.part.measures)


async def test_a_privilege_that_only_some_guests_need_is_asked_of_those_alone(lab: Lab) -> None:
    vmid = await managed(lab)
    guest = lab.guest(vmid)
    lab.cluster.ha[guest.sid].state = "ignored"
    stop = await lab.draft("service-threat", means=("vm_stop",), vmids=(vmid,))
    guest.config["onboot"] = 1
    with without(lab, "VM.Config.Options"):
        with pytest.raises(Conflict, match=r"VM\.Config\.Options"):
            await require_feasible(stop, lab.part.measures)
        guest.config["onboot"] = 0
        await require_feasible(stop, lab.part.measures)
    with without(lab, "VM.PowerMgmt"), pytest.raises(Conflict, match=r"VM\.PowerMgmt"):
        await require_feasible(stop, lab.part.measures)
    filtered = await lab.draft("service-threat", means=FILTER, vmids=(vmid,))
    guest.config["net0"] = f"{guest.config['net0']},firewall=1"
    with without(lab, "SDN.Use"):
        await require_feasible(filtered, lab.part.measures)
        guest.config["net0"] = str(guest.config["net0"]).replace(",firewall=1", "")
        with pytest.raises(Conflict, match=r"SDN\.Use"):
            await require_feasible(filtered, lab.part.measures)


async def test_a_privilege_counts_on_the_guest_that_is_meant(lab: Lab) -> None:
    """What a token may on another pool's guests, or on all but this one, carries nothing out."""
    vmid = await managed(lab)
    case = await lab.draft("service-threat", vmids=(vmid,))
    token = lab.simulator.clusters[0].action_token.partition("=")[0]
    lab.cluster.access.grant(f"/vms/{vmid}", "token", token, "NoAccess", propagate=True)
    with pytest.raises(Conflict, match=rf"Permissions\.Modify on /vms/{vmid}"):
        await require_feasible(case, lab.part.measures)


async def test_a_cluster_that_cannot_be_asked_refuses_nothing(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await lab.draft("service-threat")
    for node in list(lab.cluster.nodes):
        machines.kill_node(lab.simulator.world, lab.cluster, node)
    await lab.simulator.sync()
    monkeypatch.setattr(feasibility, "PATIENCE_SECONDS", 0.5)
    await require_feasible(case, lab.part.measures)


async def test_ha_is_asked_through_the_guest_where_the_token_may_not_tell_it(lab: Lab) -> None:
    """With exactly the privileges of the installation guide: stopped by HA, and back as it was."""
    vmid = await managed(lab, ("vm_stop",))
    guest = lab.guest(vmid)
    with without(lab, "Sys.Console"):
        case = await lab.suspended(means=("vm_stop",), vmids=(vmid,))
        assert lab.cluster.ha[guest.sid].state == "stopped"
        assert not guest.running
        asked = [task for task in lab.cluster.tasks.by_upid.values() if task.kind == "hastop"]
        assert len(asked) == 1, "HA is asked once, and waited for"
        await lab.restored(case)
        assert lab.cluster.ha[guest.sid].state == "started"
        assert guest.running


async def test_an_order_asks_again_what_the_check_asked(lab: Lab) -> None:
    vmid = await managed(lab)
    case = await lab.draft("service-threat", vmids=(vmid,))
    part, omar = lab.part, Caller(OMAR.uid, OMAR.name, roles.Role.OPERATOR)
    routes = part.handlers()
    case = await routes._check(Call(omar, None, {"id": case.id}, {}))
    case = await lab.tell(case, ev.NoticeSetAside(at=lab.now(), by=OMAR, mode="after"))
    asked = Call(omar, api.Order(case.tenant_name, digest(case)), {"id": case.id}, {})
    with without(lab, "VM.Config.Network"), pytest.raises(Conflict, match=r"VM\.Config\.Network"):
        await routes._order(asked)
    assert (await lab.load(case)).state != "ordered"
    assert (await routes._order(asked)).state == "ordered"
    await lab.state(case, "suspended")


@contextmanager
def without(lab: Lab, *privileges: str) -> Iterator[None]:
    """As long as no role has these privileges."""
    access = lab.cluster.access
    held = dict(access.roles)
    access.roles.update({name: one - {*privileges} for name, one in held.items()})
    access.changed()
    yield
    access.roles.update(held)
    access.changed()


async def test_what_is_followed_is_said_while_it_is_followed(lab: Lab) -> None:
    whole = await lab.draft(means=("vm_stop",))
    vmid = next(
        row.ref.vmid
        for row in whole.plan.guests
        if lab.guest(row.ref.vmid).running and lab.guest(row.ref.vmid).sid not in lab.cluster.ha
    )
    lab.guest(vmid).answers_shutdown = False
    case = await lab.ordered(await lab.draft(means=("vm_stop",), vmids=(vmid,)))
    _state, detail = await until(lambda: said(lab, case), lambda now: "followed until" in now[1])
    assert "a task of the cluster runs: it runs" in detail
    await lab.state(case, "suspended")
