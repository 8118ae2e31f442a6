"""Routes of orders of authorities: each goes to the file in which the order stands."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from noc_tui.api import authority as api
from noc_tui.api.endpoint import Endpoint
from noc_tui.api.suspension import (
    PLANNED,
    CaseDocument,
    Edit,
    Opening,
    PlannedOrder,
    PlannedOrders,
)
from noc_tui.contract.authority import machine
from noc_tui.contract.authority.case_facts import order_facts
from noc_tui.contract.authority.kinds import load_order_kinds
from noc_tui.contract.authority.values import AuthorityOrder
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.values import Person, Tick, TickEvidence
from noc_tui.daemon.authority.orders import OrderBook, document_of
from noc_tui.daemon.authority.publish import Publisher
from noc_tui.daemon.authority.sealed_context import mirror_tenant
from noc_tui.daemon.core import release
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, Conflict
from noc_tui.daemon.core.instants import utc_instant
from noc_tui.daemon.core.request_values import month_of, number_of
from noc_tui.daemon.core.server import CALLER, Call, Handler, route
from noc_tui.daemon.suspension.cases import person
from noc_tui.daemon.suspension.service import SuspensionService
from noc_tui.i18n import _
from noc_tui.threads import in_thread
from storage.outages import of_incident
from storage.register import TENANTS
from storage.sealed import compare_sealed
from storage.suspension import scheduled_cases

B = TypeVar("B")
Shield = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Realm:
    """One of the two files: its orders and its suspensions."""

    orders: OrderBook
    suspensions: SuspensionService


@dataclass(slots=True)
class AuthorityRoutes:
    """The handlers of requests about orders of authorities."""

    context: Context
    open: Realm
    sealed: Realm | None
    shield: Shield | None

    def table(self) -> Sequence[web.RouteDef]:
        """Return all routes of orders."""
        return [
            self._guarded(route(api.RECORD, self.record)),
            self._guarded(route(api.LIST, self.list)),
            self._guarded(route(api.SHOW, self.show)),
            self._verb(api.STOP, self._stop),
            self._verb(api.RESUME, self._resume),
            self._verb(api.EXECUTE, self._execute),
            self._verb(api.REVIEW, self._review),
            self._verb(api.CONFIRM, self._confirm),
            self._verb(api.PRESERVE, self._preserve),
            self._verb(api.DISCLOSE, self._disclose),
            self._verb(api.KEEP_SECRET, self._keep_secret),
            self._guarded(route(api.PUBLISH, self.publish)),
            self._verb(api.WITHDRAW, self._withdraw),
            self._guarded(route(api.CASE, self.case)),
            route(PLANNED, self.planned),
            route(api.RELEASE, self.release),
            route(api.HELD_OUTAGES, self.held_outages),
            self._guarded(route(api.SEALED, self.sealed_state)),
        ]

    async def record(self, call: Call[api.NewOrder]) -> api.OrderDocument:
        """Record an order as it was received; a secret one stands in the sealed file."""
        asked = call.body
        order = AuthorityOrder(
            **_in_utc(asked),
            id="",
            recorded_by=person(call.who),
            recorded_at=self._now(),
        )
        realm = self._realm_for(call, order)
        if order.tenant and await TENANTS.get(self.context.writer, order.tenant) is None:
            raise BadRequest(_("there is no tenant {tenant}").format(tenant=order.tenant))
        return self._document(await realm.orders.record(order))

    async def list(self, call: Call[None]) -> api.Orders:
        """Return the orders that the caller may see, the first deadline first."""
        realms = [realm for realm in self._realms(call) if realm is not None]
        found = [order for realm in realms for order in await realm.orders.every()]
        documents = [self._document(order) for order in found]
        return api.Orders(tuple(sorted(documents, key=urgency)))

    async def planned(self, call: Call[None]) -> PlannedOrders:
        """Return the orders that wait for their time and that the caller may see."""
        found = [
            PlannedOrder(
                case=row.id,
                tenant=row.tenant,
                tenant_name=row.tenant_name,
                starts_at=row.starts_at,
                secret=realm is self.sealed,
            )
            for realm in self._realms(call)
            if realm is not None
            for row in await scheduled_cases(realm.orders.context.writer)
            if row.starts_at is not None
        ]
        return PlannedOrders(tuple(sorted(found, key=lambda one: (one.starts_at, one.case))))

    async def show(self, call: Call[None]) -> api.OrderDocument:
        """Return an order."""
        realm = await self._realm_of(call)
        return self._document(await realm.orders.load(realm.orders.context.writer, call.path["id"]))

    async def publish(self, call: Call[api.Publication]) -> api.OrderDocument:
        """End an order's secrecy."""
        realm = await self._realm_of(call)
        event = machine.Published(
            at=self._now(), by=person(call.who), reason=call.body.reason, early=call.body.early
        )
        if self.sealed is None or realm is not self.sealed:
            return self._document(await realm.orders.apply(call.path["id"], event))
        publisher = Publisher(
            self.context,
            self.sealed.orders,
            self.open.orders,
            self.sealed.suspensions,
            self.open.suspensions,
        )
        return self._document(await publisher.publish(call.path["id"], event))

    async def case(self, call: Call[api.Execution]) -> CaseDocument:
        """Open the suspension that carries an order out, in the file in which the order stands."""
        realm, asked, by = await self._realm_of(call), call.body, person(call.who)
        order = await realm.orders.load(realm.orders.context.writer, call.path["id"])
        if order.state == "withdrawn":
            raise Conflict(_("this order was withdrawn"))
        if self.sealed is not None and realm is self.sealed:
            await mirror_tenant(self.context, self.sealed.orders.context, asked.tenant)
        handlers = realm.suspensions.handlers()
        opening = Opening(asked.tenant, _ground(order, asked), edit=_edit(order, asked))
        opened = await handlers.open_for_order(Call(call.who, opening, call.path, call.query))
        if order.secret:
            reason = _silence(order)
            event = ev.NoticeSetAside(at=self._now(), by=by, mode="withheld", reason=reason)
            await realm.suspensions.cases.apply_event(opened.id, event)
        linked = machine.CaseOpened(at=self._now(), by=by, case=opened.id)
        await realm.orders.apply(order.id, linked)
        return await handlers.show(Call(call.who, None, {"id": opened.id}, {}))

    async def release(self, call: Call[None]) -> api.Release:
        """Return whether a document about a tenant may leave with the caller."""
        tenant = call.path["tenant"]
        if "month" in call.query:
            month = month_of({"month": call.query["month"]})
            held = await release.is_month_held(self.context, tenant, month)
        else:
            held = not call.who.confidential and await release.is_pack_held(
                self.context, (f"tenant:{tenant}",)
            )
        return api.Release(free=not held, why=release.word_refusal(call.who) if held else "")

    async def held_outages(self, call: Call[None]) -> api.HeldOutages:
        """Return the outages of an incident whose cause is not decided, nor proposed, now."""
        gathered = await of_incident(self.context.writer, number_of(call.path))
        held = await release.held_outages(self.context, gathered)
        why = release.word_undecided(call.who) if held else ""
        return api.HeldOutages(tuple(one.id for one in held), why)

    async def sealed_state(self, call: Call[None]) -> api.SealedState:
        """Return whether the sealed file is what the evidence log says of it."""
        if self.sealed is None or not call.who.confidential:
            raise Conflict(_("this is for the accounts of [roles.confidential]"))
        found = await in_thread(compare_sealed, self.context.config.database.path)
        failing = self.sealed.orders.context.failures.services
        return api.SealedState(
            found.verdict.value, found.count, found.digests, found.reason, tuple(failing)
        )

    def _verb(
        self,
        endpoint: Endpoint[B, api.OrderDocument],
        act: Callable[[B, datetime, Person], machine.OrderEvent],
    ) -> web.RouteDef:
        """Return the route of a verb: it turns a body into an event of the order."""

        async def acted(call: Call[B]) -> api.OrderDocument:
            realm = await self._realm_of(call)
            event = act(call.body, self._now(), person(call.who))
            return self._document(await realm.orders.apply(call.path["id"], event))

        return self._guarded(route(endpoint, acted))

    def _guarded(self, one: web.RouteDef) -> web.RouteDef:
        """Return the route, what goes wrong with a sealed order kept out of what others read."""

        async def answered(request: web.Request) -> web.StreamResponse:
            identifier = request.match_info.get("id")
            if self.sealed is None or self.shield is None or not request[CALLER].confidential:
                return await one.handler(request)
            if identifier is None or await self.sealed.orders.has(identifier):
                return await self.shield(request, one.handler)
            return await one.handler(request)

        return web.route(one.method, one.path, answered)

    def _realms(self, call: Call[B]) -> tuple[Realm, Realm | None]:
        return self.open, self.sealed if call.who.confidential else None

    async def _realm_of(self, call: Call[B]) -> Realm:
        """Return where the order stands; the open file for whoever may not see a sealed one."""
        _open, sealed = self._realms(call)
        if sealed is not None and await sealed.orders.has(call.path["id"]):
            return sealed
        return self.open

    def _realm_for(self, call: Call[B], order: AuthorityOrder) -> Realm:
        if not order.secret:
            return self.open
        if self.sealed is None or not call.who.confidential:
            raise Conflict(
                _(
                    "an order that is secret, or says nothing of it, is recorded by an account of"
                    " [roles.confidential]"
                )
            )
        return self.sealed

    def _document(self, order: AuthorityOrder) -> api.OrderDocument:
        return document_of(order, self._now())

    def _stop(self, asked: api.Stop, at: datetime, by: Person) -> machine.OrderEvent:
        return machine.Stopped(at=at, by=by, why=asked.why, told=asked.told)

    def _resume(self, asked: api.Note, at: datetime, by: Person) -> machine.OrderEvent:
        return machine.Resumed(at=at, by=by, answer=asked.text)

    def _execute(self, asked: api.Note, at: datetime, by: Person) -> machine.OrderEvent:
        return machine.CarriedOut(at=at, by=by, what=asked.text)

    def _review(self, asked: api.Note, at: datetime, by: Person) -> machine.OrderEvent:
        return machine.ExecutionReviewed(at=at, by=by, finding=asked.text)

    def _confirm(self, asked: api.Note, at: datetime, by: Person) -> machine.OrderEvent:
        return machine.AuthorityTold(at=at, by=by, how=asked.text)

    def _preserve(self, asked: api.Kept, at: datetime, by: Person) -> machine.OrderEvent:
        until = utc_instant(asked.until, "until")
        return machine.Preserved(at=at, by=by, what=asked.what, where=asked.where, until=until)

    def _disclose(self, asked: api.Given, at: datetime, by: Person) -> machine.OrderEvent:
        return machine.Disclosed(
            at=at,
            by=by,
            to=asked.to,
            categories=asked.categories,
            what=asked.what,
            case=asked.case,
        )

    def _keep_secret(self, asked: api.Silence, at: datetime, by: Person) -> machine.OrderEvent:
        until = None if asked.until is None else utc_instant(asked.until, "until")
        return machine.KeptSecret(at=at, by=by, reason=asked.reason, until=until)

    def _withdraw(self, asked: api.Note, at: datetime, by: Person) -> machine.OrderEvent:
        return machine.Withdrawn(at=at, by=by, reason=asked.text)

    def _now(self) -> datetime:
        return self.context.clock.now()


def urgency(document: api.OrderDocument) -> tuple[bool, bool, datetime, str]:
    """The order of a list: the first deadline first, then those without one by receipt."""
    over = document.state in ("carried-out", "withdrawn")
    due = document.due_at
    return over, due is None, due or document.received_at, document.id


def _ground(order: AuthorityOrder, asked: api.Execution) -> str:
    kind = load_order_kinds().of(order.kind)
    report = kind is not None and kind.report
    return asked.ground or ("authority-report" if report else "authority-request")


def _edit(order: AuthorityOrder, asked: api.Execution) -> Edit:
    """The first edit of the case, with what the order says already answered."""
    known = order_facts(order, load_order_kinds())
    edit = asked.edit or Edit()
    ticks = edit.ticks
    if order.secret:
        words = TickEvidence(kind="text", text=_silence(order))
        ticks = (*(ticks or ()), Tick(target="written_prohibition", evidence=(words,)))
    return msgspec.structs.replace(edit, facts={**known, **(edit.facts or {})}, ticks=ticks)


def _silence(order: AuthorityOrder) -> str:
    """Why the client is not told: the words or the law that forbid it, or that it is asked."""
    return order.secrecy_basis or _("the authority is asked whether the client is told")


def _in_utc(asked: api.NewOrder) -> dict[str, Any]:
    fields = msgspec.structs.asdict(asked)
    for name in ("received_at", "term", "silent_until"):
        if fields[name] is not None:
            fields[name] = utc_instant(fields[name], name)
    return fields
