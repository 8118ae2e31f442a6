"""Routes of the shift handover: build it, accept its items, sign it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from aiohttp import web
from msgspec.structs import replace

from noc_tui.api import handover as api
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, Conflict, NotFound
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.server import Call, route
from noc_tui.handover.read import build_handover
from noc_tui.i18n import _
from noc_tui.roles import Caller
from storage import oncall
from storage.change import Change
from storage.ledger import next_id
from storage.oncall import HANDOVERS, ITEMS, SHIFT_NOTES, Handover, HandoverItem, ShiftNote

SHIFT = timedelta(hours=12)
LONGEST = timedelta(days=7)


@dataclass(slots=True)
class Handovers:
    """One handover is open at a time."""

    context: Context

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes of handovers."""
        return [
            route(api.NOTE, self.note),
            route(api.OPEN, self.open),
            route(api.ACCEPT, self.accept),
            route(api.SIGN, self.sign),
        ]

    async def note(self, call: Call[api.Note]) -> api.Noted:
        """Keep a note for the next handover."""
        who, text = call.who, call.body.text
        async with self.context.writer.change(actor(who)) as change:
            number = await next_id(change, SHIFT_NOTES)
            await change.put(SHIFT_NOTES, [ShiftNote(number, change.at, who.name, text, None)])
            await self._record(change, who, "noted", 0, {"note": number, "text": text})
        return api.Noted(number)

    async def open(self, call: Call[api.Opening]) -> api.Opened:
        """Build a handover from the present state; a handover that is open is rebuilt."""
        who, asked = call.who, call.body.until
        async with self.context.writer.change(actor(who)) as change:
            until = asked or change.at + SHIFT
            if until.tzinfo is None or not change.at < until <= change.at + LONGEST:
                raise BadRequest(_("until: an instant within seven days, with its offset"))
            last = await oncall.last_handover(change)
            if last is not None and last.state == "open":
                if any(row.accepted_at for row in await oncall.items_of(change, last.id)):
                    raise Conflict(_("handover {number} is being accepted").format(number=last.id))
                await self._discard(change, last)
            handover, rows = await self._build(change, who, until)
        return api.Opened(handover.id, len(rows))

    async def _build(
        self, change: Change, who: Caller, until: datetime
    ) -> tuple[Handover, list[HandoverItem]]:
        number = await next_id(change, HANDOVERS)
        rows = await build_handover(
            change, change.at, until, self.context.terms, number=number, holder=who.name
        )
        entry = await self._record(
            change, who, "opened", number, {"items": [msgspec.to_builtins(row) for row in rows]}
        )
        handover = Handover(
            id=number,
            opened_at=change.at,
            outgoing=who.name,
            incoming="",
            state="open",
            signed_at=None,
            until=until,
            evidence=entry,
        )
        await change.put(HANDOVERS, [handover], by=entry)
        await change.put(ITEMS, rows, by=entry)
        return handover, rows

    async def _discard(self, change: Change, handover: Handover) -> None:
        rows = await oncall.items_of(change, handover.id)
        await change.remove(ITEMS, [ITEMS.key_of(row) for row in rows])
        await change.remove(HANDOVERS, [(handover.id,)])

    async def accept(self, call: Call[api.Acceptance]) -> api.Accepted:
        """Assign items to the caller."""
        who, asked = call.who, call.body
        wanted = set(asked.items)
        async with self.context.writer.change(actor(who)) as change:
            handover = await self._open_for(change, who, asked.entry)
            rows = {row.position: row for row in await oncall.items_of(change, handover.id)}
            if missing := wanted - rows.keys():
                raise NotFound(_("there is no item {number}").format(number=min(missing)))
            taken = [
                replace(rows[position], holder=who.name, accepted_at=change.at)
                for position in sorted(wanted)
                if rows[position].accepted_at is None
            ]
            await change.put(ITEMS, taken)
            await change.put(HANDOVERS, [replace(handover, incoming=who.name)])
            await self._record(
                change, who, "accepted", handover.id, {"items": [row.position for row in taken]}
            )
        return api.Accepted(len(taken))

    async def sign(self, call: Call[api.Signature]) -> api.Signed:
        """Close the handover; items that were not accepted stay with the outgoing operator."""
        who, asked = call.who, call.body
        async with self.context.writer.change(actor(who)) as change:
            handover = await self._open_for(change, who, asked.entry)
            rows = await oncall.items_of(change, handover.id)
            left = [row.position for row in rows if row.accepted_at is None]
            signed = replace(handover, incoming=who.name, state="signed", signed_at=change.at)
            await change.put(HANDOVERS, [signed])
            carried = [
                replace(note, handover=handover.id) for note in await oncall.notes_pending(change)
                if f"note:{note.id}" in {row.subject for row in rows if row.accepted_at}
            ]  # fmt: skip
            await change.put(SHIFT_NOTES, carried)
            await self._record(change, who, "signed", handover.id, {"left": left})
        return api.Signed(handover.id, tuple(left))

    async def _open_for(self, change: Change, who: Caller, entry: int | None) -> Handover:
        """The handover that is open, and was read; its outgoing operator cannot be its incoming
        one.
        """
        handover = await oncall.last_handover(change)
        if handover is None or handover.state != "open":
            raise Conflict(_("no handover is open: the outgoing operator opens it"))
        if entry not in (None, handover.evidence):
            raise Conflict(_("the handover was rebuilt since you read it: read it again"))
        if handover.outgoing == who.name:
            raise Conflict(
                _("another account accepts what {name} hands over").format(name=who.name)
            )
        if handover.incoming not in ("", who.name):
            raise Conflict(_("{name} is accepting this handover").format(name=handover.incoming))
        return handover

    async def _record(
        self, change: Change, who: Caller, verb: str, number: int, payload: dict[str, object]
    ) -> int:
        return await change.record(
            f"handover.{verb}",
            [f"handover:{number}"] if number else ["handover:next"],
            payload,
        )
