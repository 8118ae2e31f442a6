"""From one poll of a cluster to one round for the ledger. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from noc_tui.cluster.difference import Difference
from noc_tui.cluster.guest_snapshot import GuestSnapshot
from noc_tui.cluster.snapshot import ClusterSnapshot, NodeSnapshot, StorageSnapshot
from noc_tui.daemon.availability.ledger_state import LedgerState
from noc_tui.daemon.core.observations import Observation, Round

MAINTENANCE = "maintenance"
"""The reason of a node that is off while HA keeps it free of guests: that is work, not a loss."""
Owner = Callable[[str, str | None], str | None]


@dataclass(frozen=True, slots=True)
class View:
    """How a cluster's poll is read: whose a pool is, and the probes that some instances have."""

    owner: Owner
    watchers: Mapping[str, str]


def observer_of(cluster: str) -> str:
    """Return how a cluster's poll is named among the observers."""
    return f"cluster:{cluster}"


def cluster_round(
    snapshot: ClusterSnapshot, changed: Difference | None, memory: LedgerState, view: View, at: int
) -> Round:
    """Return what there is to record; with `changed` only guests that changed or are unsettled."""
    if changed is None:
        guests: Iterable[GuestSnapshot] = snapshot.guests.values()
        gone = _vanished(snapshot, memory)
    else:
        guests = _touched(snapshot, changed, memory)
        gone = [guest_source(snapshot.cluster, one.vmid) for one in changed.guests.removed]
    placed: dict[str, tuple[str, str]] = {}
    watched: list[GuestSnapshot] = []
    for guest in guests:
        source = guest_source(snapshot.cluster, guest.vmid)
        tenant = None if guest.template else view.owner(snapshot.cluster, guest.pool)
        if tenant is None:
            gone.append(source)
            continue
        placed[source] = (tenant, f"{snapshot.cluster}/{guest.node}")
        if source not in view.watchers:
            watched.append(guest)
    observations = [*of_guests(snapshot, watched), *of_estate(snapshot)]
    observer = observer_of(snapshot.cluster)
    return Round(observer, at, observations, placed, gone, watchers=view.watchers)


def _vanished(snapshot: ClusterSnapshot, memory: LedgerState) -> list[str]:
    """Sources of this cluster that are on record and not in the snapshot."""
    there = {guest_source(snapshot.cluster, vmid) for vmid in snapshot.guests}
    ours = f"guest:{snapshot.cluster}/"
    return [one for one in memory.placements if one.startswith(ours) and one not in there]


def _touched(
    snapshot: ClusterSnapshot, changed: Difference, memory: LedgerState
) -> Iterable[GuestSnapshot]:
    found = {guest.vmid: guest for guest in changed.guests.present()}
    # What a guest's "unknown" means is told by its node.
    nodes = {node.name for node in (*changed.nodes.present(), *changed.nodes.removed)}
    found |= {
        guest.vmid: guest
        for guest in snapshot.guests.values()
        if guest.status == "unknown" and guest.node in nodes
    }
    ours = f"guest:{snapshot.cluster}/"
    for source in memory.unsettled():
        if source.startswith(ours):
            vmid = int(source.removeprefix(ours))
            if (guest := snapshot.guests.get(vmid)) is not None:
                found[vmid] = guest
    return found.values()


def guest_source(cluster: str, vmid: int) -> str:
    """Return how an instance is named in the ledger."""
    return f"guest:{cluster}/{vmid}"


def of_guests(snapshot: ClusterSnapshot, guests: Iterable[GuestSnapshot]) -> Iterator[Observation]:
    """An instance is reachable when Proxmox says that it runs and its node is there."""
    for guest in guests:
        good, reason = _guest(snapshot, guest)
        yield Observation(guest_source(snapshot.cluster, guest.vmid), good, reason)


def _guest(snapshot: ClusterSnapshot, guest: GuestSnapshot) -> tuple[bool | None, str]:
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


def _node(snapshot: ClusterSnapshot, node: NodeSnapshot) -> tuple[bool | None, str]:
    if node.status == "online":
        return True, ""
    if node.status != "offline":
        return None, "unknown"
    return _absent(snapshot, MAINTENANCE if node.ha_state == MAINTENANCE else "offline")


def _storage(snapshot: ClusterSnapshot, storage: StorageSnapshot) -> tuple[bool | None, str]:
    """A storage is lost where a node whose figures come does not reach it; what a node that is not
    heard has of its own is unknown.
    """
    if storage.missing_on:
        return False, "missing_on " + " ".join(storage.missing_on)
    if storage.status == "available":
        return True, ""
    return None, "node_offline" if storage.node else storage.status
