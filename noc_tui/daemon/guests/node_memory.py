"""How much memory each node has promised to guests that run, and where another one fits. Pure.

A guest counts with all of the memory that it is configured with: what it uses now may grow.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from noc_tui.cluster.guest_snapshot import GuestSnapshot
from noc_tui.cluster.snapshot import ClusterSnapshot

FULL_PERCENT = 90
"""Of a node's memory, what may be promised to guests; the rest is the node's own and its cache."""


@dataclass(frozen=True, slots=True)
class NodeRoom:
    """A node that is online: `memory` in bytes, None where it is not known, and what is promised
    of it.
    """

    name: str
    memory: int | None
    promised: int = 0

    @property
    def left(self) -> int | None:
        """Bytes that may still be promised, below zero where too much is; None if not known."""
        return None if self.memory is None else self.memory * FULL_PERCENT // 100 - self.promised

    def with_more(self, octets: int) -> "NodeRoom":
        """The same with another guest, or with one less."""
        return replace(self, promised=self.promised + octets)


def counts(guest: GuestSnapshot) -> int:
    """Bytes of a node's memory that a guest takes: none while it is off."""
    off = guest.template or guest.status == "stopped"
    return 0 if off else guest.memory or 0


def rooms_of(snapshot: ClusterSnapshot) -> dict[str, NodeRoom]:
    """Every online node and what it has promised."""
    rooms = {
        name: NodeRoom(name, node.memory)
        for name, node in snapshot.nodes.items()
        if node.status == "online"
    }
    for guest in snapshot.guests.values():
        if guest.node in rooms:
            rooms[guest.node] = rooms[guest.node].with_more(counts(guest))
    return rooms


def roomiest(rooms: Mapping[str, NodeRoom], octets: int, among: Iterable[str]) -> str | None:
    """The node of these that is left with most memory after taking so much; None if none can."""
    left = [
        (room.left - octets, name)
        for name in sorted(among)
        if (room := rooms.get(name)) is not None and room.left is not None
    ]
    fitting = [one for one in left if one[0] >= 0]
    return max(fitting)[1] if fitting else None
