"""A Proxmox Backup Server: which backups there are of each guest, and whether they were verified.

    server = BackupGateway(access, clock)              # ClusterAccess(..., service="PBS")
    backups = await server.poll("store1", namespace="")

PBS is asked itself, since PVE's list of backups leaves out, without a word, what a token may not
see. Errors are those of `noc_tui.cluster.errors`. Needs `Datastore.Audit` on the datastore.
"""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from noc_tui.clock import Clock
from noc_tui.cluster import errors, ids
from noc_tui.cluster.api_rows import Bytes, Flag, Instant, Name, Text
from noc_tui.cluster.client import Client
from noc_tui.cluster.connection_config import ClusterAccess
from noc_tui.cluster.decoding import decode, decode_leniently, decode_rows, read_rows
from noc_tui.cluster.endpoints import Endpoints
from noc_tui.cluster.omissions import NOTHING_OMITTED, OmissionLog, Omissions
from noc_tui.cluster.pbs_upkeep import UpkeepRow, UpkeepRun, find_last_run
from noc_tui.cluster.token_file import TokenFile
from noc_tui.cluster.transport import parameters
from noc_tui.cluster.workers import Workers

T = TypeVar("T")


class GroupRow(msgspec.Struct, frozen=True, rename="kebab"):
    """`…/groups`: every backup of one guest; `last_backup` seconds since the epoch."""

    backup_type: Name
    backup_id: Name
    last_backup: Instant | None = None
    backup_count: Annotated[int, Meta(ge=0, le=1_000_000_000)] | None = None
    owner: Name | None = None
    comment: Text = None


class PbsVerification(msgspec.Struct, frozen=True):
    """`state` is `ok` or `failed`; `upid` the task that found it."""

    state: Name
    upid: Name | None = None


class SnapshotRow(msgspec.Struct, frozen=True, rename="kebab"):
    """`…/snapshots`: one backup; no `size` while it is being written, no `verification` before
    the first.
    """

    backup_type: Name
    backup_id: Name
    backup_time: Instant
    size: Annotated[int, Meta(ge=0, le=1 << 60)] | None = None
    owner: Name | None = None
    comment: Text = None
    protected: Flag = None
    verification: PbsVerification | None = None


class TokenRow(msgspec.Struct, frozen=True):
    """A token, by its whole name; `expire` in seconds since the epoch, 0 for never."""

    tokenid: Name
    expire: Instant = 0


class UserRow(msgspec.Struct, frozen=True):
    """`/access/users`: an account with its tokens."""

    userid: Name
    tokens: tuple[TokenRow, ...] | None = None


class DatastoreStatus(msgspec.Struct, frozen=True):
    """`…/status`: bytes."""

    total: Bytes = None
    used: Bytes = None
    avail: Bytes = None


class PbsBackup(msgspec.Struct, frozen=True, gc=False):
    """One backup of a guest. `finished` is False while it is being written (or was broken off);
    `verified` is None before the first verification. `owner` wrote it, `notes` say what it is of.
    """

    at: datetime
    size: int | None
    finished: bool
    verified: bool | None
    protected: bool
    owner: str | None = None
    notes: str | None = None


class GuestBackups(msgspec.Struct, frozen=True):
    """Every backup of one guest, newest first. `kind` is `vm`, `ct` or `host`; `id` its vmid."""

    kind: str
    id: str
    owner: str | None
    backups: tuple[PbsBackup, ...]

    @property
    def vmid(self) -> int | None:
        """The guest's number, None for a host."""
        return int(self.id) if self.kind in ("vm", "ct") and self.id.isdecimal() else None


class BackupSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A datastore's namespace at `observed_at`: guests by (kind, id), and its room in bytes.

    `collection` (of garbage) and `verification` are how they went, None where the server does not
    tell. `omitted` is what could not be read of the answers.
    """

    server: str
    datastore: str
    namespace: str
    observed_at: datetime
    total: int | None
    used: int | None
    guests: Mapping[tuple[str, str], GuestBackups]
    collection: UpkeepRun | None = None
    verification: UpkeepRun | None = None
    omitted: Omissions = NOTHING_OMITTED


class BackupGateway:
    """One backup server. Five requests a poll, whatever the number of guests."""

    def __init__(self, access: ClusterAccess, clock: Clock) -> None:
        if access.service != "PBS":
            raise ValueError(f"{access.name}: a backup server needs service PBS")
        self.name = access.name
        self._access = access
        self._clock = clock
        # The list of snapshots reads a manifest each: a slow server is silent for long.
        self._workers = Workers(
            access,
            TokenFile(access.read_token, access.read_token_file),
            Endpoints(access.endpoints),
            threads=2,
            silence=access.limits.write_silence,
        )

    async def poll(self, datastore: str, namespace: str = "") -> BackupSnapshot:
        """Room, groups and snapshots of a namespace (not of those below it)."""
        store, now = ids.datastore(datastore), self._clock.now()
        path = f"admin/datastore/{store}"
        values = parameters({"ns": namespace or None})

        def work(client: Client) -> BackupSnapshot:
            log = OmissionLog()
            status = client.read(f"{path}/status", {}).decoded(
                self.name, lambda body: decode_leniently(body, DatastoreStatus, log)
            )
            groups = self._listed(client, f"{path}/groups", GroupRow, values, log)
            rows = self._listed(client, f"{path}/snapshots", SnapshotRow, values, log)
            return BackupSnapshot(
                server=self.name,
                datastore=store,
                namespace=namespace,
                observed_at=now,
                total=None if status.total is None else int(status.total),
                used=None if status.used is None else int(status.used),
                guests=by_guest(groups, rows),
                collection=self._last_run(client, "admin/gc", store, log),
                verification=self._last_run(client, "admin/verify", store, log),
                omitted=log.total(),
            )

        return await self._workers.run(work, self._access.limits.write * 2)

    def _last_run(
        self, client: Client, path: str, store: str, log: OmissionLog
    ) -> UpkeepRun | None:
        """How a kind of upkeep went; None where this server has no such list, or not for us."""
        try:
            return find_last_run(self._listed(client, path, UpkeepRow, {}, log), store)
        except errors.Unreachable:
            raise
        except errors.ClusterError:
            return None

    async def version(self) -> str:
        """The server's version, e.g. to see whether it is there and takes the token."""
        found = await self._workers.run(
            lambda client: self._read(client, "version", dict[str, object]),
            self._access.limits.read,
        )
        return str(found.get("version", "")) or "unknown"

    async def tokens(self) -> Mapping[str, int]:
        """Until when the tokens that may be seen hold: `user@realm!name` → seconds, 0 for ever.

        Without Sys.Audit on /access/users only those of the token's own account are listed.
        """
        users = await self._workers.run(
            lambda client: self._rows(client, "access/users", UserRow, {"include_tokens": "1"}),
            self._access.limits.read,
        )
        return {token.tokenid: token.expire for user in users for token in user.tokens or ()}

    async def permissions(self) -> Mapping[str, Mapping[str, bool]]:
        """The token's own privileges: path → privilege → whether it propagates."""
        return await self._workers.run(
            lambda client: self._read(client, "access/permissions", dict[str, dict[str, bool]]),
            self._access.limits.read,
        )

    async def close(self) -> None:
        """End every connection and thread."""
        await self._workers.close()

    def _read(self, client: Client, path: str, kind: type[T]) -> T:
        return client.read(path, {}).decoded(self.name, lambda body: decode(body, kind))

    def _rows(self, client: Client, path: str, row: type[T], values: Mapping[str, str]) -> list[T]:
        answered = client.read(path, values)
        return answered.decoded(self.name, lambda body: decode_rows(body, row))

    def _listed(
        self,
        client: Client,
        path: str,
        row: type[T],
        values: Mapping[str, str],
        log: OmissionLog,
    ) -> list[T]:
        answered = client.read(path, values)
        return answered.decoded(self.name, lambda body: read_rows(body, row, log))


def by_guest(
    groups: list[GroupRow], rows: list[SnapshotRow]
) -> dict[tuple[str, str], GuestBackups]:
    """Backups by guest. A group whose snapshots are not listed still has its last backup's time."""
    owners = {(group.backup_type, group.backup_id): group for group in groups}
    snapshots: dict[tuple[str, str], list[PbsBackup]] = {}
    for row in rows:
        key = (row.backup_type, row.backup_id)
        snapshots.setdefault(key, []).append(_backup(row, owners.get(key)))
    return {
        key: _guest(key, owners.get(key), snapshots.get(key, []))
        for key in sorted(owners.keys() | snapshots.keys())
    }


def _backup(row: SnapshotRow, group: GroupRow | None) -> PbsBackup:
    """A backup without a size is being written, unless its group calls it the last one done."""
    last = None if group is None else group.last_backup
    verdict = None if row.verification is None else row.verification.state
    return PbsBackup(
        at=datetime.fromtimestamp(row.backup_time, UTC),
        size=row.size,
        finished=row.size is not None or row.backup_time == last,
        verified={"ok": True, "failed": False}.get(verdict or ""),
        protected=bool(row.protected),
        owner=_once(row.owner or (group.owner if group else None)),
        notes=_once(row.comment),
    )


def _once(text: str | None) -> str | None:
    """One text for the seven backups of a guest, and for the thousands of an owner."""
    return None if text is None else sys.intern(text)


def _guest(key: tuple[str, str], group: GroupRow | None, backups: list[PbsBackup]) -> GuestBackups:
    if not backups and group is not None and group.last_backup:
        at = datetime.fromtimestamp(group.last_backup, UTC)
        only = PbsBackup(at, size=None, finished=True, verified=None, protected=False)
        backups = [msgspec.structs.replace(only, owner=group.owner)]
    newest_first = tuple(sorted(backups, key=lambda backup: backup.at, reverse=True))
    return GuestBackups(key[0], key[1], group.owner if group else None, newest_first)
