"""The addresses of a guest: those that its configuration names (a container's own, those of
cloud-init), and which of all that are told are kept.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address

_HOLDS = re.compile(r"(?:net|ipconfig)[0-9]+")
_ADDRESS = re.compile(r"(?:^|,)ip6?=([0-9a-fA-F.:]+(?:/[0-9]+)?)")


def list_addresses(values: Mapping[str, object]) -> Iterator[str]:
    """Yield each address in the order of its interfaces; nothing of one that is got by DHCP."""
    for key in sorted(values):
        if _HOLDS.fullmatch(key):
            yield from (
                found
                for found in _ADDRESS.findall(str(values[key]))
                if "." in found or ":" in found
            )


def keep_reachable(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses by which others know a guest, each once and without its prefix: neither
    loopback nor link-local ones, nor what is none.
    """
    found = (_parse(one) for one in addresses)
    kept = (one for one in found if one is not None)
    return tuple(
        dict.fromkeys(str(one) for one in kept if not (one.is_loopback or one.is_link_local))
    )


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text.partition("/")[0])
    except ValueError:
        return None
