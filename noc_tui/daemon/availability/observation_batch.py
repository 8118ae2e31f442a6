"""From one poll of a cluster to one round for the ledger. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from noc_tui.cluster.difference import Difference
from noc_tui.cluster.snapshot import ClusterSnapshot, Guest
from noc_tui.daemon.availability.ledger_state import Memory
from noc_tui.daemon.availability.observations import guest_source, of_estate, of_guests
from noc_tui.daemon.availability.recorder import Round

Owner = Callable[[str, str | None], str | None]


@dataclass(frozen=True, slots=True)
class View:
    """How a cluster's poll is read: whose a pool is, and the probes that some instances have."""

    owner: Owner
    watchers: Mapping[str, str]


def observer_of(cluster: str) -> str:
    """How a cluster's poll is named among the observers."""
    return f"cluster:{cluster}"


def cluster_round(
    snapshot: ClusterSnapshot, changed: Difference | None, memory: Memory, view: View, at: int
) -> Round:
    """What there is to record; with `changed` only guests that changed or are unsettled."""
    if changed is None:
        guests: Iterable[Guest] = snapshot.guests.values()
        gone = _vanished(snapshot, memory)
    else:
        guests = _touched(snapshot, changed, memory)
        gone = [guest_source(snapshot.cluster, one.vmid) for one in changed.guests.removed]
    placed: dict[str, tuple[str, str]] = {}
    watched: list[Guest] = []
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


def _vanished(snapshot: ClusterSnapshot, memory: Memory) -> list[str]:
    """Sources of this cluster that are on record and not in the snapshot."""
    there = {guest_source(snapshot.cluster, vmid) for vmid in snapshot.guests}
    ours = f"guest:{snapshot.cluster}/"
    return [one for one in memory.placements if one.startswith(ours) and one not in there]


def _touched(snapshot: ClusterSnapshot, changed: Difference, memory: Memory) -> Iterable[Guest]:
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
