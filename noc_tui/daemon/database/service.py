"""Watches whether the database can be written: tries again, tells people from memory, puts it on
record when it works again.

While nothing can be written, no alert and no page can be queued. So those on call are told straight
from here, over the same receivers, until each has taken it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
import msgspec
from aiohttp import web

from noc_tui.config.values import Receiver
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.failures import Interruption
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.outbox.compose import Mail, compose_message, message_id
from noc_tui.daemon.outbox.smtp import SmtpSender
from noc_tui.daemon.paging import webhook
from noc_tui.daemon.paging.webhook import Telling
from noc_tui.i18n import _
from noc_tui.labels import unwritable
from noc_tui.threads import in_thread
from storage.database import WriteObstacle
from storage.errors import UnwritableError
from storage.lock_holders import LockHolder, find_lock_holders
from storage.outbox import Message

TRIAL_SECONDS = 2.0
"""How often a change is tried while none succeeds."""
TELL_AFTER = timedelta(seconds=15)
"""A shorter interruption, such as another program's own write, is on record and wakes nobody."""
TELL_AGAIN_SECONDS = 60.0
STEADY = timedelta(seconds=20)
"""Writing works again when it has for so long: on a full disk a small change may find room."""
CHANGED = "database.interrupted"


def build(context: Context) -> "DatabaseWatch":
    """The part."""
    return DatabaseWatch(context)


@dataclass(slots=True)
class DatabaseWatch:
    """Knows the interruption that lasts, and tells of it."""

    context: Context
    name: str = "database"
    _holders: tuple[LockHolder, ...] = ()
    _failed_at: datetime | None = None
    _telling: "asyncio.Task[None] | None" = field(default=None)

    def routes(self) -> Sequence[web.RouteDef]:
        return []

    async def polled(self, result: PollResult) -> None:
        """Nothing: the database is watched at a pace of its own."""

    async def run(self) -> None:
        """Look until cancelled."""
        try:
            while True:
                await self.look()
                await self.context.clock.sleep(TRIAL_SECONDS)
        finally:
            await self._stop_telling()

    async def look(self) -> None:
        """Try to write where the last change failed, and follow what comes of it."""
        trouble = self.context.writer.trouble
        if trouble is not None:
            await self._begin(trouble)
            await self._try()
        await self._end()

    async def _try(self) -> None:
        try:
            async with self.context.writer.change(itself(), quiet=True):
                pass
        except UnwritableError:
            return

    async def _begin(self, trouble: WriteObstacle) -> None:
        """Note that nothing can be written, who holds the file, and that people are to be told."""
        now, known = self.context.clock.now(), self.context.failures.interruption
        self._failed_at = now
        going_on = known is not None and known.until is None
        since = known.since if known is not None and going_on else trouble.since
        if trouble.kind == "busy":
            path = self.context.config.database.path
            self._holders = tuple(await in_thread(find_lock_holders, path)) or self._holders
        text = self._text(trouble.kind)
        if not going_on:
            self.context.logger.error("cannot write", error=trouble.text, reason=text)
        self.context.failures.interruption = Interruption(trouble.kind, text, since)
        if now - since >= TELL_AFTER and self._telling is None:
            self._telling = asyncio.create_task(self._tell(since), name="database told")

    async def _end(self) -> None:
        """Put an interruption on record that is over."""
        known, now = self.context.failures.interruption, self.context.clock.now()
        if known is None or known.until is not None or self._failed_at is None:
            return
        if self.context.writer.trouble is not None or now - self._failed_at < STEADY:
            return
        try:
            async with self.context.writer.change(itself()) as change:
                await change.record(
                    CHANGED,
                    [],
                    {
                        "reason": known.kind,
                        "since": known.since,
                        "until": self._failed_at,
                        "held_by": [str(holder) for holder in self._holders],
                    },
                )
        except UnwritableError:
            return
        self.context.failures.interruption = msgspec.structs.replace(known, until=now)
        self.context.logger.info("writes again", since=known.since)
        self._failed_at, self._holders = None, ()
        await self._stop_telling()

    def _text(self, kind: str) -> str:
        if not self._holders or kind != "busy":
            return unwritable.reason(kind)
        held = ", ".join(map(str, self._holders))
        return f"{unwritable.reason(kind)}: {held}"

    async def _stop_telling(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)
            self._telling = None

    async def _tell(self, since: datetime) -> None:
        """Every receiver by itself, again until it has taken it."""
        async with webhook.client() as http, asyncio.TaskGroup() as loops:
            for to in self.context.config.oncall.receivers:
                loops.create_task(self._tell_one(http, to, since))

    async def _tell_one(self, http: httpx.AsyncClient, to: Receiver, since: datetime) -> None:
        while not await self._told(http, to, self._telling_of(since)):
            await self.context.clock.sleep(TELL_AGAIN_SECONDS)

    def _telling_of(self, since: datetime) -> Telling:
        known = self.context.failures.interruption
        text = _("nocd cannot write its database since {time}: {reason}. It measures on in memory.")
        return Telling(
            id=f"database-{int(since.timestamp())}",
            state="open",
            severity="critical",
            fingerprint="database:nocd",
            text=text.format(
                time=since.isoformat(timespec="seconds"), reason="" if known is None else known.text
            ),
            next_step=_("Make room, end the program that holds the file, or mend the disk."),
            subject="nocd",
            tenant="",
            since=since.isoformat(),
        )

    async def _told(self, http: httpx.AsyncClient, to: Receiver, telling: Telling) -> bool:
        """Whether the receiver has taken it, or is none that could be told."""
        context = self.context
        if to.kind == "mail":
            return await self._mailed(to, telling)
        url, key = (
            context.secrets.webhook_urls.get(to.name),
            context.secrets.webhook_keys.get(to.name),
        )
        address = webhook.address_of(
            to,
            url.reveal() if url is not None else to.url or "",
            key.reveal() if key is not None else None,
        )
        answer = await webhook.tell(http, address, msgspec.json.encode(telling).decode())
        if not answer.ok:
            context.logger.warning("not told", receiver=to.name, answer=answer.said)
        return answer.ok

    async def _mailed(self, to: Receiver, telling: Telling) -> bool:
        smtp, now = self.context.config.smtp, self.context.clock.now()
        if smtp is None or to.address is None:
            return True
        mail = Mail(
            sender=smtp.sender,
            recipient=to.address,
            subject=f"[{telling.severity}] {telling.text}"[:200],
            body=f"{telling.text}\n\n{telling.next_step}\n",
        )
        identifier = message_id(mail.sender.rpartition("@")[2])
        message = Message(
            id=identifier,
            kind="mail",
            about="alert:database:nocd",
            purpose=telling.id,
            recipient=mail.recipient,
            copy="",
            subject=mail.subject,
            raw=compose_message(mail, identifier, now),
            uid=itself().uid,
            account=itself().name,
            state="sending",
            attempts=1,
            next_at=None,
            answer="",
            queued_at=now,
            changed_at=now,
        )
        sent = await SmtpSender(smtp, self.context.secrets.smtp_password).send(message)
        if sent.state != "accepted":
            self.context.logger.warning("not told", receiver=to.name, answer=sent.said)
        return sent.state in ("accepted", "refused", "unknown")
