"""Moves an order and its suspensions out of the sealed file, once a lead ended their secrecy.

First the sealed chain says so; then the database gets the rows, with the sealed entries about them
in full; last the sealed rows go, and the sealed chain keeps its entries. A crash in between is
taken up at the next start: what stands in both files is removed from the sealed one.
"""

from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from noc_tui.contract.authority.machine import Published
from noc_tui.contract.authority.values import AuthorityOrder
from noc_tui.contract.suspension.values import Case
from noc_tui.daemon.authority.orders import OrderBook, row_of, subjects_of
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.suspension import cases as open_cases
from noc_tui.daemon.suspension import store
from noc_tui.daemon.suspension.exclusion import (
    begin_exclusion,
    end_exclusion,
    refresh_figures,
)
from noc_tui.daemon.suspension.service import SuspensionService
from noc_tui.i18n import _
from noc_tui.queries.terms_archive import find_terms
from storage import evidence, suspension
from storage.authority import AUTHORITY_ORDERS
from storage.change import Change
from storage.connection import Readable
from storage.evidence import Actor, Entry
from storage.exhibits import EXHIBITS, exhibit_sizes
from storage.suspension import STEPS, SUSPENDED_GUESTS, SUSPENSIONS, TERMS_TEXTS

PUBLISHED = "authority.published"
MOVED = "moved"
_BUSY = ("ordered", "executing", "restoring")
_MOST_ENTRIES = 100_000


@dataclass(slots=True)
class Publisher:
    """Carries an order from the sealed file into the database."""

    context: Context
    sealed: OrderBook
    open: OrderBook
    inner: SuspensionService
    outer: SuspensionService

    async def publish(self, identifier: str, event: Published) -> AuthorityOrder:
        """End the secrecy of an order, and move it; `Conflict` while a case of it is being changed.

        Returns the order as it then stands in the database.
        """
        async with self.inner.planned.paused():  # an order in both files is begun from neither
            order, cases = await self._publish(identifier, event)
        for case in cases:
            moved = await store.load(self.context.writer, case.id)
            self.outer.runner.start_or_stop_in_background(moved)
        return order

    async def _publish(
        self, identifier: str, event: Published
    ) -> tuple[AuthorityOrder, list[Case]]:
        db = self.sealed.context.writer
        order = await self.sealed.load(db, identifier)
        cases = [await store.load(db, case) for case in order.cases]
        busy = [case.id for case in cases if case.state in _BUSY]
        if busy:
            text = _("{case} is under way: wait until it is suspended, restored or dropped")
            raise Conflict(text.format(case=", ".join(busy)))
        for case in cases:
            await self.inner.runner.stop(case.id)
        order = await self.sealed.apply(identifier, event)
        await self._move(order, Actor(event.by.uid, event.by.name), event)
        await finish_move(self.sealed.context, order)
        return order, cases

    async def _move(self, order: AuthorityOrder, actor: Actor, event: Published) -> None:
        """Write the order and its cases into the database, with what the sealed chain says."""
        source = self.sealed.context.writer
        async with self.context.writer.change(actor) as change:
            entry = await change.record(
                PUBLISHED,
                subjects_of(order),
                {
                    "order": msgspec.to_builtins(order),
                    "event": msgspec.to_builtins(event),
                    "entries": await _entries_about(source, f"authority:{order.id}"),
                },
            )
            await change.put(AUTHORITY_ORDERS, [row_of(order, event.at)], by=entry)
            for identifier in order.cases:
                await self._move_case(change, source, identifier)

    async def _move_case(self, change: Change, source: Readable, identifier: str) -> None:
        case = replace(await store.load(source, identifier), exclusion=None)
        terms = await find_terms(source, case.terms_version)
        entry = await change.record(
            "suspension.published",
            open_cases.subjects_of(case),
            {
                "case": msgspec.to_builtins(case),
                "entries": await _entries_about(source, f"suspension:{case.id}"),
            },
        )
        if await TERMS_TEXTS.get(change, case.terms_version) is None:
            stamp = await TERMS_TEXTS.get(source, case.terms_version)
            await change.put(TERMS_TEXTS, [] if stamp is None else [stamp], by=entry)
        await store.put(change, case, terms)
        await change.put(SUSPENDED_GUESTS, await suspension.guests_of(source, case.id), by=entry)
        exhibits = await EXHIBITS.where(source, "suspension = ?", case.id)
        await change.put(EXHIBITS, exhibits, by=entry)
        await change.put(STEPS, await suspension.steps_of(source, case.id), by=entry)
        await self._exclude(change, case)

    async def _exclude(self, change: Change, case: Case) -> None:
        """The time of the case, which no figure has left out so far."""
        terms = await find_terms(change, case.terms_version)
        after = await end_exclusion(change, await begin_exclusion(change, case, terms))
        if after.exclusion is None:
            return
        await change.record(
            "suspension.excluded", open_cases.subjects_of(case), {"exclusion": after.exclusion}
        )
        await store.put(change, after, terms)
        await refresh_figures(change, after, self.context)


async def finish_move(sealed: Context, order: AuthorityOrder) -> None:
    """Remove an order and its cases, which stand in the database now, from the sealed file."""
    async with sealed.writer.change(itself()) as change:
        for case in order.cases:
            entry = await change.record(f"suspension.{MOVED}", [f"suspension:{case}"], {})
            guests = await suspension.guests_of(change, case)
            steps = await suspension.steps_of(change, case)
            await change.remove(
                SUSPENDED_GUESTS, [(case, row.cluster, row.vmid) for row in guests], by=entry
            )
            await change.remove(
                STEPS, [(case, row.cluster, row.vmid, row.position) for row in steps], by=entry
            )
            exhibits = await exhibit_sizes(change, case)
            await change.remove(EXHIBITS, [(case, digest) for digest in exhibits], by=entry)
            await change.remove(SUSPENSIONS, [(case,)], by=entry)
        entry = await change.record(f"authority.{MOVED}", subjects_of(order), {})
        await change.remove(AUTHORITY_ORDERS, [(order.id,)], by=entry)


async def take_up_moves(context: Context, sealed: OrderBook) -> None:
    """Finish what a crash cut off: an order that stands in both files is a published one."""
    for order in await sealed.every():
        if await AUTHORITY_ORDERS.get(context.writer, order.id) is not None:
            await finish_move(sealed.context, order)


async def _entries_about(db: Readable, subject: str) -> list[dict[str, object]]:
    found = await evidence.search(db, evidence.Query(subject=subject, limit=_MOST_ENTRIES))
    return [_told(entry) for entry in reversed(found)]


def _told(entry: Entry) -> dict[str, object]:
    return {
        "seq": entry.seq,
        "at": entry.at,
        "kind": entry.kind,
        "uid": entry.uid,
        "account": entry.account,
        "content": entry.payload or "",
        "hash": entry.hash,
    }
