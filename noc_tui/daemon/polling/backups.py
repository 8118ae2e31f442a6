"""The state of each guest's backups (R29), from one look at a backup server."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from msgspec.structs import replace

from noc_tui.cluster import pbs
from noc_tui.cluster.guest_snapshot import GuestSnapshot
from noc_tui.cluster.pbs_upkeep import UpkeepRun
from noc_tui.config import BackupServer
from noc_tui.contract.backup_identity import Doubt, ExpectedBackups, find_doubt
from noc_tui.contract.backup_nights import MOST_NIGHTS, night_of
from noc_tui.contract.backups import BackupCopy, Freshness, Verification, age_freshness, freshness
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.contract.location import second_site
from noc_tui.contract.terms_book import TermsBook
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.polling.job_failures import JobFailures
from storage import backups as stored
from storage.change import Change
from storage.datastores import DATASTORES, Datastore
from storage.register import guest_tenants

_KINDS = {"qemu": "vm", "lxc": "ct"}
_UNREAD = UpkeepRun("none")
LONGEST_DOUBT = 200
"""So many characters are kept of what was found instead of an owner or a name."""
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


async def update_rows(
    server: BackupServer, found: pbs.BackupSnapshot, context: Context, failures: JobFailures
) -> Write:
    """Return what brings the stored rows of this server up to date; unseen clusters keep theirs."""
    now, fresh = context.clock.now(), await FreshHours.read(context)
    kept = [_aged(row, now, fresh) for row in rows(server, found, context, fresh, failures)]
    seen = frozenset(context.estate.snapshots)

    async def write(change: Change) -> None:
        await change.put(DATASTORES, [datastore_row(server, found)])
        wanted = {stored.BACKUPS.key_of(row) for row in kept}
        gone = [
            stored.BACKUPS.key_of(row)
            for row in await stored.BACKUPS.read(change)
            if row.store == server.name and row.cluster in seen
        ]
        await change.remove(stored.BACKUPS, [key for key in gone if key not in wanted])
        await change.put(stored.BACKUPS, kept)

    return write


def datastore_row(server: BackupServer, found: pbs.BackupSnapshot) -> Datastore:
    """Return the row of the server's datastore."""
    collection = found.collection or _UNREAD
    verification = found.verification or _UNREAD
    return Datastore(
        server=server.name,
        datastore=found.datastore,
        namespace=found.namespace,
        site=server.site,
        total=found.total,
        used=found.used,
        collection="unread" if found.collection is None else collection.state,
        collected_at=collection.at,
        collection_said=collection.said,
        verification="unread" if found.verification is None else verification.state,
        verified_at=verification.at,
        verification_said=verification.said,
    )


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
    server: BackupServer,
    found: pbs.BackupSnapshot,
    context: Context,
    fresh: FreshHours,
    failures: JobFailures,
) -> list[stored.Backup]:
    """A row for each guest that this server is to keep. Where it stands on the guest's own site,
    only for those that it keeps something of: no backup there is owed.
    """
    sites = {cluster.name: cluster.site for cluster in context.config.clusters}
    rivals = _find_rivals(server, context)
    made: list[stored.Backup] = []
    for name, snapshot in context.estate.snapshots.items():
        if server.clusters and name not in server.clusters:
            continue
        offsite = second_site(sites.get(name, ""), server.site)
        failed = failures.last(snapshot)
        owner = server.owners.get(name)
        for guest in snapshot.guests.values():
            group = found.guests.get((_KINDS[guest.kind], str(guest.vmid)))
            if guest.template:
                continue
            expected = ExpectedBackups(
                guest.name,
                frozenset() if owner is None else frozenset([owner]),
                [other for at, other in rivals.get((guest.kind, guest.vmid), ()) if at != name],
                server.check_names,
            )
            judged = _judge_group(group, expected)
            if not (offsite or judged.own):
                continue
            failure = failed.get(guest.vmid)
            at = None if failure is None else failure[0]
            state = _judge_state(judged, found.observed_at, fresh.of(name, guest.vmid), at)
            row = _row(server, name, guest, judged, state)
            error = None if failure is None else failure[1]
            made.append(replace(row, error=error, offsite=offsite))
    return made


def _find_rivals(
    server: BackupServer, context: Context
) -> Mapping[tuple[str, int], Sequence[tuple[str, str]]]:
    """By kind and number, the guests (cluster, name) of several clusters that are kept in the
    namespace of this server, by whichever tables of the configuration.
    """
    place = (server.url, server.datastore, server.namespace)
    sharing = [
        one
        for one in context.config.backup_servers
        if (one.url, one.datastore, one.namespace) == place
    ]
    guests: dict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)
    for name, snapshot in context.estate.snapshots.items():
        if any(not one.clusters or name in one.clusters for one in sharing):
            for guest in snapshot.guests.values():
                guests[guest.kind, guest.vmid].append((name, guest.name or ""))
    return {key: found for key, found in guests.items() if len(found) > 1}


@dataclass(frozen=True, slots=True)
class _JudgedGroup:
    """The finished backups that are the guest's, and why the newest one is perhaps not."""

    own: Sequence[pbs.PbsBackup]
    doubt: str = ""


def _judge_group(group: pbs.GuestBackups | None, expected: ExpectedBackups) -> _JudgedGroup:
    """A doubt is told while no backup that surely is the guest's is newer."""
    finished = [] if group is None else [one for one in group.backups if one.finished]
    doubts = [(one, find_doubt(expected, one.owner, one.notes)) for one in finished]
    own = [one for one, doubt in doubts if doubt is None]
    last = max((one.at for one in own), default=None)
    other = [(one, doubt) for one, doubt in doubts if doubt and (last is None or one.at > last)]
    if not other:
        return _JudgedGroup(own)
    newest, doubt = max(other, key=lambda pair: pair[0].at)
    instead = newest.notes if doubt is Doubt.NAME else newest.owner
    return _JudgedGroup(own, f"{doubt} {(instead or '')[:LONGEST_DOUBT]}".rstrip())


def _judge_state(
    judged: _JudgedGroup, observed_at: datetime, fresh_hours: float, failed_at: datetime | None
) -> Freshness:
    if judged.doubt:
        return Freshness.DOUBTFUL
    copies = [BackupCopy(one.at, _VERIFIED[one.verified]) for one in judged.own]
    return freshness(copies, observed_at, fresh_hours, failed_at)


def _row(
    server: BackupServer,
    cluster: str,
    guest: GuestSnapshot,
    judged: _JudgedGroup,
    state: Freshness,
) -> stored.Backup:
    last = max(judged.own, key=lambda backup: backup.at, default=None)
    return stored.Backup(
        cluster=cluster,
        vmid=guest.vmid,
        store=server.name,
        site=server.site,
        state=state,
        last_at=None if last is None else last.at,
        size=None if last is None else last.size,
        verified=None if last is None else last.verified,
        kept=len(judged.own),
        error=None,
        nights=_nights(judged.own),
        intact_at=max((one.at for one in judged.own if one.verified), default=None),
        doubt=judged.doubt,
    )


def _nights(finished: Sequence[pbs.PbsBackup]) -> tuple[str, ...]:
    """The newest nights of which a copy is kept, since a store may keep years; one that was found
    damaged is none.
    """
    nights = {night_of(backup.at) for backup in finished if backup.verified is not False}
    return tuple(night.isoformat() for night in sorted(nights)[-MOST_NIGHTS:])
