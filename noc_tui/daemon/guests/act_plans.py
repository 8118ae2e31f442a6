"""What an act would do to each guest: its order, ready to be written, and sentences about it.

Reads of the guest's cluster what it must (snapshots, backups, what is local to a node); nothing is
changed. A guest of which the act cannot be is refused with the reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from noc_tui.api import acts as api
from noc_tui.cluster import guest_acts
from noc_tui.cluster.answers import ConfigAnswer
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.guest_location import reach_guest
from noc_tui.cluster.guest_snapshot import GuestSnapshot
from noc_tui.cluster.ha_rules import HaRule, list_barring_rules, list_companions
from noc_tui.cluster.ha_state import acts_on
from noc_tui.cluster.ids import GuestPlace
from noc_tui.cluster.slow import BackupJob, SlowSnapshot
from noc_tui.cluster.snapshot import ClusterSnapshot
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, Conflict
from noc_tui.daemon.guests.act_kinds import (
    ActIntent,
    BackupIntent,
    DeletionIntent,
    MigrationIntent,
    RestoreIntent,
    SnapshotIntent,
)
from noc_tui.daemon.guests.guest_guards import SuspendedTexts, refuse_changed_by_suspension
from noc_tui.daemon.guests.node_memory import NodeRoom, counts, roomiest, rooms_of
from noc_tui.i18n import N_, _, ngettext
from noc_tui.labels import formats
from noc_tui.text import visible
from storage.backups import any_doubtful
from storage.intents import restored_tests

_HELD = SuspendedTexts(
    N_("suspension {case} holds this guest: going back would undo what it changed"),
    N_("this guest cannot be rolled back from here now: ask a lead"),
)
NEARLY_FULL = 0.9
"""The share of a storage from which an act that writes to it says so."""
_DISKS = ("scsi0", "virtio0", "sata0", "ide0", "rootfs")


@dataclass(slots=True)
class Effect:
    """What becomes of a guest. `interrupts` says that it stops on the way."""

    orders: list[tuple[str, ActIntent]] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    interrupts: bool = False


@dataclass(slots=True)
class ActPlanner:
    """Plans one act, guest after guest: what one takes of a node is gone for the next."""

    context: Context
    cluster: str
    snapshot: ClusterSnapshot
    gateway: Gateway
    rooms: dict[str, NodeRoom] = field(init=False)
    _numbers: int = 0

    def __post_init__(self) -> None:
        self.rooms = rooms_of(self.snapshot)

    async def plan(self, act: api.Act, guest: GuestSnapshot) -> Effect:
        """The effect of the act on a guest. Raises `Refusal`s and `GatewayError`s, which say why
        it cannot be.
        """
        if guest.template:
            raise Conflict(_("a template is not worked on"))
        effect = Effect()
        if guest.lock:
            text = _("it is locked ({lock}): the task may fail")
            effect.warnings.append(text.format(lock=visible(guest.lock)))
        match act:
            case api.TakeSnapshot():
                await self._take(act, guest, effect)
            case api.RollBack():
                await self._roll_back(act, guest, effect)
            case api.DeleteSnapshot():
                await self._delete(act, guest, effect)
            case api.BackUp():
                self._back_up(act, guest, effect)
            case api.TestRestore():
                await self._restore(act, guest, effect)
            case api.DeleteTest():
                await self._delete_test(guest, effect)
            case api.Migrate():
                await self._migrate(act, guest, effect)
        return effect

    async def _take(self, act: api.TakeSnapshot, guest: GuestSnapshot, effect: Effect) -> None:
        known = await self._snapshots(guest)
        if any(row.name == act.name for row in known):
            raise Conflict(_("a snapshot is called {name} already").format(name=act.name))
        running = guest.status != "stopped"
        memory = act.memory and running and guest.kind == "qemu"
        effect.sentences.append(_("its disks are kept as they are now, and it runs on"))
        if memory:
            effect.sentences.append(
                _("its memory is kept too: it stands still while that is written")
            )
        if known:
            text = ngettext(
                "it has {n} snapshot already", "it has {n} snapshots already", len(known)
            )
            effect.sentences.append(text.format(n=len(known)))
        order = SnapshotIntent(
            cluster=self.cluster,
            vmid=guest.vmid,
            action="snapshot",
            name=act.name,
            text=act.description,
            flag=memory,
        )
        effect.orders.append(("guest.snapshot", order))

    async def _roll_back(self, act: api.RollBack, guest: GuestSnapshot, effect: Effect) -> None:
        if not act.reason.strip():
            raise BadRequest(_("reason: say why, for whoever reads it later"))
        await refuse_changed_by_suspension(self.context, self.cluster, guest.vmid, _HELD)
        found = next((row for row in await self._snapshots(guest) if row.name == act.name), None)
        if found is None:
            raise Conflict(_("no snapshot is called {name}").format(name=act.name))
        running = guest.status != "stopped"
        since = "?" if found.snaptime is None else formats.instant(_instant(found.snaptime))
        effect.interrupts = running
        effect.warnings.append(
            _("everything that was written since {since} is lost").format(since=since)
        )
        if running:
            text = (
                _("it is stopped at once, and goes on from the memory of then")
                if found.vmstate
                else _("it is stopped at once, and started again from the disks of then")
            )
            effect.sentences.append(text)
        effect.sentences.append(_("its configuration becomes that of then, its network included"))
        order = SnapshotIntent(
            cluster=self.cluster,
            vmid=guest.vmid,
            action="rollback",
            name=act.name,
            text=act.reason.strip(),
            flag=running and not found.vmstate,
        )
        effect.orders.append(("guest.snapshot", order))

    async def _delete(self, act: api.DeleteSnapshot, guest: GuestSnapshot, effect: Effect) -> None:
        if (act.name is None) == (act.older_than_days is None):
            raise BadRequest(_("say either the name of a snapshot or an age in days"))
        known = await self._snapshots(guest)
        if act.name is not None:
            chosen = [row for row in known if row.name == act.name]
        else:
            limit = self.context.clock.now() - timedelta(days=act.older_than_days or 0)
            chosen = [
                row for row in known if row.snaptime is not None and _instant(row.snaptime) < limit
            ]
        if not chosen:
            raise Conflict(_("it has no such snapshot"))
        for row in chosen:
            at = "?" if row.snaptime is None else formats.instant(_instant(row.snaptime))
            effect.sentences.append(
                _("deleted: {name}, of {at}").format(name=visible(row.name), at=at)
            )
            order = SnapshotIntent(
                cluster=self.cluster,
                vmid=guest.vmid,
                action="delete-snapshot",
                name=row.name,
            )
            effect.orders.append(("guest.snapshot", order))

    def _back_up(self, act: api.BackUp, guest: GuestSnapshot, effect: Effect) -> None:
        storage = act.storage or self._backup_storage(guest)
        self._weigh_storage(storage, guest, effect, named=bool(act.storage))
        text = _("a backup goes to {storage}; it runs on, and is locked meanwhile")
        effect.sentences.append(text.format(storage=visible(storage)))
        order = BackupIntent(cluster=self.cluster, vmid=guest.vmid, storage=storage, note=act.note)
        effect.orders.append(("guest.backup", order))

    async def _restore(self, act: api.TestRestore, guest: GuestSnapshot, effect: Effect) -> None:
        source = act.volume.partition(":")[0] or self._backup_storage(guest)
        place = GuestPlace(guest.node, guest.kind, guest.vmid)
        kept = await guest_acts.list_backups(self.gateway, guest.node, source, guest.vmid)
        chosen = next((one for one in kept if act.volume in ("", one.volid)), None)
        if chosen is None:
            text = _("no backup of it is seen on {storage}, or the token may not restore it")
            raise Conflict(text.format(storage=visible(source)))
        target = act.storage or _storage_of(await self.gateway.guest_config(place))
        if not target:
            raise BadRequest(_("storage: say onto which storage it is restored"))
        self._weigh_storage(target, guest, effect, named=bool(act.storage))
        number = await self._next_number()
        at = _instant(chosen.ctime)
        name = f"restore-test-{guest.vmid}-{paris_day(micros(at)):%Y%m%d}"
        text = _("the backup of {at} becomes guest {number} ({name}) on {node}, on {storage}")
        effect.sentences.append(
            text.format(
                at=formats.instant(at),
                number=number,
                name=name,
                node=visible(guest.node),
                storage=visible(target),
            )
        )
        if await any_doubtful(self.context.writer, self.cluster, guest.vmid):
            text = _("its backups may be another guest’s: see what does not agree on its page")
            effect.warnings.append(text)
        effect.sentences.append(
            _("it stays off and has no network; delete it when it was looked at")
        )
        order = RestoreIntent(
            cluster=self.cluster,
            vmid=guest.vmid,
            number=number,
            node=guest.node,
            guest_kind=guest.kind,
            volume=chosen.volid,
            storage=target,
            name=name,
        )
        effect.orders.append(("guest.restore", order))

    async def _delete_test(self, guest: GuestSnapshot, effect: Effect) -> None:
        kept = await restored_tests(self.context.writer, self.cluster)
        if kept.get(guest.vmid) != guest.name or guest_acts.TEST_TAG not in guest.tags:
            raise Conflict(_("it was not restored for a test from here"))
        if guest.status != "stopped":
            raise Conflict(_("it runs: stop it first"))
        effect.warnings.append(_("it is deleted with its disks"))
        order = DeletionIntent(cluster=self.cluster, vmid=guest.vmid, name=guest.name or "")
        effect.orders.append(("guest.deletion", order))

    async def _migrate(self, act: api.Migrate, guest: GuestSnapshot, effect: Effect) -> None:
        running = guest.status != "stopped"
        conditions = await reach_guest(
            self.gateway,
            guest.vmid,
            lambda where: guest_acts.read_migration(self.gateway, where),
            seen=GuestPlace(guest.node, guest.kind, guest.vmid),
        )
        target = act.target or self._best_target(guest, conditions)
        self._require_target(guest, target)
        self._weigh_rules(guest, target, effect)
        if conditions is not None:
            _weigh_conditions(conditions, act, target, effect, running=running)
        effect.sentences.insert(0, _move_sentence(guest, target, running=running))
        effect.interrupts = running and guest.kind == "lxc"
        if guest.ha_state:
            effect.sentences.append(_("HA moves it, within a minute or two"))
        self._take_room(guest, target, effect)
        order = MigrationIntent(
            cluster=self.cluster,
            vmid=guest.vmid,
            source=guest.node,
            target=target,
            running=running,
            with_disks=act.with_local_disks,
        )
        effect.orders.append(("guest.migration", order))

    def _best_target(
        self, guest: GuestSnapshot, conditions: guest_acts.MigrationConditions | None
    ) -> str:
        others = [
            name
            for name in self.rooms
            if name != guest.node and (conditions is None or conditions.refusal_of(name) is None)
            if not self._barring_rules(guest, name)
        ]
        found = roomiest(self.rooms, counts(guest), others)
        if found is None:
            raise Conflict(_("no other node has the memory for it"))
        return found

    def _barring_rules(self, guest: GuestSnapshot, target: str) -> tuple[str, ...]:
        """The rules of HA that keep the guest off a node."""
        if not acts_on(guest.ha_state):
            return ()
        placed = {
            GuestPlace(one.node, one.kind, one.vmid).sid: one.node
            for one in self.snapshot.guests.values()
            if acts_on(one.ha_state)
        }
        service = GuestPlace(guest.node, guest.kind, guest.vmid).sid
        return list_barring_rules(self._rules, service, target, placed)

    def _weigh_rules(self, guest: GuestSnapshot, target: str, effect: Effect) -> None:
        """`Conflict` where HA would not leave the guest there; say whom it moves along."""
        if names := self._barring_rules(guest, target):
            text = _("rules of HA keep it off {node} ({names})")
            raise Conflict(text.format(node=visible(target), names=visible(", ".join(names))))
        service = GuestPlace(guest.node, guest.kind, guest.vmid).sid
        if acts_on(guest.ha_state) and (along := list_companions(self._rules, service)):
            text = _("HA moves with it: {names}")
            effect.warnings.append(text.format(names=visible(", ".join(along))))

    @property
    def _rules(self) -> Sequence[HaRule]:
        slow = self.context.estate.slow.get(self.cluster)
        return () if slow is None else slow.ha_rules or ()

    def _require_target(self, guest: GuestSnapshot, target: str) -> None:
        if target == guest.node:
            raise Conflict(_("it is on {node} already").format(node=visible(target)))
        if target not in self.rooms:
            raise Conflict(_("{node} is no node that is online").format(node=visible(target)))

    def _take_room(self, guest: GuestSnapshot, target: str, effect: Effect) -> None:
        taken = counts(guest)
        self.rooms[target] = room = self.rooms[target].with_more(taken)
        if guest.node in self.rooms:
            self.rooms[guest.node] = self.rooms[guest.node].with_more(-taken)
        if taken and (room.left is None or room.left < 0):
            text = _("{node} has too little memory left, or it is not known how much")
            effect.warnings.append(text.format(node=visible(target)))

    def _weigh_storage(
        self, storage: str, guest: GuestSnapshot, effect: Effect, *, named: bool
    ) -> None:
        """Warn of a storage that is nearly full. `Conflict` for one that was named and that the
        guest's node does not have, or does not reach.
        """
        found = next(
            (
                one
                for one in self.snapshot.storages.values()
                if one.name == storage and guest.node in (one.node, *one.nodes)
            ),
            None,
        )
        at = {"storage": visible(storage), "node": visible(guest.node)}
        if named and found is None:
            text = _("{node} has no storage {storage}, or the token may not see it")
            raise Conflict(text.format(**at))
        if found is None:
            return
        if guest.node in found.missing_on:
            raise Conflict(_("{node} does not reach the storage {storage}").format(**at))
        if found.status != "available":
            text = _("whether the storage {storage} is reached is not known")
            effect.warnings.append(text.format(storage=at["storage"]))
        if found.total and (found.used or 0) / found.total >= NEARLY_FULL:
            text = _("the storage {storage} is {share} full")
            filled = formats.share((found.used or 0) / found.total)
            effect.warnings.append(text.format(storage=at["storage"], share=filled))

    async def _snapshots(self, guest: GuestSnapshot) -> Sequence[guest_acts.GuestSnapshotRow]:
        return await reach_guest(
            self.gateway,
            guest.vmid,
            lambda where: guest_acts.list_snapshots(self.gateway, where),
            seen=GuestPlace(guest.node, guest.kind, guest.vmid),
        )

    async def _next_number(self) -> int:
        """A number that neither the cluster has nor an order of this act was given."""
        number = await guest_acts.next_vmid(self.gateway) + self._numbers
        while number in self.snapshot.guests:
            number += 1
        self._numbers += 1
        return number

    def _backup_storage(self, guest: GuestSnapshot) -> str:
        storage = backup_storage(self.context.estate.slow.get(self.cluster), self.snapshot, guest)
        if storage is None:
            raise BadRequest(_("storage: no backup job covers it; say which storage"))
        return storage


def backup_storage(
    slow: SlowSnapshot | None, snapshot: ClusterSnapshot, guest: GuestSnapshot
) -> str | None:
    """The storage of the backup job that covers a guest, else the only one that takes backups."""
    jobs = () if slow is None else slow.backup_jobs or ()
    for job in jobs:
        if job.enabled and job.storage and _covers(job, guest):
            return job.storage
    takes = {one.name for one in snapshot.storages.values() if "backup" in one.content}
    return next(iter(takes)) if len(takes) == 1 else None


def _covers(job: BackupJob, guest: GuestSnapshot) -> bool:
    if job.node is not None and job.node != guest.node:
        return False
    if job.all:
        return str(guest.vmid) not in _numbers(job.exclude)
    if job.pool is not None:
        return job.pool == guest.pool
    return str(guest.vmid) in _numbers(job.vmid)


def _numbers(text: str | None) -> set[str]:
    return {one.strip() for one in (text or "").replace(";", ",").split(",")}


def _storage_of(config: ConfigAnswer) -> str:
    """The storage of the guest's first disk; empty where none is known."""
    for key in _DISKS:
        storage, colon, _volume = config.values.get(key, "").partition(":")
        if colon and storage != "none":
            return storage
    return ""


def _weigh_conditions(
    found: guest_acts.MigrationConditions,
    act: api.Migrate,
    target: str,
    effect: Effect,
    *,
    running: bool,
) -> None:
    """Refuse what Proxmox would refuse, and say what is local."""
    if (why := found.refusal_of(target)) is not None:
        text = _("{node} cannot take it: {why}")
        raise Conflict(text.format(node=visible(target), why=visible(why)))
    if running and found.local_resources:
        text = _("it uses devices of its node ({devices}): shut it down first")
        raise Conflict(text.format(devices=visible(", ".join(found.local_resources))))
    if found.local_disks:
        disks = visible(", ".join(disk.volid for disk in found.local_disks))
        if not act.with_local_disks:
            text = _("its disks lie on its node alone ({disks}): ask for them to be copied too")
            raise Conflict(text.format(disks=disks))
        text = _("its disks are copied over the network, which takes long: {disks}")
        effect.warnings.append(text.format(disks=disks))


def _move_sentence(guest: GuestSnapshot, target: str, *, running: bool) -> str:
    """How it moves: alive, by a restart, or as it lies there."""
    if not running:
        text = _("moved to {node}, switched off as it is")
    elif guest.kind == "lxc":
        text = _("stopped, moved to {node}, and started there")
    else:
        text = _("moved to {node} while it runs on")
    return text.format(node=visible(target))


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
