"""Looks at guests' CPU, memory and disk each slow round: who is in strain, and the month's sums."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from noc_tui.cluster.guest_snapshot import GuestSnapshot
from noc_tui.config.values import PromisesConfig
from noc_tui.contract.calendar import Month, micros, paris_day
from noc_tui.contract.dates import add_months
from noc_tui.contract.resources import (
    LOOKED,
    MEASURES,
    Strain,
    Tally,
    add_look,
    follow_strain,
    limit_in_force,
)
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from storage.change import Change
from storage.connection import Readable
from storage.inventory import Part, write_poll
from storage.register import guest_tenants
from storage.resources import (
    GUEST_INSIDES,
    GUEST_STRAINS,
    RESOURCE_LIMITS,
    WATCH_MONTHS,
    GuestInside,
    GuestStrain,
    ResourceLimit,
    WatchMonth,
    close_months,
    months_before,
    watched_month,
)
from storage.tables import Key

MISSED = 2.5
"""A look stands for the time since the one before, for so many paces at most."""
KEPT_MONTHS = 60
"""As long as what was noted about promises (`noc_tui/contract/retention.toml`)."""
DISK_HOURS = 24
"""What an agent said longer ago is no figure of today."""


@dataclass(frozen=True, slots=True)
class ResourceLook:
    """One figure of one guest at one instant: a share in percent, None where it is not known."""

    tenant: str
    cluster: str
    guest: GuestSnapshot
    measure: str
    percent: int | None
    threshold: int

    @property
    def key(self) -> Key:
        return (self.cluster, self.guest.vmid, self.measure)


@dataclass(slots=True)
class ResourceWatch:
    """Looks at each slow round; `_looked_at` is the clock's steady time of the look before."""

    context: Context
    _looked_at: float | None = field(default=None)
    _closed_before: str = field(default="")

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await self.context.clock.sleep(self.context.config.poll.slow)

    async def look(self) -> None:
        """Look once at every guest of a tenant, and write what changed."""
        now, seconds = self.context.clock.now(), self._elapsed()
        async with self.context.writer.snapshot() as db:
            looks = await self._looks(db, now)
            strains = await _follow_strains(db, looks, self._unseen(), now)
            month, looked = await _sum_month(db, looks, seconds, now)
            over = await months_before(db, _oldest_month(now))

        present = str(Month.of(micros(now)))

        async def close(change: Change) -> None:
            if self._closed_before != present:
                await close_months(change, present)
            await change.put(WATCH_MONTHS, looked)

        await write_poll(
            self.context.writer, itself(), [strains, Part(WATCH_MONTHS, month, over)], close
        )
        self._closed_before = present

    def _elapsed(self) -> int:
        """Whole seconds that this look stands for; none for the first of a run."""
        at, before = self.context.clock.monotonic(), self._looked_at
        self._looked_at = at
        if before is None:
            return 0
        return round(min(at - before, MISSED * self.context.config.poll.slow))

    def _unseen(self) -> frozenset[str]:
        """The clusters that were not seen in this run: what is stored of them stands."""
        names = {cluster.name for cluster in self.context.config.clusters}
        return frozenset(names - self.context.estate.snapshots.keys())

    async def _looks(self, db: Readable, now: datetime) -> list[ResourceLook]:
        tenants = await guest_tenants(db, paris_day(micros(now)))
        limits = {(row.tenant, row.guest): row for row in await RESOURCE_LIMITS.read(db)}
        insides = {(row.cluster, row.vmid): row for row in await GUEST_INSIDES.read(db)}
        fresh = now - timedelta(seconds=self.context.config.poll.stale_after)
        return [
            look
            for name, snapshot in self.context.estate.snapshots.items()
            for guest in snapshot.guests.values()
            if (tenant := tenants.get((name, guest.vmid))) is not None and is_watched(guest)
            for look in _guest_looks(
                tenant,
                name,
                guest,
                _figures(guest, insides.get((name, guest.vmid)), now)
                if snapshot.observed_at >= fresh
                else {},
                thresholds_of(self.context.config.promises, limits, tenant, name, guest.vmid),
            )
        ]


def is_watched(guest: GuestSnapshot) -> bool:
    """Whether there is anything to watch: a guest that is off has no load, and fills no disk."""
    return not guest.template and guest.status in ("running", "unknown")


def _guest_looks(
    tenant: str,
    cluster: str,
    guest: GuestSnapshot,
    figures: Mapping[str, int | None],
    thresholds: Mapping[str, int],
) -> Iterator[ResourceLook]:
    for measure in MEASURES:
        percent = figures.get(measure)
        yield ResourceLook(
            tenant, cluster, guest, measure, percent=percent, threshold=thresholds[measure]
        )


def _figures(
    guest: GuestSnapshot, inside: GuestInside | None, now: datetime
) -> dict[str, int | None]:
    """What is known of a guest now; nothing while nobody knows whether it runs."""
    if guest.status != "running":
        return {}
    return {
        "cpu": guest.cpu_percent,
        "memory": guest.memory_percent,
        "disk": _disk_percent(guest, inside, now),
    }


def _disk_percent(guest: GuestSnapshot, inside: GuestInside | None, now: datetime) -> int | None:
    """A container's own figure; of a virtual machine what its agent told, while it is of today."""
    if guest.kind != "qemu":
        return guest.disk_percent
    if inside is None or inside.read_at is None or inside.agent != "answers":
        return None
    return inside.disk_percent if now - inside.read_at < timedelta(hours=DISK_HOURS) else None


def thresholds_of(
    config: PromisesConfig,
    limits: Mapping[tuple[str, str], ResourceLimit],
    tenant: str,
    cluster: str,
    vmid: int,
) -> dict[str, int]:
    """The limits in force: the guest's, else its tenant's, else the configuration's."""
    own = [limits.get((tenant, f"{cluster}/{vmid}")), limits.get((tenant, ""))]
    given = [None if one is None else msgspec.structs.asdict(one) for one in own]
    defaults = {
        "cpu": config.cpu_percent,
        "memory": config.memory_percent,
        "disk": config.disk_percent,
    }
    return {one: limit_in_force(one, defaults[one], *given) for one in MEASURES}


async def _follow_strains(
    db: Readable, looks: Sequence[ResourceLook], unseen: frozenset[str], now: datetime
) -> Part:
    """The strains that begin, go on or are over; of clusters that are unseen they stand."""
    before = {GUEST_STRAINS.key_of(row): row for row in await GUEST_STRAINS.read(db)}
    after = {
        look.key: row
        for look in looks
        if (row := _strain_row(look, before.get(look.key), now)) is not None
    }
    ended = [key for key in before if key not in after and key[0] not in unseen]
    changed = [row for key, row in after.items() if row != before.get(key)]
    return Part(GUEST_STRAINS, changed, ended)


def _strain_row(
    look: ResourceLook, before: GuestStrain | None, now: datetime
) -> GuestStrain | None:
    was = None
    if before is not None:
        was = Strain(before.percent, before.threshold, before.since, before.seen_at)
    found = follow_strain(was, look.percent, look.threshold, now)
    if found is None:
        return None
    return GuestStrain(
        cluster=look.cluster,
        vmid=look.guest.vmid,
        measure=look.measure,
        tenant=look.tenant,
        name=look.guest.name,
        percent=found.percent,
        threshold=found.threshold,
        since=found.since,
        seen_at=found.seen_at,
    )


async def _sum_month(
    db: Readable, looks: Sequence[ResourceLook], seconds: int, now: datetime
) -> tuple[list[WatchMonth], list[WatchMonth]]:
    """The month's rows with this look: of guests, and of how long each tenant was looked at."""
    month = str(Month.of(micros(now)))
    stored = {(row.tenant, row.subject, row.measure): row for row in await watched_month(db, month)}
    looked: list[WatchMonth] = []
    for tenant in sorted({look.tenant for look in looks}):
        before = stored.get((tenant, "", LOOKED))
        known = seconds + (0 if before is None else before.known)
        looked.append(WatchMonth(month, tenant, "", LOOKED, known=known))
    rows: list[WatchMonth] = []
    for look in looks:
        subject = f"guest:{look.cluster}/{look.guest.vmid}"
        before = stored.get((look.tenant, subject, look.measure))
        tally = add_look(tally_of(before), look.percent, look.threshold, seconds, now)
        rows.append(
            month_row(month, look.tenant, subject, look.measure, tally, threshold=look.threshold)
        )
    return rows, looked


def _oldest_month(now: datetime) -> str:
    """The first month that is still kept."""
    day = add_months(paris_day(micros(now)), -KEPT_MONTHS)
    return str(Month(day.year, day.month))


def tally_of(row: WatchMonth | None) -> Tally:
    """What a stored row counts; nothing for none."""
    if row is None:
        return Tally()
    return Tally(row.known, row.unknown, row.bad, row.peak, row.peak_at)


def month_row(
    month: str, tenant: str, subject: str, measure: str, tally: Tally, *, threshold: int | None
) -> WatchMonth:
    """The row of a tally."""
    return WatchMonth(
        month,
        tenant,
        subject,
        measure,
        known=tally.known,
        unknown=tally.unknown,
        bad=tally.bad,
        peak=tally.peak,
        peak_at=tally.peak_at,
        threshold=threshold,
    )
