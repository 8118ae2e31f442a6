"""The service that sends the messages of the outbox."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web
from msgspec.structs import asdict, replace

from noc_tui.api import messages as api
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict, NotFound
from noc_tui.daemon.core.identity import actor, itself
from noc_tui.daemon.core.rest import rest
from noc_tui.daemon.core.server import Call, route
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.outbox.outcome import DeliveryOutcome, Send, delay
from noc_tui.daemon.outbox.queue import MAIL
from noc_tui.daemon.outbox.smtp import SmtpSender
from noc_tui.i18n import _
from storage import outbox
from storage.outbox import MESSAGES, Message

LONGEST_SLEEP = 60.0
UNCONFIGURED_SECONDS = 900.0
_STATES = {"accepted": "accepted", "refused": "refused", "unknown": "unknown", "retry": "queued"}


def build(context: Context) -> "Outbox":
    """Build the service, with the senders that the configuration has."""

    async def send_mail(message: Message) -> DeliveryOutcome:
        smtp = context.config.smtp  # at each mail: a reload may name another server
        if smtp is None:
            return DeliveryOutcome("retry", _("no mail server is configured: [smtp]"))
        return await SmtpSender(smtp, context.secrets.smtp_password).send(message)

    return Outbox(context, {} if context.config.smtp is None else {MAIL: send_mail})


@dataclass(slots=True)
class Outbox:
    """Sends due messages, one at a time per kind."""

    context: Context
    senders: Mapping[str, Send]
    name: str = "outbox"

    def routes(self) -> Sequence[web.RouteDef]:
        return [
            route(api.MESSAGES, self.messages),
            route(api.RETRY, self.retry),
        ]

    async def polled(self, result: PollResult) -> None:
        """Do nothing: commits wake the outbox."""

    async def run(self) -> None:
        """Send until cancelled. What an earlier run was sending has an unknown outcome and is sent
        again.
        """
        async with self.context.writer.change(itself()) as change:
            await outbox.mark_interrupted(change)
        await asyncio.gather(*(self._empty(kind) for kind in (MAIL,)))

    async def _empty(self, kind: str) -> None:
        """Until cancelled. A wait that ends in the very moment of a cancellation swallows it
        (`asyncio.wait_for` of Python 3.11, which the SMTP client uses): so it is asked for.
        """
        task = asyncio.current_task()
        while task is None or not task.cancelling():
            after = self.context.bus.revision
            now = self.context.clock.now()
            for message in await outbox.due(
                self.context.writer, kind, now, self.context.held.mails
            ):
                await self.attempt(message)
            await self._rest(kind, after)

    async def _rest(self, kind: str, after: int) -> None:
        """Until something is committed or the next attempt is due."""
        due = await outbox.next_due(self.context.writer, kind, self.context.held.mails)
        seconds = LONGEST_SLEEP
        if due is not None:
            seconds = min(seconds, (due - self.context.clock.now()).total_seconds())
        await rest(self.context.clock, self.context.bus, max(seconds, 0.05), after)

    async def attempt(self, message: Message) -> None:
        """Commit that the message is being sent, send it, commit the outcome."""
        send = self.senders.get(message.kind)
        if send is None:
            return await self._unconfigured(message)
        async with self.context.writer.change(itself()) as change:
            sending = replace(
                message, state="sending", attempts=message.attempts + 1, changed_at=change.at
            )
            await change.put(MESSAGES, [sending])
        await self._settle(sending, await send(sending))
        return None

    async def _unconfigured(self, message: Message) -> None:
        said = _("no mail server is configured: [smtp]")
        async with self.context.writer.change(itself()) as change:
            later = change.at + timedelta(seconds=UNCONFIGURED_SECONDS)
            await change.put(MESSAGES, [replace(message, answer=said, next_at=later)])

    async def _settle(self, message: Message, outcome: DeliveryOutcome) -> None:
        state = _STATES[outcome.state]
        over = state in ("accepted", "refused")
        async with self.context.writer.change(itself()) as change:
            next_at = None if over else change.at + timedelta(seconds=delay(message.attempts))
            settled = replace(
                message, state=state, answer=outcome.said, next_at=next_at, changed_at=change.at
            )
            await change.put(MESSAGES, [settled])
            await change.record(
                f"mail.{outcome.state}",
                [message.about],
                {
                    "message_id": message.id,
                    "attempt": message.attempts,
                    "answer": outcome.said,
                    "recipient": message.recipient,
                },
                actor=itself(),
            )

    async def messages(self, call: Call[None]) -> list[api.Message]:
        """Return the messages about a subject; `raw` is the exact message as text."""
        found = await outbox.messages_about(self.context.writer, call.query.get("about", ""))
        return [_shown(message) for message in found]

    async def retry(self, call: Call[api.Which]) -> api.Queued:
        """Try a message again now, also one that was refused."""
        who, wanted = call.who, call.body.id
        async with self.context.writer.change(actor(who)) as change:
            message = await MESSAGES.get(change, wanted)
            if message is None:
                raise NotFound(_("there is no message {id}").format(id=wanted))
            if wanted in self.context.held.mails:
                raise Conflict(_("this is held since a restore: a lead resumes it (nocd resume)"))
            if message.state in ("accepted", "sending"):
                raise Conflict(_("this message is {state}").format(state=message.state))
            await change.put(
                MESSAGES,
                [replace(message, state="queued", next_at=change.at, changed_at=change.at)],
            )
            await change.record(
                "mail.retried", [message.about], {"message_id": message.id}, actor=actor(who)
            )
        return api.Queued(wanted)


def _shown(message: Message) -> api.Message:
    raw = message.raw.decode("ascii", "replace")
    return api.Message(**{**asdict(message), "raw": raw})
