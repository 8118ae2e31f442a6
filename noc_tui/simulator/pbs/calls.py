"""What a backup server tells: datastores, groups of backups, single backups, jobs."""

from noc_tui.simulator.data import Row
from noc_tui.simulator.model.backups import BackupServer, Key, Snapshot
from noc_tui.simulator.world import World

_FILES = {
    "vm": ("qemu-server.conf.blob", "drive-scsi0.img.fidx", "index.json.blob"),
    "ct": ("pct.conf.blob", "root.pxar.didx", "index.json.blob"),
}
_PRIVILEGES = ("Datastore.Audit", "Sys.Audit")


def version(_world: World, _server: BackupServer, _values: dict[str, str]) -> object:
    return {"version": "3.4.2", "release": "1", "repoid": "fedcba9876543210"}


def permissions(_world: World, server: BackupServer, _values: dict[str, str]) -> object:
    held = dict.fromkeys(_PRIVILEGES, 1)
    return {"/": held, "/datastore": held, f"/datastore/{server.datastore}": held}


def users(_world: World, server: BackupServer, values: dict[str, str]) -> object:
    """Accounts, with their tokens when asked for; a token's name is the whole one."""
    found: dict[str, list[Row]] = {}
    for name in server.secrets:
        user, _bang, token = name.partition("!")
        tokens = found.setdefault(user, [])
        if token:
            tokens.append({"tokenid": name, "enable": True, "expire": 0})
    with_tokens = values.get("include_tokens") in ("1", "true")
    return [
        {"userid": user, "enable": True, "expire": 0}
        | ({"tokens": tokens} if with_tokens and tokens else {})
        for user, tokens in found.items()
    ]


def datastores(_world: World, server: BackupServer, _values: dict[str, str]) -> object:
    return [{"store": server.datastore, "comment": "Autre site"}]


def groups(_world: World, server: BackupServer, values: dict[str, str]) -> object:
    """Guests that have a finished backup."""
    rows: list[Row] = []
    for (kind, vmid), kept in server.at(values.get("ns", "")).items():
        finished = [snapshot for snapshot in kept if snapshot.size is not None]
        if finished:
            rows.append(
                {
                    "backup-type": kind,
                    "backup-id": str(vmid),
                    "last-backup": finished[-1].time,
                    "backup-count": len(finished),
                    "files": list(_FILES[kind]),
                    "owner": finished[-1].owner or server.owner,
                }
            )
    return rows


def snapshots(_world: World, server: BackupServer, values: dict[str, str]) -> object:
    kind, number = values.get("backup-type"), values.get("backup-id")
    return [
        _snapshot(server, key, snapshot)
        for key, kept in server.at(values.get("ns", "")).items()
        if kind in (None, key[0]) and number in (None, str(key[1]))
        for snapshot in kept
    ]


def _snapshot(server: BackupServer, key: Key, snapshot: Snapshot) -> Row:
    kind, vmid = key
    row: Row = {
        "backup-type": kind,
        "backup-id": str(vmid),
        "backup-time": snapshot.time,
        "owner": snapshot.owner or server.owner,
        "protected": snapshot.protected,
        "files": [],
    }
    if snapshot.size is not None:
        row["size"] = snapshot.size
        row["files"] = [
            {
                "filename": name,
                "crypt-mode": "none",
                "size": snapshot.size if ".img" in name else 512,
            }
            for name in _FILES[kind]
        ]
    if snapshot.comment:
        row["comment"] = snapshot.comment
    if snapshot.verified:
        row["verification"] = {"state": snapshot.verified, "upid": snapshot.verify_upid}
    return row


def namespaces(_world: World, server: BackupServer, _values: dict[str, str]) -> object:
    return [{"ns": name} for name in sorted({"", server.namespace})]


def status(_world: World, server: BackupServer, values: dict[str, str]) -> object:
    row: Row = {"total": server.total, "used": server.used, "avail": server.total - server.used}
    if values.get("verbose", "0") in ("1", "true"):
        row["counts"] = {kind: _count(server, kind) for kind in ("vm", "ct")} | {"host": None}
    return row


def _count(server: BackupServer, kind: str) -> Row:
    kept = [found for (one, _), found in server.snapshots.items() if one == kind]
    return {"groups": len(kept), "snapshots": sum(len(found) for found in kept)}


def usage(_world: World, server: BackupServer, _values: dict[str, str]) -> object:
    share = server.used / server.total
    return [
        {
            "store": server.datastore,
            "total": server.total,
            "used": server.used,
            "avail": server.total - server.used,
            "history": [share] * 30,
        }
    ]


def jobs(world: World, server: BackupServer, values: dict[str, str]) -> object:
    """The jobs of a kind, with how the last run ended."""
    if values["kind"] not in ("verify", "prune", "sync", "gc"):
        return []
    now = int(world.timeline.now)
    state = "OK"
    if values["kind"] == "gc" and server.failed_collection:
        state = "unable to start garbage collection job - datastore is locked"
    if values["kind"] == "verify" and server.failed_verifications:
        state = "verification failed - please check the log for details"
    last = now - now % 86400 + 4 * 3600
    last -= 86400 if last > now else 0
    return [
        {
            "id": f"{values['kind']}-{server.datastore}",
            "store": server.datastore,
            "schedule": "04:00",
            "last-run-state": state,
            "last-run-endtime": last + 1800,
            "last-run-upid": f"UPID:{server.name}:000003A1:00001F5A:00000001:{last:08X}:"
            f"{values['kind']}job:{server.datastore}:root@pam:",
            "next-run": last + 86400,
        }
    ]


def node_status(_world: World, _server: BackupServer, _values: dict[str, str]) -> object:
    return {"uptime": 8_000_000, "cpu": 0.08, "wait": 0.02, "loadavg": [0.8, 0.7, 0.6]}
