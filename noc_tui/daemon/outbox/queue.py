"""Queues a message in the transaction of the change that it is about."""

from noc_tui.daemon.outbox.compose import Mail, compose_message, message_id
from storage.change import Change
from storage.evidence import Actor
from storage.outbox import MESSAGES, Message

MAIL = "mail"


async def queue_mail(
    change: Change,
    mail: Mail,
    *,
    about: str,
    purpose: str,
    actor: Actor,
    subjects: tuple[str, ...],
) -> str:
    """Queue a mail; returns its Message-ID. `BadAddressError` for an address that is none."""
    identifier = message_id(mail.sender.rpartition("@")[2])
    raw = compose_message(mail, identifier, change.at)
    message = Message(
        id=identifier,
        kind=MAIL,
        about=about,
        purpose=purpose,
        recipient=mail.recipient,
        copy=mail.copy,
        subject=mail.subject,
        raw=raw,
        uid=actor.uid,
        account=actor.name,
        state="queued",
        attempts=0,
        next_at=change.at,
        answer="",
        queued_at=change.at,
        changed_at=change.at,
    )
    entry = await change.record(
        "mail.queued",
        subjects,
        {
            "message_id": identifier,
            "purpose": purpose,
            "recipient": mail.recipient,
            "copy": mail.copy,
            "eml": raw.decode("ascii", "replace"),
        },
        actor=actor,
    )
    await change.put(MESSAGES, [message], by=entry)
    return identifier
