"""What reaches a guest and what leaves it, as the real firewall decides it.

Nothing is filtered unless the datacenter's firewall is on, the guest's is, the interface has
`firewall=1`, and the node's service runs. What belongs to an open connection passes before any
rule; then the first rule that matches decides, and after them the policy: DROP in, ACCEPT out,
unless the options say otherwise.
"""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from noc_tui.simulator import netopts
from noc_tui.simulator.guest_schema import NET
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import Guest

INTERNET, LAN = "203.0.113.77", "10.20.0.5"
"""A peer on the internet, and one on the private network."""
_POLICIES = {"in": "DROP", "out": "ACCEPT"}
Rule = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet between a guest and a peer; `port` is 0 where the protocol has none."""

    direction: Literal["in", "out"]
    peer: str = INTERNET
    proto: str = "tcp"
    port: int = 80
    established: bool = False


def passes(cluster: Cluster, guest: Guest, packet: Packet) -> bool:
    """Whether the packet gets through on any interface of a guest that runs."""
    node = cluster.nodes[guest.node]
    if guest.qmp != "running" or not guest.running or node.killed or node.cut:
        return False
    return any(
        not options.get("link_down") and _admitted(cluster, guest, name, options, packet)
        for name, options in _interfaces(guest)
    )


def _interfaces(guest: Guest) -> Iterator[tuple[str, dict[str, object]]]:
    for name, value in guest.config.items():
        if NET.fullmatch(name):
            yield name, dict(netopts.parse_option(guest.kind, name, str(value)))


def _admitted(
    cluster: Cluster, guest: Guest, name: str, options: dict[str, object], packet: Packet
) -> bool:
    filtered = (
        _is_on(cluster.firewall.get("enable"))
        and _is_on(guest.firewall.get("enable"))
        and _is_on(options.get("firewall"))
        and cluster.nodes[guest.node].filters
    )
    if not filtered or packet.established:
        return True
    for rule in guest.rules:
        if _matches(rule, name, packet):
            return rule["action"] == "ACCEPT"
    policy = guest.firewall.get(f"policy_{packet.direction}", _POLICIES[packet.direction])
    return policy == "ACCEPT"


def _is_on(value: object) -> bool:
    return str(value or 0) == "1"


def _matches(rule: Rule, interface: str, packet: Packet) -> bool:
    """Macros and security groups are not carried out here: such a rule matches nothing."""
    if not _is_on(rule.get("enable")) or rule.get("type") != packet.direction or "macro" in rule:
        return False
    side = "source" if packet.direction == "in" else "dest"
    return (
        rule.get("iface", interface) == interface
        and rule.get("proto", packet.proto) == packet.proto
        and ("dport" not in rule or _names_port(str(rule["dport"]), packet.port))
        and (side not in rule or _names_peer(str(rule[side]), packet.peer))
    )


def _names_port(text: str, port: int) -> bool:
    ranges = (part.partition(":") for part in text.split(","))
    return any(int(low) <= port <= int(high or low) for low, _, high in ranges)


def _names_peer(text: str, peer: str) -> bool:
    host = ipaddress.ip_address(peer)
    for part in text.split(","):
        low, dash, high = part.partition("-")
        if dash:
            first, last = ipaddress.ip_address(low), ipaddress.ip_address(high)
            if first.version == host.version and int(first) <= int(host) <= int(last):
                return True
        elif host in ipaddress.ip_network(part, strict=False):
            return True
    return False
