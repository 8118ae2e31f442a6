"""Proxmox fails in each of its ways: a state that an operator reads, and a way on from there."""

import asyncio
import dataclasses

import msgspec
import pytest

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.values import Case
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.suspension.exclusion import end_exclusion
from noc_tui.daemon.suspension.service import build as build_suspensions
from noc_tui.letters.notice_part import BLANK
from noc_tui.simulator.faults import Fault
from storage import suspension as stored
from tests.daemon.suspension.lab import Lab
from tests.support.cases import ANSWERS, OMAR
from tests.support.waiting import until

pytestmark = pytest.mark.anyio
CONFIG = r"PUT .*/(?:qemu|lxc)/{vmid}/config"


async def one(lab: Lab, means: tuple[str, ...] = ("vm_cut_network",)) -> tuple[Case, int]:
    """A draft for one guest that HA does not manage."""
    by_hand = [
        vmid
        for vmid, guest in lab.cluster.guests.items()
        if guest.running and guest.kind == "qemu" and guest.sid not in lab.cluster.ha
    ]
    whole = await lab.draft(means=means)
    vmid = next(row.ref.vmid for row in whole.plan.guests if row.ref.vmid in by_hand)
    return await lab.draft(means=means, vmids=(vmid,)), vmid


async def said(lab: Lab, case: Case) -> tuple[str, str]:
    (row,) = await stored.guests_of(lab.context.writer, case.id)
    return row.state, row.detail


async def told(lab: Lab, case: Case, state: str) -> tuple[str, str]:
    """The guest's state and words, once it is there."""
    return await until(lambda: said(lab, case), lambda now: now[0] == state)


async def reapplied(lab: Lab, case: Case) -> Case:
    case = await lab.tell(case, ev.ReapplyOrdered(at=lab.now(), by=OMAR))
    await lab.part.runner.start_or_stop_work(case)
    return await lab.state(case, "suspended")


PASSING = [
    Fault("status", CONFIG, times=2, status=595, reason="No route to host"),
    Fault("after", CONFIG, times=1, status=596, reason="Connection timed out"),
    Fault("drop-after", CONFIG, times=1),
    Fault("drop", CONFIG, times=1),
    Fault("html", CONFIG, times=1),
    Fault("never", CONFIG, times=1),
    Fault("status", CONFIG, times=2, status=401, reason="no such token"),
    Fault("status", CONFIG, times=1, status=500, reason="VM is locked (backup)"),
    Fault("status", CONFIG, times=1, status=500, reason="checksum mismatch (file change?)"),
]  # fmt: skip


@pytest.mark.parametrize("fault", PASSING, ids=lambda one: f"{one.kind}-{one.reason[:12]}")
async def test_what_passes_is_waited_for_and_done_once(lab: Lab, fault: Fault) -> None:
    case, vmid = await one(lab)
    before = lab.world((vmid,))
    lab.simulator.world.faults.add(
        Fault(
            fault.kind,
            CONFIG.format(vmid=vmid).replace("(?:qemu|lxc)", "(?:qemu|lxc)"),
            times=fault.times,
            status=fault.status,
            reason=fault.reason,
        )
    )
    case = await lab.state(await lab.ordered(case), "suspended")
    assert str(lab.guest(vmid).config["net0"]).count("link_down=1") == 1
    await lab.restored(case)
    assert lab.world((vmid,)) == before


@pytest.mark.parametrize(
    ("status", "reason", "says"),
    [
        (403, "Permission check failed (/vms/1, VM.Config.Network)", "lacks a privilege"),
        (400, "Parameter verification failed.", "refused a parameter"),
    ],
)
async def test_what_a_person_must_mend_is_said_and_reapplied(
    lab: Lab, status: int, reason: str, says: str
) -> None:
    case, vmid = await one(lab)
    path = CONFIG.format(vmid=vmid).replace("(?:qemu|lxc)", "(?:qemu|lxc)")
    fault = lab.simulator.world.faults.add(Fault("status", path, status=status, reason=reason))
    case = await lab.state(await lab.ordered(case), "partially-suspended")
    _state, detail = await told(lab, case, "applying-failed")
    assert says in detail
    assert case.started_at is None
    lab.simulator.world.faults.remove(fault)
    await lab.restored(await reapplied(lab, case))


async def test_a_backup_holds_the_lock_for_hours(lab: Lab) -> None:
    case, vmid = await one(lab)
    lab.guest(vmid).config["lock"] = "backup"
    case = await lab.state(await lab.ordered(case), "partially-suspended")
    _state, detail = await told(lab, case, "applying-waiting")
    assert "backup" in detail
    lab.guest(vmid).config.pop("lock")
    case = await lab.state(case, "suspended")
    assert case.failed == ()
    assert case.started_at is not None


async def test_a_guest_that_was_deleted_is_gone_and_the_case_goes_on(lab: Lab) -> None:
    case, vmid = await one(lab)
    removed = lab.guest(vmid)
    lab.cluster.remove_guest(vmid)
    case = await lab.state(await lab.ordered(case), "partially-suspended")
    await told(lab, case, "gone")
    lab.cluster.add_guest(removed)
    case = await reapplied(lab, case)
    lab.cluster.remove_guest(vmid)
    await lab.poll()
    assert (await lab.load(case)).state == "drifting"
    await lab.restored(case)


async def test_another_guest_with_the_number_is_never_touched(lab: Lab) -> None:
    case, vmid = await one(lab)
    case = await lab.state(await lab.ordered(case), "suspended")
    other = lab.guest(vmid).config
    other["smbios1"] = "uuid=00000000-0000-4000-8000-000000000001"
    before = dict(other)
    await lab.restored(case)
    assert dict(other) == before
    assert (await said(lab, case))[0] == "gone"


async def test_a_guest_that_was_migrated_is_found(lab: Lab) -> None:
    case, vmid = await one(lab, ("vm_cut_network", "vm_stop"))
    here = lab.guest(vmid).node
    lab.place(vmid, next(name for name in lab.cluster.nodes if name != here))
    case = await lab.state(await lab.ordered(case), "suspended")
    lab.place(vmid, here)
    await lab.restored(case)
    assert lab.guest(vmid).running


async def test_a_node_that_dies_in_the_middle_is_waited_for(lab: Lab) -> None:
    asked = set(list(lab.cluster.nodes)[:2])
    by_hand = {v for v, g in lab.cluster.guests.items() if g.sid not in lab.cluster.ha}
    whole = await lab.draft()
    vmid = next(row.ref.vmid for row in whole.plan.guests if row.ref.vmid in by_hand)
    far = next(name for name in lab.cluster.nodes if name not in asked)
    lab.place(vmid, far)
    await lab.poll()
    case = await lab.draft(vmids=(vmid,))
    lab.cluster.nodes[far].killed = True
    await lab.simulator.sync()
    case = await lab.state(await lab.ordered(case), "partially-suspended")
    await told(lab, case, "applying-waiting")
    lab.cluster.nodes[far].killed = False
    await lab.simulator.sync()
    case = await lab.state(case, "suspended")
    assert "link_down=1" in str(lab.guest(vmid).config["net0"])


async def test_quorum_lost_is_waited_for(lab: Lab) -> None:
    case, _vmid = await one(lab)
    lost = [
        lab.simulator.world.faults.add(
            Fault("status", "PUT ", status=500, reason="cluster not ready - no quorum?")
        )
    ]
    case = await lab.state(await lab.ordered(case), "partially-suspended")
    _state, detail = await told(lab, case, "applying-waiting")
    assert "quorum" in detail
    for fault in lost:
        lab.simulator.world.faults.remove(fault)
    await lab.state(case, "suspended")


async def test_a_mail_with_a_blank_in_it_does_not_leave(lab: Lab) -> None:
    case, _vmid = await one(lab)
    unanswered = {key: answer for key, answer in ANSWERS.items() if key != "remedy"}
    case = await lab.tell(case, ev.Edited(at=lab.now(), by=OMAR, facts=unanswered))
    drafted = await lab.part.notices.draft(case, "en")
    assert drafted.text is not None
    assert f"- Action: {BLANK}" in drafted.text.body
    case = await lab.tell(case, msgspec.structs.replace(drafted, by=OMAR))
    with pytest.raises(Conflict, match="still has a blank"):
        await lab.part.notices.send(case.id, OMAR)
    assert (await lab.load(case)).notice.message_id == ""


async def test_the_mail_server_refuses_and_the_suspension_goes_on(lab: Lab) -> None:
    lab.mail.fault = "refuse"
    case, _vmid = await one(lab)
    case = await lab.state(await lab.ordered(case), "suspended")
    case = await lab.until(case, lambda now: now.notice.delivery == "refused")
    assert case.notice.owed
    rows = {row.id: row for row in await stored.open_cases(lab.context.writer)}
    assert rows[case.id].notice_owed


async def test_a_guest_whose_cluster_is_no_longer_configured_is_not_told_as_restored(
    lab: Lab,
) -> None:
    case, _vmid = await one(lab)
    case = await lab.state(await lab.ordered(case), "suspended")
    lab.context = dataclasses.replace(lab.context, gateways={})
    await lab.stop()
    lab.part = build_suspensions(lab.context)
    lab.parts = [asyncio.create_task(lab.part.run())]
    event = ev.Remedied(at=lab.now(), by=OMAR, found="clean")
    await lab.part.cases.apply_event(case.id, event, end_exclusion)
    case = await lab.tell(case, ev.RestoreOrdered(at=lab.now(), by=OMAR))
    await lab.part.runner.start_or_stop_work(case)
    case = await lab.state(case, "partially-restored", poll=False)
    assert case.restored == ()
    _state, detail = await told(lab, case, "restoring-failed")
    assert "no such cluster is configured" in detail


async def test_a_guest_that_a_filtered_list_leaves_out_is_neither_drift_nor_gone(lab: Lab) -> None:
    case, vmid = await one(lab)
    case = await lab.state(await lab.ordered(case), "suspended")
    roles = lab.cluster.access.roles
    held = dict(roles)
    roles.update({name: privileges - {"VM.Audit"} for name, privileges in held.items()})
    lab.cluster.access.changed()
    await lab.poll()
    assert vmid not in lab.context.estate.snapshots["rennes"].guests
    assert (await lab.load(case)).state == "suspended"
    roles.update(held)
    lab.cluster.access.changed()
    lab.cluster.remove_guest(vmid)
    await lab.poll()
    assert (await lab.load(case)).state == "drifting"
