"""Who goes where when a node is emptied: by memory, HA's rules, storages and local disks."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.cluster.guest_acts import LocalDisk, MigrationConditions
from noc_tui.cluster.guest_snapshot import GuestSnapshot
from noc_tui.cluster.ha_rules import HaRule
from noc_tui.daemon.evacuation.planner import NodePlan, PlanFacts, plan_evacuation, service_of
from noc_tui.daemon.guests.node_memory import NodeRoom, counts
from tests.support.guests import seen_guest

GIB = 1 << 30
ANYWHERE = MigrationConditions(running=True)


def guest(vmid: int, gib: int = 4, **more: object) -> GuestSnapshot:
    known: dict[str, object] = {"node": "pve1", "memory": gib * GIB, "status": "running"}
    return seen_guest(vmid, **(known | more))


def rooms(**gib: int) -> dict[str, NodeRoom]:
    """Nodes with so many GiB left."""
    return {name: NodeRoom(name, (left * GIB * 100 + 89) // 90) for name, left in gib.items()}


def planned(
    guests: Sequence[GuestSnapshot],
    free: dict[str, NodeRoom],
    rules: Sequence[HaRule] = (),
    **more: object,
) -> NodePlan:
    facts: dict[str, object] = {
        "rooms": free,
        "rules": rules,
        "placed": {service_of(one): one.node for one in guests},
        "conditions": {one.vmid: ANYWHERE for one in guests if one.kind == "qemu"},
    }
    return plan_evacuation(guests, PlanFacts(**(facts | more)), 2)  # type: ignore[arg-type]


def targets(plan: NodePlan) -> dict[int, str]:
    return {move.guest.vmid: move.target for move in plan.moves}


def staying(plan: NodePlan) -> dict[int, str]:
    return {one.guest.vmid: one.why for one in plan.staying}


def test_the_largest_go_first_each_where_most_is_left() -> None:
    plan = planned([guest(101, 2), guest(102, 8), guest(103, 4)], rooms(pve2=10, pve3=9))
    assert targets(plan) == {102: "pve2", 103: "pve3", 101: "pve3"}
    assert not plan.staying


def test_a_full_node_takes_none_and_what_fits_nowhere_stays() -> None:
    plan = planned([guest(101, 4), guest(102, 16)], rooms(pve2=6, pve3=0))
    assert targets(plan) == {101: "pve2"}
    assert staying(plan) == {102: "no_memory"}


def test_what_is_off_takes_no_memory() -> None:
    plan = planned([guest(101, 64, status="stopped")], rooms(pve2=1))
    assert targets(plan) == {101: "pve2"}
    assert plan.moves[0].how == "offline"


def test_a_strict_rule_for_nodes_keeps_a_guest_and_names_itself() -> None:
    rule = HaRule("licence", "node-affinity", ("vm:101",), {"pve1": 0, "pve4": 0}, strict=True)
    plan = planned([guest(101, ha_state="started"), guest(102)], rooms(pve2=64, pve3=64), [rule])
    assert staying(plan) == {101: "ha_rule"}
    assert plan.staying[0].names == ("licence",)
    assert set(targets(plan)) == {102}


def test_a_rule_that_only_prefers_nodes_gives_way() -> None:
    rule = HaRule("ssd", "node-affinity", ("vm:101",), {"pve2": 1})
    held = guest(101, 8, ha_state="started")
    assert targets(planned([held], rooms(pve2=8, pve3=64), [rule])) == {101: "pve2"}
    assert targets(planned([held], rooms(pve2=4, pve3=64), [rule])) == {101: "pve3"}


def test_guests_that_belong_apart_never_meet() -> None:
    rule = HaRule("dns", "resource-affinity", ("vm:101", "vm:102", "vm:201"), affinity="negative")
    pair = [guest(101, ha_state="started"), guest(102, ha_state="started")]
    where = {"vm:101": "pve1", "vm:102": "pve1", "vm:201": "pve2"}
    plan = planned(pair, rooms(pve2=64, pve3=32, pve4=16), [rule], placed=where)
    assert sorted(targets(plan).values()) == ["pve3", "pve4"]
    tight = planned(pair, rooms(pve2=64, pve3=32), [rule], placed=where)
    assert list(targets(tight).values()) == ["pve3"]
    assert list(staying(tight).values()) == ["ha_rule"]


def test_guests_that_belong_together_go_together() -> None:
    rule = HaRule("erp", "resource-affinity", ("vm:101", "vm:102"), affinity="positive")
    pair = [guest(101, 6, ha_state="started"), guest(102, 6, ha_state="started")]
    assert targets(planned(pair, rooms(pve2=10, pve3=12), [rule])) == {101: "pve3", 102: "pve3"}
    assert staying(planned(pair, rooms(pve2=10, pve3=10), [rule])) == {
        101: "no_memory",
        102: "no_memory",
    }


def test_a_rule_that_is_off_or_wrong_binds_nobody() -> None:
    only = {"pve1": 0}
    off = HaRule("off", "node-affinity", ("vm:101",), only, strict=True, enabled=False)
    wrong = HaRule("wrong", "node-affinity", ("vm:101",), only, strict=True, wrong="no node")
    plan = planned([guest(101, ha_state="started")], rooms(pve2=8), [off, wrong])
    assert targets(plan) == {101: "pve2"}


def test_what_is_local_to_the_node_stays_unless_its_disks_are_to_be_copied() -> None:
    disks = MigrationConditions(running=True, local_disks=(LocalDisk("local:101/disk.raw"),))
    devices = MigrationConditions(running=True, local_resources=("hostpci0",))
    known = {101: disks, 102: devices}
    both = [guest(101), guest(102)]
    plan = planned(both, rooms(pve2=64), conditions=known)
    assert staying(plan) == {101: "local_disks", 102: "local_devices"}
    copied = planned(both, rooms(pve2=64), conditions=known, with_local_disks=True)
    assert targets(copied) == {101: "pve2"}


def test_a_node_without_the_storage_takes_none() -> None:
    found = MigrationConditions(
        running=True,
        allowed_nodes=("pve3",),
        not_allowed_nodes={"pve2": {"unavailable_storages": ["ceph-vm"]}},
    )
    assert targets(planned([guest(101)], rooms(pve2=64, pve3=8), conditions={101: found})) == {
        101: "pve3"
    }
    lost = planned([guest(101)], rooms(pve2=64), conditions={101: found})
    assert staying(lost) == {101: "no_storage"}


def test_a_node_that_ha_blocks_is_not_said_to_lack_the_storage() -> None:
    blocked: dict[str, object] = {
        "blocking-ha-resources": [{"sid": "vm:200", "cause": "resource-affinity"}]
    }
    found = MigrationConditions(
        running=True, allowed_nodes=("pve3",), not_allowed_nodes={"pve2": blocked}
    )
    one = guest(101, ha_state="started")
    assert targets(planned([one], rooms(pve2=64, pve3=8), conditions={101: found})) == {101: "pve3"}
    lost = planned([one], rooms(pve2=64), conditions={101: found})
    assert staying(lost) == {101: "ha_rule"}
    assert lost.staying[0].names == ("vm:200",)
    both = MigrationConditions(
        running=True,
        allowed_nodes=("pve3",),
        not_allowed_nodes={"pve2": {**blocked, "unavailable_storages": ["ceph-vm"]}},
    )
    lost = planned([one], rooms(pve2=64), conditions={101: both})
    assert staying(lost) == {101: "no_storage"}


def test_what_could_not_be_read_or_is_not_known_is_not_moved() -> None:
    plan = planned(
        [guest(101), guest(102, status="unknown"), guest(103, lock="backup")],
        rooms(pve2=64),
        conditions={102: ANYWHERE, 103: ANYWHERE},
    )
    assert staying(plan) == {101: "unread", 102: "unknown", 103: "locked"}


def test_containers_that_run_stop_on_the_way_in_waves_of_their_own() -> None:
    guests = [guest(101), guest(102, kind="lxc"), guest(103), guest(104), guest(105, kind="lxc")]
    plan = planned(guests, rooms(pve2=64))
    waves = {move.guest.vmid: move.wave for move in plan.moves}
    assert waves == {101: 1, 103: 1, 104: 2, 102: 3, 105: 3}
    assert {move.guest.vmid for move in plan.moves if move.interrupts} == {102, 105}
    kept = planned(guests, rooms(pve2=64), may_stop=False)
    assert staying(kept) == {102: "would_stop", 105: "would_stop"}


def test_it_is_said_when_one_more_node_could_not_be_lost() -> None:
    assert planned([guest(101, 4)], rooms(pve2=40, pve3=40)).survives_another
    assert not planned([guest(101, 30)], rooms(pve2=40, pve3=10)).survives_another


@given(
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=12),
    free=st.lists(st.integers(0, 80), min_size=1, max_size=4),
    apart=st.sets(st.integers(0, 11), max_size=4),
)
def test_no_plan_promises_more_than_there_is_nor_breaks_a_rule(
    sizes: list[int], free: list[int], apart: set[int]
) -> None:
    guests = [guest(101 + n, gib, ha_state="started") for n, gib in enumerate(sizes)]
    rule = HaRule(
        "apart", "resource-affinity", tuple(f"vm:{101 + n}" for n in apart), affinity="negative"
    )
    plan = planned(guests, rooms(**{f"pve{n + 2}": gib for n, gib in enumerate(free)}), [rule])
    assert len(plan.moves) + len(plan.staying) == len(guests)
    assert all((room.left or 0) >= 0 for room in plan.rooms.values())
    for name, room in plan.rooms.items():
        assert room.promised == sum(counts(m.guest) for m in plan.moves if m.target == name)
    together = [move.target for move in plan.moves if service_of(move.guest) in rule.services]
    assert len(together) == len(set(together))
