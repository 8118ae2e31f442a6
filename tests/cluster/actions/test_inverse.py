"""Suspended and restored, a guest is what it was, value for value; and what somebody else changed
meanwhile stays changed.
"""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.cluster.actions import (
    GuestIdentity,
    GuestState,
    NetLine,
    Principal,
    inverse,
    plan_barrier,
    plan_cut_network,
    plan_port_filter,
    plan_public_cut,
    plan_stop,
    rehearse,
    rehearse_back,
)
from noc_tui.cluster.actions.check import StepNote
from noc_tui.cluster.actions.nics import SetNics
from noc_tui.cluster.actions.plan import ActionPlan
from noc_tui.cluster.actions.power import PowerOff, PowerOn
from noc_tui.cluster.actions.state import AclMark, Firewall, FirewallRule, HaEntry
from noc_tui.cluster.answers import PendingChange
from noc_tui.cluster.ids import GuestPlace
from noc_tui.daemon.suspension.planner import MEASURE, PlannedAction, encode_measure
from tests.cluster.actions.test_netline import lines
from tests.cluster.actions.world import applied, carried_out, meaning, replace

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
PRINCIPALS = [Principal("user", "jean@pve"), Principal("group", "acme")]
OURS = {"noc@pve"}
PORTS = ["out:tcp:25", "out:tcp:465", "in:*:*"]
OPTIONS = {"enable": ["0", "1"], "policy_in": ["ACCEPT", "DROP"], "policy_out": ["DROP"],
           "macfilter": ["0", "1"], "radv": ["0"], "log_level_in": ["nolog"]}  # fmt: skip


@st.composite
def firewalls(draw: st.DrawFn) -> Firewall:
    options = {k: draw(st.sampled_from(v)) for k, v in OPTIONS.items() if draw(st.booleans())}
    rules = draw(st.lists(st.sampled_from(["ACCEPT", "DROP"]), max_size=3))
    made = tuple(
        FirewallRule(
            pos,
            "in",
            action,
            enable=draw(st.integers(0, 1)),
            comment=draw(st.none() | st.just("x")),
        )
        for pos, action in enumerate(rules)
    )
    return Firewall(options, None, made, True)


@st.composite
def guests(draw: st.DrawFn) -> GuestState:
    """Guests of both kinds in every state a client may leave them in."""
    kind = draw(st.sampled_from(["qemu", "lxc"]))
    config = {f"net{n}": draw(lines()) for n in draw(st.sets(st.integers(0, 5), max_size=3))}
    onboot = draw(st.sampled_from([None, "0", "1"]))
    config |= {} if onboot is None else {"onboot": onboot}
    word = draw(st.sampled_from(["running", "stopped", "paused"]))
    states = [None, "started", "stopped", "disabled", "ignored", "enabled"]
    ha = draw(st.none() | st.builds(HaEntry, st.just("vm:101"), st.sampled_from(states)))
    if ha is not None and ha.manages:
        word = "running" if ha.asked == "started" else "stopped"
    entries = [AclMark(p.kind, p.id, "NoAccess") for p in PRINCIPALS if draw(st.booleans())]
    return GuestState(
        guest=GuestPlace("pve1", kind, 101),
        name="web",
        identity=GuestIdentity(uuid="u"),
        observed_at=NOW,
        config=config,
        digest=None,
        pending=(),
        status="stopped" if word == "stopped" else "running",
        qmpstatus=word,
        lock=None,
        parts=frozenset({"ha", "acl", "firewall"}),
        ha=ha,
        acl=(AclMark("user", "jean@pve", "PVEVMUser"), *entries),
        firewall=draw(firewalls()),
    )


def plans(record: GuestState) -> list[ActionPlan]:
    return [
        plan_barrier(record, PRINCIPALS, ours=OURS),
        plan_cut_network(record),
        plan_stop(record),
        plan_port_filter(record, PORTS, operation="op1"),
        plan_public_cut(record, operation="op2"),
    ]


@given(guests(), st.integers(0, 4))
def test_each_means_is_undone_exactly(record: GuestState, which: int) -> None:
    plan = plans(record)[which]
    assert not plan.obstacles
    suspended, writes = carried_out(plan.steps, record)
    assert not any(step.finding(suspended).kind != "done" for step in plan.steps)
    again, repeated = carried_out(plan.steps, suspended)
    assert repeated == [], "what is done is not done twice"
    restored, _ = carried_out(inverse(plan.steps, record), again)
    assert meaning(restored) == meaning(record)
    if not writes:
        assert meaning(suspended) == meaning(record)


@given(guests())
def test_all_means_one_after_the_other_and_back(record: GuestState) -> None:
    """Each with its own record, undone in the opposite order."""
    done: list[tuple[ActionPlan, GuestState]] = []
    state = record
    for which in (0, 3, 4, 1, 2):
        plan = plans(state)[which]
        done.append((plan, state))
        state, _ = carried_out(plan.steps, state)
    assert all(NetLine.parse(line).has("link_down") for line in state.nets.values())
    assert state.is_off or state.is_paused
    for plan, before in reversed(done):
        state, _ = carried_out(inverse(plan.steps, before), state)
    assert meaning(state) == meaning(record)


@given(guests())
def test_what_was_off_stays_off_and_a_cut_link_stays_cut(record: GuestState) -> None:
    stop, cut = plan_stop(record), plan_cut_network(record)
    if record.is_off:
        assert not any(isinstance(step, PowerOn) for step in inverse(stop.steps, record))
    down = {k for k, v in record.nets.items() if NetLine.parse(v).has("link_down")}
    suspended, _ = carried_out(cut.steps, record)
    _, writes = carried_out(inverse(cut.steps, record), suspended)
    assert not down & {key for write in writes for key in write.values}


@given(guests())
def test_records_and_steps_survive_the_journal(record: GuestState) -> None:
    for plan in plans(record):
        measure = PlannedAction(record, plan.steps, (*plan.notes, *plan.obstacles))
        assert MEASURE.decode(encode_measure(measure)) == measure


@given(guests())
def test_a_rehearsal_names_every_write_and_every_way_back(record: GuestState) -> None:
    for plan in plans(record):
        suspended, writes = carried_out(plan.steps, record)
        _, back = carried_out(inverse(plan.steps, record), suspended)
        rehearsed = rehearse(plan.steps, record), rehearse_back(plan.steps, record)
        assert [[(w.method, w.path) for w in part] for part in rehearsed] == [
            [(w.method, w.path) for w in part] for part in (writes, back)
        ]


def guest(**config: str) -> GuestState:
    return GuestState(
        guest=GuestPlace("pve1", "qemu", 101), name="web", identity=GuestIdentity(uuid="u"),
        observed_at=NOW, config=config, digest="abc", pending=(), status="running",
        qmpstatus="running", lock=None, parts=frozenset({"ha", "acl", "firewall"}), acl=(),
        firewall=Firewall({}, None, (), True),
    )  # fmt: skip


LINE = "virtio=BC:24:11:00:00:01,bridge=vmbr0"


def test_a_change_made_meanwhile_is_kept_and_reported() -> None:
    record = guest(net0=LINE)
    plan = plan_cut_network(record)
    suspended, _ = carried_out(plan.steps, record)
    moved = replace(suspended, config={"net0": f"{LINE},link_down=1,tag=7"})
    (back,) = inverse(plan.steps, record)
    assert back.finding(moved).notes == (StepNote("nic_changed", "net0"),)
    restored = applied(back.request(moved), moved)
    assert NetLine.parse(restored.config["net0"]).same_as(NetLine.parse(f"{LINE},tag=7"))


def test_an_interface_added_meanwhile_is_drift_and_is_left_alone_on_restoration() -> None:
    record = guest(net0=LINE)
    plan = plan_cut_network(record)
    suspended, _ = carried_out(plan.steps, record)
    more = replace(suspended, config={**suspended.config, "net1": LINE.replace("01", "02")})
    (cut,) = plan.steps
    assert cut.finding(more).kind == "moved"
    (back,) = inverse(plan.steps, record)
    restored, writes = carried_out((back,), more)
    assert [set(write.values) - {"digest"} for write in writes] == [{"net0"}]
    assert restored.config["net1"] == more.config["net1"]
    assert isinstance(cut, SetNics)
    extended = cut.extended(more)
    again, _ = carried_out((extended,), more)
    assert meaning(carried_out(extended.inverse(), again)[0]) == meaning(replace(more, config={
        "net0": LINE, "net1": LINE.replace("01", "02")}))  # fmt: skip


def test_an_interface_that_is_gone_is_reported() -> None:
    record = guest(net0=LINE)
    plan = plan_cut_network(record)
    (back,) = inverse(plan.steps, record)
    gone = replace(record, config={})
    assert back.finding(gone).notes == (StepNote("nic_missing", "net0"),)


def test_a_config_write_carries_the_digest_of_what_was_read() -> None:
    record = guest(net0=LINE, onboot="1")
    assert plan_cut_network(record).steps[0].request(record).values["digest"] == "abc"
    assert plan_stop(record).steps[0].request(record).values == {"onboot": 0, "digest": "abc"}


def test_the_barrier_goes_up_first_and_comes_down_last() -> None:
    record = guest(net0=LINE, onboot="1")
    plans_made = [plan_barrier(record, PRINCIPALS, ours=OURS), plan_stop(record)]
    steps = [step for plan in plans_made for step in plan.steps]
    assert [type(step).__name__ for step in steps] == ["Bar", "Bar", "SetOnboot", "PowerOff"]
    back = [type(step).__name__ for step in inverse(steps, record)]
    assert back == ["PowerOn", "RestoreOnboot", "Unbar", "Unbar"]


def test_ha_is_asked_before_its_guest_is_waited_for() -> None:
    record = replace(guest(), ha=HaEntry("vm:101", "started"))
    steps = plan_stop(record).steps
    assert [type(step).__name__ for step in steps] == ["SetHa", "AwaitStopped"]
    back = [type(step).__name__ for step in inverse(steps, record)]
    assert back == ["RestoreHa", "AwaitRunning"]


def test_an_entry_of_ha_that_said_nothing_says_nothing_again() -> None:
    record = replace(guest(), ha=HaEntry("vm:101"))
    suspended, _ = carried_out(plan_stop(record).steps, record)
    restored, writes = carried_out(inverse(plan_stop(record).steps, record), suspended)
    assert [str(write) for write in writes] == ["PUT /cluster/ha/resources/vm:101 delete=state"]
    assert restored.ha == record.ha


def test_a_rule_is_removed_with_the_digest_of_the_rules() -> None:
    firewall = Firewall({"enable": "1"}, "of the options", (), True)
    record = replace(guest(net0=f"{LINE},firewall=1"), firewall=firewall)
    add, _seen = plan_port_filter(record, PORTS[:1], operation="op").steps
    assert "digest" not in add.request(record).values
    ours = FirewallRule(0, "out", "DROP", enable=1, comment="op/0", digest="of the rules")
    filtered = replace(record, firewall=Firewall({"enable": "1"}, "of the options", (ours,), True))
    (remove,) = inverse((add,), record)
    assert remove.request(filtered).values == {"digest": "of the rules"}


def test_a_paused_guest_is_not_stopped_and_not_resumed() -> None:
    record = replace(guest(net0=LINE), qmpstatus="paused")
    plan = plan_stop(record)
    assert plan.notes == (StepNote("paused"),)
    assert carried_out(plan.steps, record)[1] == []
    resumed = replace(record, qmpstatus="running")
    assert [step.finding(resumed).kind for step in plan.steps] == ["todo"]


def test_what_waits_for_a_restart_is_named_before_a_stop() -> None:
    waiting = (PendingChange("cores", 1, 2), PendingChange("balloon", 0, delete=1))
    found = [StepNote("pending_applied", "cores"), StepNote("pending_applied", "balloon")]
    record = replace(guest(net0=LINE), pending=waiting)
    under_ha = replace(record, ha=HaEntry("vm:101", "started"))
    assert [list(plan_stop(one).notes) for one in (record, under_ha)] == [found, found]
    assert plan_cut_network(record).notes == ()


def test_a_template_needs_nothing_but_the_barrier() -> None:
    record = guest(net0=LINE, template="1")
    assert plan_cut_network(record).steps == plan_stop(record).steps == ()
    assert plan_barrier(record, PRINCIPALS, ours=OURS).steps


def test_what_a_cut_does_not_reach_is_said() -> None:
    record = guest(net0=LINE, hostpci0="0000:01:00.0", net1="virtio=BC:24:11:00:00:02")
    codes = {(note.code, note.detail) for note in plan_cut_network(record).notes}
    assert ("passthrough", "hostpci0") in codes
    filtered = plan_port_filter(record, PORTS, operation="op")
    assert StepNote("user_mode_net", "net1") in filtered.notes


def test_a_stopped_guest_that_is_backed_up_is_off() -> None:
    record = replace(guest(), qmpstatus="prelaunch", lock="backup")
    assert record.is_off
    assert plan_stop(record).steps == (PowerOff(180),)
    assert carried_out(plan_stop(record).steps, record)[1] == []


def test_a_filter_without_the_datacenters_firewall_is_refused() -> None:
    record = replace(guest(net0=LINE), firewall=Firewall({}, None, (), False))
    plan = plan_port_filter(record, PORTS, operation="op")
    assert (plan.steps, plan.obstacles) == ((), (StepNote("datacenter_firewall_off"),))


def test_a_service_in_error_needs_a_person() -> None:
    record = replace(guest(), ha=HaEntry("vm:101", "started"), service="error")
    assert plan_stop(record).obstacles == (StepNote("ha_error"),)


def test_a_filter_of_nothing_is_no_filter() -> None:
    with pytest.raises(ValueError, match="filters nothing"):
        plan_port_filter(guest(net0=LINE), [], operation="op")


@pytest.mark.parametrize("level", ["datacenter", "guest", "interface"])
def test_a_filter_is_in_effect_where_every_level_is_on(level: str) -> None:
    record = guest(net0=LINE)
    plan = plan_port_filter(record, PORTS, operation="op")
    filtered, _ = carried_out(plan.steps, record)
    seen = plan.steps[-1]
    assert seen.finding(filtered).kind == "done"
    firewall = filtered.firewall
    assert firewall is not None
    off: dict[str, tuple[str, dict[str, object]]] = {
        "datacenter": ("datacenter_firewall_off", {"firewall": msgspec.structs.replace(
            firewall, datacenter_enabled=False)}),
        "guest": ("guest_firewall_off", {"firewall": msgspec.structs.replace(
            firewall, options={**firewall.options, "enable": "0"})}),
        "interface": ("outside_firewall", {"config": {"net0": LINE}}),
    }  # fmt: skip
    code, fields = off[level]
    found = seen.finding(replace(filtered, **fields))
    assert (found.kind, [note.code for note in found.notes]) == ("moved", [code])


def test_a_security_group_above_a_filter_may_let_it_through() -> None:
    record = guest(net0=LINE)
    plan = plan_port_filter(record, PORTS[:1], operation="op")
    filtered, _ = carried_out(plan.steps, record)
    assert filtered.firewall is not None
    group = FirewallRule(0, "group", "open", enable=1)
    rules = (group, *(msgspec.structs.replace(r, pos=r.pos + 1) for r in filtered.firewall.rules))
    above = replace(filtered, firewall=msgspec.structs.replace(filtered.firewall, rules=rules))
    kinds = {type(step).__name__: step.finding(above).kind for step in plan.steps}
    assert kinds["AddRule"] == "moved"


@pytest.mark.parametrize("port", ["", "out", "out:tcp", "up:tcp:25", "out:*:25", "out:icmp:1"])
def test_what_is_no_port(port: str) -> None:
    with pytest.raises(ValueError, match="port"):
        plan_port_filter(guest(), [port], operation="op")


def test_a_barrier_that_was_there_is_not_taken_away() -> None:
    record = replace(guest(), acl=(AclMark("user", "jean@pve", "NoAccess"),))
    plan = plan_barrier(record, PRINCIPALS, ours=OURS)
    assert plan.notes == (StepNote("was_barred", "jean@pve"),)
    assert [str(step.request(record)) for step in plan.steps] == [
        "PUT /access/acl groups=acme path=/vms/101 propagate=1 roles=NoAccess"
    ]


def test_whom_a_groups_barrier_does_not_reach_is_named() -> None:
    users = {"eve": "PVEVMUser", "jean": "PVEVMUser", "max": "NoAccess", "noc": "PVEVMAdmin"}
    marks = [AclMark("user", f"{name}@pve", role) for name, role in users.items()]
    record = replace(guest(), acl=(*marks, AclMark("group", "acme", "PVEVMUser")))
    assert plan_barrier(record, PRINCIPALS, ours=OURS).notes == (StepNote("own_entry", "eve@pve"),)
    assert plan_barrier(record, PRINCIPALS[:1], ours=OURS).notes == ()


@pytest.mark.parametrize("ours", ["noc@pve", "noc@pve!action"])
def test_our_own_account_is_never_barred(ours: str) -> None:
    plan = plan_barrier(guest(), [PRINCIPALS[0], Principal.parse(ours)], ours=OURS)
    assert (plan.steps, plan.obstacles) == ((), (StepNote("own_account", ours),))
