"""Answers requests about alerts and shifts; the author of each comes from the kernel."""

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
from noc_tui.labels import formats
from noc_tui.labels.alerts import text_of
from noc_tui.roles import Caller, named_accounts
from storage import oncall
from storage.change import Change
from storage.incidents import live
from storage.ledger import next_id
from storage.oncall import ALERT_NOTES, ALERTS, SHIFTS, Alert, AlertNote, Shift

LONGEST_SNOOZE = timedelta(days=7)
HORIZON = timedelta(days=3653)
"""How far from now a shift is planned at most: further is a mistake, or beyond the calendar."""


Act = Callable[[Change, Alert, Caller], Awaitable[Alert]]


@dataclass(slots=True)
class Actions:
    """Acknowledge, snooze, assign, note, turn into an incident; plan shifts."""

    context: Context

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes of alerts and shifts."""
        return [
            route(api.ACKNOWLEDGE, self.acknowledge),
            route(api.ACKNOWLEDGE_ALL, self.acknowledge_all),
            route(api.SNOOZE, self.snooze),
            route(api.ASSIGN, self.assign),
            route(api.NOTE, self.note),
            route(api.INCIDENT, self.incident),
            route(api.PLAN_SHIFT, self.plan_shift),
        ]

    async def acknowledge(self, call: Call[api.Acknowledgement]) -> api.Alert:
        """Acknowledge an alert; a second caller gets the name of the first."""
        who, asked = call.who, call.body

        async def act(change: Change, alert: Alert, who: Caller) -> Alert:
            if not wants_people(replace(alert, snoozed_until=None), change.at):
                raise Conflict(
                    _("{name} has acknowledged this already").format(name=alert.acknowledged_by)
                )
            return await self._acknowledge(change, alert, who, asked.note)

        return await self._change(asked.fingerprint, who, "acknowledged", act, asked.note)

    async def acknowledge_all(self, call: Call[api.Acknowledgements]) -> api.Acknowledged:
        """Acknowledge several alerts with one note; Conflict where none of them waits any more."""
        who, asked = call.who, call.body
        taken: list[Alert] = []
        left: list[str] = []
        async with self.context.writer.change(actor(who)) as change:
            for fingerprint in dict.fromkeys(asked.fingerprints):
                alert = await ALERTS.get(change, fingerprint)
                if alert is None or not wants_people(replace(alert, snoozed_until=None), change.at):
                    left.append(fingerprint)
                    continue
                after = await self._acknowledge(change, alert, who, asked.note)
                await _put(change, alert, after, "acknowledged", asked.note)
                taken.append(after)
            if not taken:
                raise Conflict(_("none of these waits any more: cleared, or acknowledged already"))
        return api.Acknowledged(
            tuple(msgspec.convert(one, api.Alert, from_attributes=True) for one in taken),
            tuple(left),
        )

    async def _acknowledge(self, change: Change, alert: Alert, who: Caller, note: str) -> Alert:
        await self._note(change, alert, who, note)
        return replace(
            alert,
            acknowledged_at=change.at,
            acknowledged_by=who.name,
            acknowledged_severity=alert.severity,
            snoozed_until=None,
        )

    async def snooze(self, call: Call[api.Snooze]) -> api.Alert:
        """Snooze an alert until an instant in the near future."""
        who, asked = call.who, call.body
        if asked.until.tzinfo is None:
            raise BadRequest(_("until: a time needs its offset"))

        async def act(change: Change, alert: Alert, who: Caller) -> Alert:
            if not change.at < asked.until <= change.at + LONGEST_SNOOZE:
                raise BadRequest(_("until: a snooze ends within seven days"))
            await self._note(change, alert, who, asked.note)
            return replace(alert, snoozed_until=asked.until)

        said = f"{asked.until.isoformat()} {asked.note}".strip()
        return await self._change(asked.fingerprint, who, "snoozed", act, said)

    async def assign(self, call: Call[api.Assignment]) -> api.Alert:
        """Assign an alert to an account."""
        who, asked = call.who, call.body
        self._require_account(asked.account)

        async def act(change: Change, alert: Alert, who: Caller) -> Alert:
            return replace(alert, assignee=asked.account)

        return await self._change(asked.fingerprint, who, "assigned", act, asked.account)

    async def note(self, call: Call[api.Note]) -> api.Alert:
        """Add a note to an alert."""
        who, asked = call.who, call.body

        async def act(change: Change, alert: Alert, who: Caller) -> Alert:
            await self._note(change, alert, who, asked.text)
            return alert

        return await self._change(asked.fingerprint, who, "noted", act, asked.text)

    async def incident(self, call: Call[api.Which]) -> api.Alert:
        """Make an incident of an alert."""
        who, asked = call.who, call.body

        async def act(change: Change, alert: Alert, who: Caller) -> Alert:
            if alert.incident is not None:
                raise Conflict(_("this belongs to incident {number}").format(number=alert.incident))
            return replace(alert, incident=await _incident_of(change, alert, who))

        return await self._change(asked.fingerprint, who, "escalated", act, "")

    async def _change(
        self, fingerprint: str, who: Caller, verb: str, act: Act, said: str
    ) -> api.Alert:
        async with self.context.writer.change(actor(who)) as change:
            alert = await ALERTS.get(change, fingerprint)
            if alert is None:
                raise NotFound(_("nothing of that kind is open: {name}").format(name=fingerprint))
            if alert.state != "open":
                raise NotFound(_say_cleared(alert))
            after = await act(change, alert, who)
            await _put(change, alert, after, verb, said)
        return msgspec.convert(after, api.Alert, from_attributes=True)

    async def _note(self, change: Change, alert: Alert, who: Caller, text: str) -> None:
        if text:
            number = await next_id(change, ALERT_NOTES)
            row = AlertNote(number, alert.fingerprint, change.at, who.name, text)
            await change.put(ALERT_NOTES, [row])

    def _require_account(self, name: str) -> None:
        """Raise BadRequest for a name that no account with a role has: nobody would be told."""
        config = self.context.config
        known = named_accounts(config.roles, config.demo)
        if name not in known:
            text = _("{name} is no account with a role here; there are: {known}")
            raise BadRequest(text.format(name=name, known=", ".join(known)))

    async def plan_shift(self, call: Call[api.PlannedShift]) -> api.Shift:
        """Plan a shift; shifts that it overlaps are shortened or removed."""
        who, asked = call.who, call.body
        if asked.start.tzinfo is None or asked.end.tzinfo is None or asked.end <= asked.start:
            raise BadRequest(_("a shift begins before it ends, both with their offset"))
        self._require_account(asked.account)
        async with self.context.writer.change(actor(who)) as change:
            if not change.at - HORIZON < asked.start < asked.end < change.at + HORIZON:
                raise BadRequest(_("a shift lies within ten years from now"))
            for other in await oncall.shifts_from(change, asked.start):
                if other.start < asked.end:
                    await _cut(change, other, asked)
            shift = Shift(
                await next_id(change, SHIFTS), asked.start, asked.end, asked.account, who.name
            )
            await change.put(SHIFTS, [shift])
            await change.record(
                "shift.planned",
                [f"operator:{asked.account}"],
                {"start": asked.start, "end": asked.end, "account": asked.account},
            )
        return msgspec.convert(shift, api.Shift, from_attributes=True)


async def _put(change: Change, before: Alert, after: Alert, verb: str, said: str) -> None:
    entry = await change.record(f"alert.{verb}", subjects(before), {"text": said})
    await change.put(ALERTS, [after], by=entry)


def _say_cleared(alert: Alert) -> str:
    """What there is nothing to do about any more, since when."""
    what = text_of(alert.rule, alert.words)
    if alert.resolved_at is None:
        return _("nothing of that kind is open: {name}").format(name=what)
    text = _("cleared at {time}, nothing was done: {name}")
    return text.format(time=formats.clock_time(alert.resolved_at), name=what)


async def _incident_of(change: Change, alert: Alert, who: Caller) -> int:
    """The number of the incident that is open about the same thing, else of a new one."""
    known = next((one.id for one in await live(change) if one.subject == alert.subject), None)
    if known is not None:
        return known
    title = text_of(alert.rule, alert.words)
    return (await open_incident(change, actor(who), title, alert.subject)).id


async def _cut(change: Change, other: Shift, new: api.PlannedShift) -> None:
    """What is left of a shift beside a new one: the part before, the part after."""
    await change.remove(SHIFTS, [(other.id,)])
    if other.start < new.start:
        await change.put(SHIFTS, [replace(other, end=new.start)])
    if other.end > new.end:
        number = await next_id(change, SHIFTS)
        await change.put(SHIFTS, [replace(other, id=number, start=new.end)])
