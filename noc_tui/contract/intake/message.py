"""A mail as it arrives: headers, texts of every kind, reports, attached and forwarded mails.

Work is bounded whatever the mail holds: so many parts, so many characters, so deep, so much
unpacked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from noc_tui.contract.intake.archive import Allowance, unpack
from noc_tui.contract.intake.html_text import text_of_html

LONGEST = 32 << 20
_PARTS = 200
_DEEPEST = 8
_TEXT = 400_000
_HEADER = re.compile(r"(?i)\A[\w-]{2,40}:[ \t]?\S?")
_MAIL_HEADERS = frozenset(
    {
        "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "received",
        "return-path", "reply-to", "delivered-to", "content-transfer-encoding",
    }
)  # fmt: skip
_ARCHIVES = ("application/zip", "application/gzip", "application/x-gzip")
_TABLES = ("text/csv", "application/csv", "text/comma-separated-values")


@dataclass(frozen=True, slots=True)
class MailContent:
    """A mail read. `texts` are its own words, `inner` mails attached to it, `reports` the fields of
    a machine-readable part (ARF), `documents` its JSON parts, `tables` its CSV parts with the name
    of each, `files` the names of the others. What an archive beside it holds is read as well.
    """

    subject: str = ""
    sender: str = ""
    sent_at: datetime | None = None
    texts: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    tables: tuple[tuple[str, str], ...] = ()
    inner: tuple["MailContent", ...] = ()
    files: tuple[str, ...] = ()


@dataclass(slots=True)
class _Parts:
    packed: Allowance
    left: int = _PARTS
    room: int = _TEXT
    texts: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    tables: list[tuple[str, str]] = field(default_factory=list)
    inner: list[MailContent] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def looks_like_mail(text: str) -> bool:
    """Return whether the text is a mail in its raw form: its first lines are a mail's headers."""
    names: set[str] = set()
    for line in text.lstrip().splitlines()[:60]:
        if not line.strip():
            break
        if line[0] in " \t" and names:
            continue
        if not _HEADER.match(line):
            return False
        names.add(line.partition(":")[0].lower())
    return len(names & _MAIL_HEADERS) >= 2 and not names.isdisjoint(
        {"content-type", "mime-version", "received", "message-id", "content-transfer-encoding"}
    )


def read_mail(raw: bytes) -> MailContent:
    """Read a mail. What cannot be decoded is left out; nothing is ever raised for bad input."""
    message = message_from_bytes(raw[:LONGEST].lstrip(), policy=policy.default)
    return _mail(message, 0, Allowance())


def _mail(message: EmailMessage, depth: int, packed: Allowance) -> MailContent:
    parts = _Parts(packed)
    _gather(message, parts, depth)
    return MailContent(
        subject=_header(message, "subject"),
        sender=_header(message, "from"),
        sent_at=_sent_at(message),
        texts=tuple(parts.texts),
        reports=tuple(parts.reports),
        documents=tuple(parts.documents),
        tables=tuple(parts.tables),
        inner=tuple(parts.inner),
        files=tuple(parts.files),
    )


def _gather(part: EmailMessage, into: _Parts, depth: int) -> None:
    into.left -= 1
    if into.left < 0 or depth > _DEEPEST:
        return
    kind = part.get_content_type()
    if kind == "message/rfc822":
        into.inner.extend(_mail(one, depth + 1, into.packed) for one in _children(part))
    elif kind == "multipart/alternative":
        _gather_best(part, into, depth)
    elif part.is_multipart() and kind != "message/feedback-report":
        for one in _children(part):
            _gather(one, into, depth + 1)
    else:
        _leaf(part, kind, into, depth)


def _gather_best(part: EmailMessage, into: _Parts, depth: int) -> None:
    """Of alternatives the plain text, unless it says next to nothing; else the richest."""
    children = list(_children(part))
    plain = [one for one in children if one.get_content_type() == "text/plain"]
    chosen = next((one for one in plain if len(_content(one).split()) >= 3), None)
    if chosen is None and children:
        chosen = children[-1]
    if chosen is not None:
        _gather(chosen, into, depth + 1)


def _leaf(part: EmailMessage, kind: str, into: _Parts, depth: int) -> None:
    name = _file_name(part)
    if kind == "message/feedback-report":
        into.reports.append(_report(part))
    elif kind.endswith("json") or name.lower().endswith(".json"):
        into.documents.append(_content(part))
    elif kind in _TABLES or name.lower().endswith(".csv"):
        into.tables.append((name, _content(part)))
        into.files.append(name or kind)
    elif kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment":
        text = _content(part)
        text = (text_of_html(text) if kind == "text/html" else text)[: into.room]
        into.room -= len(text)
        if text.strip():
            into.texts.append(text)
    elif name.lower().endswith(".eml"):
        _attached_mail(_bytes(part), into, depth)
    elif kind == "text/rfc822-headers":
        into.files.append(name or "headers")
    elif name or kind in _ARCHIVES:
        into.files.append(name or kind)
        _unpacked(name, _bytes(part), into, depth)


def _unpacked(name: str, raw: bytes, into: _Parts, depth: int) -> None:
    """Take what an archive holds as if it had been attached itself; other files hold nothing."""
    for packed in unpack(name, raw, into.packed):
        if packed.kind == "message/rfc822":
            _attached_mail(packed.raw, into, depth)
        elif packed.kind == "application/json":
            into.documents.append(_decoded(packed.raw))
        else:
            into.tables.append((packed.name, _decoded(packed.raw)))


def _attached_mail(raw: bytes, into: _Parts, depth: int) -> None:
    if depth < _DEEPEST:
        message = message_from_bytes(raw.lstrip(), policy=policy.default)
        into.inner.append(_mail(message, depth + 1, into.packed))


def _children(part: EmailMessage) -> Iterator[EmailMessage]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (one for one in payload if isinstance(one, EmailMessage))


def _report(part: EmailMessage) -> str:
    """The fields of a feedback report; the parser takes them for a mail of their own."""
    inner = next(_children(part), None)
    if inner is None:
        return _content(part)
    return "\n".join(f"{name}: {value}" for name, value in inner.items())


def _content(part: EmailMessage) -> str:
    return _decoded(_bytes(part), part.get_content_charset() or "utf-8")


def _decoded(raw: bytes, named: str = "utf-8") -> str:
    for charset in (named, "utf-8", "cp1252"):
        try:
            return raw.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("latin-1")


def _bytes(part: EmailMessage) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, TypeError, AttributeError):
        return b""
    return payload if isinstance(payload, bytes) else b""


def _file_name(part: EmailMessage) -> str:
    try:
        return part.get_filename() or ""
    except (ValueError, TypeError, AttributeError, KeyError, IndexError):
        return ""


def _header(message: EmailMessage, name: str) -> str:
    """A header on one line; as it stands in the mail where it breaks the rules of mails."""
    try:
        return " ".join(str(message.get(name, "")).split())
    except (ValueError, TypeError, AttributeError, KeyError, IndexError):
        raw = next((str(v) for k, v in message.raw_items() if k.lower() == name), "")
        return " ".join(raw.split())


def _sent_at(message: EmailMessage) -> datetime | None:
    try:
        at = parsedate_to_datetime(_header(message, "date"))
    except (ValueError, TypeError, IndexError):
        return None
    return at if at.tzinfo is not None else None
