"""A mail as bytes: its headers cannot be forged by what a client, a ticket or a guest is called.

Whatever enters a header is one visible line; the recipient is one address that was parsed as such.
The body is plain text, and the same in HTML beside it where a letter has one. The bytes are what is
sent, kept and shown.
"""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from secrets import token_hex

import msgspec

from noc_tui.addresses import is_address
from noc_tui.text import visible, visible_lines


class BadAddressError(ValueError):
    """Not one mail address; the text names it."""


class MailFile(msgspec.Struct, frozen=True):
    """A file that goes with a mail, of the type `kind/subtype`."""

    name: str
    kind: str
    subtype: str
    content: bytes


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said, to whom. `sender_name` may be any text; addresses are bare; `html` is the
    body as a page, empty for plain text alone; `files` go with it.
    """

    sender: str
    recipient: str
    subject: str
    body: str
    sender_name: str = ""
    copy: str = ""
    html: str = ""
    files: tuple[MailFile, ...] = ()


def address(text: str) -> Address:
    """The one address of a text without name, list or comment; `BadAddressError` otherwise."""
    if not is_address(text):
        raise BadAddressError(f"not a mail address: {visible(text)!r}")
    return Address(addr_spec=text)


def message_id(domain: str) -> str:
    """A new Message-ID, never given twice."""
    return f"<{token_hex(16)}@{domain}>"


def compose_message(mail: Mail, identifier: str, at: datetime) -> bytes:
    """The exact message, lines ended as SMTP wants; `BadAddressError` for a bad address."""
    message = EmailMessage(policy=SMTP)
    sender = address(mail.sender)
    message["From"] = Address(visible(mail.sender_name), sender.username, sender.domain)
    message["To"] = address(mail.recipient)
    if mail.copy:
        message["Cc"] = address(mail.copy)
    message["Subject"] = visible(mail.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = identifier
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(visible_lines(mail.body), charset="utf-8", cte="quoted-printable")
    if mail.html:
        message.add_alternative(mail.html, subtype="html", charset="utf-8", cte="quoted-printable")
        message.set_boundary(_boundary(identifier))
    for file in mail.files:
        message.add_attachment(
            file.content, maintype=file.kind, subtype=file.subtype, filename=visible(file.name)
        )
    if mail.files:
        message.set_boundary(_boundary(f"{identifier} files"))
    return message.as_bytes()


def _boundary(name: str) -> str:
    """What parts a message: the same each time for the same one."""
    return f"=_{sha256(name.encode()).hexdigest()[:32]}"
