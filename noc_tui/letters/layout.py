"""The one layout of every letter: head, greeting, text, signature, legal identity."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from noc_tui.letters.html import print_html
from noc_tui.letters.letter import ClientLetter, LetterSender
from noc_tui.letters.remedies import list_outside_remedies, word_internal_remedy
from noc_tui.letters.writing import Writing
from noc_tui.text import visible, visible_lines


@dataclass(frozen=True, slots=True)
class PrintedLetter:
    """A letter ready to send: its subject, and its text twice."""

    subject: str
    plain: str
    html: str


def lay_out(letter: ClientLetter, sender: LetterSender, at: datetime) -> PrintedLetter:
    """Return the letter as it is sent at that instant."""
    subject = visible(letter.subject.strip())
    parts = [
        *_head(letter, sender, at),
        visible_lines(letter.body.strip()),
        *_remedies(letter, sender),
        *_foot(letter, sender),
    ]
    plain = "\n\n".join(part for part in parts if part) + "\n"
    return PrintedLetter(subject, plain, print_html(subject, plain, letter.language))


def _head(letter: ClientLetter, sender: LetterSender, at: datetime) -> list[str]:
    writing = Writing(letter.language)
    _, field = writing.translate, writing.field
    lines = [
        field(_("Sender"), visible(sender.legal_name or sender.name)) if sender.name else "",
        field(_("Addressee"), visible(", ".join(_addressee(letter)))),
        field(_("Date"), _date(letter, at, writing)),
        field(_("Our reference"), visible(letter.reference)),
        field(_("Re"), visible(letter.subject.strip())),
    ]
    head = "\n".join(line for line in lines if line)
    warning = f"⟦ {visible(letter.warning)} ⟧" if letter.warning else ""
    return [warning, head, visible(letter.channel), _("Dear Sir or Madam,")]


def _addressee(letter: ClientLetter) -> Iterator[str]:
    """The client's name, and its address by post where the register has one."""
    yield letter.recipient
    yield from (line.strip() for line in letter.address.splitlines() if line.strip())


def _date(letter: ClientLetter, at: datetime, writing: Writing) -> str:
    """A mail has its minute, a letter on paper its day."""
    return writing.day(writing.local(at)) if letter.channel else writing.instant(at)


def _remedies(letter: ClientLetter, sender: LetterSender) -> list[str]:
    if letter.contested is None:
        return []
    writing = Writing(letter.language)
    internal = word_internal_remedy(letter.contested, letter.reference, sender, writing)
    return [visible(text) for text in (internal, *list_outside_remedies(sender, writing))]


def _foot(letter: ClientLetter, sender: LetterSender) -> list[str]:
    writing = Writing(letter.language)
    _ = writing.translate
    reach = ""
    if sender.reach:
        reach = _("To reach us, quoting reference {reference}: {contact}").format(
            reference=writing.reference(visible(letter.reference)), contact=visible(sender.reach)
        )
    signature = "\n".join(
        visible(line) for line in (_signatory(letter, sender, writing), sender.name) if line
    )
    return [reach, _("Yours faithfully,"), signature, _identity(sender, writing)]


def _signatory(letter: ClientLetter, sender: LetterSender, writing: Writing) -> str:
    """Who signs; a letter on paper is signed by a person, who writes it."""
    _ = writing.translate
    if letter.channel:
        return writing.field(_("Name and capacity"), "…" * 12)
    if letter.signed_by_person and sender.signatory:
        return writing.field(_("Name and capacity"), sender.signatory)
    return sender.signatory or _("The operations centre")


def _identity(sender: LetterSender, writing: Writing) -> str:
    """Who the hoster is by law, and its contact points."""
    _, field = writing.translate, writing.field
    points = [
        (_("Contact point for authorities (Regulation (EU) 2022/2065, article 11)"), "authorities"),
        (_("Contact point for users (Regulation (EU) 2022/2065, article 12)"), "users"),
    ]
    lines = [visible(", ".join(_legal_parts(sender, writing)))]
    lines += [
        field(label, visible(value)) for label, key in points if (value := getattr(sender, key))
    ]
    return "\n".join(line for line in lines if line)


def _legal_parts(sender: LetterSender, writing: Writing) -> Iterator[str]:
    _, field = writing.translate, writing.field
    if sender.legal_name and sender.legal_form and sender.capital:
        yield _("{name}, {form} with a capital of {capital}").format(
            name=sender.legal_name, form=sender.legal_form, capital=sender.capital
        )
    elif sender.legal_name:
        yield f"{sender.legal_name} {sender.legal_form}".rstrip()
    if sender.registration:
        yield sender.registration
    if sender.address:
        yield field(_("registered office"), sender.address)
