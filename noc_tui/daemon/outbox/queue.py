"""Putting a message into the outbox, in the transaction of what it is about."""

from noc_tui.daemon.outbox.compose import Mail, composed, message_id
from storage import evidence
from storage.database import Transaction
from storage.evidence import Actor
from storage.outbox import MESSAGES, Message

MAIL = "mail"


async def queue_mail(
    tx: Transaction,
    mail: Mail,
    *,
    about: str,
    purpose: str,
    actor: Actor,
    subjects: tuple[str, ...],
) -> str:
    """Queue a mail; returns its Message-ID. `BadAddressError` for an address that is none."""
    identifier = message_id(mail.sender.rpartition("@")[2])
    raw = composed(mail, identifier, tx.at)
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
        next_at=tx.at,
        answer="",
        queued_at=tx.at,
        changed_at=tx.at,
    )
    await MESSAGES.put(tx, [message])
    await evidence.append(
        tx,
        kind="mail.queued",
        actor=actor,
        at=tx.at,
        subjects=subjects,
        payload={
            "message_id": identifier,
            "purpose": purpose,
            "recipient": mail.recipient,
            "copy": mail.copy,
            "eml": raw.decode("ascii", "replace"),
        },
    )
    return identifier
