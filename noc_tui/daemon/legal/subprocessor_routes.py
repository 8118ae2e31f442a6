"""Takes who carries out a part of the services, and that clients were told of it (art. 14)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web
from msgspec.structs import replace

from noc_tui.api import legal as api
from noc_tui.contract.calendar import paris_day
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, NotFound
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.request_values import number_of
from noc_tui.daemon.core.server import Call, route
from noc_tui.i18n import _
from storage.change import Change
from storage.legal_registers import SUBPROCESSORS, Subprocessor, next_subprocessor_id
from storage.times import micros

YEARS = range(1900, 2200)


@dataclass(frozen=True, slots=True)
class SubprocessorRoutes:
    """The endpoints about sub-processors and subcontractors."""

    context: Context

    def table(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        return [
            route(api.ADD_SUBPROCESSOR, self.add),
            route(api.END_SUBPROCESSOR, self.end),
            route(api.ANNOUNCE_SUBPROCESSORS, self.announce),
        ]

    async def add(self, call: Call[api.NewSubprocessor]) -> api.Registered:
        """Note who takes part from a day on, which may lie ahead."""
        told = call.body
        _require_year("since", told.since)
        if not told.name.strip() or not told.service.strip():
            raise BadRequest(_("name, service: these must not be empty"))
        if told.kind == "sub-processor" and not told.data.strip():
            raise BadRequest(_("data: say which personal data a sub-processor may see"))
        async with self.context.writer.change(actor(call.who)) as change:
            row = Subprocessor(
                id=await next_subprocessor_id(change),
                name=told.name.strip(),
                kind=told.kind,
                service=told.service.strip(),
                country=told.country,
                data=told.data.strip(),
                contract=told.contract.strip(),
                since=told.since,
                ended_on=None,
                announced_on=None,
                announcement="",
                account=call.who.name,
            )
            await _record(change, "subprocessor.added", [row])
        return api.Registered(row.id)

    async def end(self, call: Call[api.SubprocessorEnd]) -> api.Registered:
        """Note that it takes part no longer, from a day on."""
        number, ended_on = number_of(call.path), call.body.ended_on
        _require_year("ended_on", ended_on)
        async with self.context.writer.change(actor(call.who)) as change:
            row = await _subprocessor(change, number)
            if ended_on < row.since:
                raise BadRequest(_("ended_on: this lies before it took part"))
            await _record(change, "subprocessor.ended", [replace(row, ended_on=ended_on)])
        return api.Registered(number)

    async def announce(self, call: Call[api.SubprocessorsAnnounced]) -> api.Registered:
        """Note that the clients were told, which is what lets them object (GDPR art. 28(2))."""
        told = call.body
        async with self.context.writer.change(actor(call.who)) as change:
            if told.announced_on > paris_day(micros(change.at)):
                raise BadRequest(_("announced_on: this lies ahead"))
            rows = [await _subprocessor(change, one) for one in dict.fromkeys(told.numbers)]
            announced = [
                replace(row, announced_on=told.announced_on, announcement=told.announcement.strip())
                for row in rows
            ]
            await _record(change, "subprocessor.announced", announced)
        return api.Registered(announced[0].id)


async def _subprocessor(change: Change, number: int) -> Subprocessor:
    row = await SUBPROCESSORS.get(change, number)
    if row is None:
        raise NotFound(_("there is no sub-processor {number}").format(number=number))
    return row


async def _record(change: Change, kind: str, rows: Sequence[Subprocessor]) -> None:
    await change.record(kind, [f"subprocessor:{row.id}" for row in rows], {"subprocessors": rows})
    await change.put(SUBPROCESSORS, rows)


def _require_year(field: str, day: date) -> None:
    if day.year not in YEARS:
        text = _("{field}: the year must be from {first} to {last}")
        raise BadRequest(text.format(field=field, first=YEARS[0], last=YEARS[-1]))
