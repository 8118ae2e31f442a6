"""Sends a page straight to a receiver, past the database: when it cannot be written, or none runs.

What is sent so is on no record until somebody puts it there.
"""

from dataclasses import dataclass
from datetime import datetime

import httpx
import msgspec

from noc_tui.config import Configuration, Secrets
from noc_tui.config.values import Receiver
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.outbox.compose import Mail, compose_message, message_id
from noc_tui.daemon.outbox.smtp import SmtpSender
from noc_tui.daemon.paging import webhook
from noc_tui.daemon.paging.webhook import Telling
from noc_tui.i18n import _
from storage.outbox import Message


@dataclass(frozen=True, slots=True)
class DirectAnswer:
    """Whether the receiver took the page, and what it said. `over`: sending it again would be
    useless, or might tell it twice.
    """

    taken: bool
    said: str
    over: bool


async def page_directly(
    http: httpx.AsyncClient,
    config: Configuration,
    secrets: Secrets,
    to: Receiver,
    telling: Telling,
    now: datetime,
) -> DirectAnswer:
    """Send one page by the receiver's own way, once. Raises nothing: what fails is the answer."""
    if to.kind == "mail":
        return await _mail(config, secrets, to, telling, now)
    url, key = secrets.webhook_urls.get(to.name), secrets.webhook_keys.get(to.name)
    address = webhook.address_of(
        to,
        url.reveal() if url is not None else to.url or "",
        key.reveal() if key is not None else None,
    )
    answer = await webhook.tell(http, address, msgspec.json.encode(telling).decode())
    return DirectAnswer(answer.ok, answer.said, answer.ok)


async def _mail(
    config: Configuration, secrets: Secrets, to: Receiver, telling: Telling, now: datetime
) -> DirectAnswer:
    smtp = config.smtp
    if smtp is None or to.address is None:
        return DirectAnswer(False, _("no mail server is configured: [smtp]"), over=True)
    mail = Mail(
        sender=smtp.sender,
        recipient=to.address,
        subject=f"[{telling.severity}] {telling.text}"[:200],
        body=f"{telling.text}\n\n{telling.next_step}\n",
    )
    identifier = message_id(smtp.sender.rpartition("@")[2])
    message = Message(
        id=identifier,
        kind="mail",
        about=telling.fingerprint,
        purpose="page",
        recipient=to.address,
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
    sent = await SmtpSender(smtp, secrets.smtp_password).send(message)
    over = sent.state in ("accepted", "refused", "unknown")
    return DirectAnswer(sent.state == "accepted", sent.said, over)
