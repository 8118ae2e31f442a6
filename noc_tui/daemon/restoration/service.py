"""The part that shows what is held after a restore, releases it, and tends old copies.

GET  /v1/held           what waits
POST /v1/held/resume    a lead who has read it lets it go, but for what is dropped
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import msgspec
from aiohttp import web
from msgspec.structs import replace

from noc_tui.api import restoration as api
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, Conflict
from noc_tui.daemon.core.identity import actor, itself
from noc_tui.daemon.core.server import Call, route
from noc_tui.daemon.core.service import PollResult
from noc_tui.i18n import _
from noc_tui.threads import in_thread
from storage import copies, intents, restoration
from storage.change import Change
from storage.connection import Readable
from storage.database import Writer
from storage.errors import StorageError
from storage.intents import INTENTS
from storage.oncall import ALERTS, PAGES
from storage.outbox import MESSAGES
from storage.restoration import HeldItems, Hold
from storage.suspension import SUSPENSIONS

TEND_SECONDS = 3600.0
DROPPED = "dropped after a restore"


def build(context: Context) -> "RestorationService":
    """The part."""
    return RestorationService(context)


@dataclass(slots=True)
class RestorationService:
    """Lists and releases; the parts that act ask `context.held`."""

    context: Context
    name: str = "restoration"

    def routes(self) -> Sequence[web.RouteDef]:
        return [route(api.HELD, self.held), route(api.RESUME, self.resume)]

    async def run(self) -> None:
        """Each hour: the copies beside the two files are no older and say no more than they may."""
        while True:
            try:
                await self.tend_copies()
            except StorageError as error:
                self.context.logger.error("copies beside the database", error=str(error))
            await self.context.clock.sleep(TEND_SECONDS)

    async def tend_copies(self) -> None:
        """Remove old copies of the database and of the sealed file; erase in the others what is
        erased in the file itself.
        """
        for path in await self._tend(self.context.writer):
            self.context.logger.info("copy removed", file=str(path))
        if self.context.sealed is not None:
            await self._tend(self.context.sealed)

    async def _tend(self, writer: Writer) -> list[Path]:
        """Tend the copies beside one file; returns those that went."""
        now = self.context.clock.now()
        before = now - timedelta(days=self.context.config.database.keep_copies_days)
        unsettled = self.context.trust.unsettled  # nothing is removed by a clock that may be wrong
        old = [] if unsettled else await in_thread(copies.remove_old, writer.path, before)
        erased = await copies.erased_entries(writer)
        for path in copies.copies_of(writer.path) if erased else ():
            if seqs := await in_thread(copies.still_there, path, erased):
                await copies.erase(path, seqs, itself(), now, writer.key)
        return old

    async def polled(self, result: PollResult) -> None:
        """Nothing: a poll releases nothing."""

    async def held(self, call: Call[None]) -> api.Held:
        """What waits for a lead."""
        async with self.context.writer.snapshot() as db:
            return await _shown(db, self.context.held.hold)

    async def resume(self, call: Call[api.Leave]) -> api.Held:
        """Let it go, and put down for good what is dropped."""
        author, leave = actor(call.who), call.body
        async with self.context.writer.change(author) as change:
            hold = self.context.held.hold
            if hold is None:
                raise Conflict(_("nothing is held: the database was not restored, or is resumed"))
            if leave.seen != digest_items(hold):
                raise Conflict(_("what is held is another list now: read it again"))
            dropped = _dropped(hold.items, leave.drop)
            still = HeldItems(cases=dropped.cases)
            gone = replace(dropped, cases=())
            entry = await restoration.resume(change, hold, gone, still)
            await _put_down(change, gone, entry)
        held = replace(hold, entry=entry, items=still) if still.names else None
        self.context.held.become(held)
        async with self.context.writer.snapshot() as db:
            return await _shown(db, held)


def digest_items(hold: Hold) -> str:
    """The name of a list of held items."""
    text = msgspec.json.encode([hold.entry, *hold.items.names])
    return hashlib.sha256(text).hexdigest()[:16]


def _dropped(items: HeldItems, names: Sequence[str]) -> HeldItems:
    """The items of those names; `BadRequest` for one that is not held."""
    wanted = set(names)
    if unknown := sorted(wanted - set(items.names)):
        raise BadRequest(_("this is not held: {name}").format(name=unknown[0]))
    return HeldItems(
        mails=tuple(name for name in items.mails if f"mail:{name}" in wanted),
        pages=tuple(name for name in items.pages if f"page:{name}" in wanted),
        alerts=tuple(name for name in items.alerts if f"alert:{name}" in wanted),
        orders=tuple(number for number in items.orders if f"order:{number}" in wanted),
        cases=tuple(name for name in items.cases if f"case:{name}" in wanted),
    )


async def _put_down(change: Change, dropped: HeldItems, entry: int) -> None:
    """What is dropped is over: it stays on record, by the lead's entry, as refused or failed; an
    alert that is dropped is acknowledged.
    """
    for name in dropped.mails:
        if (mail := await MESSAGES.get(change, name)) is not None:
            over = replace(
                mail, state="refused", next_at=None, answer=DROPPED, changed_at=change.at
            )
            await change.put(MESSAGES, [over], by=entry)
    for name in dropped.pages:
        if (page := await PAGES.get(change, name)) is not None:
            await change.put(
                PAGES, [replace(page, state="failed", next_at=None, answer=DROPPED)], by=entry
            )
    for name in dropped.alerts:
        alert = await ALERTS.get(change, name.rpartition(" ")[0])
        if alert is not None and alert.state == "open":
            acknowledged = replace(
                alert,
                acknowledged_at=change.at,
                acknowledged_by=change.actor.name,
                acknowledged_severity=alert.severity,
            )
            await change.put(ALERTS, [acknowledged], by=entry)
    for number in dropped.orders:
        intent = await INTENTS.get(change, number)
        if intent is not None and intent.state in intents.OPEN:
            await intents.move(change, number, "failed", {"said": DROPPED})


async def _shown(db: Readable, hold: Hold | None) -> api.Held:
    if hold is None:
        return api.Held(held=False)
    items = [
        *[await _mail(db, name) for name in hold.items.mails],
        *[await _page(db, name) for name in hold.items.pages],
        *[await _alert(db, name) for name in hold.items.alerts],
        *[await _order(db, number) for number in hold.items.orders],
        *[await _case(db, name) for name in hold.items.cases],
    ]
    return api.Held(
        held=True,
        since=hold.since,
        account=hold.account,
        items=tuple(items),
        seen=digest_items(hold),
    )


async def _mail(db: Readable, name: str) -> api.HeldItem:
    row = await MESSAGES.get(db, name)
    what = "" if row is None else f"{row.recipient}: {row.subject}"
    return api.HeldItem(f"mail:{name}", what, None if row is None else row.queued_at)


async def _page(db: Readable, name: str) -> api.HeldItem:
    row = await PAGES.get(db, name)
    what = "" if row is None else f"{row.receiver}: {row.fingerprint}"
    return api.HeldItem(f"page:{name}", what, None if row is None else row.queued_at)


async def _alert(db: Readable, name: str) -> api.HeldItem:
    row = await ALERTS.get(db, name.rpartition(" ")[0])
    return api.HeldItem(
        f"alert:{name}", "" if row is None else row.rule, None if row is None else row.since
    )


async def _order(db: Readable, number: int) -> api.HeldItem:
    row = await INTENTS.get(db, number)
    what = "" if row is None else f"{row.kind} {row.subject} {row.account}"
    return api.HeldItem(f"order:{number}", what, None if row is None else row.requested_at)


async def _case(db: Readable, name: str) -> api.HeldItem:
    row = await SUSPENSIONS.get(db, name)
    what = "" if row is None else f"{row.tenant_name}: {row.state}"
    return api.HeldItem(f"case:{name}", what, None if row is None else row.opened_at)
