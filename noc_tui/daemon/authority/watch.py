"""Watches the deadlines of sealed orders, and puts a digest of the sealed chain on record.

An alert would be read by all. So the receivers that belong to accounts of `[roles.confidential]`
are told directly, in words that name nothing: when an order comes in, when its last hour begins,
when it is missed, when a review is owed and when a secrecy is to be decided anew; when a case
drifts, fails on a guest, was held at its time or cancelled itself; and when a service over the
sealed file fails.
"""

import hashlib
import pwd
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from noc_tui import roles
from noc_tui.alerts.checks import order_fell
from noc_tui.config.values import Receiver
from noc_tui.contract.authority.kinds import load_order_kinds
from noc_tui.contract.suspension.values import Case
from noc_tui.daemon.authority.orders import OrderBook
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.paging import webhook
from noc_tui.daemon.paging.direct import page_directly
from noc_tui.daemon.paging.webhook import Telling
from noc_tui.daemon.suspension import store
from noc_tui.i18n import _
from storage import evidence
from storage.authority import AUTHORITY_ORDERS, OrderRow
from storage.sealed import DIGEST_KIND, SUBJECT, commit_digest, last_digest_at
from storage.suspension import read_fallen

LOOK_SECONDS = 15.0
DIGEST_EVERY = timedelta(hours=1)
AGAIN = timedelta(minutes=10)
"""So long after a page that nobody took it is sent again."""
TOLD = "authority.told"
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class _Notable:
    """Something that those who may know are told once: of which order, case or service (`kind`),
    at which stage, and until when it is due.
    """

    name: str
    stage: str
    due: datetime | None = None
    kind: str = "authority"


@dataclass(slots=True)
class SealedWatch:
    """Tells those who may know, and commits to the sealed chain each hour."""

    context: Context
    book: OrderBook
    _told: set[str] = field(default_factory=set)
    _tried: dict[str, datetime] = field(default_factory=dict)
    _started: datetime | None = None

    async def run(self) -> None:
        """Watch until cancelled."""
        await self._remember()
        while True:
            await self.look()
            await self.context.clock.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Tell what is due, then put the digest on record when its hour has come."""
        now = self.context.clock.now()
        sealed = self.book.context
        sealed.config, sealed.secrets = self.context.config, self.context.secrets
        for one in await self._waiting(now):
            await self._tell(one, now)
        await self._commit(now)

    async def _waiting(self, now: datetime) -> list[_Notable]:
        """What waits for somebody who may know: of orders, of their cases, of the services."""
        sealed = self.book.context
        orders = await AUTHORITY_ORDERS.read(sealed.writer)
        cases = await store.read_open_cases(sealed.writer)
        fallen = await read_fallen(sealed.writer, now - order_fell.TOLD)
        hour = f"{now:%Y-%m-%dT%H}"
        return [
            *(one for row in orders for one in _of_order(row, now)),
            *(one for case in cases for one in _of_case(case)),
            *(_Notable(row.id, "cancelled itself", kind="suspension") for row in fallen),
            *(_Notable("nocd", f"failing {name} {hour}") for name in sealed.failures.services),
        ]

    async def _remember(self) -> None:
        """What an earlier run told is not told again."""
        query = evidence.Query(kind=TOLD, limit=_REMEMBERED)
        for entry in await evidence.search(self.book.context.writer, query):
            said = msgspec.json.decode(entry.payload or "{}", type=dict[str, str])
            name = entry.subjects[0].partition(":")[2] if entry.subjects else ""
            self._told.add(f"{name} {said.get('stage')} {said.get('receiver')}")

    async def _commit(self, now: datetime) -> None:
        """Once an hour, whatever was written: nothing follows from when it is."""
        self._started = self._started or now
        last = await last_digest_at(self.context.writer) or self._started
        if now - last < DIGEST_EVERY:
            return
        async with self.book.context.writer.change(itself()) as change:
            digest = await commit_digest(change)
        async with self.context.writer.change(itself()) as change:
            await change.record(DIGEST_KIND, [SUBJECT], {"digest": digest})

    async def _tell(self, what: _Notable, now: datetime) -> None:
        """Tell each receiver once of each stage; one that did not take it, again later."""
        sealed = self.book.context
        async with webhook.client() as http:
            for to in receivers_who_may_know(self.context):
                key = f"{what.name} {what.stage} {to.name}"
                if key in self._told or now - self._tried.get(key, now - AGAIN) < AGAIN:
                    continue
                self._tried[key] = now
                sent = await page_directly(
                    http, sealed.config, sealed.secrets, to, _telling(what, now), now
                )
                if sent.over:
                    self._told.add(key)
                    await self._record(what, to)

    async def _record(self, what: _Notable, to: Receiver) -> None:
        async with self.book.context.writer.change(itself()) as change:
            payload = {"stage": what.stage, "receiver": to.name}
            await change.record(TOLD, [f"{what.kind}:{what.name}"], payload)


def receivers_who_may_know(context: Context) -> list[Receiver]:
    """Return the receivers that belong to an account which sees secret orders."""
    return [
        to
        for to in context.config.oncall.receivers
        if to.account is not None and _may_know(context, to.account)
    ]


def _may_know(context: Context, account: str) -> bool:
    demo = context.config.demo
    if demo is not None and account in demo.cast:
        return account in demo.confidential
    try:
        uid = pwd.getpwnam(account).pw_uid
    except KeyError:
        return False
    return roles.sees_secret_orders(uid, context.config.roles)


def _of_order(row: OrderRow, now: datetime) -> list[_Notable]:
    """What is to be told of an order by now, each stage once."""
    return [
        _Notable(row.id, stage, row.review_due if stage == "review" else row.due_at)
        for stage in _stages(row, now)
    ]


def _of_case(case: Case) -> list[_Notable]:
    """What an alert would say of a case that all read: that it drifts, that guests could not be
    brought to what was ordered, that its order was held, that its review is owed.
    """
    found: list[tuple[str, datetime | None]] = []
    if case.drift:
        found.append((f"drift {min(row.seen_at for row in case.drift).isoformat()}", None))
    if case.failed:
        found.append((f"failed {' '.join(map(str, case.failed))}", None))
    if case.hold is not None and case.state == "held":
        found.append((f"held {case.hold.at.isoformat()}", None))
    if case.review is not None and case.review.at is None:
        found.append(("review", case.review.due_at))
    return [_Notable(case.id, stage, due, "suspension") for stage, due in found]


def _stages(row: OrderRow, now: datetime) -> list[str]:
    """What an order has come to by now."""
    alarm = timedelta(minutes=load_order_kinds().alarm_minutes)
    stages = ["received"] if row.state == "open" else []
    if row.due_at is not None and now >= row.due_at:
        stages.append("missed")
    elif row.due_at is not None and now >= row.due_at - alarm:
        stages.append("last-hour")
    if row.review_due is not None:
        stages.append("review")
    if row.silent_until is not None and now >= row.silent_until:
        stages.append("decide")
    return stages


def _telling(what: _Notable, now: datetime) -> Telling:
    """Words that name neither the order nor what it is: receivers may be read by others."""
    until = what.due
    due = "" if until is None else until.isoformat(timespec="minutes").replace("+00:00", "Z")
    text = _("something that you may see waits for you")
    return Telling(
        id=f"waiting-{hashlib.sha256(f'{what.name} {what.stage}'.encode()).hexdigest()[:16]}",
        state="open",
        severity="critical",
        fingerprint="waiting",
        text=f"{text} ({due})" if due else text,
        next_step=_("Run: noc-tui authority list"),
        subject="nocd",
        tenant="",
        since=now.isoformat(),
    )
