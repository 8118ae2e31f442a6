"""Which addresses are public: every one that is not among the private networks of the hoster.

A rule of the firewall cannot say "all but these", and a rule that let private addresses through
would open what the guest's own firewall had closed. So the public ones are listed, as networks, in
texts as long as the server takes them (512 characters, IPv4 and IPv6 apart).
"""

import ipaddress
from collections.abc import Iterable, Sequence
from functools import lru_cache

PRIVATE = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "fc00::/7",
    "fe80::/10",
)
"""What is private unless the hoster says otherwise: RFC 1918, 6598, 3927, 4193, 4291."""

_ALL = ("0.0.0.0/0", "2000::/3", "64:ff9b::/96")
"""IPv4, what IPv6 routes globally, and IPv4 seen through NAT64."""
_NEVER_ROUTED = ("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3")
"""This host, and multicast with the broadcast: DHCP and VRRP of the private network need them."""
_LONGEST = 500

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@lru_cache(maxsize=8)
def list_public(private: tuple[str, ...]) -> tuple[str, ...]:
    """Return the public networks as texts for a rule's `source` or `dest`, none longer than the
    server takes. Raises `ValueError` for what is no network.
    """
    kept = [ipaddress.ip_network(text) for text in (*private, *_NEVER_ROUTED)]
    public: list[Network] = [ipaddress.ip_network(text) for text in _ALL]
    for hole in kept:
        public = [part for network in public for part in _without(network, hole)]
    by_version = (
        [str(network) for network in sorted(public, key=_place) if network.version == version]
        for version in (4, 6)
    )
    return tuple(text for networks in by_version for text in _joined(networks))


def is_public(address: str, private: tuple[str, ...] = PRIVATE) -> bool:
    """Whether an address is among the public ones."""
    host = ipaddress.ip_address(address)
    return any(
        host in ipaddress.ip_network(text)
        for joined in list_public(private)
        for text in joined.split(",")
    )


def _place(network: Network) -> tuple[int, int]:
    return network.version, int(network.network_address)


def _without(network: Network, hole: Network) -> Iterable[Network]:
    if isinstance(network, ipaddress.IPv4Network) and isinstance(hole, ipaddress.IPv4Network):
        return _outside(network, hole)
    if isinstance(network, ipaddress.IPv6Network) and isinstance(hole, ipaddress.IPv6Network):
        return _outside(network, hole)
    return (network,)


def _outside(network: Network, hole: Network) -> Iterable[Network]:
    if not network.overlaps(hole):
        return (network,)
    if network.subnet_of(hole):  # type: ignore[arg-type]  # both of one version
        return ()
    return network.address_exclude(hole)  # type: ignore[arg-type]  # both of one version


def _joined(networks: Sequence[str]) -> Iterable[str]:
    text = ""
    for network in networks:
        longer = f"{text},{network}" if text else network
        if len(longer) > _LONGEST:
            yield text
            longer = network
        text = longer
    if text:
        yield text
