"""Turns a cluster's snapshot into rows: changed ones, and keys of removed ones. Pure."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from noc_tui.cluster import errors
from noc_tui.cluster import snapshot as seen
from noc_tui.cluster.difference import Difference, SnapshotChanges
from noc_tui.cluster.guest_snapshot import GuestSnapshot
from noc_tui.cluster.omissions import NOTHING_OMITTED, Omissions
from noc_tui.cluster.row_figures import UNKNOWN
from noc_tui.config import ClusterConfig
from storage import inventory
from storage.guests import GUEST_LOADS, GUESTS, Guest, GuestLoad
from storage.inventory import Part
from storage.tables import Key, Table

V = TypeVar("V")
R = TypeVar("R", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class StoredKind:
    """How one kind of value of a snapshot is kept: its table, and its row in a cluster."""

    table: Table[Any]
    values: Callable[[seen.ClusterSnapshot], Sequence[Any]]
    changes: Callable[[Difference], SnapshotChanges[Any]]
    row: Callable[[str, Any], Any]


def _copy(row: type[R], **from_fields: str) -> Callable[[str, Any], R]:
    """Return what makes a row of a cluster from a snapshot's value: a field has one name in
    both.

    `from_fields` names the value's field where it is another. The row's first field is `cluster`.
    """
    names = [from_fields.get(name, name) for name in row.__struct_fields__[1:]]
    read = attrgetter(*names)
    return lambda cluster, value: row(cluster, *read(value))


node = _copy(inventory.Node)
guest = _copy(Guest)
load = _copy(GuestLoad)
zone = _copy(inventory.Zone)
task = _copy(inventory.Task, kind="type", target="id")
LOADS = GuestLoad.__struct_fields__[2:]
"""The fields of a guest that move without anything having happened."""


def storage(cluster: str, value: seen.StorageSnapshot) -> inventory.Storage:
    """A storage's row; a shared one belongs to no node."""
    return inventory.Storage(
        cluster=cluster,
        name=value.name,
        node=value.node or "",
        kind=value.kind or UNKNOWN,
        status=value.status,
        shared=value.shared,
        content=value.content,
        missing_on=value.missing_on,
        used=value.used,
        total=value.total,
    )


def pool(cluster: str, value: seen.PoolSnapshot) -> inventory.Pool:
    """A pool's row."""
    return inventory.Pool(cluster, value.name)


KINDS = (
    StoredKind(inventory.NODES, lambda s: tuple(s.nodes.values()), lambda d: d.nodes, node),
    StoredKind(GUESTS, lambda s: tuple(s.guests.values()), lambda d: d.guests, guest),
    StoredKind(
        inventory.STORAGES, lambda s: tuple(s.storages.values()), lambda d: d.storages, storage
    ),
    StoredKind(inventory.POOLS, lambda s: tuple(s.pools.values()), lambda d: d.pools, pool),
    StoredKind(inventory.ZONES, lambda s: tuple(s.zones.values()), lambda d: d.zones, zone),
    StoredKind(inventory.TASKS, lambda s: tuple(s.tasks.values()), lambda d: d.tasks, task),
)


def cluster(config: ClusterConfig, snapshot: seen.ClusterSnapshot) -> inventory.Cluster:
    """The cluster's own row."""
    return inventory.Cluster(
        config.name, config.site, snapshot.version or UNKNOWN, snapshot.quorate
    )


def list_changed_rows(
    config: ClusterConfig, snapshot: seen.ClusterSnapshot, found: Difference
) -> list[Part]:
    """Return the rows that changed since the previous poll."""
    loads, others = _by_load(found.guests)
    rest = dataclasses.replace(found, guests=others)
    parts = [
        _cluster(config, snapshot),
        Part(GUEST_LOADS, [load(config.name, value) for value in loads]),
        *(_changed(kind, config.name, kind.changes(rest)) for kind in KINDS),
    ]
    return [part for part in parts if part.rows or part.gone]


def _by_load(
    found: SnapshotChanges[GuestSnapshot],
) -> tuple[list[GuestSnapshot], SnapshotChanges[GuestSnapshot]]:
    """The guests of which nothing but their load is another one, and all other changes."""
    loads: list[GuestSnapshot] = []
    others: list[tuple[GuestSnapshot, GuestSnapshot]] = []
    for before, after in found.changed:
        same = replace(before, **{name: getattr(after, name) for name in LOADS})
        if same == after:
            loads.append(after)
        else:
            others.append((before, after))
    return loads, dataclasses.replace(found, changed=tuple(others))


def rows_against_stored(
    config: ClusterConfig, snapshot: seen.ClusterSnapshot, stored: inventory.KnownRows
) -> list[Part]:
    """Return what a poll changes, compared with the rows that stand in the file: an earlier run
    stored them, or another hand.
    """
    parts = [
        stored.part(
            kind.table,
            {kind.table.key_of(row): row for row in _rows(kind, config.name, snapshot)},
        )
        for kind in KINDS
    ]
    return [_cluster(config, snapshot), *parts]


def _cluster(config: ClusterConfig, snapshot: seen.ClusterSnapshot) -> Part:
    return Part(inventory.CLUSTERS, [cluster(config, snapshot)])


def _rows(kind: StoredKind, name: str, snapshot: seen.ClusterSnapshot) -> list[Any]:
    return [kind.row(name, value) for value in kind.values(snapshot)]


def _changed(kind: StoredKind, name: str, found: SnapshotChanges[Any]) -> Part:
    rows = [kind.row(name, value) for value in found.present()]
    gone: list[Key] = [kind.table.key_of(kind.row(name, value)) for value in found.removed]
    return Part(kind.table, rows, gone)


def seen_source(
    source: inventory.Source, at: datetime, omitted: Omissions = NOTHING_OMITTED
) -> inventory.Source:
    """Return the source after a successful poll."""
    return replace(
        source,
        seen_at=at,
        tried_at=at,
        failing_since=None,
        error=None,
        refusal="",
        omitted_fields=omitted.fields,
        omitted_rows=omitted.rows,
        omitted="; ".join(omitted.examples),
    )


def failed_source(
    source: inventory.Source, at: datetime, reason: errors.GatewayError | str
) -> inventory.Source:
    """Return the source after a failed poll; the start of the failure is kept."""
    return replace(
        source,
        tried_at=at,
        failing_since=source.failing_since or at,
        error=str(reason),
        refusal=_refusal(reason),
    )


def _refusal(reason: errors.GatewayError | str) -> str:
    if isinstance(reason, errors.AuthenticationFailed | errors.PermissionMissing):
        return "token"
    return "certificate" if isinstance(reason, errors.Untrusted) else ""
