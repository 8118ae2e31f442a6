"""Compares two snapshots of the same cluster. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from noc_tui.cluster.guest_snapshot import GuestSnapshot
from noc_tui.cluster.snapshot import (
    ClusterSnapshot,
    NodeSnapshot,
    PoolSnapshot,
    StorageSnapshot,
    TaskSnapshot,
    ZoneSnapshot,
)

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class SnapshotChanges(Generic[V]):
    """The changes of one kind of value: `added` new values, `changed` pairs (before, after),
    `removed` values.
    """

    added: tuple[V, ...] = ()
    changed: tuple[tuple[V, V], ...] = ()
    removed: tuple[V, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def present(self) -> Iterator[V]:
        """Yield every value to write: the added ones, and the new side of the changed ones."""
        yield from self.added
        for _, after in self.changed:
            yield after


@dataclass(frozen=True, slots=True)
class Difference:
    """The changes by kind, and whether quorum or version moved."""

    nodes: SnapshotChanges[NodeSnapshot]
    guests: SnapshotChanges[GuestSnapshot]
    storages: SnapshotChanges[StorageSnapshot]
    pools: SnapshotChanges[PoolSnapshot]
    tasks: SnapshotChanges[TaskSnapshot]
    quorum_changed: bool
    version_changed: bool
    zones: SnapshotChanges[ZoneSnapshot] = SnapshotChanges()

    def __bool__(self) -> bool:
        return (
            self.quorum_changed
            or self.version_changed
            or any((self.nodes, self.guests, self.storages, self.pools, self.tasks, self.zones))
        )


def changes(before: Mapping[K, V], after: Mapping[K, V]) -> SnapshotChanges[V]:
    """Return the changes from one mapping to the other, in the order of the mappings."""
    added: list[V] = []
    changed: list[tuple[V, V]] = []
    lookup = before.get
    for key, new in after.items():
        old = lookup(key)
        if old is new:
            continue
        if old is None:
            added.append(new)
        elif old != new:
            changed.append((old, new))
    all_stay = len(before) + len(added) == len(after)
    removed = [] if all_stay else [old for key, old in before.items() if key not in after]
    return SnapshotChanges(tuple(added), tuple(changed), tuple(removed))


def difference(before: ClusterSnapshot | None, after: ClusterSnapshot) -> Difference:
    """Return the differences between two snapshots; against None everything is added."""
    return Difference(
        nodes=changes(before.nodes if before else {}, after.nodes),
        guests=changes(before.guests if before else {}, after.guests),
        storages=changes(before.storages if before else {}, after.storages),
        pools=changes(before.pools if before else {}, after.pools),
        tasks=changes(before.tasks if before else {}, after.tasks),
        zones=changes(before.zones if before else {}, after.zones),
        quorum_changed=before is None or before.quorate != after.quorate,
        version_changed=before is None or before.version != after.version,
    )
