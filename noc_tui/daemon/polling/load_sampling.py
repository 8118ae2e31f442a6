"""Takes the minute's loads and the day's storages out of a poll, to be written with it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from noc_tui.cluster.guest_snapshot import GuestSnapshot
from noc_tui.cluster.snapshot import ClusterSnapshot
from noc_tui.contract.calendar import PARIS
from storage.inventory import Part
from storage.load_history import (
    KEPT_DAYS,
    LOAD_MINUTES,
    STORAGE_DAYS,
    LoadMinute,
    NodeLoad,
    PoolLoad,
    StorageDay,
    build_load_minute,
)

_MIB = 1 << 20


@dataclass(slots=True)
class LoadSampling:
    """Which minute and which day of a cluster were written last."""

    _minute: datetime | None = None
    _day: date | None = None

    def minute_parts(self, snapshot: ClusterSnapshot) -> list[Part]:
        """Return the minute's row of the first poll of a minute; nothing for the others."""
        if _minute_of(snapshot) == self._minute:
            return []
        return [Part(LOAD_MINUTES, [sample_loads(snapshot)])]

    def day_parts(self, snapshot: ClusterSnapshot, known: Iterable[StorageDay]) -> list[Part]:
        """Return the day's rows, and those of `known` that are too old to be kept."""
        day = day_of(snapshot)
        oldest = day - timedelta(days=KEPT_DAYS)
        gone = [STORAGE_DAYS.key_of(row) for row in known if row.day < oldest]
        return [Part(STORAGE_DAYS, sample_storages(snapshot, day), gone)]

    def is_new_day(self, snapshot: ClusterSnapshot) -> bool:
        """Return whether the poll is the first of its day in this run."""
        return day_of(snapshot) != self._day

    def note_written(self, snapshot: ClusterSnapshot) -> None:
        """The poll's rows are in the file."""
        self._minute, self._day = _minute_of(snapshot), day_of(snapshot)


def _minute_of(snapshot: ClusterSnapshot) -> datetime:
    return snapshot.observed_at.replace(second=0, microsecond=0)


def day_of(snapshot: ClusterSnapshot) -> date:
    """The poll's day in Paris."""
    return snapshot.observed_at.astimezone(PARIS).date()


def sample_loads(snapshot: ClusterSnapshot) -> LoadMinute:
    """Return the row of the poll's minute: nodes that are online, and pools with a guest."""
    nodes = {
        name: NodeLoad(node.cpu_percent, node.memory_percent)
        for name, node in snapshot.nodes.items()
        if node.status == "online"
    }
    members: dict[str, list[GuestSnapshot]] = {}
    for guest in snapshot.guests.values():
        if guest.pool is not None and not guest.template:
            members.setdefault(guest.pool, []).append(guest)
    pools = {name: _sum_loads(guests) for name, guests in members.items()}
    return build_load_minute(snapshot.cluster, snapshot.observed_at, nodes, pools)


def _sum_loads(guests: list[GuestSnapshot]) -> PoolLoad:
    up = [guest for guest in guests if guest.status == "running"]
    return PoolLoad(
        cores=round(sum((one.cpu_percent or 0) * (one.cpus or 0) for one in up)),
        memory=sum((one.memory_percent or 0) * (one.memory or 0) // 100 for one in up) // _MIB,
        running=len(up),
        guests=len(guests),
    )


def sample_storages(snapshot: ClusterSnapshot, day: date) -> list[StorageDay]:
    """Return how full each storage is whose fill is known; a shared one belongs to no node."""
    return [
        StorageDay(snapshot.cluster, one.name, one.node or "", day, used=one.used, total=one.total)
        for one in snapshot.storages.values()
        if one.status == "available" and one.used is not None and one.total
    ]
