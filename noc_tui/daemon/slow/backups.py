"""The state of each guest's backup on the second site (R29), from one look at a backup server."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from noc_tui.cluster import pbs
from noc_tui.cluster.snapshot import ClusterSnapshot, Guest
from noc_tui.config import BackupServer
from noc_tui.contract.backups import Backup, Verification, freshness
from noc_tui.daemon.context import Context
from storage import backups as stored
from storage.database import Transaction

_KINDS = {"qemu": "vm", "lxc": "ct"}
_VERIFIED = {None: Verification.NONE, True: Verification.OK, False: Verification.FAILED}


Write = Callable[[Transaction], Awaitable[object]]


def writing(server: BackupServer, found: pbs.BackupSnapshot, context: Context) -> Write:
    """What brings the stored rows of this server up to date; unseen clusters keep theirs."""
    kept = rows(server, found, context)
    seen = frozenset(context.estate.snapshots)

    async def write(tx: Transaction) -> None:
        wanted = {stored.BACKUPS.key_of(row) for row in kept}
        gone = [
            stored.BACKUPS.key_of(row)
            for row in await stored.BACKUPS.read(tx)
            if row.store == server.name and row.cluster in seen
        ]
        await stored.BACKUPS.remove(tx, [key for key in gone if key not in wanted])
        await stored.BACKUPS.put(tx, kept)

    return write


def rows(server: BackupServer, found: pbs.BackupSnapshot, context: Context) -> list[stored.Backup]:
    """A row for each guest that this server is to keep: those of clusters on another site."""
    sites = {cluster.name: cluster.site for cluster in context.config.clusters}
    return [
        _row(server, snapshot, guest, found, float(context.terms.backups.fresh_hours))
        for name, snapshot in context.estate.snapshots.items()
        if sites.get(name) != server.site and (not server.clusters or name in server.clusters)
        for guest in snapshot.guests.values()
        if not guest.template
    ]


def _row(
    server: BackupServer,
    snapshot: ClusterSnapshot,
    guest: Guest,
    found: pbs.BackupSnapshot,
    fresh_hours: float,
) -> stored.Backup:
    group = found.guests.get((_KINDS[guest.kind], str(guest.vmid)))
    finished = [] if group is None else [backup for backup in group.backups if backup.finished]
    failure = _last_failure(snapshot, guest.vmid)
    state = freshness(
        [Backup(backup.at, _VERIFIED[backup.verified]) for backup in finished],
        found.observed_at,
        fresh_hours,
        None if failure is None else failure[0],
    )
    last = max(finished, key=lambda backup: backup.at, default=None)
    return stored.Backup(
        cluster=snapshot.cluster,
        vmid=guest.vmid,
        store=server.name,
        site=server.site,
        state=state,
        last_at=None if last is None else last.at,
        size=None if last is None else last.size,
        verified=None if last is None else last.verified,
        kept=len(finished),
        error=None if failure is None else failure[1],
    )


def _last_failure(snapshot: ClusterSnapshot, vmid: int) -> tuple[datetime, str] | None:
    """The newest failed backup of the guest that the cluster still lists, and its words."""
    failed = [
        (task.ended_at, task.status)
        for task in snapshot.tasks.values()
        if task.type == "vzdump" and task.id == str(vmid) and task.outcome == "error"
    ]
    ended = [(at, words) for at, words in failed if at is not None and words is not None]
    return max(ended, default=None)
