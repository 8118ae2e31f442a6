"""What was seen and by whom: the ledger of changes, gaps of observers, placement over time.

Instants are microseconds since the epoch. Sources are `guest:CLUSTER/VMID`, `probe:TENANT/NAME`,
`node:CLUSTER/NAME`, `storage:CLUSTER/KEY`; observers `cluster:NAME` and the probes themselves.
"""

from collections.abc import Iterable, Sequence, Set
from typing import TYPE_CHECKING

import msgspec

from storage.connection import Readable
from storage.statements import ONE_OF_TENANTS, json_list
from storage.tables import Binding, R, Table

if TYPE_CHECKING:  # a reader needs no write path
    from storage.change import Change


class ObservedState(msgspec.Struct, frozen=True):
    """A source's state from `since` on; it was last seen in the state before at `before`."""

    seq: int
    source: str
    since: int
    before: int
    state: str
    reason: str
    evidence: int


class Gap(msgspec.Struct, frozen=True):
    """An observer saw nothing from `start` to `end`."""

    observer: str
    start: int
    end: int
    reason: str
    evidence: int


class Observer(msgspec.Struct, frozen=True):
    """An observer has worked since `since` and last saw something at `seen`.

    `outside` tells a vantage on another network.
    """

    name: str
    since: int
    seen: int
    outside: bool


class Placement(msgspec.Struct, frozen=True):
    """A source was the tenant's, on that node, from `since` to `until` (None: it still is).

    `evidence` is the entry with its beginning, `ended_by` the one with its end; None where it is
    from before placements had any.
    """

    source: str
    since: int
    tenant: str
    observer: str
    node: str
    until: int | None
    evidence: int | None = None
    ended_by: int | None = None


LEDGER = Table(
    "ledger", ObservedState, ["seq"], ["source", "state", "reason"], binding=Binding.GATHERED
)
GAPS = Table("gap", Gap, ["observer", "start"], ["observer"], binding=Binding.GATHERED)
OBSERVERS = Table("observer", Observer, ["name"], binding=Binding.RECORDED, unbound=["seen"])
"""Unbound: when it last saw something, which is written at each poll."""
PLACEMENTS = Table(
    "placement",
    Placement,
    ["source", "since"],
    ["tenant", "observer", "node"],
    binding=Binding.GATHERED,
)


class ClockStepRow(msgspec.Struct, frozen=True):
    """The clock was put back from `was` to `at`: what earlier entries put after `at` was before."""

    evidence: int
    at: int
    was: int


CLOCK_STEPS = Table("clock_step", ClockStepRow, ["evidence"], binding=Binding.RECORDED)


async def next_id(change: "Change", table: Table[R]) -> int:
    """The number of the next row of a table whose key is one running number."""
    (key,) = table.key
    ((number,),) = await change.rows(f'SELECT coalesce(max("{key}"), 0) + 1 FROM "{table.name}"')  # noqa: S608 - names from code
    return int(number)


async def newest(db: Readable) -> list[ObservedState]:
    """The state in force of each source."""
    return await LEDGER.where(
        db, "seq IN (SELECT max(seq) FROM ledger GROUP BY source) ORDER BY source"
    )


async def changes(db: Readable, sources: Iterable[str], since: int) -> list[ObservedState]:
    """The changes of some sources that matter from `since` on, the one in force then included.

    In force is what was recorded last; instants that a clock showed before it was put back are
    those of the step at the latest.
    """
    wanted = msgspec.json.encode(list(sources)).decode()
    if steps := await CLOCK_STEPS.where(db, "TRUE ORDER BY evidence"):
        rows = await LEDGER.where(
            db,
            "source IN (SELECT value FROM json_each(?)) AND since >= coalesce("
            " (SELECT earlier.since FROM ledger AS earlier"
            "  WHERE earlier.source = ledger.source AND earlier.since <= ?"
            "  ORDER BY earlier.seq DESC LIMIT 1), 0)"
            " ORDER BY source, seq",
            wanted,
            since,
        )
        return [_cut(row, steps) for row in rows]
    return await LEDGER.where(
        db,
        "source IN (SELECT value FROM json_each(?)) AND since >= coalesce("
        " (SELECT max(earlier.since) FROM ledger AS earlier"
        "  WHERE earlier.source = ledger.source AND earlier.since <= ?), 0)"
        " ORDER BY source, seq",
        wanted,
        since,
    )


def _cut(row: ObservedState, steps: Sequence[ClockStepRow]) -> ObservedState:
    """What was recorded before the clock was put back was seen at that step at the latest."""
    since, before = (_cut_at(at, row.evidence, steps) for at in (row.since, row.before))
    return msgspec.structs.replace(row, since=since, before=before)


def _cut_at(at: int, entry: int | None, steps: Sequence[ClockStepRow]) -> int:
    """An instant of that entry after all steps; None is an entry from before them all."""
    return min([at, *(step.at for step in steps if entry is None or entry < step.evidence)])


async def gaps(db: Readable, observers: Iterable[str], since: int) -> list[Gap]:
    """The gaps of some observers that end after `since`."""
    wanted = msgspec.json.encode(list(observers)).decode()
    return await GAPS.where(
        db,
        'observer IN (SELECT value FROM json_each(?)) AND "end" > ? ORDER BY observer, start',
        wanted,
        since,
    )


async def placements(db: Readable, tenant: str, since: int) -> Sequence[Placement]:
    """Where the tenant's sources were from `since` on. Instants as they hold after the steps of the
    clock, here and in `placements_on`; what then has no length is left out.
    """
    rows = await PLACEMENTS.where(
        db, "tenant = ? AND (until IS NULL OR until > ?) ORDER BY source, since", tenant, since
    )
    return [row for row in await _placed(db, rows) if row.until is None or row.until > since]


async def placements_on(db: Readable, place: str, at: int) -> Sequence[Placement]:
    """What was on a node (`rennes/pve1`), or on any of a cluster's (`rennes`), at an instant."""
    here = "node = ? OR (node > ? || '/' AND node < ? || '0')"  # '0' comes next after '/'
    then = "since <= ? AND (until IS NULL OR until > ?)"
    steps = await CLOCK_STEPS.where(db, "TRUE ORDER BY evidence")
    latest = max([at, *(step.was for step in steps)])  # a clock ahead may have shown that much
    rows = await PLACEMENTS.where(
        db, f"({here}) AND {then} ORDER BY source", place, place, place, latest, at
    )
    return [
        row
        for row in await _placed(db, rows)
        if row.since <= at and (row.until is None or row.until > at)
    ]


async def _placed(db: Readable, rows: Sequence[Placement]) -> list[Placement]:
    steps = await CLOCK_STEPS.where(db, "TRUE ORDER BY evidence")
    if not steps:
        return list(rows)
    found = [
        msgspec.structs.replace(
            row,
            since=_cut_at(row.since, row.evidence, steps),
            until=None if row.until is None else _cut_at(row.until, row.ended_by, steps),
        )
        for row in rows
    ]
    return [row for row in found if row.until is None or row.since < row.until]


async def current_placements(db: Readable) -> list[Placement]:
    """Where every source is now."""
    return await PLACEMENTS.where(db, "until IS NULL ORDER BY source")


async def pools_state(db: Readable) -> tuple[int, int]:
    """Two numbers that differ whenever the pools of the register do."""
    ((count, newest),) = await db.rows(
        "SELECT count(*), coalesce(max(revision), 0) FROM tenant_pool"
    )
    return int(count), int(newest)


async def watchers(db: Readable, tenants: Set[str] | None = None) -> dict[str, list[str]]:
    """The observers that ever saw something of each of these tenants, or of all.

    The cluster of an instance is among them, though a probe of its own may be what observes it.
    """
    only = "TRUE" if tenants is None else ONE_OF_TENANTS
    given = () if tenants is None else (json_list(tenants),) * 2
    found: dict[str, list[str]] = {}
    rows = await db.rows(
        f"SELECT tenant, observer FROM placement WHERE {only}"  # noqa: S608 - a constant
        " UNION SELECT tenant, 'cluster:' || substr(source, 7, instr(source, '/') - 7)"
        f" FROM placement WHERE {only} AND source LIKE 'guest:%' ORDER BY 1, 2",
        given,
    )
    for name, observer in rows:
        found.setdefault(name, []).append(observer)
    return found
