"""Steps in trouble: each fault has an outcome that says so, and a way on; nothing is done twice."""

import pytest

from noc_tui.cluster.actions import (
    NetLine,
    Write,
    apply,
    inverse,
    observe,
    plan_barrier,
    plan_cut_network,
    plan_stop,
    settle,
)
from noc_tui.cluster.actions.check import StepNote
from noc_tui.simulator import machines
from noc_tui.simulator.faults import Fault
from noc_tui.simulator.model.guest import Guest
from tests.cluster.actions.conftest import Lab, ref
from tests.cluster.actions.test_suspension import client_of, record_of

pytestmark = pytest.mark.anyio
WRITE_CONFIG = r"^PUT .*/config"


def fault(lab: Lab, **fields: object) -> Fault:
    return lab.simulator.world.faults.add(Fault(**fields))  # type: ignore[arg-type]  # as given


def is_cut(guest: Guest) -> bool:
    return NetLine.parse(str(guest.config["net0"])).has("link_down")


async def test_a_backup_holds_the_lock_for_hours(lab: Lab) -> None:
    guest = lab.guest()
    record = await record_of(lab, guest)
    (step,) = plan_cut_network(record).steps
    machines.lock_guest(lab.cluster, guest.vmid, "backup")
    outcome = await lab.one(step, record, rounds=20)
    assert (outcome.kind, outcome.again, is_cut(guest)) == ("locked", True, False)
    assert "VM is locked (backup)" in outcome.said
    machines.lock_guest(lab.cluster, guest.vmid, "")
    assert (await lab.one(step, record)).kind == "done"


async def test_a_task_that_may_not_be_looked_at_is_judged_by_the_guest(lab: Lab) -> None:
    guest = lab.guest()
    record = await record_of(lab, guest)
    step = plan_stop(record).steps[-1]
    outcome = await apply(step, record, lab.gateway)
    assert outcome.upid is not None
    fault(lab, kind="status", path=r"^GET .*/tasks/UPID", status=403, reason="Permission check")
    early = await settle(step, record, lab.gateway, outcome.upid)
    assert (early.kind, early.again) == ("unknown", True)
    await lab.pass_time(60)
    assert (await settle(step, record, lab.gateway, outcome.upid)).kind == "done"


async def test_a_hibernating_guest_is_not_waited_for_and_is_cut_once_it_runs(lab: Lab) -> None:
    guest = lab.guest()
    guest.end(lab.cluster.now)
    machines.lock_guest(lab.cluster, guest.vmid, "suspended")
    guest.config["onboot"] = 1
    record = await record_of(lab, guest)
    cut = plan_cut_network(record)
    (step,) = cut.steps
    assert [note.code for note in cut.notes][-1:] == ["hibernated"]
    outcome = await apply(step, record, lab.gateway)
    assert (outcome.kind, outcome.notes) == ("already", (StepNote("hibernated"),))
    stopped = await lab.through(plan_stop(record).steps, record)
    assert [one.kind for one in stopped] == ["already", "already"]
    assert (await lab.one(inverse((step,), record)[0], record)).kind == "already"
    machines.lock_guest(lab.cluster, guest.vmid, "")
    guest.begin(lab.cluster.now, 4242)
    assert (await lab.one(step, record)).kind == "done"
    assert is_cut(guest)


async def test_a_lock_that_only_the_task_tells_of(lab: Lab) -> None:
    guest = lab.guest()
    record = await record_of(lab, guest)
    machines.lock_guest(lab.cluster, guest.vmid, "backup")
    step = plan_stop(record).steps[-1]
    outcome = await apply(step, record, lab.gateway)
    assert (outcome.kind, outcome.upid is not None) == ("waiting", True)
    await lab.pass_time(30)
    assert outcome.upid is not None
    failed = await settle(step, record, lab.gateway, outcome.upid)
    assert (failed.kind, failed.upid, failed.again) == ("locked", None, True)
    machines.lock_guest(lab.cluster, guest.vmid, "")
    assert (await lab.one(step, record)).kind == "done"


async def test_an_answer_lost_after_it_was_done_is_settled_by_the_guest(lab: Lab) -> None:
    for kind in ("after", "drop-after"):
        guest = lab.guest()
        record = await record_of(lab, guest)
        (step,) = plan_cut_network(record).steps
        fault(lab, kind=kind, path=WRITE_CONFIG, times=1, status=596)
        writes: list[Write] = []
        outcome = await lab.one(step, record, writes)
        assert (outcome.kind, len(writes), is_cut(guest)) == ("done", 1, True)
        await lab.through(inverse((step,), record), record)
        assert not is_cut(guest)


@pytest.mark.parametrize("kind", ["status", "drop", "html", "odd", "never"])
async def test_an_answer_lost_before_it_was_done_is_unknown_until_looked_at_again(
    lab: Lab, kind: str
) -> None:
    guest = lab.guest()
    record = await record_of(lab, guest)
    (step,) = plan_cut_network(record).steps
    fault(lab, kind=kind, path=WRITE_CONFIG, times=1, status=596, body=b"5")
    outcome = await apply(step, record, lab.gateway)
    assert (outcome.kind, outcome.again, is_cut(guest)) == ("unknown", True, False)
    assert outcome.write is not None
    assert (await lab.one(step, record)).kind == "done"


async def test_a_shutdown_whose_answer_was_lost_is_found_running(lab: Lab) -> None:
    guest = lab.guest()
    record = await record_of(lab, guest)
    step = plan_stop(record).steps[-1]
    fault(lab, kind="drop-after", path="^POST .*/shutdown", times=1)
    first = await apply(step, record, lab.gateway)
    assert first.kind in ("unknown", "done")
    again = await apply(step, record, lab.gateway)
    assert (again.kind, again.write, again.upid is not None) == ("waiting", None, True)
    writes: list[Write] = []
    assert (await lab.one(step, record, writes)).settled
    assert (writes, guest.running) == ([], False)


async def test_a_missing_privilege_is_refused_with_proxmoxs_words(lab: Lab) -> None:
    guest = lab.guest()
    record = await record_of(lab, guest)
    (step,) = plan_cut_network(record).steps
    access = lab.cluster.access
    access.revoke("/sdn/zones", "user", "noc@pve", "PVESDNUser")
    access.revoke("/sdn/zones", "token", "noc@pve!action", "PVESDNUser")
    outcome = await apply(step, record, lab.gateway)
    assert (outcome.kind, outcome.again) == ("refused", False)
    assert "SDN.Use" in outcome.said


async def test_a_token_that_was_revoked_is_waited_for(lab: Lab) -> None:
    """It may be renewed, and its file is then read again."""
    guest = lab.guest()
    record = await record_of(lab, guest)
    (step,) = plan_cut_network(record).steps
    known = lab.cluster.access.tokens.pop("noc@pve!action")
    lab.cluster.access.changed()
    outcome = await apply(step, record, lab.gateway)
    assert (outcome.kind, outcome.again, is_cut(guest)) == ("unreachable", True, False)
    assert "401" in outcome.said
    lab.cluster.access.tokens["noc@pve!action"] = known
    lab.cluster.access.changed()
    assert (await apply(step, record, lab.gateway)).kind == "done"


async def test_a_change_by_somebody_else_in_between_is_met_by_reading_again(lab: Lab) -> None:
    guest = lab.guest()
    record = await record_of(lab, guest)
    (step,) = plan_cut_network(record).steps
    interruptions = 2

    async def interrupt(_: Write) -> None:
        nonlocal interruptions
        if interruptions:
            interruptions -= 1
            guest.config["description"] = f"changed {interruptions}"
            lab.cluster.touch()

    outcome = await apply(step, record, lab.gateway, before_write=interrupt)
    assert (outcome.kind, guest.config["description"]) == ("done", "changed 0")


async def test_a_change_at_every_try_is_a_conflict_in_the_end(lab: Lab) -> None:
    guest = lab.guest()
    record = await record_of(lab, guest)
    (step,) = plan_cut_network(record).steps
    count = 0

    async def interrupt(_: Write) -> None:
        nonlocal count
        count += 1
        guest.config["description"] = f"changed {count}"

    outcome = await apply(step, record, lab.gateway, before_write=interrupt)
    assert (outcome.kind, is_cut(guest)) == ("conflict", False)


async def test_a_guest_migrated_in_the_middle_is_followed(lab: Lab) -> None:
    guest = lab.guest()
    record = await record_of(lab, guest)
    plan = plan_cut_network(record)
    other = next(name for name in lab.cluster.nodes if name != guest.node)
    machines.migrate_guest(lab.cluster, guest.vmid, other)
    assert (await lab.one(plan.steps[0], record)).kind == "done"

    async def migrate(_: Write) -> None:
        machines.migrate_guest(lab.cluster, guest.vmid, record.guest.node)

    (back,) = inverse(plan.steps, record)
    outcome = await apply(back, record, lab.gateway, before_write=migrate)
    assert (outcome.kind, is_cut(guest)) == ("done", False)


async def test_a_deleted_guest_is_gone(lab: Lab) -> None:
    guest = lab.guest()
    record = await record_of(lab, guest)
    (step,) = plan_cut_network(record).steps
    lab.cluster.remove_guest(guest.vmid)
    outcome = await apply(step, record, lab.gateway)
    assert (outcome.kind, outcome.again) == ("gone", False)


async def test_another_guest_with_the_same_number_is_left_alone(lab: Lab) -> None:
    guest = lab.guest()
    record = await record_of(lab, guest)
    (step,) = plan_cut_network(record).steps
    guest.config["smbios1"] = "uuid=00000000-0000-0000-0000-000000000001"
    outcome = await apply(step, record, lab.gateway)
    assert (outcome.kind, is_cut(guest)) == ("gone", False)
    assert "another guest" in outcome.said


async def test_a_dead_node_is_waited_for(lab: Lab) -> None:
    guest = lab.guest()
    answering = next(iter(lab.cluster.nodes))
    if guest.node == answering:
        machines.migrate_guest(lab.cluster, guest.vmid, list(lab.cluster.nodes)[-1])
    record = await record_of(lab, guest)
    (step,) = plan_cut_network(record).steps
    machines.kill_node(lab.simulator.world, lab.cluster, guest.node)
    await lab.simulator.sync()
    outcome = await apply(step, record, lab.gateway)
    assert (outcome.kind, outcome.again) == ("unreachable", True)
    machines.revive_node(lab.simulator.world, lab.cluster, guest.node)
    await lab.pass_time(60)
    assert (await lab.one(step, record)).kind in ("done", "already")
    assert is_cut(guest)


async def test_without_quorum_a_change_waits(lab: Lab) -> None:
    answering = next(iter(lab.cluster.nodes))
    guest = lab.guest()
    machines.migrate_guest(lab.cluster, guest.vmid, answering)
    record = await record_of(lab, guest)
    steps = (
        *plan_barrier(record, [client_of(lab, guest.vmid)], ours=lab.gateway.accounts).steps,
        *plan_cut_network(record).steps,
    )
    lab.cluster.quorum_denied = True
    for step in steps:
        outcome = await apply(step, record, lab.gateway)
        assert (outcome.kind, outcome.again) == ("unreachable", True)
        assert "quorum" in outcome.said or "Permission denied" in outcome.said
    lab.cluster.quorum_denied = False
    assert {(await lab.one(step, record)).kind for step in steps} == {"done"}


@pytest.mark.parametrize("kind", ["qemu", "lxc"])
async def test_a_hotplug_that_fails_is_taken_back(lab: Lab, kind: str) -> None:
    guest = lab.guest(kind)
    guest.config["net0"] = str(guest.config["net0"]).replace("bridge=", "bridge=gone")
    record = await record_of(lab, guest)
    (step,) = plan_cut_network(record).steps
    outcome = await apply(step, record, lab.gateway)
    assert outcome.kind == "refused"
    assert guest.pending == {}


async def test_somebodys_pending_change_of_an_interface_is_an_obstacle(lab: Lab) -> None:
    guest = lab.guest()
    guest.pending["net0"] = str(guest.config["net0"]) + ",queues=4"
    plan = plan_cut_network(await record_of(lab, guest))
    assert (plan.steps, plan.obstacles) == ((), (StepNote("nic_pending", "net0"),))


async def test_a_container_stopped_meanwhile_is_as_wanted(lab: Lab) -> None:
    guest = lab.guest("lxc")
    record = await record_of(lab, guest)
    step = plan_stop(record).steps[-1]

    async def stop(_: Write) -> None:
        guest.end(lab.cluster.now)

    outcome = await apply(step, record, lab.gateway, before_write=stop)
    assert outcome.kind == "done"


async def test_where_ha_does_not_act_it_is_said_and_nothing_else_is_tried(lab: Lab) -> None:
    guest = lab.guest(ha=True)
    lab.cluster.ha_manager = False
    record = await record_of(lab, guest)
    asked, waited = await lab.through(plan_stop(record).steps, record)
    assert (asked.kind, lab.cluster.ha[guest.sid].state) == ("done", "stopped")
    assert (waited.kind, waited.notes) == ("waiting", (StepNote("runs"), StepNote("ha_silent")))
    assert guest.running


async def test_a_guest_that_ignores_the_shutdown_is_stopped_in_the_end(lab: Lab) -> None:
    guest = lab.guest()
    guest.answers_shutdown = False
    record = await record_of(lab, guest)
    for step in plan_stop(record).steps:
        outcome = await lab.one(step, record)
    assert (outcome.kind, guest.running) == ("done", False)


async def test_an_access_list_that_is_not_shown_whole_proves_nothing(lab: Lab) -> None:
    """Entries that a token may not see are left out without a word: nobody is barred or freed by
    what is missing.
    """
    guest = lab.guest()
    record = await record_of(lab, guest)
    client = client_of(lab, guest.vmid)
    steps = plan_barrier(record, [client], ours=lab.gateway.accounts).steps
    await lab.through(steps, record)
    access = lab.cluster.access
    held = [entry for entry in access.entries() if entry.principal == "noc@pve!read"]
    for entry in held:
        access.revoke(entry.path, entry.kind, entry.principal, entry.role)
        access.grant("/vms", entry.kind, entry.principal, entry.role)
    (outcome,) = await lab.through(inverse(steps, record), record)
    assert (outcome.kind, "Sys.Audit" in outcome.said) == ("refused", True)
    assert not access.has(client.id, f"/vms/{guest.vmid}", "VM.Audit")
    slow = await lab.gateway.slow_poll()
    assert slow.acl is None
    assert ("/access", "Sys.Audit") in {(gap.path, gap.privilege) for gap in slow.gaps}
    for entry in held:
        access.grant(entry.path, entry.kind, entry.principal, entry.role)
    (outcome,) = await lab.through(inverse(steps, record), record)
    assert (outcome.kind, access.has(client.id, f"/vms/{guest.vmid}", "VM.Audit")) == ("done", True)


async def test_reading_fails_before_anything_is_written(lab: Lab) -> None:
    guest = lab.guest()
    record = await record_of(lab, guest)
    (step,) = plan_cut_network(record).steps
    fault(lab, kind="status", path=r"^GET .*/config", status=595, reason="No route to host")
    writes: list[Write] = []

    async def note(write: Write) -> None:
        writes.append(write)

    outcome = await apply(step, record, lab.gateway, before_write=note)
    assert (outcome.kind, writes) == ("unreachable", [])


async def test_the_record_itself_is_read_in_a_fixed_number_of_requests(lab: Lab) -> None:
    counts = []
    for _ in range(2):
        lab.simulator.world.requests.clear()
        guest = lab.guest()
        await observe(lab.gateway, ref(guest), ("ha", "acl"))
        counts.append(sum(lab.simulator.world.requests.values()))
    assert counts == [6, 6]
