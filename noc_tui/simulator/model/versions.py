"""The versions of Proxmox VE that a node can run, and what each says of itself."""

from dataclasses import dataclass
from typing import Final

OLD: Final = "8.4"
NEW: Final = "9.2"
MIXED: Final = "mixed"
PVE: Final = (OLD, NEW, MIXED)
"""What a simulator can be asked for: `mixed` is a cluster in the middle of its upgrade."""


@dataclass(frozen=True, slots=True)
class PveVersion:
    """What `/version` and `/nodes/{node}/status` answer."""

    version: str
    release: str
    repoid: str
    kernel: str

    @property
    def build(self) -> str:
        """The kernel's own line of its build."""
        return f"#1 SMP PREEMPT_DYNAMIC PMX {self.kernel.removesuffix('-pve')}"


VERSIONS: Final = {
    OLD: PveVersion("8.4.21", "8.4", "0123456789abcdef", "6.8.12-16-pve"),
    NEW: PveVersion("9.2.11", "9.2", "fedcba9876543210", "6.17.9-2-pve"),
}


def version_of_node(pve: str, number: int) -> str:
    """Return what the node with that number runs: in a mixed cluster every second one is
    upgraded.
    """
    return (OLD, NEW)[number % 2] if pve == MIXED else pve
