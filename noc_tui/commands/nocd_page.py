"""`nocd page TEXT`: a page to every receiver without a daemon or a database, as when one is down.

The service manager runs it when `nocd` cannot be kept running; an administrator, to try a receiver.
What is wrong with the rest of the configuration keeps no page back: it may be why `nocd` is down.
"""

import argparse
import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from secrets import token_hex

import msgspec

from noc_tui.commands.configured import configuration_file
from noc_tui.commands.failure import BadInput, OutOfReach
from noc_tui.commands.output import say
from noc_tui.config import Configuration, Secrets, load_what_stands
from noc_tui.config.values import Receiver
from noc_tui.daemon.outbox.compose import Mail, compose_message, message_id
from noc_tui.daemon.outbox.smtp import SmtpSender
from noc_tui.daemon.paging import webhook
from noc_tui.daemon.paging.webhook import Telling
from noc_tui.i18n import _
from noc_tui.text import visible
from storage.outbox import Message

ABOUT = "nocd"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is said, and to whom."""
    parser.add_argument("text", metavar=_("TEXT"), help=_("what the page says"))
    parser.add_argument(
        "--receiver",
        metavar=_("NAME"),
        action="append",
        help=_("this receiver alone; without it, all that are told of critical alerts"),
    )


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 when a receiver took it, 2 when there is none, 3 when none was reached."""
    config, secrets = load_what_stands(configuration_file(arguments))
    receivers = _chosen(config.oncall.receivers, arguments.receiver)
    if not receivers:
        raise BadInput(_("no receiver is configured for this page: [[oncall.receiver]]"))
    now = datetime.now(UTC)
    telling = Telling(
        id=token_hex(16),
        state="open",
        severity="critical",
        fingerprint=ABOUT,
        text=arguments.text,
        next_step=_("look at `systemctl status nocd` and `journalctl -u nocd`"),
        subject=ABOUT,
        tenant="",
        since=now.isoformat(),
    )
    answers = asyncio.run(_tell_all(config, secrets, receivers, telling, now))
    for receiver, (ok, said) in zip(receivers, answers, strict=True):
        word = _("taken") if ok else _("not taken")
        say(f"{receiver.name}: {word}: {visible(said)}")
    if not any(ok for ok, _said in answers):
        raise OutOfReach(_("no receiver took the page"))
    return 0


def _chosen(receivers: Sequence[Receiver], names: Sequence[str] | None) -> list[Receiver]:
    """Those that are named, else those of critical alerts, whatever their level: this is urgent."""
    if names is None:
        return [one for one in receivers if "critical" in one.severities]
    return [one for one in receivers if one.name in names]


async def _tell_all(
    config: Configuration,
    secrets: Secrets,
    receivers: Sequence[Receiver],
    telling: Telling,
    now: datetime,
) -> list[tuple[bool, str]]:
    async with webhook.client() as http:

        async def tell(receiver: Receiver) -> tuple[bool, str]:
            if receiver.kind == "mail":
                return await _mail(config, secrets, receiver, telling, now)
            url, key = (
                secrets.webhook_urls.get(receiver.name),
                secrets.webhook_keys.get(receiver.name),
            )
            address = webhook.address_of(
                receiver,
                url.reveal() if url is not None else receiver.url or "",
                key.reveal() if key is not None else None,
            )
            answer = await webhook.tell(http, address, msgspec.json.encode(telling).decode())
            return answer.ok, answer.said

        return await asyncio.gather(*(tell(receiver) for receiver in receivers))


async def _mail(
    config: Configuration, secrets: Secrets, to: Receiver, telling: Telling, now: datetime
) -> tuple[bool, str]:
    smtp = config.smtp
    if smtp is None or to.address is None:
        return False, _("no mail server is configured: [smtp]")
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
        about=ABOUT,
        purpose="page",
        recipient=to.address,
        copy="",
        subject=mail.subject,
        raw=compose_message(mail, identifier, now),
        uid=0,
        account=ABOUT,
        state="sending",
        attempts=1,
        next_at=None,
        answer="",
        queued_at=now,
        changed_at=now,
    )
    outcome = await SmtpSender(smtp, secrets.smtp_password).send(message)
    return outcome.state == "accepted", outcome.said
