"""Evacuations and HA's maintenance of nodes on the socket: planned, ordered, followed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from aiohttp import web

from noc_tui.api import evacuation as api
from noc_tui.api.guests import Ordered
from noc_tui.daemon.availability import maintenance
from noc_tui.daemon.availability.decision_requests import require_plannable
from noc_tui.daemon.availability.month_figures import refresh_figures_since
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, Conflict, NotFound
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.request_values import closed_span, number_of
from noc_tui.daemon.core.server import Call, route
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.evacuation import node_maintenance
from noc_tui.daemon.evacuation.orders import KIND, EvacuationIntent, OrderedMove
from noc_tui.daemon.evacuation.plans import NodePicture, picture, reason_kept, shown_plan
from noc_tui.daemon.evacuation.run import (
    EvacuationRun,
    announced_window,
    asked_to_stop,
    guests_were_stopped,
)
from noc_tui.daemon.guests.order_queue import OrderQueue
from noc_tui.i18n import _
from noc_tui.roles import Caller
from noc_tui.text import visible
from storage import intents
from storage.change import Change


def build(context: Context) -> "EvacuationService":
    """The service."""
    return EvacuationService(context)


@dataclass(slots=True)
class EvacuationService:
    """Plans evacuations, takes orders, and has them carried out."""

    context: Context
    name: str = "evacuation"
    orders: OrderQueue = field(init=False)

    def __post_init__(self) -> None:
        kinds = frozenset({KIND, node_maintenance.KIND})
        self.orders = OrderQueue(self.context, kinds, self._carry_out)

    def routes(self) -> Sequence[web.RouteDef]:
        return [
            route(api.PLAN_EVACUATION, self.plan),
            route(api.EVACUATE, self.evacuate),
            route(api.STOP_EVACUATION, self.stop),
            route(api.PREVIEW_MAINTENANCE, self.preview_maintenance),
            route(api.ORDER_MAINTENANCE, self.order_maintenance),
        ]

    async def run(self) -> None:
        """Carry out what is ordered."""
        await self.orders.run()

    async def polled(self, result: PollResult) -> None:
        """Nothing: moves are followed on their own."""

    async def plan(self, call: Call[api.Evacuation]) -> api.EvacuationPlan:
        """Who would go where, and who would stay; nothing is changed."""
        found = await picture(self.context, call.path["cluster"], call.path["node"], call.body)
        return shown_plan(found, call.body)

    async def evacuate(self, call: Call[api.Evacuation]) -> Ordered:
        """Take an order; it is durable when this answers, and its tenants' mails are queued."""
        who, asked = call.who, call.body
        found = await picture(self.context, call.path["cluster"], call.path["node"], asked)
        if asked.plan and asked.plan != found.digest:
            raise Conflict(_("the plan is another one by now: look at it again"))
        if not found.plan.moves:
            raise Conflict(_("no guest can be moved away from {node}").format(node=found.node))
        subject = f"node:{found.cluster}/{found.node}"
        async with self.context.writer.change(actor(who)) as change:
            await _refuse_second(change, subject)
            window = await self._plan_window(change, who, found, asked)
            number = await _write_order(change, who, found, asked, subject, window)
        self.orders.put(number)
        return Ordered(number)

    async def _plan_window(
        self, change: Change, who: Caller, found: NodePicture, asked: api.Evacuation
    ) -> int | None:
        """The maintenance window of the guests that stop: their tenants are mailed, no others."""
        if asked.window is None or not found.interrupted:
            return None
        window = asked.window
        span = closed_span(window.start, window.end)
        for tenant in found.interrupted:
            await require_plannable(change, tenant, span, window.reason, self.context.terms)
        planned = await maintenance.plan(
            change,
            who,
            window.title,
            span,
            found.interrupted,
            window.reason,
            config=self.context.config,
            guests=found.stopping,
        )
        since = dict.fromkeys(found.interrupted, span[0])
        await refresh_figures_since(change, since, self.context)
        return planned.id

    async def stop(self, call: Call[api.StopEvacuation]) -> Ordered:
        """Begin nothing more of an evacuation."""
        number = number_of(call.path)
        if not call.body.reason.strip():
            raise BadRequest(_("reason: say why, for whoever reads it later"))
        async with self.context.writer.change(actor(call.who)) as change:
            row = await intents.INTENTS.get(change, number)
            if row is None or row.kind != KIND:
                raise NotFound(_("there is no evacuation {number}").format(number=number))
            if row.state not in intents.OPEN:
                raise Conflict(_("this evacuation is over"))
            await self._settle_window(change, call, row)
            await intents.note(change, number, asked_to_stop(row, call.who.name))
            await change.record(
                f"{KIND}.stopped",
                [row.subject],
                {"intent": number, "reason": call.body.reason.strip()},
                actor=actor(call.who),
            )
        return Ordered(number)

    async def _settle_window(
        self, change: Change, call: Call[api.StopEvacuation], row: intents.Intent
    ) -> None:
        """Call the window of a stopped evacuation off, or keep it, as was asked. `Conflict` where
        that was not said, and where guests were stopped in it already: their time is in it.
        """
        order = msgspec.json.decode(row.payload, type=EvacuationIntent)
        window = await announced_window(change, order.window)
        if window is None:
            return
        if await guests_were_stopped(change, row.id, order):
            if call.body.window == "call-off":
                text = _("guests were already stopped in maintenance window {number}: keep it")
                raise Conflict(text.format(number=window.id))
            return
        if call.body.window is None:
            text = _(
                "maintenance window {number} ({title}) is announced to its tenants: say whether it"
                " is kept or called off"
            )
            raise Conflict(text.format(number=window.id, title=visible(window.title)))
        if call.body.window == "call-off":
            await maintenance.cancel(
                change,
                call.who,
                window.id,
                call.body.reason.strip(),
                config=self.context.config,
            )
            since = dict.fromkeys(window.tenants, window.start)
            await refresh_figures_since(change, since, self.context)

    async def preview_maintenance(self, call: Call[api.NodeMaintenance]) -> api.MaintenanceEffect:
        """The command to type, and what HA makes of it."""
        return node_maintenance.effect_of(
            self.context, call.path["cluster"], call.path["node"], call.body.action
        )

    async def order_maintenance(self, call: Call[api.NodeMaintenance]) -> Ordered:
        """Follow a node into maintenance, or out of it."""
        cluster, node = call.path["cluster"], call.path["node"]
        node_maintenance.effect_of(self.context, cluster, node, call.body.action)
        async with self.context.writer.change(actor(call.who)) as change:
            number = await node_maintenance.write_order(
                change, call.who, cluster, node, call.body.action
            )
        self.orders.put(number)
        return Ordered(number)

    async def _carry_out(self, number: int) -> None:
        row = await intents.INTENTS.get(self.context.writer, number)
        if row is None or row.state not in intents.OPEN:
            return
        if row.kind == node_maintenance.KIND:
            await node_maintenance.follow(self.context, row)
            return
        order = msgspec.json.decode(row.payload, type=EvacuationIntent)
        await EvacuationRun(self.context, row, order).carry_out()


async def _refuse_second(change: Change, subject: str) -> None:
    for row in await intents.open_intents(change, KIND):
        if row.subject == subject:
            text = _("this node is being emptied already (ordered by {name})")
            raise Conflict(text.format(name=visible(row.account)))


async def _write_order(
    change: Change,
    who: Caller,
    found: NodePicture,
    asked: api.Evacuation,
    subject: str,
    window: int | None,
) -> int:
    order = EvacuationIntent(
        cluster=found.cluster,
        node=found.node,
        moves=tuple(
            OrderedMove(
                vmid=move.guest.vmid,
                target=move.target,
                how=move.how,
                wave=move.wave,
                with_disks=asked.with_local_disks,
            )
            for move in found.plan.moves
        ),
        staying={str(one.guest.vmid): reason_kept(one) for one in found.plan.staying},
        at_once=asked.at_once,
        window=window,
    )
    number = await intents.next_number(change)
    about = [] if window is None else [f"maintenance:{window}"]
    entry = await change.record(
        f"{KIND}.ordered",
        [subject, *about],
        {"intent": number, "order": msgspec.to_builtins(order)},
        actor=actor(who),
    )
    return await intents.create(
        change,
        kind=KIND,
        subject=subject,
        payload=order,
        uid=who.uid,
        account=who.name,
        by=entry,
    )
