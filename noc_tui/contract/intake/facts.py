"""What a notice names: addresses, links, instants, its reference; defanged ones are mend."""

import ipaddress
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MOST = 50
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\.\d)(?!\w)")
_IPV6 = re.compile(
    r"(?<![\w:.])(?:[0-9a-f]{1,4}:){2,7}(?::|[0-9a-f]{1,4})?(?::?[0-9a-f]{1,4})*(?![\w:])", re.I
)
_LINK = re.compile(r"(?i)\b(?:https?|hxxps?|ftp)://[^\s<>\"'«»\])}]+")
_DEFANGED = ((re.compile(r"(?i)\bhxxp"), "http"), (re.compile(r"\[\.\]|\(\.\)|\[dot\]"), "."),
             (re.compile(r"\[:\]"), ":"))  # fmt: skip
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?"
)
_RFC_DATE = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov"
    r"|Dec) \d{4} \d{2}:\d{2}(?::\d{2})?(?: (?:[+-]\d{4}|GMT|UTC))?"
)
_REFERENCE = re.compile(
    r"(?i)\b(?:r[ée]f[ée]rences?|r[ée]f|reference|ref|case(?: id)?|ticket|report[- ]?id|dossier"
    r"|proc[ée]dure|pv|n°|incident)\b[ .:#n°]{1,6}([\w][\w./-]{2,40})"
)


def mend(text: str) -> str:
    """Return the text with links and addresses as they were before they were defanged."""
    for rule, plain in _DEFANGED:
        text = rule.sub(plain, text)
    return text


def addresses(text: str) -> tuple[str, ...]:
    """The IP addresses in the text, in order, each once, as they are usually written."""
    return tuple(dict.fromkeys(_addresses(mend(text))))[:MOST]


def _addresses(text: str) -> Iterator[str]:
    found = [*_IPV4.finditer(text), *_IPV6.finditer(text)]
    for one in sorted(found, key=lambda match: match.start()):
        address = plain_address(one.group())
        if address:
            yield address


def plain_address(text: str) -> str:
    """An IP address in its usual writing; empty for what is none."""
    try:
        return str(ipaddress.ip_address(text.strip().strip("[]")))
    except ValueError:
        return ""


def links(text: str) -> tuple[str, ...]:
    """The links in the text, in order, each once."""
    found = (one.group().rstrip(".,;:!?") for one in _LINK.finditer(mend(text)))
    return tuple(dict.fromkeys(found))[:MOST]


def host_of(link: str) -> str:
    """The host that a link names, without port and account; empty where there is none."""
    rest = link.partition("://")[2] or link
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    return host.partition(":")[0].lower() if host.count(":") <= 1 else host.strip("[]")


def instants(text: str) -> tuple[datetime, ...]:
    """The instants in the text, in order; one without an offset is read as UTC, as reports are."""
    found = [*_INSTANT.finditer(text), *_RFC_DATE.finditer(text)]
    ordered = sorted(found, key=lambda match: match.start())
    return tuple(_parsed(one.group() for one in ordered))[:MOST]


def _parsed(texts: Iterable[str]) -> Iterator[datetime]:
    for text in texts:
        at = instant(text)
        if at is not None:
            yield at


def instant(text: str) -> datetime | None:
    """One instant, of ISO 8601 or of mails; None for what is none."""
    plain = re.sub(r" ?(?:UTC|GMT|Z)$", "+00:00", text.strip()).replace(",", ".", 1)
    try:
        at = datetime.fromisoformat(plain)
    except ValueError:
        try:
            at = parsedate_to_datetime(text.strip())
        except (ValueError, TypeError, IndexError):
            return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def reference(text: str) -> str:
    """The reference that a letter or report gives itself; empty where it names none."""
    for found in _REFERENCE.finditer(text):
        if any(sign.isdigit() for sign in found.group(1)):
            return found.group(1).strip("./-")
    return ""
