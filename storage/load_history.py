"""The shape of the last hour, by minute, and how full storages were, by day.

Both tables are bounded: minutes write over those of the hour before, old days are removed.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache

import msgspec

from storage.connection import Readable
from storage.tables import Binding, Table
from storage.times import micros

MINUTES = 60
KEPT_DAYS = 92
"""A quarter: a trend of a month has something to be compared with."""


class NodeLoad(msgspec.Struct, frozen=True, array_like=True):
    """A node in one minute, in whole percent; None where Proxmox said nothing."""

    cpu: int | None
    memory: int | None


class PoolLoad(msgspec.Struct, frozen=True, array_like=True):
    """The guests of a pool in one minute; figures that can be added up over pools.

    `cores` are the processor cores in use, in hundredths, `memory` the bytes in use in MiB;
    `running` guests of `guests`, templates apart.
    """

    cores: int
    memory: int
    running: int
    guests: int


class LoadMinute(msgspec.Struct, frozen=True):
    """A cluster in one minute; `slot` is the minute of the hour, `at` the instant of the poll.

    `nodes` and `pools` are JSON, by name.
    """

    cluster: str
    slot: int
    at: datetime
    nodes: str
    pools: str


class StorageDay(msgspec.Struct, frozen=True):
    """A storage on a day of Paris, in bytes, as the first poll of that day saw it."""

    cluster: str
    name: str
    node: str
    day: date
    used: int
    total: int


LOAD_MINUTES = Table("load_minute", LoadMinute, ["cluster", "slot"], binding=Binding.OBSERVED)
STORAGE_DAYS = Table(
    "storage_day",
    StorageDay,
    ["cluster", "name", "node", "day"],
    ["cluster", "name", "node"],
    binding=Binding.OBSERVED,
)

_ENCODE = msgspec.json.Encoder().encode


@cache  # made when it is first read: a console imports this before its first frame
def _nodes_decoder() -> msgspec.json.Decoder[dict[str, NodeLoad]]:
    return msgspec.json.Decoder(dict[str, NodeLoad])


@cache
def _pools_decoder() -> msgspec.json.Decoder[dict[str, PoolLoad]]:
    return msgspec.json.Decoder(dict[str, PoolLoad])


def build_load_minute(
    cluster: str, at: datetime, nodes: Mapping[str, NodeLoad], pools: Mapping[str, PoolLoad]
) -> LoadMinute:
    """Return the row of a cluster's minute."""
    return LoadMinute(cluster, at.minute, at, _ENCODE(nodes).decode(), _ENCODE(pools).decode())


class HourOfNodes(msgspec.Struct, frozen=True):
    """By (cluster, node) the loads of the last hour, oldest first; None is a gap."""

    loads: Mapping[tuple[str, str], Sequence[NodeLoad | None]]

    def cpu(self, cluster: str, node: str) -> list[int | None]:
        """CPU in whole percent, one figure a minute."""
        found = self.loads.get((cluster, node), ())
        return [None if one is None else one.cpu for one in found]


async def read_hour_of_nodes(db: Readable, now: datetime) -> HourOfNodes:
    """The loads of every node in the hour up to `now`."""
    loads: dict[tuple[str, str], list[NodeLoad | None]] = {}
    for row, place in await _read_hour(db, now):
        for name, load in _nodes_decoder().decode(row.nodes).items():
            loads.setdefault((row.cluster, name), [None] * MINUTES)[place] = load
    return HourOfNodes(loads)


async def read_hour_of_pools(
    db: Readable, now: datetime
) -> dict[tuple[str, str], list[PoolLoad | None]]:
    """By (cluster, pool) the loads of the last hour, oldest first; None is a gap."""
    loads: dict[tuple[str, str], list[PoolLoad | None]] = {}
    for row, place in await _read_hour(db, now):
        for name, load in _pools_decoder().decode(row.pools).items():
            loads.setdefault((row.cluster, name), [None] * MINUTES)[place] = load
    return loads


async def _read_hour(db: Readable, now: datetime) -> list[tuple[LoadMinute, int]]:
    """The rows of the hour up to `now`, each with its place: 0 is the oldest minute."""
    rows = await LOAD_MINUTES.where(db, "at > ?", micros(now - timedelta(minutes=MINUTES)))
    placed = [(row, MINUTES - 1 - int((now - row.at).total_seconds() // 60)) for row in rows]
    return [(row, place) for row, place in placed if 0 <= place < MINUTES]


async def storage_days(db: Readable, cluster: str | None = None) -> list[StorageDay]:
    """How full the storages of a cluster, or of all, were, day by day, the oldest first."""
    return await STORAGE_DAYS.where(
        db, "? IS NULL OR cluster = ? ORDER BY cluster, name, node, day", cluster, cluster
    )
