"""What of a cluster is not shown while a secret order of an authority is carried out there.

A guest's state is shown as it is. The tasks by which `nocd` itself changed it would say that it was
`nocd`, and so that there is a case: they are left out of what is stored and answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from noc_tui.cluster.snapshot import ClusterSnapshot

_UPID_PARTS = 9
_UPID_TARGET, _UPID_USER = 6, 7


@dataclass(slots=True)
class Veil:
    """The guests of secret cases, and the accounts by which `nocd` acts on each cluster."""

    guests: frozenset[tuple[str, int]] = frozenset()
    actors: Mapping[str, str] = field(default_factory=dict)

    def hides(self, cluster: str, target: str, user: str) -> bool:
        """Return whether a task on `target` (a vmid) by `user` is left out."""
        actor = self.actors.get(cluster)
        if actor is None or not target.isdecimal() or (cluster, int(target)) not in self.guests:
            return False
        return user in (actor, actor.partition("!")[0])

    def hides_task(self, cluster: str, upid: str) -> bool:
        """The same of a task's identifier, `UPID:node:pid:pstart:start:type:target:user:`."""
        parts = upid.split(":")
        if len(parts) != _UPID_PARTS:
            return False
        return self.hides(cluster, parts[_UPID_TARGET], parts[_UPID_USER])

    def cover(self, snapshot: ClusterSnapshot) -> ClusterSnapshot:
        """Return what of a snapshot is shown; the snapshot itself where nothing is left out."""
        if not self.guests:
            return snapshot
        shown = {
            upid: task
            for upid, task in snapshot.tasks.items()
            if not self.hides(snapshot.cluster, task.id, task.user)
        }
        return snapshot if len(shown) == len(snapshot.tasks) else replace(snapshot, tasks=shown)
