"""An instant as an operator types it: Paris time, or RFC 3339 with its offset."""

from datetime import UTC, datetime

from noc_tui.contract.calendar import instant
from noc_tui.contract.instants import ENTERED_YEARS, OUT_OF_YEARS, is_enterable, parse_instant
from noc_tui.i18n import _
from noc_tui.labels import formats
from noc_tui.labels.formats import PARIS

_FORMS = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S")


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
    """RFC 3339 of what was typed.

    Raises ValueError, in the reader's language, for what is no instant, for a year that nobody
    means, for an hour that the clock change skips, and for one that it repeats while no offset says
    which is meant.
    """
    text = text.strip()
    try:
        at = parse_instant(text)
    except ValueError:
        return exact(_paris(text))
    if not is_enterable(at):
        raise ValueError(_(OUT_OF_YEARS))
    return exact(instant(at))


def _paris(text: str) -> datetime:
    typed = next(filter(None, (_parse_form(text, form) for form in _FORMS)), None)
    if typed is None:
        raise ValueError(_("write it as 2026-03-01 14:30, Paris time, or with its offset"))
    if typed.year not in ENTERED_YEARS:
        raise ValueError(_(OUT_OF_YEARS))
    first, second = (typed.replace(tzinfo=PARIS, fold=fold) for fold in (0, 1))
    if first.astimezone(UTC).astimezone(PARIS).replace(tzinfo=None) != typed:
        raise ValueError(_("the clock change skips this hour"))
    if first.utcoffset() != second.utcoffset():
        raise ValueError(_("this hour comes twice: write it with its offset, +02:00 or +01:00"))
    return first


def _parse_form(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - its zone is given by the caller
    except ValueError:
        return None
