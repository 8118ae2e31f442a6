"""Carrying out an order of power: the guest's task asked for once, followed, its outcome committed.

After a crash the guest's tasks tell whether it was asked; it is never asked twice. Where not even
the tasks can be seen, the order ends as `unknown`; `failed` says that nothing was begun, or that
the task failed.
"""

from dataclasses import dataclass
from datetime import timedelta

import msgspec

from noc_tui.api import guests as api
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

KIND = "guest.power"
FOLLOW_SECONDS = 2.0
GIVE_UP = timedelta(minutes=10)
TOO_OLD = timedelta(minutes=5)
TASK_TYPES = {
    "start": {"qmstart", "vzstart", "hastart"},
    "stop": {"qmstop", "vzstop", "hastop"},
    "shutdown": {"qmshutdown", "vzshutdown", "hastop"},
    "reboot": {"qmreboot", "vzreboot"},
}


class PowerIntent(msgspec.Struct, frozen=True):
    """The payload of the intent."""

    cluster: str
    vmid: int
    action: api.Power


class Unseen(Exception):
    """Whether the order was begun cannot be seen; the text says why."""


class PowerOutcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """The result of the intent: the task, and Proxmox's or our own words."""

    upid: str | None = None
    said: str | None = None


@dataclass(frozen=True, slots=True)
class Power:
    """Carries out what was ordered, whichever run of the daemon took the order."""

    context: Context

    async def carry_out(self, number: int) -> None:
        """From the intent to its outcome, for minutes: until the task is over."""
        intent = await intents.INTENTS.get(self.context.writer, number)
        if intent is None or intent.state not in intents.OPEN:
            return None
        order = msgspec.json.decode(intent.payload, type=PowerIntent)
        gateway = self.context.gateways.get(order.cluster)
        if gateway is None:
            said = _("no cluster is called {name}").format(name=order.cluster)
            state = "failed" if intent.state == "pending" else "unknown"
            return await self._settle(intent, state, PowerOutcome(said=said))
        try:
            upid = await self._begun(intent, order, gateway)
        except (errors.AmbiguousOutcome, Unseen) as error:
            return await self._settle(intent, "unknown", PowerOutcome(said=str(error)))
        except (errors.GatewayError, GuestGone, Refusal) as error:
            return await self._settle(intent, "failed", PowerOutcome(said=str(error)))
        return await self._follow(intent, upid, gateway)

    async def _begun(self, intent: Intent, order: PowerIntent, gateway: Gateway) -> str:
        """The task's id: of the request made now, or of the one that an earlier run made.

        `AmbiguousOutcome` or `Unseen` where nobody can tell; any other error: surely there is none.
        """
        if intent.state == "pending":
            try:
                return await self._asked(intent, order, gateway)
            except errors.AmbiguousOutcome:
                if (found := await self._look_for(intent, order, gateway)) is not None:
                    return found
                raise
        known = msgspec.json.decode(intent.result or "{}", type=PowerOutcome).upid
        if (upid := known or await self._look_for(intent, order, gateway)) is not None:
            return upid
        raise Conflict(_("nocd was restarted, and the cluster knows no such task: order it again"))

    async def _asked(self, intent: Intent, order: PowerIntent, gateway: Gateway) -> str:
        """Ask the cluster; the task's id."""
        if self.context.clock.now() - intent.requested_at > TOO_OLD:
            raise Conflict(_("the order was still waiting after five minutes: give it again"))
        await self._move(intent, "doing", None)
        seen = await self._last_place(order)
        upid = await reach_guest(
            gateway, order.vmid, lambda where: _ask(gateway, where, order.action), seen=seen
        )
        async with self.context.writer.change(itself()) as change:
            await intents.note(change, intent.id, PowerOutcome(upid=upid))
        return upid

    async def _last_place(self, order: PowerIntent) -> GuestPlace | None:
        """Return where the guest was last; a daemon that has just started waits for its first
        poll.
        """
        for _attempt in range(30):
            if order.cluster in self.context.estate.snapshots:
                break
            await self.context.clock.sleep(FOLLOW_SECONDS)
        return self.context.estate.last_place(order.cluster, order.vmid)

    async def _look_for(self, intent: Intent, order: PowerIntent, gateway: Gateway) -> str | None:
        """The task that our request started, if there is one; `Unseen` where nobody tells."""
        give_up = self.context.clock.monotonic() + GIVE_UP.total_seconds()
        while True:
            try:
                seen = await self._last_place(order)
                guest = seen or await locate_guest(gateway, order.vmid)
                tasks = await gateway.node_tasks(guest.node, vmid=order.vmid)
            except (errors.GatewayError, GuestGone) as error:
                if self.context.clock.monotonic() >= give_up:
                    raise Unseen(str(error)) from error
                await self.context.clock.sleep(FOLLOW_SECONDS)
            else:
                ours = [task.upid for task in tasks if _is_ours(task, order, intent)]
                return ours[0] if ours else None

    async def _follow(self, intent: Intent, upid: str, gateway: Gateway) -> None:
        give_up = self.context.clock.monotonic() + GIVE_UP.total_seconds()
        said = ""
        while self.context.clock.monotonic() < give_up:
            try:
                status = await gateway.task_status(upid)
            except errors.GatewayError as error:
                said = str(error)
            else:
                said = status.exitstatus or status.status
                if status.outcome in ("ok", "warning"):
                    return await self._settle(intent, "done", PowerOutcome(upid, said))
                if status.outcome == "error":
                    return await self._settle(intent, "failed", PowerOutcome(upid, said))
            await self.context.clock.sleep(FOLLOW_SECONDS)
        return await self._settle(intent, "unknown", PowerOutcome(upid, said))

    async def _move(self, intent: Intent, state: str, outcome: PowerOutcome | None) -> None:
        async with self.context.writer.change(itself()) as change:
            await intents.move(change, intent.id, state, outcome)

    async def _settle(self, intent: Intent, state: str, outcome: PowerOutcome) -> None:
        """Commit the outcome and its evidence together."""
        async with self.context.writer.change(evidence.Actor(intent.uid, intent.account)) as change:
            if state == "unknown" and intent.state == "unknown":
                return
            await intents.move(change, intent.id, state, outcome)
            await change.record(
                f"guest.power.{state}",
                [intent.subject],
                {"intent": intent.id, **msgspec.to_builtins(outcome)},
                actor=evidence.Actor(intent.uid, intent.account),
            )


async def _ask(gateway: Gateway, guest: GuestPlace, action: api.Power) -> str:
    match action:
        case "start":
            return await gateway.start(guest)
        case "stop":
            return await gateway.stop(guest)
        case "shutdown":
            return await gateway.shutdown(guest)
        case "reboot":
            return await gateway.reboot(guest)


def _is_ours(task: NodeTask, order: PowerIntent, intent: Intent) -> bool:
    """Of the right kind, on that guest, by a token, not older than the order."""
    return (
        task.type in TASK_TYPES[order.action]
        and task.starttime >= int(intent.requested_at.timestamp()) - 1
        and (task.tokenid is not None or "!" in task.user)
    )
