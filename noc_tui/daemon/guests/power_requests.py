"""Power of a single guest: an intent, its Proxmox task followed, its outcome on the evidence log.

The intent is committed before Proxmox is asked (rule 1 of ARCHITECTURE.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from aiohttp import web

from noc_tui.api import guests as api
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict, NotFound
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.request_values import number_of
from noc_tui.daemon.core.server import Call, route
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.guests.guest_guards import SuspendedTexts, refuse_suspended, subjects_of
from noc_tui.daemon.guests.order_execution import OrderExecution
from noc_tui.daemon.guests.order_queue import OrderQueue
from noc_tui.daemon.guests.power_execution import KIND, POWER, PowerIntent
from noc_tui.i18n import N_, _
from noc_tui.labels.formats import clock_time
from noc_tui.text import visible
from storage import intents
from storage.change import Change


def build(context: Context) -> "PowerService":
    """The part."""
    return PowerService(context)


@dataclass(slots=True)
class PowerService:
    """Takes orders and has each carried out beside the others."""

    context: Context
    name: str = "guests"
    orders: OrderQueue = field(init=False)

    def __post_init__(self) -> None:
        execution = OrderExecution(self.context, {KIND: POWER})
        self.orders = OrderQueue(self.context, frozenset({KIND}), execution.carry_out)

    def routes(self) -> Sequence[web.RouteDef]:
        return [
            route(api.POWER, self.power),
            route(api.INTENT, self.intent),
        ]

    async def polled(self, result: PollResult) -> None:
        """Nothing: tasks are followed on their own."""

    async def power(self, call: Call[api.PowerOrder]) -> api.Ordered:
        """Take an order; it is durable when this answers."""
        who = call.who
        order = PowerIntent(call.path["cluster"], number_of(call.path, "vmid"), call.body.action)
        guest = self.context.estate.guest(order.cluster, order.vmid)
        if order.action == "start":  # restoring the case starts it, nothing beside it
            await refuse_suspended(self.context, order.cluster, order.vmid, _STARTING)
        subject = f"guest:{order.cluster}/{order.vmid}"
        async with self.context.writer.change(actor(who)) as change:
            await _refuse_twice(change, subject, order)
            number = await intents.create(
                change, kind=KIND, subject=subject, payload=order, uid=who.uid, account=who.name
            )
            await change.record(
                "guest.power.ordered",
                subjects_of(subject, guest.pool),
                {"intent": number, "action": order.action, "name": guest.name},
            )
        self.orders.put(number)
        return api.Ordered(number)

    async def intent(self, call: Call[None]) -> api.Intent:
        """Return how far an order is."""
        number = number_of(call.path)
        found = await intents.INTENTS.get(self.context.writer, number)
        if found is None:
            raise NotFound(_("there is no intent {number}").format(number=number))
        return msgspec.convert(found, api.Intent, from_attributes=True)

    async def run(self) -> None:
        """Carry out what is ordered."""
        await self.orders.run()


_STARTING = SuspendedTexts(
    N_("this guest is stopped by suspension {case}: restore it there"),
    N_("this guest cannot be started from here now: ask a lead"),
)
_ACTIONS: Mapping[api.Power, str] = {
    "start": N_("start"),
    "shutdown": N_("shut down"),
    "reboot": N_("reboot"),
    "stop": N_("stop"),
}


async def _refuse_twice(change: Change, subject: str, order: PowerIntent) -> None:
    """`Conflict` while the same is under way for the guest: a second task could only wait for the
    first one's lock, and fail.
    """
    for intent in await intents.open_intents(change, KIND):
        same = intent.subject == subject and intent.state in ("pending", "doing")
        if same and msgspec.json.decode(intent.payload, type=PowerIntent) == order:
            text = _("already under way for this guest: {action} (ordered by {name} at {time})")
            raise Conflict(
                text.format(
                    action=_(_ACTIONS[order.action]),
                    name=visible(intent.account),
                    time=clock_time(intent.requested_at),
                )
            )
