"""The addresses that a guest's configuration names: a container's own, those of cloud-init."""

import re
from collections.abc import Iterator, Mapping

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
