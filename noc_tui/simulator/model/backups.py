"""A backup server: what it keeps of each guest of a cluster on the other site."""

from dataclasses import dataclass, field

from noc_tui.simulator.model.guest import GIB

KEPT = 7
"""Rolling backups of each guest."""

Key = tuple[str, int]
"""Type (`vm` or `ct`) and number of a guest."""


@dataclass(slots=True)
class Snapshot:
    """One backup; without a size it is still being written, without a state never verified.

    `owner` is its group's where it is not given.
    """

    time: int
    size: int | None = None
    verified: str = ""
    verify_upid: str = ""
    protected: bool = False
    comment: str = ""
    owner: str = ""


@dataclass(slots=True)
class BackupServer:
    """A Proxmox Backup Server with one datastore; `guests_of` is the cluster it serves.

    It keeps what it has in `namespace`; `failing` are guests whose backups fail, with why;
    `skipped` are silently left out.
    """

    name: str
    site: str
    guests_of: str
    datastore: str
    secrets: dict[str, str]
    namespace: str = ""
    total: int = 400 * 1024 * GIB
    down: bool = False
    snapshots: dict[Key, list[Snapshot]] = field(default_factory=dict)
    failing: dict[int, str] = field(default_factory=dict)
    skipped: set[int] = field(default_factory=set)
    failed_verifications: set[int] = field(default_factory=set)
    failed_collection: bool = False
    changes: int = 0

    @property
    def owner(self) -> str:
        """Who writes the backups: the token by which the cluster's storage is entered."""
        return f"{self.guests_of}@pbs!backup"

    def at(self, namespace: str) -> dict[Key, list[Snapshot]]:
        """What is kept in a namespace."""
        return self.snapshots if namespace == self.namespace else {}

    @property
    def used(self) -> int:
        """Bytes; what is kept shares most of its blocks."""
        sizes = sum(kept[-1].size or 0 for kept in self.snapshots.values() if kept)
        return min(int(self.total * 0.97), int(sizes * 1.7) + 800 * GIB)

    def add(self, key: Key, snapshot: Snapshot) -> None:
        """Keep it, and let go of the oldest beyond those kept."""
        kept = self.snapshots.setdefault(key, [])
        kept.append(snapshot)
        del kept[: max(0, len(kept) - KEPT)]
        self.changes += 1

    def drop_unfinished(self, key: Key) -> None:
        """Forget a backup that broke off."""
        kept = self.snapshots.get(key, [])
        if kept and kept[-1].size is None:
            kept.pop()
            self.changes += 1
