"""The daily acts on the socket: previewed, ordered, carried out so many at once.

Each order is an intent of its own, committed with its evidence before Proxmox is asked (rule 1 of
ARCHITECTURE.md).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from aiohttp import web
from msgspec.structs import replace

from noc_tui.api import acts as api
from noc_tui.cluster import errors, guest_acts
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.guest_location import GuestGone, reach_guest
from noc_tui.cluster.guest_snapshot import GuestSnapshot
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, Conflict, NotFound, Refusal, Unavailable
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.request_values import number_of, whole_number
from noc_tui.daemon.core.server import Call, route
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.guests.act_kinds import ACT_KINDS, ActIntent
from noc_tui.daemon.guests.act_plans import ActPlanner, Effect
from noc_tui.daemon.guests.guest_guards import require_snapshot, subjects_of
from noc_tui.daemon.guests.node_memory import rooms_of
from noc_tui.daemon.guests.order_execution import OrderExecution
from noc_tui.daemon.guests.order_queue import OrderQueue
from noc_tui.i18n import _
from noc_tui.labels.formats import clock_time
from noc_tui.roles import Caller
from noc_tui.text import visible
from storage import intents
from storage.change import Change
from storage.register import guest_tenants


def build(context: Context) -> "ActService":
    """The service."""
    return ActService(context)


@dataclass(frozen=True, slots=True)
class PlannedAct:
    """A guest of an order, and what becomes of it: an effect, or why there is none."""

    cluster: str
    guest: GuestSnapshot
    tenant: str
    effect: Effect | None
    refused: str = ""

    @property
    def subject(self) -> str:
        """As entries name it."""
        return f"guest:{self.cluster}/{self.guest.vmid}"


@dataclass(slots=True)
class ActService:
    """Takes orders of acts, and has them carried out."""

    context: Context
    name: str = "acts"
    orders: OrderQueue = field(init=False)
    _execution: OrderExecution = field(init=False)
    _turns: dict[str, asyncio.Semaphore] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._execution = OrderExecution(self.context, ACT_KINDS)
        self.orders = OrderQueue(self.context, frozenset(ACT_KINDS), self._carry_out)

    def routes(self) -> Sequence[web.RouteDef]:
        return [
            route(api.PREVIEW, self.preview),
            route(api.ORDER, self.order),
            route(api.SNAPSHOTS, self.snapshots),
        ]

    async def run(self) -> None:
        """Carry out what is ordered."""
        await self.orders.run()

    async def polled(self, result: PollResult) -> None:
        """Nothing: tasks are followed on their own."""

    async def snapshots(self, call: Call[None]) -> list[api.Snapshot]:
        """The guest's snapshots, the oldest first."""
        cluster, vmid = call.path["cluster"], number_of(call.path, "vmid")
        gateway = self._gateway(cluster)
        seen = self.context.estate.last_place(cluster, vmid)
        try:
            rows = await reach_guest(
                gateway, vmid, lambda where: guest_acts.list_snapshots(gateway, where), seen=seen
            )
        except (GuestGone, errors.ObjectMissing) as error:
            raise NotFound(str(error)) from error
        except errors.GatewayError as error:
            raise Unavailable(str(error)) from error
        return [
            api.Snapshot(
                row.name, row.description or "", row.snaptime, bool(row.vmstate), row.parent
            )
            for row in rows
        ]

    async def preview(self, call: Call[api.ActOrder]) -> api.ActPreview:
        """What an order would do; nothing is changed, and nothing recorded."""
        planned, planners = await self._planned(call.body)
        return _previewed(planned, planners)

    async def order(self, call: Call[api.ActOrder]) -> api.OrderedActs:
        """Take an order; it is durable when this answers. Refused as a whole where one guest is."""
        planned, _planners = await self._planned(call.body)
        for one in planned:
            if one.refused:
                raise Conflict(f"{one.cluster}/{one.guest.vmid}: {one.refused}")
        numbers = await self._write(call.who, planned, call.body)
        for number in numbers:
            self.orders.put(number)
        return api.OrderedActs(tuple(numbers))

    async def _planned(self, order: api.ActOrder) -> tuple[list[PlannedAct], list[ActPlanner]]:
        places = [_place(text) for text in dict.fromkeys(order.guests)]
        tenants = await guest_tenants(
            self.context.world, paris_day(micros(self.context.clock.now()))
        )
        planners: dict[str, ActPlanner] = {}
        planned = []
        for cluster, vmid in places:
            require_snapshot(self.context, cluster)
            guest = self.context.estate.guest(cluster, vmid)
            if cluster not in planners:
                planners[cluster] = self._planner(cluster)
            tenant = tenants.get((cluster, vmid), "")
            planned.append(await _plan_one(planners[cluster], cluster, guest, tenant, order.act))
        return planned, list(planners.values())

    def _planner(self, cluster: str) -> ActPlanner:
        snapshot = self.context.estate.snapshots[cluster]
        if snapshot.quorate is False:
            text = _("{cluster} has no quorum: nothing can be changed there")
            raise Conflict(text.format(cluster=cluster))
        return ActPlanner(self.context, cluster, snapshot, self._gateway(cluster))

    def _gateway(self, cluster: str) -> Gateway:
        if cluster not in self.context.gateways:
            raise NotFound(_("no cluster is called {name}").format(name=cluster))
        return self.context.gateways[cluster]

    async def _write(
        self, who: Caller, planned: Sequence[PlannedAct], order: api.ActOrder
    ) -> list[int]:
        """Write the orders in one change, all or none."""
        numbers: list[int] = []
        count = sum(len(one.effect.orders) for one in planned if one.effect)
        async with self.context.writer.change(actor(who)) as change:
            for one in planned:
                await _refuse_busy(change, one)
            batch = f"{who.name} {change.at.isoformat()}" if count > 1 else ""
            for one in planned:
                for kind, intent in one.effect.orders if one.effect else ():
                    together = replace(intent, batch=batch, at_once=order.at_once)
                    numbers.append(await write_order(change, who, one, kind, together))
        return numbers

    async def _carry_out(self, number: int) -> None:
        """Carry one order out when it is its turn in its batch."""
        intent = await intents.INTENTS.get(self.context.writer, number)
        if intent is None:
            return
        order = msgspec.json.decode(intent.payload, type=ACT_KINDS[intent.kind].payload)
        if not order.batch:
            await self._execution.carry_out(number)
            return
        turn = self._turns.setdefault(order.batch, asyncio.Semaphore(order.at_once))
        async with turn:
            await self._execution.carry_out(number)


async def write_order(
    change: Change, who: Caller, planned: PlannedAct, kind: str, order: ActIntent
) -> int:
    """Write an intent and its entry; its number."""
    number = await intents.next_number(change)
    about = subjects_of(planned.subject, planned.guest.pool)
    tenant = [f"tenant:{planned.tenant}"] if planned.tenant else []
    told = msgspec.to_builtins(order)
    entry = await change.record(
        f"{kind}.ordered",
        [*about, *tenant],
        {"intent": number, "name": planned.guest.name, "order": told},
        actor=actor(who),
    )
    return await intents.create(
        change,
        kind=kind,
        subject=planned.subject,
        payload=order,
        uid=who.uid,
        account=who.name,
        by=entry,
    )


async def _plan_one(
    planner: ActPlanner, cluster: str, guest: GuestSnapshot, tenant: str, act: api.Act
) -> PlannedAct:
    try:
        effect = await planner.plan(act, guest)
    except BadRequest:
        raise
    except (Refusal, errors.GatewayError, GuestGone) as error:
        return PlannedAct(cluster, guest, tenant, None, str(error))
    return PlannedAct(cluster, guest, tenant, effect)


def _place(text: str) -> tuple[str, int]:
    cluster, slash, number = text.partition("/")
    if not slash:
        raise BadRequest(_("{text!r}: a guest is named CLUSTER/VMID").format(text=text[:80]))
    return cluster, whole_number(number)


def _previewed(planned: Sequence[PlannedAct], planners: Sequence[ActPlanner]) -> api.ActPreview:
    quorate = [planner.snapshot.quorate for planner in planners]
    interrupted = {
        one.tenant for one in planned if one.tenant and one.effect and one.effect.interrupts
    }
    return api.ActPreview(
        guests=tuple(map(_guest_effect, planned)),
        tenants=tuple(sorted({one.tenant for one in planned if one.tenant})),
        interrupted=tuple(sorted(interrupted)),
        quorate=None if None in quorate else all(quorate),
        nodes=tuple(one for planner in planners for one in _memory(planner)),
    )


def _memory(planner: ActPlanner) -> list[api.NodeMemory]:
    """The nodes of which a plan changes what is promised."""
    before = rooms_of(planner.snapshot)
    return [
        api.NodeMemory(name, room.memory, before[name].promised, room.promised)
        for name, room in sorted(planner.rooms.items())
        if room.promised != before[name].promised
    ]


def _guest_effect(planned: PlannedAct) -> api.GuestEffect:
    effect, guest = planned.effect or Effect(), planned.guest
    return api.GuestEffect(
        guest=f"{planned.cluster}/{guest.vmid}",
        name=guest.name or "",
        tenant=planned.tenant,
        node=guest.node,
        status=guest.status,
        ha=guest.ha_state or "",
        effect=tuple(effect.sentences),
        warnings=tuple(effect.warnings),
        refused=planned.refused,
    )


async def _refuse_busy(change: Change, planned: PlannedAct) -> None:
    """`Conflict` while another order for the guest is under way: it would wait for its lock."""
    for intent in await intents.open_intents(change):
        if intent.subject == planned.subject and intent.state in ("pending", "doing"):
            text = _("another order for this guest is under way (by {name} at {time})")
            who, at = visible(intent.account), clock_time(intent.requested_at)
            raise Conflict(f"{planned.subject[6:]}: {text.format(name=who, time=at)}")
