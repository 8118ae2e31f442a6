"""Reads what an evacuation's plan is made from, and says the plan to the operator."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from noc_tui.api import evacuation as api
from noc_tui.api.acts import NodeMemory
from noc_tui.cluster import errors, guest_acts
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.guest_acts import MigrationConditions
from noc_tui.cluster.guest_snapshot import GuestSnapshot
from noc_tui.cluster.ha_rules import HaRule
from noc_tui.cluster.ids import GuestPlace
from noc_tui.cluster.snapshot import ClusterSnapshot
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict, NotFound, Unavailable
from noc_tui.daemon.evacuation.planner import (
    NodePlan,
    PlanFacts,
    StayingGuest,
    plan_evacuation,
    service_of,
)
from noc_tui.daemon.guests.guest_guards import require_snapshot
from noc_tui.daemon.guests.node_memory import NodeRoom, counts, rooms_of
from noc_tui.i18n import N_, _, language
from noc_tui.kept_words import keep_words, read_words, without_marks
from storage.register import guest_tenants

REASONS: Mapping[str, str] = {
    "template": N_("a template stays: nothing runs in it"),
    "locked": N_("it is locked ({names})"),
    "unknown": N_("its state is not known"),
    "no_memory": N_("no other node has the memory for it"),
    "ha_rule": N_("rules of HA leave it no node ({names})"),
    "no_storage": N_("no other node reaches its storage"),
    "local_disks": N_("its disks lie on this node alone ({names})"),
    "local_devices": N_("it uses devices of this node ({names})"),
    "unread": N_("what would keep it from moving could not be read"),
    "would_stop": N_("it would be stopped: that takes a maintenance window"),
}


@dataclass(frozen=True, slots=True)
class NodePicture:
    """A node's plan, as the cluster and the register were when it was made."""

    cluster: str
    node: str
    plan: NodePlan
    before: Mapping[str, NodeRoom]
    tenants: Mapping[int, str]

    @property
    def interrupted(self) -> tuple[str, ...]:
        """The tenants of guests that stop on the way."""
        found = {
            self.tenants.get(move.guest.vmid, "") for move in self.plan.moves if move.interrupts
        }
        return tuple(sorted(found - {""}))

    @property
    def stopping(self) -> frozenset[tuple[str, int]]:
        """The guests that stop on the way."""
        return frozenset(
            (self.cluster, move.guest.vmid) for move in self.plan.moves if move.interrupts
        )

    @property
    def digest(self) -> str:
        """Of who goes where and who stays: another plan has another."""
        told = [(move.guest.vmid, move.target, move.how, move.wave) for move in self.plan.moves]
        stays = [(one.guest.vmid, one.why, one.names) for one in self.plan.staying]
        return hashlib.sha256(msgspec.json.encode([told, stays])).hexdigest()[:16]


async def picture(context: Context, cluster: str, node: str, asked: api.Evacuation) -> NodePicture:
    """Plan the evacuation of a node by what is known now, and what the cluster says of each of
    its guests. Raises `Refusal`s.
    """
    snapshot = _seen(context, cluster, node)
    gateway = context.gateways[cluster]
    guests = [guest for guest in snapshot.guests.values() if guest.node == node]
    before = rooms_of(snapshot)
    facts = PlanFacts(
        rooms={name: room for name, room in before.items() if _takes(snapshot, name, node)},
        rules=_rules(context, cluster),
        placed={service_of(guest): guest.node for guest in snapshot.guests.values()},
        conditions=await _conditions(gateway, guests),
        with_local_disks=asked.with_local_disks,
        may_stop=asked.window is not None,
    )
    plan = plan_evacuation(guests, facts, asked.wave_size)
    day = paris_day(micros(context.clock.now()))
    owners = await guest_tenants(context.world, day)
    tenants = {
        guest.vmid: owners[cluster, guest.vmid]
        for guest in guests
        if (cluster, guest.vmid) in owners
    }
    return NodePicture(cluster, node, plan, before, tenants)


def _seen(context: Context, cluster: str, node: str) -> ClusterSnapshot:
    snapshot = require_snapshot(context, cluster)
    if node not in snapshot.nodes:
        raise NotFound(_("{cluster} has no node {name}").format(cluster=cluster, name=node))
    if snapshot.quorate is False:
        text = _("{cluster} has no quorum: nothing can be changed there")
        raise Conflict(text.format(cluster=cluster))
    if snapshot.nodes[node].status != "online":
        text = _("{node} is not online: nothing can be moved away from it")
        raise Conflict(text.format(node=node))
    return snapshot


def _takes(snapshot: ClusterSnapshot, name: str, leaving: str) -> bool:
    """Whether guests may go to a node: one that HA keeps free takes none."""
    return name != leaving and snapshot.nodes[name].ha_state != "maintenance"


def _rules(context: Context, cluster: str) -> Sequence[HaRule]:
    slow = context.estate.slow.get(cluster)
    return () if slow is None else slow.ha_rules or ()


async def _conditions(
    gateway: Gateway, guests: Sequence[GuestSnapshot]
) -> dict[int, MigrationConditions]:
    """What Proxmox says of each virtual machine's move, one request each; one that cannot be read
    is missing. `Unavailable` where the token may not ask at all.
    """
    found: dict[int, MigrationConditions] = {}
    for guest in guests:
        if guest.template or guest.kind != "qemu":
            continue
        place = GuestPlace(guest.node, guest.kind, guest.vmid)
        try:
            read = await guest_acts.read_migration(gateway, place)
        except (errors.PermissionMissing, errors.NotConfigured) as error:
            raise Unavailable(str(error)) from error
        except errors.GatewayError:
            continue
        if read is not None:
            found[guest.vmid] = read
    return found


def shown_plan(picture: NodePicture, asked: api.Evacuation) -> api.EvacuationPlan:
    """The plan as the operator reads it."""
    plan = picture.plan
    return api.EvacuationPlan(
        node=picture.node,
        moves=tuple(
            api.PlannedMove(
                guest=f"{picture.cluster}/{move.guest.vmid}",
                name=move.guest.name or "",
                tenant=picture.tenants.get(move.guest.vmid, ""),
                target=move.target,
                how=move.how,
                wave=move.wave,
                memory=counts(move.guest),
            )
            for move in plan.moves
        ),
        left=tuple(
            api.LeftGuest(
                guest=f"{picture.cluster}/{one.guest.vmid}",
                name=one.guest.name or "",
                tenant=picture.tenants.get(one.guest.vmid, ""),
                reason=read_words(reason_kept(one), language()),
            )
            for one in plan.staying
        ),
        tenants=tuple(sorted(set(picture.tenants.values()))),
        interrupted=picture.interrupted,
        nodes=tuple(
            NodeMemory(name, room.memory, picture.before[name].promised, room.promised)
            for name, room in sorted(plan.rooms.items())
            if room.promised != picture.before[name].promised
        ),
        warnings=tuple(_warnings(picture, asked)),
        digest=picture.digest,
    )


def reason_kept(staying: StayingGuest) -> str:
    """Why a guest stays, in both languages."""
    names = without_marks(", ".join(staying.names))
    return keep_words(REASONS[staying.why], names=names)


def _warnings(picture: NodePicture, asked: api.Evacuation) -> list[str]:
    found = []
    if not picture.plan.survives_another:
        found.append(
            _("afterwards the other nodes could not take the guests of one more that fails")
        )
    if asked.with_local_disks:
        found.append(_("disks that lie on the node alone are copied, which takes long"))
    return found
