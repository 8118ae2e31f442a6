"""What one look at a cluster says of each instance, node and storage (R7). Pure."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from noc_tui.cluster.snapshot import ClusterSnapshot, Guest, Node, Storage


class Observation(NamedTuple):
    """A source was seen good, bad, or (None) nothing can be concluded; `reason` is a word."""

    source: str
    good: bool | None
    reason: str


def guest_source(cluster: str, vmid: int) -> str:
    """How an instance is named in the ledger."""
    return f"guest:{cluster}/{vmid}"


def of_guests(snapshot: ClusterSnapshot, guests: Iterable[Guest]) -> Iterator[Observation]:
    """An instance is reachable when Proxmox says that it runs and its node is there."""
    for guest in guests:
        good, reason = _guest(snapshot, guest)
        yield Observation(guest_source(snapshot.cluster, guest.vmid), good, reason)


def _guest(snapshot: ClusterSnapshot, guest: Guest) -> tuple[bool | None, str]:
    if guest.status == "running":
        return True, ""
    if guest.status == "unknown":
        node = snapshot.nodes.get(guest.node)
        if node is None or node.status != "offline":
            return None, "unknown"
        return _absent(snapshot, "node_offline")
    # A stop-mode backup stops the guest for a moment: told apart from any other stop.
    return False, "backup" if guest.lock == "backup" else guest.status


def _absent(snapshot: ClusterSnapshot, reason: str) -> tuple[bool | None, str]:
    """Without quorum "offline" only says that *this* part of the cluster does not see it."""
    return (None, "no_quorum") if snapshot.quorate is False else (False, reason)


def of_estate(snapshot: ClusterSnapshot) -> Iterator[Observation]:
    """The hoster's own: nodes, storages, the quorum."""
    name = snapshot.cluster
    for node in snapshot.nodes.values():
        yield Observation(f"node:{name}/{node.name}", *_node(snapshot, node))
    for storage in snapshot.storages.values():
        yield Observation(f"storage:{name}/{storage.key}", *_storage(snapshot, storage))
    lost = snapshot.quorate is False
    good = None if snapshot.quorate is None else not lost
    yield Observation(f"quorum:{name}", good, "no_quorum" if lost else "")


def _node(snapshot: ClusterSnapshot, node: Node) -> tuple[bool | None, str]:
    if node.status == "online":
        return True, ""
    return _absent(snapshot, "offline") if node.status == "offline" else (None, "unknown")


def _storage(snapshot: ClusterSnapshot, storage: Storage) -> tuple[bool | None, str]:
    node = snapshot.nodes.get(storage.node) if storage.node else None
    if node is not None and node.status != "online":
        return None, "node_offline"
    if storage.missing_on:
        return False, "missing_on " + " ".join(storage.missing_on)
    return (True, "") if storage.status == "available" else (False, storage.status)
