"""An instant as an operator types it: Paris time, or with UTC or its offset, as a mail has it."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from noc_tui.contract.calendar import instant, micros
from noc_tui.contract.instants import (
    ENTERED_YEARS,
    OUT_OF_YEARS,
    is_enterable,
    parse_instant,
)
from noc_tui.i18n import _
from noc_tui.labels import formats
from noc_tui.labels.formats import PARIS

_FORMS = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S")
_OFFSET = re.compile(r"(.+[0-9]) ?(UTC|GMT|Z|[+-][0-9]{2}:?[0-9]{2})", re.IGNORECASE)
_BARE_TIME = re.compile(r"[0-9]{1,2} ?[:hH] ?(?:[0-9]{2})?(?::[0-9]{2})?")
_MAIL_DATE = re.compile(
    r"(?:[a-z]{3}, )?[0-9]{1,2} [a-z]{3} [1-9][0-9]{3} [0-9]{2}:[0-9]{2}(?::[0-9]{2})?"
    r" (?:UTC|GMT|[+-][0-9]{4})(?: \([a-z]+\))?",
    re.IGNORECASE,
)
"""The date of a mail's head (RFC 5322, 3.3)."""


def write_instant(at: datetime) -> str:
    """The instant as a field proposes it, which `read_instant` takes back unchanged.

    A whole minute that the clock shows once reads as on the screens, any other is exact.
    """
    local = at.astimezone(PARIS)
    twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    whole = local.second == local.microsecond == 0
    return formats.instant(at) if whole and not twice else exact(at)


def exact(at: datetime) -> str:
    """RFC 3339 with Paris' offset, to the microsecond."""
    return at.astimezone(PARIS).isoformat()


def read_instant(text: str) -> str:
    """RFC 3339 of what was typed: Paris time, a time with UTC or its offset, or a mail's date.

    Raises ValueError, in the reader's language, for what is no instant, for a year that nobody
    means, for an hour that the clock change skips, and for one that it repeats while no offset says
    which is meant.
    """
    text = text.strip()
    try:
        at = parse_instant(text)
    except ValueError:
        abroad = _with_offset(text)
        return exact(_paris(text)) if abroad is None else _entered(micros(abroad))
    return _entered(at)


def _entered(at: int) -> str:
    if not is_enterable(at):
        raise ValueError(_(OUT_OF_YEARS))
    return exact(instant(at))


def _with_offset(text: str) -> datetime | None:
    """The instant of a time as mails and logs write it; None for one without an offset."""
    if _MAIL_DATE.fullmatch(text):
        return _parse_mail_date(text)
    match = _OFFSET.fullmatch(text)
    typed = _parse_any(match[1]) if match else None
    if match is None or typed is None:
        return None
    offset = "+0000" if match[2].isalpha() else match[2]
    try:
        return datetime.strptime(f"{typed.isoformat()} {offset}", "%Y-%m-%dT%H:%M:%S %z")
    except ValueError:
        return None


def _parse_mail_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _paris(text: str) -> datetime:
    typed = _parse_any(text)
    if typed is None and _BARE_TIME.fullmatch(text):
        raise ValueError(_("of which day? Write it with the time: 2026-03-01 14:30"))
    if typed is None:
        raise ValueError(_("write it as 2026-03-01 14:30, Paris time, or add UTC or its offset"))
    if typed.year not in ENTERED_YEARS:
        raise ValueError(_(OUT_OF_YEARS))
    first, second = (typed.replace(tzinfo=PARIS, fold=fold) for fold in (0, 1))
    if first.astimezone(UTC).astimezone(PARIS).replace(tzinfo=None) != typed:
        raise ValueError(_("the clock change skips this hour"))
    if first.utcoffset() != second.utcoffset():
        raise ValueError(_("this hour comes twice: write it with its offset, +02:00 or +01:00"))
    return first


def _parse_any(text: str) -> datetime | None:
    return next(filter(None, (_parse_form(text, form) for form in _FORMS)), None)


def _parse_form(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - its zone is given by the caller
    except ValueError:
        return None
