"""Power of a single guest: an intent, its Proxmox task followed, its outcome on the evidence log.

The intent is committed before Proxmox is asked (rule 1 of ARCHITECTURE.md).
"""

import asyncio
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
from noc_tui.daemon.guests.power_execution import KIND, Power, PowerIntent
from noc_tui.i18n import N_, _
from noc_tui.labels.formats import clock_time
from noc_tui.text import visible
from storage import intents, suspension
from storage.change import Change


def build(context: Context) -> "PowerService":
    """The part."""
    return PowerService(context)


@dataclass(slots=True)
class PowerService:
    """Takes orders and has each carried out beside the others."""

    context: Context
    name: str = "guests"
    _queue: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    _under_way: dict[int, asyncio.Task[None]] = field(default_factory=dict)

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
        await self._refuse_against_suspension(order)
        subject = f"guest:{order.cluster}/{order.vmid}"
        async with self.context.writer.change(actor(who)) as change:
            await _refuse_twice(change, subject, order)
            number = await intents.create(
                change, kind=KIND, subject=subject, payload=order, uid=who.uid, account=who.name
            )
            await change.record(
                "guest.power.ordered",
                _subjects(subject, guest.pool),
                {"intent": number, "action": order.action, "name": guest.name},
            )
        self._queue.put_nowait(number)
        return api.Ordered(number)

    async def _refuse_against_suspension(self, order: PowerIntent) -> None:
        """A guest that a case keeps stopped is started by restoring the case, not beside it."""
        if order.action != "start":
            return
        case = await suspension.case_stopping(self.context.writer, order.cluster, order.vmid)
        if case is not None:
            raise Conflict(
                _("this guest is stopped by suspension {case}: restore it there").format(case=case)
            )
        sealed = self.context.sealed
        if sealed is not None and await suspension.case_stopping(sealed, order.cluster, order.vmid):
            raise Conflict(_("this guest cannot be started from here now: ask a lead"))

    async def intent(self, call: Call[None]) -> api.Intent:
        """Return how far an order is."""
        number = number_of(call.path)
        found = await intents.INTENTS.get(self.context.writer, number)
        if found is None:
            raise NotFound(_("there is no intent {number}").format(number=number))
        return msgspec.convert(found, api.Intent, from_attributes=True)

    async def run(self) -> None:
        """Take up what an earlier run left and is not held, then carry out what is ordered."""
        await self._take_up()
        released = asyncio.create_task(self._released(), name="orders released")
        try:
            while True:
                self._begin(await self._queue.get())
        finally:
            under_way = [released, *self._under_way.values()]
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _take_up(self) -> None:
        for left in await intents.open_intents(self.context.writer, KIND):
            if not self.context.held.order(left.id):
                self._begin(left.id)

    async def _released(self) -> None:
        """What was held since a restore goes on when a lead resumes it."""
        known = self.context.held.hold
        while True:
            known = await self.context.held.moved(known)
            await self._take_up()

    def _begin(self, number: int) -> None:
        """Carry an order out; one that came while what was left was read is there already."""
        if number in self._under_way:
            return
        task = self._under_way[number] = asyncio.create_task(Power(self.context).carry_out(number))
        task.add_done_callback(lambda ended: self._ended(number, ended))

    def _ended(self, number: int, task: "asyncio.Task[None]") -> None:
        del self._under_way[number]
        if not task.cancelled() and (error := task.exception()) is not None:
            self.context.logger.error("power order broke off", exc_info=error)


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


def _subjects(guest: str, pool: str | None) -> list[str]:
    return [guest] if pool is None else [guest, f"pool:{guest.split(':')[1].split('/')[0]}/{pool}"]
