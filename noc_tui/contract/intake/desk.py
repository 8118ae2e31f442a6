"""From what a desk receives to the matter in it: the words to judge, and the notice or order."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from msgspec import structs

from noc_tui.contract.intake.abuse_text import read_notice
from noc_tui.contract.intake.legal_text import read_letter
from noc_tui.contract.intake.message import MailContent, looks_like_mail, read_mail
from noc_tui.contract.intake.notice import AbuseNotice, LegalLetter
from noc_tui.contract.intake.reports import read_arf, read_json
from noc_tui.contract.intake.thread import read_thread

_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Arrival:
    """What was received. `text` is what is judged; at most one of `notice` and `letter` is there.

    `subject`, `sender` and `sent_at` are the mail's; `files` the names of what it brought along.
    """

    text: str
    subject: str = ""
    sender: str = ""
    sent_at: datetime | None = None
    files: tuple[str, ...] = ()
    notice: AbuseNotice | None = None
    letter: LegalLetter | None = None


def receive(text: str) -> Arrival:
    """Read a text: a raw mail or a report in it is opened; anything else stays as it is."""
    if looks_like_mail(text):
        return receive_mail(text.encode("utf-8", "surrogateescape"))
    report = read_json(text) or read_arf(text)
    if report is not None:
        return Arrival(text, notice=report)
    matter = read_thread(text).matter
    return _told(matter, Arrival(matter))


def receive_mail(raw: bytes) -> Arrival:
    """Read a whole mail, as a file holds it."""
    mail = read_mail(raw)
    said = "\n".join(mail.texts)
    matter = read_thread(said, mail.subject).matter if said else ""
    if len(matter.split()) < 3 or _passes_on(mail, matter):
        matter = "\n".join(filter(None, [matter, *_inner_texts(mail)]))
    whole = f"{mail.subject}.\n{matter}" if mail.subject else matter
    seen = Arrival(
        whole, subject=mail.subject, sender=mail.sender, sent_at=mail.sent_at, files=mail.files
    )
    report = _report(mail, matter, 0)
    if report is not None:
        return replace(
            seen, notice=structs.replace(report, reporter=mail.sender or report.reporter)
        )
    return _told(whole, seen)


def _passes_on(mail: MailContent, matter: str) -> bool:
    return bool(mail.inner) and len(matter.split()) <= 30


def _inner_texts(mail: MailContent) -> Iterator[str]:
    for inner in mail.inner[:3]:
        said = read_thread("\n".join(inner.texts), inner.subject).matter
        yield f"{inner.subject}.\n{said}" if inner.subject else said


def _report(mail: MailContent, said: str, depth: int) -> AbuseNotice | None:
    """The report made for machines, of the mail or of one that it forwards."""
    for document in mail.documents:
        found = read_json(document)
        if found is not None:
            return found
    for fields in (*mail.reports, *mail.texts):
        found = read_arf(fields, said)
        if found is not None:
            return found
    if depth < _DEEPEST:
        for inner in mail.inner:
            found = _report(inner, said, depth + 1)
            if found is not None:
                return found
    return None


def _told(text: str, seen: Arrival) -> Arrival:
    """The same with the notice or letter that the words are."""
    letter = read_letter(text)
    if letter is not None and letter.sure:
        return replace(seen, letter=letter)
    notice = read_notice(text, seen.sender)
    if notice is not None:
        return replace(seen, notice=notice)
    return replace(seen, letter=letter)
