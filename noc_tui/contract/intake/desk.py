"""From what a desk receives to the matter in it: the words to judge, and the notice or order."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from msgspec import structs

from noc_tui.contract.intake import facts
from noc_tui.contract.intake.abuse_text import read_notice
from noc_tui.contract.intake.feeds import read_feed, rows_in
from noc_tui.contract.intake.legal_text import read_letter
from noc_tui.contract.intake.message import MailContent, looks_like_mail, read_mail
from noc_tui.contract.intake.notice import AbuseNotice, LegalLetter
from noc_tui.contract.intake.reports import read_arf, read_json
from noc_tui.contract.intake.thread import read_thread

_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Arrival:
    """What was received, and whole as `received` where it was a text. `text` is what is judged; at
    most one of `notice` and `letter` is there.

    `subject`, `sender` and `sent_at` are the mail's; `files` the names of what it brought along.
    """

    text: str
    subject: str = ""
    sender: str = ""
    sent_at: datetime | None = None
    files: tuple[str, ...] = ()
    notice: AbuseNotice | None = None
    letter: LegalLetter | None = None
    received: str = ""


def receive(text: str) -> Arrival:
    """Read a text: a raw mail or a report in it is opened; anything else stays as it is."""
    seen = replace(_open(text), received=text)
    notice = seen.notice
    if notice is None or notice.observed_at is not None:
        return seen
    body = text.replace("\r\n", "\n").partition("\n\n")[2]  # the head's date is the mail's own
    told = facts.instants(body)
    return replace(seen, notice=structs.replace(notice, observed_at=next(iter(told), None)))


def _open(text: str) -> Arrival:
    if looks_like_mail(text):
        return receive_mail(_bytes(text))
    report = read_json(text) or read_arf(text) or _feed_in(text)
    if report is not None:
        return Arrival(text, notice=report)
    matter = read_thread(text).matter
    return _told(matter, Arrival(matter))


def matter_of(text: str) -> str:
    """Return the words that `receive` would judge, without asking whether they are a notice."""
    if looks_like_mail(text):
        mail = read_mail(_bytes(text))
        return _titled(mail, _matter(mail))
    if text.lstrip()[:1] in ("{", "[") and read_json(text) is not None:
        return text
    return read_thread(text).matter


def receive_mail(raw: bytes) -> Arrival:
    """Read a whole mail, as a file holds it."""
    mail = read_mail(raw)
    matter = _matter(mail)
    whole = _titled(mail, matter)
    seen = Arrival(
        whole, subject=mail.subject, sender=mail.sender, sent_at=mail.sent_at, files=mail.files
    )
    report = _report(mail, matter, 0)
    if report is not None:
        return replace(
            seen, notice=structs.replace(report, reporter=mail.sender or report.reporter)
        )
    return _told(whole, seen)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _matter(mail: MailContent) -> str:
    """What the mail is about: its own words, and those of the mail that it only passes on."""
    said = "\n".join(mail.texts)
    matter = read_thread(said, mail.subject).matter if said else ""
    if len(matter.split()) < 3 or _passes_on(mail, matter):
        matter = "\n".join(filter(None, [matter, *_inner_texts(mail)]))
    return matter


def _titled(mail: MailContent, matter: str) -> str:
    return f"{mail.subject}.\n{matter}" if mail.subject else matter


def _passes_on(mail: MailContent, matter: str) -> bool:
    return bool(mail.inner) and len(matter.split()) <= 30


def _inner_texts(mail: MailContent) -> Iterator[str]:
    for inner in mail.inner[:3]:
        said = read_thread("\n".join(inner.texts), inner.subject).matter
        yield f"{inner.subject}.\n{said}" if inner.subject else said


def _report(mail: MailContent, said: str, depth: int) -> AbuseNotice | None:
    """The report made for machines, of the mail or of one that it forwards."""
    return next((found for found in _reports(mail, said, depth) if found is not None), None)


def _reports(mail: MailContent, said: str, depth: int) -> Iterator[AbuseNotice | None]:
    yield from map(read_json, mail.documents)
    for fields in (*mail.reports, *mail.texts):
        yield read_arf(fields, said)
    for name, rows in mail.tables:
        yield read_feed(rows, f"{mail.subject} {name}")
    yield _feed_in(said)
    if depth < _DEEPEST:
        for inner in mail.inner:
            yield _report(inner, said, depth + 1)


def _feed_in(text: str) -> AbuseNotice | None:
    """The notice in rows that stand in the text itself, called as its first line says."""
    rows = rows_in(text)
    return read_feed(rows, text.lstrip().partition("\n")[0]) if rows else None


def _told(text: str, seen: Arrival) -> Arrival:
    """The same with the notice or letter that the words are."""
    letter = read_letter(text)
    if letter is not None and letter.sure:
        return replace(seen, letter=letter)
    notice = read_notice(text, seen.sender)
    if notice is not None:
        return replace(seen, notice=notice)
    return replace(seen, letter=letter)
