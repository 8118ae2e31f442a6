"""Takes each step of a copy that is owed at the end of a contract (art. 16.2, R28).

Each step is an entry with its proof, by the machine of `contract.reversibility`; instants follow
each other, and a copy that leaves guests out says why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from msgspec.structs import replace

from noc_tui.api import reversibility as api
from noc_tui.contract.reversibility import CopyState, CopyStep, CopyStepError, next_state
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, Conflict, NotFound
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.instants import utc_instant
from noc_tui.daemon.core.request_values import number_of
from noc_tui.daemon.core.server import Call, route
from noc_tui.i18n import _
from noc_tui.labels.states import COPY, word_of
from noc_tui.roles import Caller
from storage.change import Change
from storage.data_copies import DATA_COPIES, DataCopy, copies_of, next_copy_id
from storage.licences import guest_systems
from storage.register import TENANTS

ENTRIES = {
    CopyStep.MAKE: "reversibility.made",
    CopyStep.HAND_OVER: "reversibility.handed_over",
    CopyStep.RECEIVE: "reversibility.received",
    CopyStep.REJECT: "reversibility.rejected",
    CopyStep.WAIVE: "reversibility.waived",
}


@dataclass(frozen=True, slots=True)
class CopyRoutes:
    """The endpoints of `noc_tui.api.reversibility`."""

    context: Context

    def table(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        return [
            route(api.REQUEST_COPY, self.request),
            route(api.MAKE_COPY, self.make),
            route(api.HAND_OVER_COPY, self.hand_over),
            route(api.RECEIVE_COPY, self.receive),
            route(api.REJECT_COPY, self.reject),
            route(api.WAIVE_COPY, self.waive),
        ]

    async def request(self, call: Call[api.CopyRequest]) -> api.CopyStanding:
        """Put the client's request on record; one at a time is open."""
        told = call.body
        async with self.context.writer.change(actor(call.who)) as change:
            at = _instant(told.requested_at, "requested_at", change.at)
            if await TENANTS.get(change, told.tenant) is None:
                raise NotFound(_("there is no tenant {tenant}").format(tenant=told.tenant))
            for other in await copies_of(change, told.tenant):
                if other.is_open:
                    text = _("copy {number} of this tenant is open: see it through first")
                    raise Conflict(text.format(number=other.id))
            row = DataCopy(
                id=await next_copy_id(change),
                tenant=told.tenant,
                state=CopyState.REQUESTED,
                requested_at=at,
                requested_by=_filled(told.requested_by, "requested_by"),
                channel=_filled(told.channel, "channel"),
                reference=told.reference.strip(),
                account=call.who.name,
            )
            await _record(change, "reversibility.requested", row)
        return api.CopyStanding(row.id, row.state)

    async def make(self, call: Call[api.CopyMade]) -> api.CopyStanding:
        """Note that the copy was made, of which guests, and its digest."""
        told = call.body
        async with self.context.writer.change(actor(call.who)) as change:
            row, state = await _step(change, call.path, CopyStep.MAKE)
            guests = tuple(dict.fromkeys(told.guests))
            await _require_all_guests(change, row.tenant, guests, told.left_out)
            made = replace(
                row,
                state=state,
                made_at=_instant(told.made_at, "made_at", change.at),
                guests=guests,
                left_out=told.left_out.strip(),
                medium=_filled(told.medium, "medium"),
                digest=told.digest,
                reason="",
            )
            return await _keep(change, call.who, CopyStep.MAKE, made)

    async def hand_over(self, call: Call[api.CopyHandedOver]) -> api.CopyStanding:
        """Note that the copy left us."""
        told = call.body
        async with self.context.writer.change(actor(call.who)) as change:
            row, state = await _step(change, call.path, CopyStep.HAND_OVER)
            at = _instant(told.handed_at, "handed_at", change.at, row.made_at)
            handed = replace(
                row,
                state=state,
                handed_at=at,
                handed_to=_filled(told.handed_to, "handed_to"),
                handover_proof=_filled(told.proof, "proof"),
            )
            return await _keep(change, call.who, CopyStep.HAND_OVER, handed)

    async def receive(self, call: Call[api.CopyReceived]) -> api.CopyStanding:
        """Note that the client has it."""
        told = call.body
        async with self.context.writer.change(actor(call.who)) as change:
            row, state = await _step(change, call.path, CopyStep.RECEIVE)
            at = _instant(told.received_at, "received_at", change.at, row.handed_at)
            received = replace(
                row, state=state, received_at=at, receipt_proof=_filled(told.proof, "proof")
            )
            return await _keep(change, call.who, CopyStep.RECEIVE, received)

    async def reject(self, call: Call[api.CopyReason]) -> api.CopyStanding:
        """Note that the client cannot use the copy: another must be made. The entries keep the
        first one's handover.
        """
        async with self.context.writer.change(actor(call.who)) as change:
            row, state = await _step(change, call.path, CopyStep.REJECT)
            again = replace(
                row,
                state=state,
                made_at=None,
                guests=(),
                left_out="",
                medium="",
                digest="",
                handed_at=None,
                handed_to="",
                handover_proof="",
                reason=_filled(call.body.reason, "reason"),
            )
            return await _keep(change, call.who, CopyStep.REJECT, again)

    async def waive(self, call: Call[api.CopyReason]) -> api.CopyStanding:
        """Note that the client gave the copy up."""
        async with self.context.writer.change(actor(call.who)) as change:
            row, state = await _step(change, call.path, CopyStep.WAIVE)
            gone = replace(row, state=state, reason=_filled(call.body.reason, "reason"))
            return await _keep(change, call.who, CopyStep.WAIVE, gone)


async def _step(
    change: Change, path: Mapping[str, str], step: CopyStep
) -> tuple[DataCopy, CopyState]:
    number = number_of(path)
    row = await DATA_COPIES.get(change, number)
    if row is None:
        raise NotFound(_("there is no copy {number}").format(number=number))
    try:
        return row, next_state(CopyState(row.state), step)
    except CopyStepError as error:
        text = _("copy {number}: this step is not possible, its state is: {state}")
        raise Conflict(text.format(number=number, state=word_of(COPY, row.state))) from error


async def _require_all_guests(
    change: Change, tenant: str, guests: Sequence[str], left_out: str
) -> None:
    """A full copy has every guest that the tenant has; fewer need a reason, strangers are refused
    by their place.
    """
    known = {one.place for one in await guest_systems(change, tenant)}
    missing = sorted(known.difference(guests))
    if missing and not left_out.strip():
        text = _("guests: these of the tenant are not in the copy: {guests}; say why (left_out)")
        raise BadRequest(text.format(guests=", ".join(missing)))


async def _keep(change: Change, who: Caller, step: CopyStep, row: DataCopy) -> api.CopyStanding:
    kept = replace(row, account=who.name)
    await _record(change, ENTRIES[step], kept)
    return api.CopyStanding(kept.id, kept.state)


async def _record(change: Change, kind: str, row: DataCopy) -> None:
    await change.record(kind, [f"tenant:{row.tenant}"], {"copy": row})
    await change.put(DATA_COPIES, [row])


def _instant(at: datetime, field: str, now: datetime, after: datetime | None = None) -> datetime:
    found = utc_instant(at, field)
    if found > now:
        raise BadRequest(_("{field}: this lies ahead").format(field=field))
    if after is not None and found < after:
        raise BadRequest(_("{field}: this lies before the step before it").format(field=field))
    return found


def _filled(text: str, field: str) -> str:
    if not text.strip():
        raise BadRequest(_("{field}: this must not be empty").format(field=field))
    return text.strip()
