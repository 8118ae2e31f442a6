"""Carrying out an order about a guest: its task asked for once, followed, its outcome committed.

What is asked, and what tasks come of it, is a `GuestOrderKind`'s. After a crash the node's tasks
tell whether it was asked; it is never asked twice. Where not even the tasks can be seen, the order
ends as `unknown`; `failed` says that nothing was begun, or that the task failed.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from noc_tui.clock import Clock
from noc_tui.cluster import errors
from noc_tui.cluster.answers import NodeTask
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.guest_location import GuestGone, locate_guest, reach_guest
from noc_tui.cluster.ids import GuestPlace
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict, Refusal
from noc_tui.daemon.core.identity import itself
from noc_tui.i18n import _
from storage import evidence, intents
from storage.intents import Intent

FOLLOW_SECONDS = 2.0
MINUTES = timedelta(minutes=10)
TOO_OLD = timedelta(minutes=5)
"""An order that waited longer before it was begun is not carried out: things have moved on."""


class GuestOrder(Protocol):
    """What an intent's payload tells at least."""

    @property
    def cluster(self) -> str: ...
    @property
    def vmid(self) -> int: ...


P = TypeVar("P", bound=GuestOrder)


class OrderFailed(Exception):
    """The task went well, and the world is not as it was to be; the text says how it is."""


async def add_nothing(_clock: Clock, _gateway: Gateway, _order: Any) -> str:
    """The end of an order whose task is all there is to it."""
    return ""


@dataclass(frozen=True, slots=True)
class GuestOrderKind(Generic[P]):
    """A kind of order. `kind` is that of its intents; its entries are `kind.ordered` and so on.

    `ask` gives the id of the task; `complete` what is to do or to see after it went well: it
    returns words for the outcome, or raises `OrderFailed` or a `GatewayError`. `place` is where
    the task is asked for, where that is not the guest's own node; `left_node` the node that lists
    the task of an order that takes the guest away from there. `waits` is how long the order
    may wait before it is begun, `give_up` how long its task is followed.
    """

    kind: str
    payload: type[P]
    ask: Callable[[Gateway, GuestPlace, P], Awaitable[str]]
    task_types: Callable[[P], frozenset[str]]
    complete: Callable[[Clock, Gateway, P], Awaitable[str]] = add_nothing
    place: Callable[[P], GuestPlace | None] = lambda _order: None
    left_node: Callable[[P], str | None] = lambda _order: None
    waits: Callable[[P], timedelta] = lambda _order: TOO_OLD
    give_up: timedelta = MINUTES


class Unseen(Exception):
    """Whether the order was begun cannot be seen; the text says why."""


class OrderOutcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """The result of an intent: the task, and Proxmox's or our own words."""

    upid: str | None = None
    said: str | None = None


@dataclass(frozen=True, slots=True)
class OrderExecution:
    """Carries out what was ordered, whichever run of the daemon took the order."""

    context: Context
    kinds: Mapping[str, GuestOrderKind[Any]]

    async def carry_out(self, number: int) -> None:
        """From the intent to its outcome, for minutes or hours: until the task is over."""
        intent = await intents.INTENTS.get(self.context.writer, number)
        if intent is None or intent.state not in intents.OPEN:
            return
        kind = self.kinds[intent.kind]
        order = msgspec.json.decode(intent.payload, type=kind.payload)
        gateway = self.context.gateways.get(order.cluster)
        if gateway is None:
            said = _("no cluster is called {name}").format(name=order.cluster)
            state = "failed" if intent.state == "pending" else "unknown"
            await self._settle(intent, state, OrderOutcome(said=said))
            return
        await _OrderRun(self.context, intent, kind, order, gateway).carry_out()

    async def _settle(self, intent: Intent, state: str, outcome: OrderOutcome) -> None:
        await settle_order(self.context, intent, state, outcome)


@dataclass(frozen=True, slots=True)
class _OrderRun(Generic[P]):
    """One order on its way."""

    context: Context
    intent: Intent
    kind: GuestOrderKind[P]
    order: P
    gateway: Gateway

    async def carry_out(self) -> None:
        try:
            upid = await self._begun()
        except (errors.AmbiguousOutcome, Unseen) as error:
            return await self._settle("unknown", OrderOutcome(said=str(error)))
        except (errors.GatewayError, GuestGone, Refusal) as error:
            return await self._settle("failed", OrderOutcome(said=str(error)))
        return await self._follow(upid)

    async def _begun(self) -> str:
        """The task's id: of the request made now, or of the one that an earlier run made.

        `AmbiguousOutcome` or `Unseen` where nobody can tell; any other error: surely there is none.
        """
        if self.intent.state == "pending":
            try:
                return await self._asked()
            except errors.AmbiguousOutcome:
                if (found := await self._look_for()) is not None:
                    return found
                raise
        known = msgspec.json.decode(self.intent.result or "{}", type=OrderOutcome).upid
        if (upid := known or await self._look_for()) is not None:
            return upid
        raise Conflict(_("nocd was restarted, and the cluster knows no such task: order it again"))

    async def _asked(self) -> str:
        """Ask the cluster; the task's id."""
        waits = self.kind.waits(self.order)
        if self.context.clock.now() - self.intent.requested_at > waits:
            text = _("the order was still waiting after {minutes} min: give it again")
            raise Conflict(text.format(minutes=int(waits.total_seconds() // 60)))
        async with self.context.writer.change(itself()) as change:
            await intents.move(change, self.intent.id, "doing")
        upid = await self._ask_in_place()
        async with self.context.writer.change(itself()) as change:
            await intents.note(change, self.intent.id, OrderOutcome(upid=upid))
        return upid

    async def _ask_in_place(self) -> str:
        if (place := self.kind.place(self.order)) is not None:
            return await self.kind.ask(self.gateway, place, self.order)
        seen = await self._last_place()
        return await reach_guest(
            self.gateway,
            self.order.vmid,
            lambda where: self.kind.ask(self.gateway, where, self.order),
            seen=seen,
        )

    async def _last_place(self) -> GuestPlace | None:
        """Return where the guest was last; a daemon that has just started waits for its first
        poll.
        """
        for _attempt in range(30):
            if self.order.cluster in self.context.estate.snapshots:
                break
            await self.context.clock.sleep(FOLLOW_SECONDS)
        return self.context.estate.last_place(self.order.cluster, self.order.vmid)

    async def _look_for(self) -> str | None:
        """The task that our request started, if there is one; `Unseen` where nobody tells."""
        give_up = self.context.clock.monotonic() + MINUTES.total_seconds()
        while True:
            try:
                found = self.kind.place(self.order) or await self._last_place()
                place = found or await locate_guest(self.gateway, self.order.vmid)
                tasks = await self._tasks_of(place)
            except (errors.GatewayError, GuestGone) as error:
                if self.context.clock.monotonic() >= give_up:
                    raise Unseen(str(error)) from error
                await self.context.clock.sleep(FOLLOW_SECONDS)
            else:
                ours = [task.upid for task in tasks if self._is_ours(task)]
                return ours[0] if ours else None

    async def _tasks_of(self, place: GuestPlace) -> list[NodeTask]:
        """The guest's tasks on its node and on the one that the order takes it away from."""
        left = self.kind.left_node(self.order)
        found: list[NodeTask] = []
        for node in dict.fromkeys((left or place.node, place.node)):
            found += await self.gateway.node_tasks(node, vmid=place.vmid)
        return found

    def _is_ours(self, task: NodeTask) -> bool:
        """Of the right kind, on that guest, by a token of ours, not older than the order. Other
        programs (backups, automation) have tokens of other users.
        """
        return (
            task.type in self.kind.task_types(self.order)
            and task.starttime >= int(self.intent.requested_at.timestamp()) - 1
            and (task.tokenid is not None or "!" in task.user)
            and task.user.partition("!")[0] in self.gateway.accounts
        )

    async def _follow(self, upid: str) -> None:
        give_up = self.context.clock.monotonic() + self.kind.give_up.total_seconds()
        said = ""
        while self.context.clock.monotonic() < give_up:
            try:
                status = await self.gateway.task_status(upid)
            except errors.GatewayError as error:
                said = str(error)
            else:
                said = status.exitstatus or status.status
                if status.outcome in ("ok", "warning"):
                    return await self._complete(upid, said)
                if status.outcome == "error":
                    return await self._settle("failed", OrderOutcome(upid, said))
            await self.context.clock.sleep(FOLLOW_SECONDS)
        return await self._settle("unknown", OrderOutcome(upid, said))

    async def _complete(self, upid: str, said: str) -> None:
        try:
            words = await self.kind.complete(self.context.clock, self.gateway, self.order)
        except (OrderFailed, errors.GatewayError, GuestGone) as error:
            return await self._settle("failed", OrderOutcome(upid, str(error)))
        return await self._settle("done", OrderOutcome(upid, words or said))

    async def _settle(self, state: str, outcome: OrderOutcome) -> None:
        await settle_order(self.context, self.intent, state, outcome)


async def settle_order(context: Context, intent: Intent, state: str, outcome: OrderOutcome) -> None:
    """Commit the outcome and its evidence together."""
    actor = evidence.Actor(intent.uid, intent.account)
    async with context.writer.change(actor) as change:
        if state == "unknown" and intent.state == "unknown":
            return
        await intents.move(change, intent.id, state, outcome)
        await change.record(
            f"{intent.kind}.{state}",
            [intent.subject],
            {"intent": intent.id, **msgspec.to_builtins(outcome)},
            actor=actor,
        )
