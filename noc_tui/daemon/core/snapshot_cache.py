"""The newest snapshot of every cluster, shared by the services."""

from collections.abc import Mapping

from noc_tui.cluster.guest_snapshot import GuestSnapshot
from noc_tui.cluster.ids import GuestPlace
from noc_tui.cluster.slow import SlowSnapshot
from noc_tui.cluster.snapshot import ClusterSnapshot
from noc_tui.daemon.core.errors import NotFound
from noc_tui.i18n import _


class SnapshotCache:
    """The newest snapshot of each cluster that was ever seen by this daemon."""

    def __init__(self) -> None:
        self._seen: dict[str, ClusterSnapshot] = {}
        self._slow: dict[str, SlowSnapshot] = {}

    def remember(self, snapshot: ClusterSnapshot) -> None:
        """Store a newer snapshot."""
        self._seen[snapshot.cluster] = snapshot

    def remember_slow(self, snapshot: SlowSnapshot) -> None:
        """Store a newer slow snapshot."""
        self._slow[snapshot.cluster] = snapshot

    @property
    def slow(self) -> Mapping[str, SlowSnapshot]:
        """The newest slow look at each cluster: HA, replication, jobs, rights."""
        return self._slow

    @property
    def snapshots(self) -> Mapping[str, ClusterSnapshot]:
        """The newest snapshot of each cluster."""
        return self._seen

    def guest(self, cluster: str, vmid: int) -> GuestSnapshot:
        """A guest where it was last seen; `NotFound` names what is missing."""
        snapshot = self._seen.get(cluster)
        if snapshot is None:
            raise NotFound(_("cluster {name} not seen yet").format(name=cluster))
        guest = snapshot.guests.get(vmid)
        if guest is None:
            raise NotFound(_("cluster {name} has no guest {vmid}").format(name=cluster, vmid=vmid))
        return guest

    def last_place(self, cluster: str, vmid: int) -> GuestPlace | None:
        """Return where a guest was last seen; None where no poll has seen it."""
        snapshot = self._seen.get(cluster)
        guest = None if snapshot is None else snapshot.guests.get(vmid)
        return None if guest is None else GuestPlace(guest.node, guest.kind, guest.vmid)
