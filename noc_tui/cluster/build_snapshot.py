"""From the rows of one poll, and what was known before, to a `ClusterSnapshot`. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from msgspec.structs import replace

from noc_tui.cluster.api_rows import Number, ResourceRow, StatusRow, TaskRow
from noc_tui.cluster.guest_snapshot import KINDS, GuestSnapshot, see_guests, unread
from noc_tui.cluster.omissions import NOTHING_OMITTED, OmissionLog, Omissions
from noc_tui.cluster.row_figures import NO_LOADS, UNKNOWN, boot_instant, percent, whole_bytes
from noc_tui.cluster.snapshot import (
    ClusterSnapshot,
    NodeSnapshot,
    PoolSnapshot,
    SightGap,
    StorageSnapshot,
    TaskSnapshot,
    ZoneSnapshot,
    task_outcome,
)

_READ = frozenset(("node", "qemu", "lxc", "storage", "pool"))


@dataclass(frozen=True, slots=True)
class KnownCluster:
    """What earlier polls taught: the last snapshot, and the rows of guests and nodes behind it."""

    snapshot: ClusterSnapshot | None = None
    guests: Mapping[int, ResourceRow] = field(default_factory=dict)
    nodes: Mapping[str, ResourceRow] = field(default_factory=dict)
    version: str | None = None


@dataclass(frozen=True, slots=True)
class PollAnswers:
    """The rows of one poll; `status` is None when the token may not read it.

    `omitted` is what could not be read; `status_omitted` what of it is of `status`.
    """

    cluster: str
    endpoint: str
    observed_at: datetime
    status: tuple[StatusRow, ...] | None
    resources: tuple[ResourceRow, ...]
    tasks: tuple[TaskRow, ...]
    gaps: tuple[SightGap, ...] = ()
    omitted: Omissions = NOTHING_OMITTED
    status_omitted: Omissions = NOTHING_OMITTED


def assemble(poll: PollAnswers, known: KnownCluster) -> tuple[ClusterSnapshot, KnownCluster]:
    """The snapshot, and what to know at the next poll.

    A row that contradicts its own id is left out. What was there before and may be a row that was
    left out is kept, with nothing known of its state.
    """
    log = OmissionLog()
    log.add(poll.omitted)
    by_type: defaultdict[str, list[ResourceRow]] = defaultdict(list)
    for row in poll.resources:
        if _names_itself(row):
            by_type[row.type].append(row)
        else:
            log.leave_out_row(*_claimed_identities(row))
    status = _members(poll, log)
    nodes = _nodes(poll, by_type["node"], status, known)
    online = frozenset(name for name, node in nodes.items() if node.status != "offline")
    heard = frozenset(name for name, node in nodes.items() if node.status == "online")
    guest_rows = by_type["qemu"] + by_type["lxc"]
    snapshot = ClusterSnapshot(
        cluster=poll.cluster,
        observed_at=poll.observed_at,
        endpoint=poll.endpoint,
        version=known.version,
        quorate=is_quorate(status, whole=_is_whole(poll, status)),
        nodes=nodes,
        guests=_guests(guest_rows, online, poll.observed_at, known),
        storages=_storages(by_type["storage"], heard),
        pools={name: PoolSnapshot(name) for name in _pool_names(by_type["pool"])},
        tasks={row.upid: _task(row, online) for row in poll.tasks},
        zones=_zones(by_type["sdn"] + by_type["network"], heard),
        gaps=poll.gaps,
        omitted=log.total(),
    )
    if log.rows and known.snapshot is not None:
        snapshot = _with_unread(snapshot, known.snapshot)
    guests = {row.vmid: row for row in guest_rows if row.vmid is not None}
    by_node = {row.node: row for row in by_type["node"] if row.node is not None}
    return snapshot, KnownCluster(snapshot, guests, by_node, known.version)


def is_quorate(status: Iterable[StatusRow] | None, *, whole: bool = True) -> bool | None:
    """Whether the cluster has quorum; a node without a cluster has. `whole` says that no row of
    `status` was left out. None where nothing says it: an answer without a node says nothing.
    """
    rows = tuple(status or ())
    clusters = [row for row in rows if row.type == "cluster"]
    if clusters:
        return clusters[0].quorate
    return True if whole and any(row.type == "node" for row in rows) else None


def _names_itself(row: ResourceRow) -> bool:
    """Whether type and id of a row say the same, and it names all that it needs."""
    kind = row.type
    if kind == "qemu" or kind == "lxc":
        return row.node is not None and row.id == f"{kind}/{row.vmid}"
    if kind == "node":
        return row.node is not None and row.id == f"node/{row.node}"
    if kind == "storage":
        return row.node is not None and row.id == f"storage/{row.node}/{row.storage}"
    if kind == "pool":
        return row.pool is None or row.id == f"/pool/{row.pool}"
    return row.id.strip("/").partition("/")[0] not in _READ


def _claimed_identities(row: ResourceRow) -> tuple[str, ...]:
    """The reason why a row is left out, and all that it may be."""
    claims = {row.id, *(f"{kind}/{row.vmid}" for kind in KINDS if row.vmid is not None)}
    if row.node is not None:
        claims |= {f"node/{row.node}", f"storage/{row.node}/{row.storage}"}
    if row.pool is not None:
        claims.add(f"/pool/{row.pool}")
    return "a row whose fields contradict its id", row.id, *sorted(claims - {row.id})


def _members(poll: PollAnswers, log: OmissionLog) -> tuple[StatusRow, ...] | None:
    """The rows of `/cluster/status` that do not contradict their own id."""
    if poll.status is None:
        return None
    found = []
    for row in poll.status:
        if row.id is None or row.id in (row.type, f"{row.type}/{row.name}"):
            found.append(row)
        else:
            log.leave_out_row("a row whose fields contradict its id", row.id)
    return tuple(_with_believed_members(found))


def _with_believed_members(rows: list[StatusRow]) -> list[StatusRow]:
    """A node that answers and counts itself as offline has no membership to tell (its corosync
    is stopped): who it calls offline is not known to be.
    """
    if not any(row.type == "node" and row.local and row.online is False for row in rows):
        return rows
    return [row if row.online else replace(row, online=None) for row in rows]


def _is_whole(poll: PollAnswers, members: tuple[StatusRow, ...] | None) -> bool:
    """Whether no row of `/cluster/status` was left out."""
    return not poll.status_omitted.rows and len(members or ()) == len(poll.status or ())


def _with_unread(snapshot: ClusterSnapshot, before: ClusterSnapshot) -> ClusterSnapshot:
    """The snapshot with what was there before and may be a row that was left out."""
    may_hold = snapshot.omitted.may_hold
    nodes = {
        name: replace(node, status=UNKNOWN, ha_state=None, **NO_LOADS)
        for name, node in before.nodes.items()
        if name not in snapshot.nodes and may_hold(f"node/{name}")
    }
    guests = {
        vmid: unread(guest)
        for vmid, guest in before.guests.items()
        if vmid not in snapshot.guests and may_hold(f"{guest.kind}/{vmid}")
    }
    storages = {
        key: replace(storage, status=UNKNOWN, missing_on=(), total=None, used=None)
        for key, storage in before.storages.items()
        if key not in snapshot.storages
        and any(may_hold(f"storage/{node}/{storage.name}") for node in storage.nodes)
    }
    pools = {
        name: pool
        for name, pool in before.pools.items()
        if name not in snapshot.pools and may_hold(f"/pool/{name}")
    }
    tasks = {
        upid: task
        for upid, task in before.tasks.items()
        if upid not in snapshot.tasks and may_hold(upid)
    }
    return replace(
        snapshot,
        nodes={**snapshot.nodes, **nodes},
        guests={**snapshot.guests, **guests},
        storages={**snapshot.storages, **storages},
        pools={**snapshot.pools, **pools},
        tasks={**snapshot.tasks, **tasks},
    )


def _nodes(
    poll: PollAnswers,
    rows: Iterable[ResourceRow],
    status: Iterable[StatusRow] | None,
    known: KnownCluster,
) -> dict[str, NodeSnapshot]:
    members = {row.name: row for row in status or () if row.type == "node"}
    by_name = {row.node: row for row in rows if row.node is not None}
    names = sorted(members.keys() | by_name.keys())
    return {name: _node(poll, name, by_name.get(name), members.get(name), known) for name in names}


def _node(
    poll: PollAnswers,
    name: str,
    row: ResourceRow | None,
    member: StatusRow | None,
    known: KnownCluster,
) -> NodeSnapshot:
    row = row or ResourceRow(id=f"node/{name}", type="node", node=name)
    status = row.status or UNKNOWN
    if member is not None and not member.online:
        status = UNKNOWN if member.online is None else "offline"
    before = known.snapshot.nodes.get(name) if known.snapshot else None
    alive = status != "offline"
    return NodeSnapshot(
        name=name,
        status=status,
        ip=member.ip if member else None,
        cpu_percent=percent(row.cpu, 1) if alive else None,
        memory_percent=percent(row.mem, row.maxmem) if alive else None,
        disk_percent=percent(row.disk, row.maxdisk) if alive else None,
        cpus=row.maxcpu,
        memory=whole_bytes(row.maxmem),
        disk=whole_bytes(row.maxdisk),
        booted_at=boot_instant(
            poll.observed_at, row, known.nodes.get(name), before.booted_at if before else None
        ),
        ha_state=row.hastate,
    )


def _guests(
    rows: Iterable[ResourceRow], online: frozenset[str], now: datetime, known: KnownCluster
) -> dict[int, GuestSnapshot]:
    before = known.snapshot
    if before is None:
        return see_guests(rows, online, now, 0.0, {}, known.guests)
    elapsed = (now - before.observed_at).total_seconds()
    return see_guests(rows, online, now, elapsed, before.guests, known.guests)


def _pool_names(rows: Iterable[ResourceRow]) -> list[str]:
    return sorted(row.pool or row.id.removeprefix("/pool/") for row in rows)


def _storages(rows: Iterable[ResourceRow], heard: frozenset[str]) -> dict[str, StorageSnapshot]:
    grouped: dict[str, list[ResourceRow]] = {}
    for row in rows:
        name = row.storage or row.id.rpartition("/")[2]
        grouped.setdefault(name if row.shared else f"{row.node}/{name}", []).append(row)
    return {key: _storage(key, grouped[key], heard) for key in sorted(grouped)}


def _storage(key: str, rows: list[ResourceRow], heard: frozenset[str]) -> StorageSnapshot:
    """Return one storage. What a node says of it counts while that node's figures come (`heard`):
    one that fell silent accuses no storage.
    """
    first = min(rows, key=lambda row: row.id)
    seen = [row for row in rows if row.node in heard and row.status == "available"]
    sized = min((r for r in seen if r.maxdisk), key=lambda row: row.id, default=None)
    total = whole_bytes(sized.maxdisk) if sized else None
    reached = {row.node for row in seen}
    return StorageSnapshot(
        key=key,
        name=first.storage or first.id.rpartition("/")[2],
        node=None if first.shared else first.node,
        shared=bool(first.shared),
        kind=first.plugintype,
        status="available" if seen else UNKNOWN,
        content=tuple(sorted(filter(None, (first.content or "").split(",")))),
        total=total,
        used=_rounded(sized.disk, total) if sized else None,
        nodes=tuple(sorted(row.node for row in rows if row.node)),
        missing_on=tuple(
            sorted(row.node for row in rows if row.node and row.node in heard - reached)
        ),
    )


def _zones(rows: Iterable[ResourceRow], heard: frozenset[str]) -> dict[str, ZoneSnapshot]:
    """Return zones and fabrics by node; in the middle of an upgrade rows of both kinds come."""
    found = {}
    for row in rows:
        name, kind = row.sdn or row.network, row.network_type or "zone"
        if row.node is None or not name:
            continue
        status = (row.status or UNKNOWN) if row.node in heard else UNKNOWN
        found[f"{row.node}/{kind}/{name}"] = ZoneSnapshot(row.node, kind, name, status)
    return dict(sorted(found.items()))


def _rounded(used: Number, total: int | None) -> int | None:
    if used is None or not total:
        return None
    return round(used * 1000 / total) * total // 1000


def _task(row: TaskRow, online: frozenset[str]) -> TaskSnapshot:
    outcome = task_outcome(row.status if row.status or row.endtime is None else "")
    if outcome == "running" and row.node not in online:
        outcome = "unknown"
    return TaskSnapshot(
        upid=row.upid,
        node=row.node,
        type=row.type,
        id=row.id,
        user=f"{row.user}!{row.tokenid}" if row.tokenid and "!" not in row.user else row.user,
        started_at=datetime.fromtimestamp(row.starttime, UTC),
        ended_at=None if row.endtime is None else datetime.fromtimestamp(row.endtime, UTC),
        status=row.status,
        outcome=outcome,
    )
