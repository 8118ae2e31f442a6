"""Each means on the simulator, over TLS: suspended, verified, restored, value for value."""

import pytest

from noc_tui.cluster.actions import (
    ActionPlan,
    ActionStep,
    GuestState,
    NetLine,
    Principal,
    Write,
    apply,
    check_steps,
    find_drift,
    inverse,
    observe,
    plan_barrier,
    plan_cut_network,
    plan_port_filter,
    plan_public_cut,
    plan_stop,
)
from noc_tui.cluster.actions.acl import Bar
from noc_tui.cluster.actions.check import StepNote
from noc_tui.simulator.model.guest import Guest
from tests.cluster.actions.conftest import Lab, ref
from tests.cluster.actions.world import meaning

pytestmark = pytest.mark.anyio
ALL = frozenset({"ha", "acl", "firewall"})
PORTS = ["out:tcp:25", "in:*:*"]


async def record_of(lab: Lab, guest: Guest) -> GuestState:
    return await observe(lab.gateway, ref(guest), ("ha", "acl", "firewall"))


def client_of(lab: Lab, vmid: int) -> Principal:
    """Some user of the client whose guest it is."""
    access = lab.cluster.access
    ours = lab.gateway.accounts | {"root@pam"}
    return Principal.parse(
        next(
            name
            for name in access.users
            if name not in ours and access.has(name, f"/vms/{vmid}", "VM.PowerMgmt")
        )
    )


def plan_for(means: str, record: GuestState, lab: Lab) -> ActionPlan:
    if means == "bar":
        return plan_barrier(record, [client_of(lab, record.guest.vmid)], ours=lab.gateway.accounts)
    if means == "cut":
        return plan_cut_network(record)
    if means == "stop":
        return plan_stop(record)
    if means == "public":
        return plan_public_cut(record, operation="op8")
    return plan_port_filter(record, PORTS, operation="op7")


SORTS = [("qemu", False, True), ("lxc", False, True), ("qemu", True, True), ("qemu", False, False)]


@pytest.mark.parametrize(("kind", "ha", "running"), SORTS)
@pytest.mark.parametrize("means", ["bar", "cut", "stop", "filter", "public"])
async def test_suspended_and_restored(
    lab: Lab, kind: str, ha: bool, running: bool, means: str
) -> None:
    guest = lab.guest(kind, ha=ha, running=running)
    guest.config["net1"] = f"{guest.config['net0']},link_down=1"
    guest.config["onboot"] = 1
    record = await record_of(lab, guest)
    plan = plan_for(means, record, lab)
    assert plan.steps
    assert not plan.obstacles
    writes: list[Write] = []
    outcomes = await lab.through(plan.steps, record, writes)
    assert [(o.kind, o.said) for o in outcomes if not o.settled] == []
    assert {finding.kind for _, finding in await check_steps(plan.steps, record, lab.gateway)} == {
        "done"
    }
    if means == "cut":
        assert all(NetLine.parse(str(guest.config[n])).has("link_down") for n in ("net0", "net1"))
    if means == "stop":
        assert not guest.running
        assert not running or guest.config["onboot"] == (1 if ha else 0)
    count = len(writes)
    again = await lab.through(plan.steps, record, writes)
    assert {outcome.kind for outcome in again} == {"already"}
    assert len(writes) == count
    back = await lab.through(inverse(plan.steps, record), record)
    assert [outcome for outcome in back if not outcome.settled] == []
    assert meaning(await record_of(lab, guest)) == meaning(record)


async def test_a_rule_whose_comment_was_edited_is_known_and_told(lab: Lab) -> None:
    """It does what ours did: in force as long as it stands, and no second one is added. On the way
    back it may be somebody's own by now: it stays, and is told.
    """
    guest = lab.guest()
    # One that does the same stood there before, another does only half of it.
    half: dict[str, str | int] = {
        "type": "out",
        "action": "DROP",
        "enable": 1,
        "proto": "tcp",
        "dport": "25",
    }
    guest.rules[:] = [{**half, "source": "192.0.2.1"}, dict(half)]
    record = await record_of(lab, guest)
    plan = plan_port_filter(record, ["out:tcp:25"], operation="noc-S-1-x")
    await lab.through(plan.steps, record)
    ours = next(rule for rule in guest.rules if rule.get("comment") == "noc-S-1-x/0")
    ours["comment"] = "ticket 4711"
    found = await check_steps(plan.steps, record, lab.gateway)
    assert {finding.kind for _, finding in found} == {"done"}
    assert StepNote("rule_edited", str(guest.rules.index(ours))) in [
        note for _, finding in found for note in finding.notes
    ]
    writes: list[Write] = []
    back = await lab.through(inverse(plan.steps, record), record, writes)
    assert [note.code for outcome in back for note in outcome.notes] == ["rule_left"]
    assert all(outcome.settled for outcome in back)
    assert [rule.get("comment") for rule in guest.rules] == ["ticket 4711", None, None]
    # Where it was not touched, nothing is told of the one that was there before.
    guest.rules.remove(ours)
    await lab.through(plan.steps, record)
    back = await lab.through(inverse(plan.steps, record), record)
    assert [note for outcome in back for note in outcome.notes] == []
    assert len(guest.rules) == 2


async def test_a_client_cannot_start_what_is_barred(lab: Lab) -> None:
    guest = lab.guest()
    client = client_of(lab, guest.vmid)
    record = await record_of(lab, guest)
    plan = plan_barrier(record, [client], ours=lab.gateway.accounts)
    await lab.through(plan.steps, record)
    assert not lab.cluster.access.has(client.id, f"/vms/{guest.vmid}", "VM.PowerMgmt")
    await lab.through(inverse(plan.steps, record), record)
    assert lab.cluster.access.has(client.id, f"/vms/{guest.vmid}", "VM.PowerMgmt")


async def test_a_guest_that_was_restarted_is_drift_and_is_stopped_again(lab: Lab) -> None:
    guest = lab.guest()
    record = await record_of(lab, guest)
    plan = plan_stop(record)
    await lab.through(plan.steps, record)
    guest.begin(lab.clock.now().timestamp(), 4242)
    findings = [finding.kind for _, finding in await check_steps(plan.steps, record, lab.gateway)]
    assert "todo" in findings
    await lab.through(plan.steps, record)
    assert not guest.running


async def test_watching_a_suspended_guest_costs_one_request(lab: Lab) -> None:
    guest = lab.guest()
    record = await record_of(lab, guest)
    barrier = plan_barrier(record, [client_of(lab, guest.vmid)], ours=lab.gateway.accounts)
    steps = (*barrier.steps, *plan_cut_network(record).steps, *plan_stop(record).steps)
    await lab.through(steps, record)
    await lab.pass_time(20)
    slow, fast = await lab.gateway.slow_poll(), await lab.gateway.fast_poll()

    async def drift() -> list[str]:
        before = sum(lab.simulator.world.requests.values())
        polled = fast.guests[guest.vmid]
        found = await find_drift(
            steps, record, lab.gateway, polled, acl=slow.acl, ha=slow.ha_resources
        )
        assert sum(lab.simulator.world.requests.values()) - before == 1
        assert len(found) == len(steps)
        return [type(step).__name__ for step, finding in found if finding.kind != "done"]

    assert await drift() == []
    guest.config["net0"] = record.config["net0"]
    guest.begin(lab.cluster.now, 4242)
    lab.cluster.access.revoke(f"/vms/{guest.vmid}", "user", client_of_record(steps[0]), "NoAccess")
    await lab.pass_time(20)
    slow, fast = await lab.gateway.slow_poll(), await lab.gateway.fast_poll()
    assert await drift() == ["Bar", "SetNics", "PowerOff"]


def client_of_record(step: ActionStep) -> str:
    assert isinstance(step, Bar)
    return step.principal.id


async def test_two_means_and_their_opposite_order(lab: Lab) -> None:
    guest = lab.guest()
    guest.config["onboot"] = 1
    first = await record_of(lab, guest)
    cut = plan_cut_network(first)
    await lab.through(cut.steps, first)
    second = await record_of(lab, guest)
    stop = plan_stop(second)
    await lab.through(stop.steps, second)
    await lab.through(inverse(stop.steps, second), second)
    assert guest.running
    await lab.through(inverse(cut.steps, first), first)
    assert meaning(await record_of(lab, guest)) == meaning(first)


async def test_what_is_sent_is_what_was_noted_before(lab: Lab) -> None:
    guest = lab.guest()
    record = await record_of(lab, guest)
    (step,) = plan_cut_network(record).steps
    noted: list[Write] = []

    async def note(write: Write) -> None:
        assert not NetLine.parse(str(guest.config["net0"])).has("link_down")
        noted.append(write)

    outcome = await apply(step, record, lab.gateway, before_write=note)
    assert [outcome.kind, outcome.write] == ["done", noted[0]]
