"""Queues a letter to a tenant: its address from the register, the hoster as its sender."""

from dataclasses import replace
from datetime import datetime

from noc_tui.config import Configuration
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.outbox.compose import BadAddressError, Mail, MailFile
from noc_tui.daemon.outbox.queue import queue_mail
from noc_tui.i18n import _
from noc_tui.letters.layout import PrintedLetter, lay_out
from noc_tui.letters.letter import ClientLetter
from noc_tui.letters.sender import sender_of
from storage.change import Change
from storage.evidence import Actor
from storage.register import Tenant


def print_letter(
    letter: ClientLetter, tenant: Tenant | None, config: Configuration, at: datetime
) -> PrintedLetter:
    """Return a letter as it is sent at that instant: to the tenant's postal address where the
    register has one, in the name of the hoster.
    """
    address = "" if tenant is None else tenant.postal_address or ""
    return lay_out(replace(letter, address=address), sender_of(config.hoster), at)


async def queue_letter(
    change: Change,
    config: Configuration,
    tenant: Tenant | None,
    letter: PrintedLetter,
    *,
    about: str,
    purpose: str,
    actor: Actor,
    subjects: tuple[str, ...],
    copy: str = "",
    files: tuple[MailFile, ...] = (),
) -> str:
    """Queue a letter to the tenant's account address; returns its Message-ID.

    `files` go with it. The copy goes to `copy`, else to the hoster's contact. Raises `Conflict`
    without a mail server or a usable address.
    """
    if config.smtp is None:
        raise Conflict(_("no mail server is configured: [smtp]"))
    if tenant is None or not tenant.email:
        raise Conflict(_("the register has no account address for this tenant (article 6)"))
    mail = Mail(
        sender=config.smtp.sender,
        sender_name=config.hoster.name,
        recipient=tenant.email,
        copy=copy or config.hoster.contact,
        subject=letter.subject,
        body=letter.plain,
        html=letter.html,
        files=files,
    )
    try:
        return await queue_mail(
            change, mail, about=about, purpose=purpose, actor=actor, subjects=subjects
        )
    except BadAddressError as error:
        raise Conflict(str(error)) from error
