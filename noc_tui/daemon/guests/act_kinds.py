"""The daily acts as orders: what their intents hold, what is asked of Proxmox, how they end."""

from contextlib import suppress
from datetime import timedelta
from typing import Literal

import msgspec

from noc_tui.clock import Clock
from noc_tui.cluster import errors, guest_acts
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.guest_location import locate_guest
from noc_tui.cluster.ids import GuestPlace
from noc_tui.daemon.guests.order_execution import TOO_OLD, GuestOrderKind, OrderFailed
from noc_tui.i18n import N_
from noc_tui.kept_words import keep_words, without_marks

LOOK_SECONDS = 5.0
HOURS = timedelta(hours=12)
"""How long the task of a backup, a restore or a move is followed."""
BATCH_WAITS = timedelta(hours=4)
"""How long an order of a batch may wait for those before it."""


class ActIntent(msgspec.Struct, frozen=True, kw_only=True):
    """What the payload of every act holds; `batch` names the orders that were given together, of
    which `at_once` may be under way.
    """

    cluster: str
    vmid: int
    batch: str = ""
    at_once: int = 1


class SnapshotIntent(ActIntent, frozen=True, kw_only=True):
    """A snapshot taken, gone back to or deleted. `text` describes it, or says why."""

    action: Literal["snapshot", "rollback", "delete-snapshot"]
    name: str
    text: str = ""
    flag: bool = False
    """Of a snapshot: with memory. Of going back: the guest is started afterwards."""


class BackupIntent(ActIntent, frozen=True, kw_only=True):
    """A backup to a storage."""

    storage: str
    note: str = ""
    action: Literal["backup"] = "backup"


class RestoreIntent(ActIntent, frozen=True, kw_only=True):
    """A backup `volume` of the guest restored as guest `number` on `node`."""

    number: int
    node: str
    guest_kind: str
    volume: str
    storage: str
    name: str
    action: Literal["restore-test"] = "restore-test"


class DeletionIntent(ActIntent, frozen=True, kw_only=True):
    """A guest `name` that was restored for a test, deleted."""

    name: str
    action: Literal["delete-test"] = "delete-test"


class MigrationIntent(ActIntent, frozen=True, kw_only=True):
    """A move from `source` to `target`; `running` is how the guest was when it was ordered."""

    source: str
    target: str
    running: bool
    with_disks: bool = False
    action: Literal["migrate"] = "migrate"


async def _ask_snapshot(gateway: Gateway, guest: GuestPlace, order: SnapshotIntent) -> str:
    match order.action:
        case "snapshot":
            return await guest_acts.take_snapshot(
                gateway, guest, order.name, order.text, with_memory=order.flag
            )
        case "rollback":
            return await guest_acts.roll_back(gateway, guest, order.name, start=order.flag)
        case "delete-snapshot":
            return await guest_acts.delete_snapshot(gateway, guest, order.name)


async def _ask_backup(gateway: Gateway, guest: GuestPlace, order: BackupIntent) -> str:
    return await guest_acts.back_up(gateway, guest, order.storage, order.note)


async def _ask_restore(gateway: Gateway, place: GuestPlace, order: RestoreIntent) -> str:
    return await guest_acts.restore(gateway, place, order.volume, order.storage, order.name)


async def _ask_deletion(gateway: Gateway, guest: GuestPlace, order: DeletionIntent) -> str:
    return await guest_acts.delete_test(gateway, guest, order.name)


async def _unplug(_clock: Clock, gateway: Gateway, order: RestoreIntent) -> str:
    """Take its network off before anybody can start it."""
    try:
        await guest_acts.unplug(gateway, _place_of_test(order))
    except errors.GatewayError as error:
        text = N_(
            "guest {number} was restored, and its network could not be taken off ({why}): do not"
            " start it"
        )
        words = keep_words(text, number=str(order.number), why=without_marks(str(error)))
        raise OrderFailed(words) from error
    text = N_("restored as guest {number} on {node}, off and without network: look, then delete it")
    return keep_words(text, number=str(order.number), node=order.node)


def _place_of_test(order: RestoreIntent) -> GuestPlace:
    return GuestPlace(order.node, order.guest_kind, order.number)


async def _ask_migration(gateway: Gateway, guest: GuestPlace, order: MigrationIntent) -> str:
    return await guest_acts.migrate(
        gateway, guest, order.target, running=order.running, with_disks=order.with_disks
    )


async def _await_arrival(clock: Clock, gateway: Gateway, order: MigrationIntent) -> str:
    """Under HA the task only notes the wish, and its manager moves the guest in its own time."""
    give_up = clock.monotonic() + HA_MOVES.total_seconds()
    where = order.source
    while clock.monotonic() < give_up:
        with suppress(errors.Unreachable):  # on its way, or its list cannot be read just now
            where = (await locate_guest(gateway, order.vmid)).node
        if where == order.target:
            text = N_("now on {node}")
            return keep_words(text, node=order.target)
        await clock.sleep(LOOK_SECONDS)
    text = N_("the guest is still on {node}: HA did not move it")
    raise OrderFailed(keep_words(text, node=where))


HA_MOVES = timedelta(minutes=15)
"""How long HA's manager may take to move a guest."""


def _waits(order: ActIntent) -> timedelta:
    return BATCH_WAITS if order.batch else TOO_OLD


_SNAPSHOT_TASKS = {
    "snapshot": frozenset({"qmsnapshot", "vzsnapshot"}),
    "rollback": frozenset({"qmrollback", "vzrollback"}),
    "delete-snapshot": frozenset({"qmdelsnapshot", "vzdelsnapshot"}),
}
_BACKUP_TASKS = frozenset({"vzdump"})
_RESTORE_TASKS = frozenset({"qmrestore", "vzrestore"})
_DELETION_TASKS = frozenset({"qmdestroy", "vzdestroy"})
_MIGRATION_TASKS = frozenset({"qmigrate", "vzmigrate", "hamigrate"})

SNAPSHOT = GuestOrderKind(
    "guest.snapshot",
    SnapshotIntent,
    _ask_snapshot,
    lambda order: _SNAPSHOT_TASKS[order.action],
    waits=_waits,
    give_up=HOURS,
)
BACKUP = GuestOrderKind(
    "guest.backup", BackupIntent, _ask_backup, lambda _: _BACKUP_TASKS, waits=_waits, give_up=HOURS
)
RESTORE = GuestOrderKind(
    "guest.restore",
    RestoreIntent,
    _ask_restore,
    lambda _: _RESTORE_TASKS,
    _unplug,
    place=_place_of_test,
    waits=_waits,
    give_up=HOURS,
)
MIGRATION = GuestOrderKind(
    "guest.migration",
    MigrationIntent,
    _ask_migration,
    lambda _: _MIGRATION_TASKS,
    _await_arrival,
    left_node=lambda order: order.source,
    waits=_waits,
    give_up=HOURS,
)
DELETION = GuestOrderKind(
    "guest.deletion", DeletionIntent, _ask_deletion, lambda _: _DELETION_TASKS, waits=_waits
)
ACT_KINDS = {kind.kind: kind for kind in (SNAPSHOT, BACKUP, RESTORE, DELETION, MIGRATION)}
"""By the kind of their intents; entries are `guest.snapshot.ordered`, `.done`, and so on."""
