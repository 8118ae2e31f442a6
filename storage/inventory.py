"""What was last seen of the clusters beside their guests: sources, nodes, storages, pools, tasks.

Figures are kept at the precision that is shown (the caller rounds), instants rather than growing
durations (boot time, not uptime), so that an idle estate writes nothing but when it was seen.
"""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from storage.connection import Readable
from storage.tables import Binding, Key, Table
from storage.times import micros

if TYPE_CHECKING:  # a reader needs no write path
    from storage.change import Change
    from storage.database import Writer
    from storage.evidence import Actor


class Cluster(msgspec.Struct, frozen=True):
    """One Proxmox cluster. `quorate` is None while nobody knows."""

    name: str
    site: str
    version: str
    quorate: bool | None


class Source(msgspec.Struct, frozen=True):
    """One thing that is asked again and again: a cluster's fast tier, its backups, a probe.

    `seen_at` is the last success; `failing_since` and `error` are set from the first failure
    after it until the next success. Data older than `due_seconds` is stale. `omitted_fields` and
    `omitted_rows` say how much of the last answer could not be read, `omitted` names the first.
    `refusal` is why somebody who answers is of no use: `token` (refused, or without a privilege
    that it takes), `certificate` (not trusted); empty for all else.
    """

    cluster: str
    name: str
    seen_at: datetime | None
    tried_at: datetime | None
    failing_since: datetime | None
    error: str | None
    due_seconds: float
    omitted_fields: int = 0
    omitted_rows: int = 0
    omitted: str = ""
    refusal: str = ""


class Node(msgspec.Struct, frozen=True):
    """A host. `status`: online, offline, unknown. Loads in whole percent of what it has.
    `ha_state` is HA's own word for it: online, maintenance, unknown, fence, gone.

    `memory` and `disk` (the root file system) are bytes. None where Proxmox said nothing.
    """

    cluster: str
    name: str
    status: str
    ip: str | None
    cpu_percent: int | None
    memory_percent: int | None
    disk_percent: int | None
    cpus: float | None
    memory: int | None
    disk: int | None
    booted_at: datetime | None
    ha_state: str | None = None


class Storage(msgspec.Struct, frozen=True):
    """A storage; a shared one stands once, with an empty `node`. Bytes.

    `missing_on` are the online nodes that have it configured and do not reach it.
    """

    cluster: str
    name: str
    node: str
    kind: str
    status: str
    shared: bool
    content: tuple[str, ...]
    missing_on: tuple[str, ...]
    used: int | None
    total: int | None


class Zone(msgspec.Struct, frozen=True):
    """An SDN zone or fabric (`kind`) as a node reports it; `status`: ok, available, pending, error,
    unknown.
    """

    cluster: str
    node: str
    kind: str
    name: str
    status: str


class Pool(msgspec.Struct, frozen=True):
    """A Proxmox pool, `a/b` when nested."""

    cluster: str
    name: str


class Task(msgspec.Struct, frozen=True):
    """A Proxmox task. `user` may carry `!token`; `target` is a vmid, a storage, … or empty.

    `outcome`: running, ok, warning, error, unknown; `status` is Proxmox's text, None while it runs.
    """

    cluster: str
    upid: str
    node: str
    kind: str
    target: str
    user: str
    started_at: datetime
    ended_at: datetime | None
    status: str | None
    outcome: str


CLUSTERS = Table("cluster", Cluster, ["name"], binding=Binding.OBSERVED)
SOURCES = Table("source", Source, ["cluster", "name"], binding=Binding.OBSERVED)
NODES = Table("node", Node, ["cluster", "name"], ["cluster", "status"], binding=Binding.OBSERVED)
STORAGES = Table(
    "storage",
    Storage,
    ["cluster", "name", "node"],
    ["cluster", "node", "status"],
    binding=Binding.OBSERVED,
)
POOLS = Table("pool", Pool, ["cluster", "name"], ["cluster"], binding=Binding.OBSERVED)
ZONES = Table(
    "zone",
    Zone,
    ["cluster", "node", "kind", "name"],
    ["cluster", "node", "kind", "status"],
    binding=Binding.OBSERVED,
)
TASKS = Table(
    "task",
    Task,
    ["cluster", "upid"],
    ["cluster", "node", "kind", "user", "outcome"],
    binding=Binding.OBSERVED,
)


class Part(msgspec.Struct, frozen=True):
    """What one table gets from a poll: rows that are new or changed, and keys that are gone."""

    table: Table[Any]  # each part has another type of row; `put` checks nothing across them
    rows: Sequence[Any] = ()
    gone: Sequence[Key] = ()


class KnownRows(msgspec.Struct, frozen=True):
    """The rows of one cluster as they are stored, by table, to find what a poll changed."""

    rows: Mapping[str, Mapping[Key, Any]] = msgspec.field(default_factory=dict)

    def part(self, table: Table[Any], seen: Mapping[Key, Any]) -> Part:
        """What differs between the stored rows and those just seen."""
        stored = self.rows.get(table.name, {})
        changed = [row for key, row in seen.items() if stored.get(key) != row]
        return Part(table, changed, [key for key in stored if key not in seen])


async def write_poll(
    writer: "Writer",
    actor: "Actor",
    parts: Sequence[Part],
    closing: Callable[["Change"], Coroutine[object, object, None]],
    size: int = 500,
) -> int:
    """Write what a poll changed, in changes of at most `size` rows; returns the last revision.

    A small poll is one commit. Slices let other writers in between: with one big change a
    note on an incident would wait for ten thousand rows. Each row is an observation of its own,
    true whichever rows stand beside it, and a guest that moved is one row in one slice. What speaks
    of the poll as a whole (the source's `seen_at`, alerts, evidence) is written by `closing`, in
    the last change: so a figure never looks fresher than it is, and a poll cut short leaves no
    trace of having ended.
    """
    *earlier, last = _sliced(parts, size)
    for some in earlier:
        async with writer.change(actor, quiet=True) as change:
            await _put(change, some)
    async with writer.change(actor) as change:
        await _put(change, last)
        for part in parts:
            await change.remove(part.table, part.gone)
        await closing(change)
    return change.revision


def _sliced(parts: Sequence[Part], size: int) -> list[list[Part]]:
    """The rows of all tables in their order, at most `size` in each slice but possibly none."""
    found: list[list[Part]] = [[]]
    room = size
    for part in parts:
        start = 0
        while start < len(part.rows):
            if room == 0:
                found.append([])
                room = size
            some = part.rows[start : start + room]
            found[-1].append(Part(part.table, some))
            start, room = start + len(some), room - len(some)
    return found


async def _put(change: "Change", parts: Sequence[Part]) -> None:
    for part in parts:
        await change.put(part.table, part.rows)


async def tasks_of(
    db: Readable, cluster: str, target: str, since: datetime, until: datetime
) -> list[Task]:
    """The tasks of one target (a vmid) that started in a span, the oldest first."""
    return await TASKS.where(
        db,
        "cluster = ? AND target = ? AND started_at >= ? AND started_at < ? ORDER BY started_at",
        cluster,
        target,
        micros(since),
        micros(until),
    )
