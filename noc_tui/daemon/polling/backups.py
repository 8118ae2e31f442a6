"""The state of each guest's backup on the second site (R29), from one look at a backup server."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from msgspec.structs import replace

from noc_tui.cluster import pbs
from noc_tui.cluster.guest_snapshot import GuestSnapshot
from noc_tui.cluster.snapshot import ClusterSnapshot
from noc_tui.config import BackupServer
from noc_tui.contract.backup_nights import MOST_NIGHTS, night_of
from noc_tui.contract.backups import BackupCopy, Freshness, Verification, age_freshness, freshness
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.contract.location import second_site
from noc_tui.contract.terms_book import TermsBook
from noc_tui.daemon.core.context import Context
from storage import backups as stored
from storage.change import Change
from storage.register import guest_tenants

_KINDS = {"qemu": "vm", "lxc": "ct"}
LONGEST_VMID = 9
"""Digits of a number that Proxmox gives a guest."""
_VERIFIED = {None: Verification.NONE, True: Verification.OK, False: Verification.FAILED}


Write = Callable[[Change], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class FreshHours:
    """For how many hours a backup of each guest is fresh, by its tenant's terms of a day."""

    terms: TermsBook
    day: date
    tenants: Mapping[tuple[str, int], str]

    @classmethod
    async def read(cls, context: Context) -> "FreshHours":
        """As of now; of a guest whose tenant is not known, the terms by default."""
        day = paris_day(micros(context.clock.now()))
        return cls(context.terms, day, await guest_tenants(context.writer, day))

    def of(self, cluster: str, vmid: int) -> float:
        """Hours."""
        tenant = self.tenants.get((cluster, vmid))
        terms = self.terms.default if tenant is None else self.terms.for_tenant(tenant, self.day)
        return float(terms.backups.fresh_hours)


async def update_rows(server: BackupServer, found: pbs.BackupSnapshot, context: Context) -> Write:
    """Return what brings the stored rows of this server up to date; unseen clusters keep theirs."""
    now, fresh = context.clock.now(), await FreshHours.read(context)
    kept = [_aged(row, now, fresh) for row in rows(server, found, context, fresh)]
    seen = frozenset(context.estate.snapshots)

    async def write(change: Change) -> None:
        wanted = {stored.BACKUPS.key_of(row) for row in kept}
        gone = [
            stored.BACKUPS.key_of(row)
            for row in await stored.BACKUPS.read(change)
            if row.store == server.name and row.cluster in seen
        ]
        await change.remove(stored.BACKUPS, [key for key in gone if key not in wanted])
        await change.put(stored.BACKUPS, kept)

    return write


async def age_rows(server: BackupServer, context: Context) -> Write:
    """Return what a look that brought nothing changes: what was fresh does not stay so for ever."""
    now, fresh = context.clock.now(), await FreshHours.read(context)

    async def write(change: Change) -> None:
        kept = [row for row in await stored.BACKUPS.read(change) if row.store == server.name]
        aged = [(row, _aged(row, now, fresh)) for row in kept]
        await change.put(stored.BACKUPS, [after for before, after in aged if after != before])

    return write


def _aged(row: stored.Backup, now: datetime, fresh: FreshHours) -> stored.Backup:
    """The row as it is now, whenever it was seen."""
    hours = fresh.of(row.cluster, row.vmid)
    return replace(row, state=age_freshness(Freshness(row.state), row.last_at, now, hours))


def rows(
    server: BackupServer, found: pbs.BackupSnapshot, context: Context, fresh: FreshHours
) -> list[stored.Backup]:
    """A row for each guest that this server is to keep: those of clusters on another site."""
    sites = {cluster.name: cluster.site for cluster in context.config.clusters}
    return [
        _row(server, name, guest, found, fresh.of(name, guest.vmid), failures.get(guest.vmid))
        for name, snapshot in context.estate.snapshots.items()
        if second_site(sites.get(name, ""), server.site)
        and (not server.clusters or name in server.clusters)
        for failures in (_last_failures(snapshot),)
        for guest in snapshot.guests.values()
        if not guest.template
    ]


def _row(
    server: BackupServer,
    cluster: str,
    guest: GuestSnapshot,
    found: pbs.BackupSnapshot,
    fresh_hours: float,
    failure: tuple[datetime, str] | None,
) -> stored.Backup:
    group = found.guests.get((_KINDS[guest.kind], str(guest.vmid)))
    finished = [] if group is None else [backup for backup in group.backups if backup.finished]
    state = freshness(
        [BackupCopy(backup.at, _VERIFIED[backup.verified]) for backup in finished],
        found.observed_at,
        fresh_hours,
        None if failure is None else failure[0],
    )
    last = max(finished, key=lambda backup: backup.at, default=None)
    return stored.Backup(
        cluster=cluster,
        vmid=guest.vmid,
        store=server.name,
        site=server.site,
        state=state,
        last_at=None if last is None else last.at,
        size=None if last is None else last.size,
        verified=None if last is None else last.verified,
        kept=len(finished),
        error=None if failure is None else failure[1],
        nights=_nights(finished),
        intact_at=max((one.at for one in finished if one.verified), default=None),
    )


def _nights(finished: Sequence[pbs.PbsBackup]) -> tuple[str, ...]:
    """The newest nights of which a copy is kept, since a store may keep years; one that was found
    damaged is none.
    """
    nights = {night_of(backup.at) for backup in finished if backup.verified is not False}
    return tuple(night.isoformat() for night in sorted(nights)[-MOST_NIGHTS:])


def _last_failures(snapshot: ClusterSnapshot) -> dict[int, tuple[datetime, str]]:
    """By vmid, the newest failed backup that the cluster still lists, and its words."""
    failed: dict[int, tuple[datetime, str]] = {}
    for task in snapshot.tasks.values():
        if task.type != "vzdump" or task.outcome != "error":
            continue
        if not task.id.isdecimal() or len(task.id) > LONGEST_VMID:
            continue
        if task.ended_at is None or task.status is None:
            continue
        known = failed.get(int(task.id))
        if known is None or task.ended_at > known[0]:
            failed[int(task.id)] = (task.ended_at, task.status)
    return failed
