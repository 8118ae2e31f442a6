"""What each means does to traffic, on the simulator, whose firewall decides as the real one."""

from collections.abc import Callable

import pytest

from noc_tui.cluster import errors
from noc_tui.cluster.actions import (
    ActionPlan,
    GuestState,
    check_steps,
    inverse,
    observe,
    plan_barrier,
    plan_cut_network,
    plan_port_filter,
    plan_public_cut,
    plan_stop,
)
from noc_tui.cluster.actions.check import NoteCode
from noc_tui.contract.terms import load_terms
from noc_tui.simulator import power_requests
from noc_tui.simulator.faults import Fault
from noc_tui.simulator.network import INTERNET, LAN, Packet, passes
from tests.cluster.actions.conftest import Lab, ref
from tests.cluster.actions.test_suspension import client_of

pytestmark = pytest.mark.anyio
TERMS = load_terms()
V6_INTERNET, V6_LAN = "2a00:1450::8", "fd12::8"
WEB = Packet("in")
TRAFFIC = {
    "web from outside": WEB,
    "web from outside, IPv6": Packet("in", V6_INTERNET),
    "download": Packet("out", INTERNET, "tcp", 443),
    "download, IPv6": Packet("out", V6_INTERNET, "tcp", 443),
    "mail": Packet("out", INTERNET, "tcp", 587),
    "irc": Packet("out", INTERNET, "tcp", 6667),
    "dns": Packet("out", INTERNET, "udp", 53),
    "ping": Packet("in", INTERNET, "icmp", 0),
    "backup of the private network": Packet("in", LAN, "tcp", 9102),
    "database of the private network": Packet("out", LAN, "tcp", 5432),
    "database, IPv6": Packet("out", V6_LAN, "tcp", 5432),
    "vpn": Packet("in", "100.64.3.7", "tcp", 22),
    "dhcp": Packet("out", "255.255.255.255", "udp", 67),
}
PUBLIC = {"web from outside", "web from outside, IPv6", "download", "download, IPv6", "mail", "irc",
          "dns", "ping"}  # fmt: skip
STOPPED = {
    "cut": set(TRAFFIC),
    "stop": set(TRAFFIC),
    "public": PUBLIC,
    "smtp": {"mail"},
    "protocol": {"irc"},
    "udp-icmp": {"dns", "ping", "dhcp"},
    "bar": set(),
}


async def planned(lab: Lab, means: str, vmid: int) -> tuple[ActionPlan, GuestState]:
    guest = lab.cluster.guests[vmid]
    record = await observe(lab.gateway, ref(guest), ("ha", "acl", "firewall"))
    ports = {
        "smtp": TERMS.means_of("vm_block_smtp_out").ports,
        "protocol": ("in:tcp:6660:6669", "out:tcp:6660:6669"),
        "udp-icmp": TERMS.means_of("udp_icmp_limit").ports,
    }
    if means in ports:
        return plan_port_filter(record, ports[means], operation="op"), record
    plans = {
        "cut": plan_cut_network(record),
        "stop": plan_stop(record),
        "public": plan_public_cut(record, operation="op"),
        "bar": plan_barrier(record, [client_of(lab, vmid)], ours=lab.gateway.accounts),
    }
    return plans[means], record


def silent(lab: Lab, vmid: int) -> set[str]:
    guest = lab.cluster.guests[vmid]
    return {name for name, packet in TRAFFIC.items() if not passes(lab.cluster, guest, packet)}


@pytest.mark.parametrize("kind", ["qemu", "lxc"])
@pytest.mark.parametrize("means", STOPPED)
async def test_it_stops_what_it_says_and_nothing_else(lab: Lab, kind: str, means: str) -> None:
    guest = lab.guest(kind)
    guest.config["net0"] = str(guest.config["net0"]).replace(",firewall=1", "")
    assert silent(lab, guest.vmid) == set()
    plan, record = await planned(lab, means, guest.vmid)
    await lab.through(plan.steps, record)
    assert silent(lab, guest.vmid) == STOPPED[means]
    found = await check_steps(plan.steps, record, lab.gateway)
    assert {finding.kind for _, finding in found} == {"done"}
    back = inverse(plan.steps, record)
    await lab.through(back, record)
    assert silent(lab, guest.vmid) == set()


async def test_a_public_cut_opens_nothing_that_the_guests_own_firewall_closed(lab: Lab) -> None:
    guest = lab.guest()
    guest.firewall = {"enable": 1, "policy_in": "DROP", "policy_out": "DROP"}
    guest.rules = [{"type": "in", "action": "ACCEPT", "enable": 1, "proto": "tcp", "dport": "80"}]
    before = silent(lab, guest.vmid)
    plan, record = await planned(lab, "public", guest.vmid)
    await lab.through(plan.steps, record)
    assert silent(lab, guest.vmid) == before | PUBLIC
    assert passes(lab.cluster, guest, Packet("in", LAN, "tcp", 80))


@pytest.mark.parametrize("means", ["public", "smtp"])
async def test_a_filter_without_the_datacenters_firewall_stops_nothing_and_is_found(
    lab: Lab, means: str
) -> None:
    guest = lab.guest()
    plan, record = await planned(lab, means, guest.vmid)
    await lab.through(plan.steps, record)
    lab.cluster.firewall["enable"] = 0
    assert silent(lab, guest.vmid) == set()
    found = await check_steps(plan.steps, record, lab.gateway)
    moved = [(type(step).__name__, finding) for step, finding in found if finding.kind != "done"]
    assert [name for name, _ in moved] == ["FilterInEffect"]
    assert [note.code for note in moved[0][1].notes] == ["datacenter_firewall_off"]


async def filtered(lab: Lab, vmid: int) -> tuple[ActionPlan, GuestState]:
    """A guest whose public side is cut."""
    plan, record = await planned(lab, "public", vmid)
    await lab.through(plan.steps, record)
    assert silent(lab, vmid) == PUBLIC
    return plan, record


async def told(lab: Lab, plan: ActionPlan, record: GuestState) -> dict[str, list[str]]:
    """What the steps that found something to say are found to be, and what they say."""
    found = await check_steps(plan.steps, record, lab.gateway)
    return {
        f"{type(step).__name__} {finding.kind}": [note.code for note in finding.notes]
        for step, finding in found
        if finding.kind != "done" or finding.notes
    }


def rule_above(lab: Lab, vmid: int) -> None:
    """Somebody lets everything in, above our rules."""
    lab.cluster.guests[vmid].rules.insert(0, {"type": "in", "action": "ACCEPT", "enable": 1})


def interface_outside(lab: Lab, vmid: int) -> None:
    config = lab.cluster.guests[vmid].config
    config["net0"] = str(config["net0"]).replace("firewall=1", "firewall=0")


def service_stopped(lab: Lab, vmid: int) -> None:
    lab.cluster.nodes[lab.cluster.guests[vmid].node].pve_firewall = False


def nftables_without_its_service(lab: Lab, vmid: int) -> None:
    """The node is asked for nftables: what carries rules out is another service then."""
    lab.cluster.nodes[lab.cluster.guests[vmid].node].nftables = True


def moved_to_a_node_without(lab: Lab, vmid: int) -> None:
    guest = lab.cluster.guests[vmid]
    guest.node = next(name for name in lab.cluster.nodes if name != guest.node)
    service_stopped(lab, vmid)


def datacenter_off(lab: Lab, _vmid: int) -> None:
    lab.cluster.firewall["enable"] = 0


def guest_off(lab: Lab, vmid: int) -> None:
    lab.cluster.guests[vmid].firewall["enable"] = 0


OFF: dict[NoteCode, tuple[Callable[[Lab, int], None], ...]] = {
    "datacenter_firewall_off": (datacenter_off,),
    "guest_firewall_off": (guest_off,),
    "outside_firewall": (interface_outside,),
    "rule_shadowed": (rule_above,),
    "firewall_service_off": (
        service_stopped, nftables_without_its_service, moved_to_a_node_without,
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "turn_off"), [(code, one) for code, ways in OFF.items() for one in ways]
)
async def test_a_filter_is_told_to_have_no_effect_wherever_it_has_none(
    lab: Lab, code: str, turn_off: Callable[[Lab, int], None]
) -> None:
    guest = lab.guest()
    plan, record = await filtered(lab, guest.vmid)
    assert await told(lab, plan, record) == {}
    turn_off(lab, guest.vmid)
    assert "web from outside" not in silent(lab, guest.vmid)
    found = await told(lab, plan, record)
    assert any(code in notes for kind, notes in found.items() if not kind.endswith("done")), found


async def test_nftables_with_its_own_service_filters(lab: Lab) -> None:
    guest = lab.guest()
    plan, record = await filtered(lab, guest.vmid)
    node = lab.cluster.nodes[guest.node]
    node.nftables, node.proxmox_firewall, node.pve_firewall = True, True, False
    assert silent(lab, guest.vmid) == PUBLIC
    assert await told(lab, plan, record) == {}


@pytest.mark.parametrize(
    "said",
    [Fault("status", "/services$", status=403, reason="no"),
     Fault("odd", "/services$", body=b'{"data":[]}')],
    ids=["refused", "empty"],
)  # fmt: skip
async def test_a_service_that_nobody_tells_of_is_in_doubt_and_not_off(
    lab: Lab, said: Fault
) -> None:
    """A token without the right to see the node's services, and a node without systemd."""
    guest = lab.guest()
    plan, record = await filtered(lab, guest.vmid)
    lab.simulator.world.faults.add(said)
    assert await told(lab, plan, record) == {"FilterInEffect done": ["firewall_service_unknown"]}


def link_up(lab: Lab, vmid: int) -> None:
    config = lab.cluster.guests[vmid].config
    config["net0"] = str(config["net0"]).replace(",link_down=1", "")


def started(lab: Lab, vmid: int) -> None:
    power_requests.start(lab.simulator.world, lab.cluster, lab.cluster.guests[vmid], "root@pam")


def let_in(lab: Lab, vmid: int) -> None:
    lab.cluster.access.acl.pop(f"/vms/{vmid}")
    lab.cluster.access.changed()


UNDONE: dict[str, Callable[[Lab, int], None]] = {"cut": link_up, "stop": started, "bar": let_in}


@pytest.mark.parametrize("means", UNDONE)
async def test_a_means_is_looked_for_where_the_guest_is_now(lab: Lab, means: str) -> None:
    """Moved, it is told to hold there; undone there, it is not."""
    guest = lab.guest()
    plan, record = await planned(lab, means, guest.vmid)
    await lab.through(plan.steps, record)
    guest.node = next(name for name in lab.cluster.nodes if name != guest.node)
    lab.cluster.touch()
    found = await check_steps(plan.steps, record, lab.gateway)
    assert {finding.kind for _, finding in found} == {"done"}
    UNDONE[means](lab, guest.vmid)
    await lab.pass_time(10)
    found = await check_steps(plan.steps, record, lab.gateway)
    assert {finding.kind for _, finding in found} != {"done"}


@pytest.mark.parametrize("means", ["cut", "stop", "public"])
async def test_of_a_guest_whose_node_is_silent_nothing_is_told(lab: Lab, means: str) -> None:
    """But of the client's barrier, which the whole cluster keeps."""
    guest = lab.guest()
    plan, record = await planned(lab, means, guest.vmid)
    await lab.through(plan.steps, record)
    lab.cluster.nodes[guest.node].frozen = True
    with pytest.raises(errors.GatewayError):
        await check_steps(plan.steps, record, lab.gateway)


async def test_open_connections_outlive_a_filter_and_not_a_cut(lab: Lab) -> None:
    guest = lab.guest()
    open_one = Packet("out", established=True)
    plan, record = await planned(lab, "public", guest.vmid)
    assert "established" in {note.code for note in plan.notes}
    await lab.through(plan.steps, record)
    assert passes(lab.cluster, guest, open_one)
    plan, record = await planned(lab, "cut", guest.vmid)
    await lab.through(plan.steps, record)
    assert not passes(lab.cluster, guest, open_one)
