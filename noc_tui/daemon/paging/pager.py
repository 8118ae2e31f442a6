"""Queues pages from stored alerts, so that a crash loses none, and sends them per receiver under
one id.

A receiver that is dead, slow or wrong delays nobody else: each has a loop of its own. A signal goes
to an outside URL while this works, so that silence is noticed there.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import msgspec
from msgspec.structs import replace

from noc_tui.alerts.lifecycle import FLAP
from noc_tui.config.values import Receiver
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.outbox.compose import Mail
from noc_tui.daemon.outbox.queue import queue_mail
from noc_tui.daemon.paging import webhook
from noc_tui.daemon.paging.webhook import Telling, WebhookAnswer
from noc_tui.labels.alerts import next_step, text_of
from noc_tui.paging.recipients import TellingState, find_due_tellings, page_id
from storage import oncall
from storage.change import Change
from storage.oncall import PAGES, Alert, Page

FIRST_DELAY, LONGEST_DELAY = 15.0, 600.0
GIVE_UP = timedelta(hours=24)
PACE_SECONDS = 5.0


@dataclass(slots=True)
class Pager:
    """Queues pages that are due, and sends queued ones."""

    context: Context

    @property
    def _receivers(self) -> tuple[Receiver, ...]:
        return self.context.config.oncall.receivers

    async def queue(self) -> None:
        """Queue the pages that have become due; pages that were queued before are skipped."""
        if not self._receivers:
            return
        now = self.context.clock.now()
        after = timedelta(seconds=self.context.config.oncall.escalate_after)
        async with self.context.writer.snapshot() as db:
            held = self.context.held
            alerts = [one for one in await oncall.open_alerts(db) if not held.alert(one)]
            shifts = await oncall.shifts_from(db, now)
            due = find_due_tellings(alerts, self._receivers, shifts, now, after)
            wanted: dict[str, tuple[Alert, Receiver, TellingState]] = {
                page_id(alert, to.name, "open"): (alert, to, "open") for alert, to in due
            }
            # Back within a flap it is the same trouble, of which nobody is told anew: so its end is
            # told once it holds.
            resolved = await oncall.read_resolved(db, now - GIVE_UP, now - FLAP)
            told = await oncall.pages_known(
                db, [page_id(a, to.name, "open") for a in resolved for to in self._receivers]
            )
            wanted |= {
                page_id(alert, to.name, "resolved"): (alert, to, "resolved")
                for alert in resolved
                for to in self._receivers
                if not held.alert(alert) and page_id(alert, to.name, "open") in told
            }
            fresh = wanted.keys() - await oncall.pages_known(db, list(wanted))
        if fresh:
            async with self.context.writer.change(itself()) as change:
                for number in sorted(fresh):
                    await self._queue(change, number, *wanted[number])

    async def _queue(
        self, change: Change, number: str, alert: Alert, to: Receiver, state: TellingState
    ) -> None:
        telling = Telling(
            id=number,
            state=state,
            severity=alert.severity,
            fingerprint=alert.fingerprint,
            text=text_of(alert.rule, alert.words),
            next_step=next_step(alert.rule) if state == "open" else "",
            subject=alert.subject,
            tenant=alert.tenant,
            since=alert.since.isoformat(),
        )
        page = Page(
            id=number,
            fingerprint=alert.fingerprint,
            receiver=to.name,
            body=msgspec.json.encode(telling).decode(),
            state="queued",
            attempts=0,
            queued_at=change.at,
            next_at=change.at,
            answer="",
        )
        if to.kind == "mail":
            page = replace(
                page, state="done", next_at=None, answer=await self._mail(change, to, telling)
            )
        entry = await self._record(change, page, "page.queued")
        await change.put(PAGES, [page], by=entry)

    async def _mail(self, change: Change, to: Receiver, telling: Telling) -> str:
        """By the outbox, which repeats and keeps; its Message-ID."""
        smtp = self.context.config.smtp
        if smtp is None or to.address is None:
            return "no mail server is configured"
        mail = Mail(
            sender=smtp.sender,
            recipient=to.address,
            subject=f"[{telling.severity}] {telling.state}: {telling.text}"[:200],
            body=f"{telling.text}\n\n{telling.next_step}\n\n{telling.fingerprint}\n",
        )
        return await queue_mail(
            change,
            mail,
            about=f"alert:{telling.fingerprint}",
            purpose=f"page-{telling.id}",
            actor=change.actor,
            subjects=(f"alert:{telling.fingerprint}",),
        )

    async def run(self) -> None:
        """Send until cancelled, one loop per receiver; return at once if there is no receiver."""
        while True:
            changed = asyncio.ensure_future(self.context.reloaded.wait())
            telling = asyncio.ensure_future(self._tell())
            try:
                await asyncio.wait({telling, changed}, return_when=asyncio.FIRST_COMPLETED)
                if telling.done():
                    telling.result()  # nobody is to be told, until a reload says otherwise
                await changed
            finally:
                for task in (telling, changed):
                    task.cancel()
                await asyncio.gather(telling, changed, return_exceptions=True)

    async def _tell(self) -> None:
        """Every receiver by itself; nothing where nobody is to be told."""
        told = [to for to in self._receivers if to.kind != "mail"]
        if not told and self.context.config.oncall.dead_man_url is None:
            return
        async with webhook.client() as http, asyncio.TaskGroup() as loops:
            for to in told:
                loops.create_task(self._serve(http, to))
            loops.create_task(self._dead_man(http))

    async def _serve(self, http: httpx.AsyncClient, receiver: Receiver) -> None:
        while True:
            now = self.context.clock.now()
            due = await oncall.pages_due(self.context.writer, now)
            for page in due:
                if page.receiver == receiver.name and not self.context.held.page(page.id):
                    await self.send(http, receiver, page)
            await self.context.clock.sleep(PACE_SECONDS)

    async def send(self, http: httpx.AsyncClient, receiver: Receiver, page: Page) -> None:
        """Commit that the page is being sent, send it, commit the outcome."""
        async with self.context.writer.change(itself()) as change:
            sending = replace(page, state="sending", attempts=page.attempts + 1)
            await change.put(PAGES, [sending])
        secrets = self.context.secrets
        url = secrets.webhook_urls.get(receiver.name)
        key = secrets.webhook_keys.get(receiver.name)
        address = webhook.address_of(
            receiver,
            url.reveal() if url is not None else receiver.url or "",
            key.reveal() if key is not None else None,
        )
        said = await webhook.tell(http, address, page.body)
        async with self.context.writer.change(itself()) as change:
            settled = _settled(sending, said, change.at)
            await change.put(PAGES, [settled])
            if settled.state in ("done", "failed") or settled.answer != page.answer:
                await self._record(change, settled, f"page.{settled.state}")

    async def _record(self, change: Change, page: Page, kind: str) -> int:
        return await change.record(
            kind,
            [f"alert:{page.fingerprint}"],
            {
                "id": page.id,
                "receiver": page.receiver,
                "attempt": page.attempts,
                "answer": page.answer,
            },
        )

    async def _dead_man(self, http: httpx.AsyncClient) -> None:
        """A sign of life outside; nothing is said when it does not arrive but in the log."""
        config = self.context.config.oncall
        if config.dead_man_url is None:
            return
        while True:
            try:
                response = await webhook.head_of(http, "GET", config.dead_man_url)
                if not response.is_success:
                    self.context.logger.warning("dead man's signal", status=response.status_code)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                self.context.logger.warning("dead man's signal", error=str(error))
            await self.context.clock.sleep(config.dead_man_every)


def _settled(page: Page, said: WebhookAnswer, now: datetime) -> Page:
    """Return what an answer makes of a page: over, or tried again later under the same id."""
    if said.ok:
        return replace(page, state="done", next_at=None, answer=said.said)
    if now - page.queued_at > GIVE_UP:
        return replace(page, state="failed", next_at=None, answer=said.said)
    delay = min(LONGEST_DELAY, FIRST_DELAY * 2 ** min(page.attempts - 1, 10))
    state = "queued" if said.certain else "unknown"
    return replace(page, state=state, next_at=now + timedelta(seconds=delay), answer=said.said)
