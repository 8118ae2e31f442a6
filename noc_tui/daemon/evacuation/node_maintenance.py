"""HA's maintenance of a node: the command that a person types, and what is seen to come of it.

Proxmox has no call for it: `ha-manager crm-command node-maintenance` writes to the cluster's file
system as root. HA's manager then moves its services away, and says `maintenance` of the node
(`hastate` in `/cluster/resources`, since 8.3).
"""

from datetime import timedelta
from typing import Literal

import msgspec

from noc_tui.api.evacuation import MaintenanceEffect
from noc_tui.cluster.ha_state import acts_on
from noc_tui.cluster.snapshot import ClusterSnapshot
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict, NotFound
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.guests.guest_guards import require_snapshot
from noc_tui.daemon.guests.order_execution import OrderOutcome, settle_order
from noc_tui.i18n import N_, _, ngettext
from noc_tui.kept_words import keep_words
from noc_tui.roles import Caller
from noc_tui.text import visible
from storage import evidence, intents
from storage.change import Change
from storage.intents import Intent

KIND = "node.maintenance"
MAINTENANCE = "maintenance"
LOOK_SECONDS = 5.0
GIVE_UP = timedelta(hours=1)
_VERBS = {"enter": "enable", "leave": "disable"}
_SEEN = {
    "enter": N_("{node} is in maintenance"),
    "leave": N_("{node} is out of maintenance"),
}
_UNSEEN = N_("after an hour {node} was not seen to follow: was the command typed?")


class MaintenanceIntent(msgspec.Struct, frozen=True):
    """The payload of the intent."""

    cluster: str
    node: str
    action: Literal["enter-maintenance", "leave-maintenance"]


def effect_of(
    context: Context, cluster: str, node: str, action: Literal["enter", "leave"]
) -> MaintenanceEffect:
    """What to type, which guests HA moves and which it leaves. Raises `NotFound` and `Conflict`."""
    snapshot = require_snapshot(context, cluster)
    if node not in snapshot.nodes:
        raise NotFound(_("{cluster} has no node {name}").format(cluster=cluster, name=node))
    state = snapshot.nodes[node].ha_state
    if state is None:
        text = _("HA is not used on {cluster}, or it says nothing of its nodes (before 8.3)")
        raise Conflict(text.format(cluster=cluster))
    if (state == MAINTENANCE) is (action == "enter"):
        raise Conflict(_(_SEEN[action]).format(node=node))
    command = f"ha-manager crm-command node-maintenance {_VERBS[action]} {node}"
    if action == "leave":
        return MaintenanceEffect(command, (), (), ())
    moved, staying = _split(snapshot, node)
    return MaintenanceEffect(command, moved, staying, tuple(_warnings(snapshot, len(staying))))


def _split(snapshot: ClusterSnapshot, node: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those of the guests that run there which HA moves, and those which it leaves there."""
    running = [
        guest
        for guest in snapshot.guests.values()
        if guest.node == node and guest.status != "stopped" and not guest.template
    ]
    names = {guest.vmid: f"{snapshot.cluster}/{guest.vmid} {guest.name or ''}" for guest in running}
    moved = [visible(names[guest.vmid]).strip() for guest in running if acts_on(guest.ha_state)]
    staying = [
        visible(names[guest.vmid]).strip() for guest in running if not acts_on(guest.ha_state)
    ]
    return tuple(moved), tuple(staying)


def _warnings(snapshot: ClusterSnapshot, staying: int) -> list[str]:
    found = []
    if snapshot.quorate is not True:
        found.append(_("without quorum HA does nothing: the command waits until it is back"))
    if staying:
        text = ngettext(
            "HA does not move {n} guest that runs there: evacuate the node for it",
            "HA does not move {n} guests that run there: evacuate the node for them",
            staying,
        )
        found.append(text.format(n=staying))
    return found


async def write_order(
    change: Change, who: Caller, cluster: str, node: str, action: Literal["enter", "leave"]
) -> int:
    """Write the intent and its entry; its number. `Conflict` while one is followed already."""
    subject = f"node:{cluster}/{node}"
    if any(row.subject == subject for row in await intents.open_intents(change, KIND)):
        raise Conflict(_("this node is followed already"))
    kept: Literal["enter-maintenance", "leave-maintenance"] = (
        "enter-maintenance" if action == "enter" else "leave-maintenance"
    )
    order = MaintenanceIntent(cluster, node, kept)
    number = await intents.create(
        change, kind=KIND, subject=subject, payload=order, uid=who.uid, account=who.name
    )
    await change.record(
        f"{KIND}.ordered", [subject], {"intent": number, "action": kept}, actor=actor(who)
    )
    return number


async def follow(context: Context, intent: Intent) -> None:
    """Wait until the node is where it was to be, for an hour from the order on."""
    order = msgspec.json.decode(intent.payload, type=MaintenanceIntent)
    if intent.state != "doing":
        async with context.writer.change(evidence.program()) as change:
            await intents.move(change, intent.id, "doing")
    wanted: Literal["enter", "leave"] = "enter" if order.action == "enter-maintenance" else "leave"
    while context.clock.now() - intent.requested_at < GIVE_UP:
        if _is_there(context, order, wanted):
            said = keep_words(_SEEN[wanted], node=order.node)
            await settle_order(context, intent, "done", OrderOutcome(said=said))
            return
        await context.clock.sleep(LOOK_SECONDS)
    said = keep_words(_UNSEEN, node=order.node)
    await settle_order(context, intent, "failed", OrderOutcome(said=said))


def _is_there(
    context: Context, order: MaintenanceIntent, wanted: Literal["enter", "leave"]
) -> bool:
    snapshot = context.estate.snapshots.get(order.cluster)
    node = None if snapshot is None else snapshot.nodes.get(order.node)
    if node is None or node.ha_state is None:
        return False
    return (node.ha_state == MAINTENANCE) is (wanted == "enter")
