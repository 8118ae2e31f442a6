"""Records orders of authorities and applies events to them; each is one commit with its entry."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec
from msgspec.structs import asdict

from noc_tui.api.authority import OrderDocument
from noc_tui.contract.authority.deadline import deadline_of, is_secrecy_over
from noc_tui.contract.authority.kinds import load_order_kinds
from noc_tui.contract.authority.machine import OrderEvent, apply_order_event, check_new_order
from noc_tui.contract.authority.values import AuthorityOrder
from noc_tui.contract.suspension.reasons import Reason, Refused
from noc_tui.contract.suspension.values import Person
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, Conflict, NotFound
from noc_tui.i18n import _, language
from noc_tui.labels import states
from storage.authority import AUTHORITY_ORDERS, OrderRow, unfinished_orders
from storage.change import Change
from storage.connection import Readable
from storage.evidence import Actor

ORDER = msgspec.json.Decoder(AuthorityOrder)
Number = Callable[[Change], Awaitable[str]]


@dataclass(slots=True)
class OrderBook:
    """The orders that stand in one file: the database, or the sealed one. `number` names a new
    one.
    """

    context: Context
    number: Number

    async def record(self, order: AuthorityOrder) -> AuthorityOrder:
        """Record a new order under a new identifier; `BadRequest` with all that is wrong."""
        now = self.context.clock.now()
        try:
            checked = check_new_order(order, load_order_kinds(), now)
        except Refused as refused:
            raise BadRequest(_sentences(refused)) from refused
        async with self.context.writer.change(_author(order.recorded_by)) as change:
            new = msgspec.structs.replace(
                checked, id=await self.number(change), recorded_at=change.at
            )
            entry = await change.record(
                "authority.recorded", subjects_of(new), {"order": msgspec.to_builtins(new)}
            )
            await change.put(AUTHORITY_ORDERS, [row_of(new, change.at)], by=entry)
        return new

    async def apply(self, identifier: str, event: OrderEvent) -> AuthorityOrder:
        """Apply an event and return the order after it; `Conflict` with every reason against it."""
        async with self.context.writer.change(_author(event.by)) as change:
            return await self.write(change, await self.load(change, identifier), event)

    async def write(
        self, change: Change, order: AuthorityOrder, event: OrderEvent
    ) -> AuthorityOrder:
        """The same within a change that others add to."""
        try:
            after = apply_order_event(order, event, load_order_kinds())
        except Refused as refused:
            raise Conflict(_sentences(refused)) from refused
        entry = await change.record(
            f"authority.{_kebab(type(event).__name__)}",
            subjects_of(after),
            {"event": msgspec.to_builtins(event), "state": after.state},
        )
        await change.put(AUTHORITY_ORDERS, [row_of(after, event.at)], by=entry)
        return after

    async def load(self, db: Readable, identifier: str) -> AuthorityOrder:
        """Return an order; `NotFound` when there is none."""
        row = await AUTHORITY_ORDERS.get(db, identifier)
        if row is None:
            raise no_such_order(identifier)
        return ORDER.decode(row.document)

    async def has(self, identifier: str) -> bool:
        """Return whether the order stands in this file."""
        return await AUTHORITY_ORDERS.get(self.context.writer, identifier) is not None

    async def every(self) -> list[AuthorityOrder]:
        """Return all orders, erased ones left out."""
        rows = await AUTHORITY_ORDERS.read(self.context.writer)
        return [ORDER.decode(row.document) for row in rows]

    async def unfinished(self) -> list[OrderRow]:
        """Return the rows of those that are to be carried out or reviewed."""
        return await unfinished_orders(self.context.writer)


def document_of(order: AuthorityOrder, now: datetime) -> OrderDocument:
    """Return what the socket answers about an order."""
    kind = load_order_kinds().of(order.kind)
    if kind is None:
        raise NotFound(_("the kind of order {kind} is not known here").format(kind=order.kind))
    over = order.state in ("carried-out", "withdrawn")
    due = None if over else deadline_of(order, kind, now)
    return OrderDocument(
        **asdict(order),
        kind_label=kind.label,
        due_at=due,
        seconds_left=None if due is None else (due - now).total_seconds(),
        secrecy_over=is_secrecy_over(order, now),
        preserve_months=kind.preserve_months,
    )


def row_of(order: AuthorityOrder, now: datetime) -> OrderRow:
    """Return the row of an order: its document, and what lists and alerts look at."""
    kind = load_order_kinds().of(order.kind)
    running = order.state == "open" and kind is not None
    owed = order.execution is not None and order.review is None
    until = order.silent_until if order.secrecy == "forbidden" else order.hold
    return OrderRow(
        id=order.id,
        kind=order.kind,
        authority=order.authority,
        reference=order.reference,
        tenant=order.tenant,
        state=order.state,
        received_at=order.received_at,
        due_at=deadline_of(order, kind, now) if running and kind is not None else None,
        review_due=order.execution.review_due if owed and order.execution else None,
        silent_until=until if order.secret else None,
        document=msgspec.json.encode(order).decode(),
    )


def subjects_of(order: AuthorityOrder) -> list[str]:
    """Return the subjects under which an entry about an order is found."""
    cases = [f"suspension:{case}" for case in order.cases]
    tenant = [f"tenant:{order.tenant}"] if order.tenant else []
    return [f"authority:{order.id}", *tenant, *cases]


def no_such_order(identifier: str) -> NotFound:
    """Return the refusal of an order that is not there, or that the caller may not see."""
    return NotFound(_("there is no order {id}").format(id=identifier))


def _sentences(refused: Refused) -> str:
    return "; ".join(map(_sentence, refused.reasons))


def _sentence(reason: Reason) -> str:
    """A reason in the caller's language; a state by its word."""
    state = reason.values.get("state")
    if isinstance(state, str):
        reason = replace(
            reason, values={**reason.values, "state": states.word_of(states.ORDER, state)}
        )
    return reason.cited(_(reason.text), language())


def _author(person: Person) -> Actor:
    return Actor(person.uid, person.name)


def _kebab(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]
