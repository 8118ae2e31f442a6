"""Filters of every protocol, port and direction in every situation of a guest: each stops just what
it says and is found in force, or is found not to be; and what was before comes back exactly.
"""

import copy
import itertools
from collections.abc import Callable, Iterator, Sequence

import pytest

from noc_tui.cluster.actions import ActionPlan, GuestState, inverse, observe, plan_port_filter
from noc_tui.contract.suspension.ports import normalise_ports
from noc_tui.simulator.model.guest import Guest
from noc_tui.simulator.network import INTERNET, LAN, Packet, passes
from tests.cluster.actions.conftest import Lab, ref
from tests.cluster.actions.test_effects import (
    V6_INTERNET,
    V6_LAN,
    datacenter_off,
    guest_off,
    interface_outside,
    moved_to_a_node_without,
    nftables_without_its_service,
    rule_above,
    service_stopped,
    told,
)

pytestmark = pytest.mark.anyio
Situation = Callable[[Lab, Guest], None]

FILTERS: Sequence[tuple[str, ...]] = (
    ("out:tcp:25",),
    ("in:tcp:80,443", "out:udp:53"),
    ("both:tcp:6660-6669",),
    ("both:udp:*",),
    ("in:icmp:*", "in:ipv6-icmp:*"),
    ("both:udp:*", "both:icmp:*"),
    ("out:*:*",),
    ("both:gre:*", "in:tcp:*"),
)
PORTS = {"tcp": (25, 80, 443, 6660, 6667, 6670), "udp": (53, 123, 4500)}
PEERS = (INTERNET, LAN, V6_INTERNET, V6_LAN)


def packets() -> Iterator[Packet]:
    for side, peer in itertools.product(("in", "out"), PEERS):
        six = ":" in peer
        for proto in ("tcp", "udp", "gre", "ipv6-icmp" if six else "icmp"):
            for port in PORTS.get(proto, (0,)):
                yield Packet(side, peer, proto, port)  # type: ignore[arg-type]  # in or out


PACKETS = tuple(packets())


def is_meant(filters: Sequence[str], packet: Packet) -> bool:
    """Whether a filter says that such a packet is dropped."""
    for text in normalise_ports(filters):
        side, proto, port = text.split(":", 2)
        ranges = [part.split(":") for part in port.split(",")] if port != "*" else []
        named = not ranges or any(int(one[0]) <= packet.port <= int(one[-1]) for one in ranges)
        if side == packet.direction and proto in ("*", packet.proto) and named:
            return True
    return False


# -- what the guest is before the filter


def as_it_is(_lab: Lab, _guest: Guest) -> None:
    """On, its firewall never turned on."""


def switched_off(_lab: Lab, guest: Guest) -> None:
    guest.status, guest.qmp = "stopped", "stopped"


def outside_its_firewall(_lab: Lab, guest: Guest) -> None:
    guest.config["net0"] = str(guest.config["net0"]).replace(",firewall=1", "")


def two_interfaces(_lab: Lab, guest: Guest) -> None:
    """A public one under the firewall, and a private one that is not."""
    line = str(guest.config["net0"])
    guest.config["net1"] = line.replace("firewall=1", "firewall=0").replace("vmbr0", "vmbr1")


def one_link_down(_lab: Lab, guest: Guest) -> None:
    guest.config["net1"] = f"{guest.config['net0']},link_down=1"


def own_rules(_lab: Lab, guest: Guest) -> None:
    """The client's own firewall lets in and out more than its policy."""
    guest.firewall = {"enable": 1, "policy_in": "DROP", "policy_out": "ACCEPT"}
    guest.rules = [
        {"type": "in", "action": "ACCEPT", "enable": 1, "proto": "tcp", "dport": "80,443"},
        {"type": "out", "action": "ACCEPT", "enable": 1, "proto": "udp"},
        {"type": "in", "action": "ACCEPT", "enable": 0},
    ]


def closed_policies(_lab: Lab, guest: Guest) -> None:
    guest.firewall = {"enable": 1, "policy_in": "DROP", "policy_out": "DROP"}


def sleeping_rules(_lab: Lab, guest: Guest) -> None:
    """Rules that were written and never in force: turning the firewall on may not wake them."""
    guest.firewall = {"enable": 0, "policy_in": "DROP", "policy_out": "DROP"}
    guest.rules = [{"type": "out", "action": "DROP", "enable": 1}]


def same_rule_already(_lab: Lab, guest: Guest) -> None:
    guest.firewall = {"enable": 1, "policy_in": "ACCEPT", "policy_out": "ACCEPT"}
    guest.rules = [{"type": "out", "action": "DROP", "enable": 1, "proto": "tcp", "dport": "25"}]


BEFORE: Sequence[Situation] = (
    as_it_is, switched_off, outside_its_firewall, two_interfaces, one_link_down, own_rules,
    closed_policies, sleeping_rules, same_rule_already,
)  # fmt: skip


# -- what happens once it is filtered


def nothing(_lab: Lab, _vmid: int) -> None:
    """Nothing does."""


def migrated(lab: Lab, vmid: int) -> None:
    guest = lab.cluster.guests[vmid]
    guest.node = next(name for name in lab.cluster.nodes if name != guest.node)


def second_interface(lab: Lab, vmid: int) -> None:
    """Somebody plugs in another interface, outside the firewall."""
    config = lab.cluster.guests[vmid].config
    config["net7"] = str(config["net0"]).replace(",firewall=1", "")


def rule_disabled(lab: Lab, vmid: int) -> None:
    for rule in lab.cluster.guests[vmid].rules:
        rule["enable"] = 0


AFTER: Sequence[Callable[[Lab, int], None]] = (
    nothing, migrated, datacenter_off, guest_off, interface_outside, rule_above, service_stopped,
    nftables_without_its_service, moved_to_a_node_without, second_interface, rule_disabled,
)  # fmt: skip
HARMLESS = {nothing, migrated}


def happens_to(number: int) -> Sequence[Callable[[Lab, int], None]]:
    """What happens to the guest of that number: what does no harm, and three that do, in turn."""
    harms = [one for one in AFTER if one not in HARMLESS]
    turn = [harms[(3 * number + one) % len(harms)] for one in range(3)]
    return [*(one for one in AFTER if one in HARMLESS), *turn]


def test_every_harm_meets_several_guests() -> None:
    met = [one for number in range(len(BEFORE)) for one in happens_to(number)]
    assert all(met.count(one) >= 3 for one in AFTER)


class _Kept:
    """A guest and its cluster as they were, to begin anew."""

    def __init__(self, lab: Lab, guest: Guest) -> None:
        self._lab, self._guest = lab, guest
        self._node, self._power = guest.node, (guest.status, guest.qmp)
        self._config = copy.deepcopy((guest.config, guest.firewall, guest.rules, guest.pending))
        self._datacenter = copy.deepcopy(lab.cluster.firewall)
        self._services = {
            name: (node.pve_firewall, node.nftables) for name, node in lab.cluster.nodes.items()
        }

    def restore(self) -> None:
        guest, cluster = self._guest, self._lab.cluster
        guest.node, (guest.status, guest.qmp) = self._node, self._power
        guest.config, guest.firewall, guest.rules, guest.pending = copy.deepcopy(self._config)
        cluster.firewall.clear()
        cluster.firewall.update(self._datacenter)
        for name, (pve, nftables) in self._services.items():
            cluster.nodes[name].pve_firewall, cluster.nodes[name].nftables = pve, nftables
        cluster.touch()


def dropped(lab: Lab, guest: Guest) -> set[Packet]:
    """What would not get through if the guest ran."""
    power = guest.status, guest.qmp
    guest.status, guest.qmp = "running", "running"
    found = {packet for packet in PACKETS if not passes(lab.cluster, guest, packet)}
    guest.status, guest.qmp = power
    return found


async def read(lab: Lab, guest: Guest) -> GuestState:
    return await observe(lab.gateway, ref(guest), ("firewall",))


def settings(guest: Guest) -> object:
    """Its interfaces and its firewall, an option that is off or absent being the same."""
    nets = {name: line for name, line in guest.config.items() if name.startswith("net")}
    rules = [{key: str(value) for key, value in rule.items()} for rule in guest.rules]
    return nets, {key: str(value) for key, value in guest.firewall.items()}, rules


async def carried_out(
    lab: Lab, guest: Guest, filters: Sequence[str]
) -> tuple[ActionPlan, GuestState]:
    record = await read(lab, guest)
    plan = plan_port_filter(record, normalise_ports(filters), operation="op")
    assert not plan.obstacles
    outcomes = await lab.through(plan.steps, record)
    assert [one for one in outcomes if not one.settled] == []
    return plan, record


@pytest.mark.parametrize("before", BEFORE, ids=lambda one: one.__name__)
async def test_what_is_said_of_a_filter_is_true(lab: Lab, before: Situation) -> None:
    guest = lab.guest()
    kept = _Kept(lab, guest)
    for number, after in enumerate(happens_to(BEFORE.index(before))):
        filters = FILTERS[(BEFORE.index(before) * 2 + number) % len(FILTERS)]
        kept.restore()
        before(lab, guest)
        was, let_through = settings(guest), dropped(lab, guest)
        plan, record = await carried_out(lab, guest, filters)
        meant = {packet for packet in PACKETS if is_meant(filters, packet)}
        assert dropped(lab, guest) == let_through | meant, (before, filters)
        after(lab, guest.vmid)
        lab.cluster.touch()
        in_force = await told(lab, plan, record) == {}
        works = meant <= dropped(lab, guest)
        assert works or not in_force, (before.__name__, after.__name__, filters)
        assert in_force or after not in HARMLESS, (before.__name__, after.__name__, filters)
        if after in HARMLESS:
            outcomes = await lab.through(inverse(plan.steps, record), record)
            assert [one for one in outcomes if not one.settled] == []
            assert settings(guest) == was, (before.__name__, after.__name__, filters)
            assert dropped(lab, guest) == let_through


async def test_a_container_is_filtered_and_given_back_the_same(lab: Lab) -> None:
    guest = lab.guest("lxc")
    for filters in FILTERS[::3]:
        await _filtered_and_back(lab, guest, filters)


async def _filtered_and_back(lab: Lab, guest: Guest, filters: Sequence[str]) -> None:
    was, let_through = settings(guest), dropped(lab, guest)
    plan, record = await carried_out(lab, guest, filters)
    assert dropped(lab, guest) == let_through | {one for one in PACKETS if is_meant(filters, one)}
    assert await told(lab, plan, record) == {}
    await lab.through(inverse(plan.steps, record), record)
    assert (settings(guest), dropped(lab, guest)) == (was, let_through)


async def test_without_the_datacenters_firewall_a_filter_is_refused_and_not_configured(
    lab: Lab,
) -> None:
    guest = lab.guest()
    datacenter_off(lab, guest.vmid)
    plan = plan_port_filter(await read(lab, guest), ("out:tcp:25",), operation="op")
    assert [note.code for note in plan.obstacles] == ["datacenter_firewall_off"]
    assert plan.steps == ()
