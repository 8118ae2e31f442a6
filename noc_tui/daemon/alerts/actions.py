"""What people do about alerts: each act with its author from the kernel."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec
from aiohttp import web
from msgspec.structs import replace

from noc_tui.alerts.lifecycle import wants_people
from noc_tui.api import alerts as api
from noc_tui.daemon.alerts.alert_loop import subjects
from noc_tui.daemon.availability.incidents import open_incident
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, Conflict, NotFound
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.server import Call, route
from noc_tui.i18n import _
from noc_tui.labels.alerts import text_of
from noc_tui.roles import Caller
from storage import evidence, oncall
from storage.database import Transaction
from storage.incidents import live
from storage.ledger import next_id
from storage.oncall import ALERT_NOTES, ALERTS, SHIFTS, Alert, AlertNote, Shift

LONGEST_SNOOZE = timedelta(days=7)
HORIZON = timedelta(days=3653)
"""How far from now a shift is planned at most: further is a mistake, or beyond the calendar."""


Change = Callable[[Transaction, Alert, Caller], Awaitable[Alert]]


@dataclass(slots=True)
class Actions:
    """Acknowledge, snooze, assign, note, turn into an incident; plan shifts."""

    context: Context

    def routes(self) -> Sequence[web.RouteDef]:
        """What is answered."""
        return [
            route(api.ACKNOWLEDGE, self.acknowledge),
            route(api.SNOOZE, self.snooze),
            route(api.ASSIGN, self.assign),
            route(api.NOTE, self.note),
            route(api.INCIDENT, self.incident),
            route(api.PLAN_SHIFT, self.plan_shift),
        ]

    async def acknowledge(self, call: Call[api.Acknowledgement]) -> api.Alert:
        """Take it on; whoever comes second is told who was first."""
        who, asked = call.who, call.body

        async def change(tx: Transaction, alert: Alert, who: Caller) -> Alert:
            if not wants_people(replace(alert, snoozed_until=None), tx.at):
                raise Conflict(
                    _("{name} has acknowledged this already").format(name=alert.acknowledged_by)
                )
            await self._note(tx, alert, who, asked.note)
            return replace(
                alert,
                acknowledged_at=tx.at,
                acknowledged_by=who.name,
                acknowledged_severity=alert.severity,
                snoozed_until=None,
            )

        return await self._change(asked.fingerprint, who, "acknowledged", change, asked.note)

    async def snooze(self, call: Call[api.Snooze]) -> api.Alert:
        """Hide it until an instant that is not far."""
        who, asked = call.who, call.body
        if asked.until.tzinfo is None:
            raise BadRequest(_("until: a time needs its offset"))

        async def change(tx: Transaction, alert: Alert, who: Caller) -> Alert:
            if not tx.at < asked.until <= tx.at + LONGEST_SNOOZE:
                raise BadRequest(_("until: a snooze ends within seven days"))
            await self._note(tx, alert, who, asked.note)
            return replace(alert, snoozed_until=asked.until)

        said = f"{asked.until.isoformat()} {asked.note}".strip()
        return await self._change(asked.fingerprint, who, "snoozed", change, said)

    async def assign(self, call: Call[api.Assignment]) -> api.Alert:
        """Give it to somebody."""
        who, asked = call.who, call.body

        async def change(tx: Transaction, alert: Alert, who: Caller) -> Alert:
            return replace(alert, assignee=asked.account)

        return await self._change(asked.fingerprint, who, "assigned", change, asked.account)

    async def note(self, call: Call[api.Note]) -> api.Alert:
        """Write something to it."""
        who, asked = call.who, call.body

        async def change(tx: Transaction, alert: Alert, who: Caller) -> Alert:
            await self._note(tx, alert, who, asked.text)
            return alert

        return await self._change(asked.fingerprint, who, "noted", change, asked.text)

    async def incident(self, call: Call[api.Which]) -> api.Alert:
        """Make an incident of it."""
        who, asked = call.who, call.body

        async def change(tx: Transaction, alert: Alert, who: Caller) -> Alert:
            if alert.incident is not None:
                raise Conflict(_("this belongs to incident {number}").format(number=alert.incident))
            return replace(alert, incident=await _incident_of(tx, alert, who))

        return await self._change(asked.fingerprint, who, "escalated", change, "")

    async def _change(
        self, fingerprint: str, who: Caller, verb: str, change: Change, said: str
    ) -> api.Alert:
        async with self.context.writer.transaction() as tx:
            alert = await ALERTS.get(tx, fingerprint)
            if alert is None or alert.state != "open":
                raise NotFound(_("nothing of that kind is open: {name}").format(name=fingerprint))
            after = await change(tx, alert, who)
            await ALERTS.put(tx, [after])
            await evidence.append(
                tx,
                kind=f"alert.{verb}",
                actor=actor(who),
                at=tx.at,
                subjects=subjects(alert),
                payload={"text": said},
            )
        self.context.bus.publish(tx.revision)
        return msgspec.convert(after, api.Alert, from_attributes=True)

    async def _note(self, tx: Transaction, alert: Alert, who: Caller, text: str) -> None:
        if text:
            number = await next_id(tx, ALERT_NOTES)
            row = AlertNote(number, alert.fingerprint, tx.at, who.name, text)
            await ALERT_NOTES.put(tx, [row])

    async def plan_shift(self, call: Call[api.PlannedShift]) -> api.Shift:
        """Plan a shift; what it overlaps is cut, or goes."""
        who, asked = call.who, call.body
        if asked.start.tzinfo is None or asked.end.tzinfo is None or asked.end <= asked.start:
            raise BadRequest(_("a shift begins before it ends, both with their offset"))
        async with self.context.writer.transaction() as tx:
            if not tx.at - HORIZON < asked.start < asked.end < tx.at + HORIZON:
                raise BadRequest(_("a shift lies within ten years from now"))
            for other in await oncall.shifts_from(tx, asked.start):
                if other.start < asked.end:
                    await _cut(tx, other, asked)
            shift = Shift(
                await next_id(tx, SHIFTS), asked.start, asked.end, asked.account, who.name
            )
            await SHIFTS.put(tx, [shift])
            await evidence.append(
                tx,
                kind="shift.planned",
                actor=actor(who),
                at=tx.at,
                subjects=[f"operator:{asked.account}"],
                payload={"start": asked.start, "end": asked.end, "account": asked.account},
            )
        self.context.bus.publish(tx.revision)
        return msgspec.convert(shift, api.Shift, from_attributes=True)


async def _incident_of(tx: Transaction, alert: Alert, who: Caller) -> int:
    """The number of the incident that is open about the same thing, else of a new one."""
    known = next((one.id for one in await live(tx) if one.subject == alert.subject), None)
    if known is not None:
        return known
    title = text_of(alert.rule, alert.words)
    return (await open_incident(tx, actor(who), title, alert.subject)).id


async def _cut(tx: Transaction, other: Shift, new: api.PlannedShift) -> None:
    """What is left of a shift beside a new one: the part before, the part after."""
    await SHIFTS.remove(tx, [(other.id,)])
    if other.start < new.start:
        await SHIFTS.put(tx, [replace(other, end=new.start)])
    if other.end > new.end:
        number = await next_id(tx, SHIFTS)
        await SHIFTS.put(tx, [replace(other, id=number, start=new.end)])
