"""`backup-trouble`: every way in which a backup can be not there."""

from collections.abc import Iterator
from itertools import islice

from noc_tui.simulator.backups import key_of
from noc_tui.simulator.model.backups import BackupServer
from noc_tui.simulator.model.guest import Guest
from noc_tui.simulator.scenarios.stage import DAY, HOUR, Stage


def backup_trouble(stage: Stage) -> None:
    """From the start: some missing, some stale, some failing, some failed their verification, one
    with another guest's backups in its place.

    In the second night the backup server is down, and one guest keeps its lock for hours.
    """
    server = stage.world.backups_of(stage.first.name)
    guests = [guest for guest in stage.first.guests.values() if not guest.template]
    step = max(1, len(guests) // 12)
    cast = iter(guests[::step])
    left_out = _take(cast, 2)
    for guest in left_out:
        server.snapshots.pop(key_of(guest), None)
        server.skipped.add(guest.vmid)
    stage.first.jobs[0]["exclude"] = ",".join(str(guest.vmid) for guest in left_out)
    for guest in _take(cast, 3):
        _age(server, guest, days=2)
        server.failing[guest.vmid] = "job failed with err -110 - Connection timed out"
    for guest in _take(cast, 2):
        _fail_verification(server, guest)
    for guest in _take(cast, 1):
        for snapshot in server.snapshots.get(key_of(guest), []):
            snapshot.verified = snapshot.verify_upid = ""
    for guest in _take(cast, 1):  # another cluster writes where this guest's backups are
        for snapshot in server.snapshots.get(key_of(guest), [])[-2:]:
            snapshot.owner, snapshot.comment = "lyon@pbs!backup", "other-client-db"
    for guest in _take(cast, 1):
        guest.config["lock"] = "backup"
        stage.at(6 * HOUR, guest.config.pop, "lock", None)
    server.failed_collection = True
    server.changes += 1
    stage.first.touch()
    stage.at(DAY, setattr, server, "down", True)
    stage.at(1.5 * DAY, setattr, server, "down", False)


def _take(cast: Iterator[Guest], count: int) -> list[Guest]:
    return list(islice(cast, count))


def _age(server: BackupServer, guest: Guest, days: int) -> None:
    kept = server.snapshots.get(key_of(guest), [])
    del kept[len(kept) - days :]


def _fail_verification(server: BackupServer, guest: Guest) -> None:
    server.failed_verifications.add(guest.vmid)
    for snapshot in server.snapshots.get(key_of(guest), [])[-3:-1]:
        snapshot.verified = "failed"
