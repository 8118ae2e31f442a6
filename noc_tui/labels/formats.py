"""Formats figures for an operator; an unknown figure has a sign of its own."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from noc_tui.i18n import _, language

UNKNOWN = "?"
NONE = "—"
"""Where there can be no figure: a stopped guest has no load."""
READING = "…"
"""A figure that is being read: neither known nor unknown."""
PARIS = ZoneInfo("Europe/Paris")
MINUTE, HOUR, DAY = 60, 3600, 86400
_WITHOUT_LOAD = frozenset({"stopped", "suspended"})
"""The statuses of Proxmox in which a guest has no process."""
_KIB = 1024


def age(span: timedelta | None) -> str:
    """A duration in its one or two largest units: `8 s`, `4 min`, `3 h 05`, `2 d 4 h`."""
    if span is None:
        return UNKNOWN
    seconds = max(0, int(span.total_seconds()))
    if seconds < MINUTE:
        return _("{n} s").format(n=seconds)
    if seconds < HOUR:
        return _("{n} min").format(n=seconds // MINUTE)
    if seconds < DAY:
        return _("{h} h {m:02}").format(h=seconds // HOUR, m=seconds % HOUR // MINUTE)
    return _("{d} d {h} h").format(d=seconds // DAY, h=seconds % DAY // HOUR)


def size(octets: int | None) -> str:
    """Bytes in binary units with one decimal at most, in the unit names of the language."""
    if octets is None:
        return UNKNOWN
    value, units = float(octets), _("B KiB MiB GiB TiB PiB").split()
    for unit in units:
        if value < _KIB or unit == units[-1]:
            break
        value /= _KIB
    figure = f"{value:.0f}" if value >= 100 or unit == units[0] else f"{value:.1f}"
    return f"{decimal(figure)} {unit}"


def decimal(figure: str) -> str:
    """A figure with the decimal sign of the language."""
    return figure.replace(".", ",") if language() == "fr" else figure


def money(amount: Decimal) -> str:
    """An amount to the cent, as a letter writes it: `1 447,50 €`, `€1,447.50`."""
    from noc_tui.letters.writing import Writing  # with its calendars: no first frame has amounts

    return Writing(language()).euros(amount)


def label_line(label: str, text: str) -> str:
    """A label, the colon as the language spaces it, and what it says."""
    return _("{label}: {text}").format(label=label, text=text)


def percent(share: int | None) -> str:
    """A whole percentage."""
    return UNKNOWN if share is None else _("{n} %").format(n=share)


def load(status: str, share: int | None) -> str:
    """A guest's load in percent; one that is stopped has none, which is neither zero nor
    unknown.
    """
    return NONE if status in _WITHOUT_LOAD else percent(share)


def share(part: float) -> str:
    """A part of one as a whole percentage."""
    return percent(round(part * 100))


def _in_paris(at: datetime) -> datetime:
    """Paris time; the calendar's own ends ("for ever") as they are, for there is none beyond."""
    try:
        return at.astimezone(PARIS)
    except OverflowError:
        return at


def clock_time(at: datetime) -> str:
    """The time of day in Paris, to the second."""
    return _in_paris(at).strftime("%H:%M:%S")


def minutes(at: datetime) -> str:
    """The time of day in Paris, to the minute."""
    return _in_paris(at).strftime("%H:%M")


def growth(daily: float) -> str:
    """Percentage points a day, signed, with one decimal; a dot where it stands still."""
    figure = f"{daily:+.1f}"
    if float(figure) == 0:
        return "·"
    return _("{n} %").format(n=decimal(figure.replace("-", "−")))


def day(at: date | None) -> str:
    """A day as the language writes it."""
    if at is None:
        return UNKNOWN
    return at.strftime("%d/%m/%Y" if language() == "fr" else "%Y-%m-%d")


def instant(at: datetime | None) -> str:
    """A day and a time in Paris, to the minute."""
    if at is None:
        return UNKNOWN
    local = _in_paris(at)
    return f"{day(local.date())} {local:%H:%M}"


def from_epoch(seconds: int) -> str:
    """A day and a time in Paris, to the minute, from Proxmox's seconds since the epoch."""
    return instant(datetime.fromtimestamp(seconds, UTC))


def instant_seconds(at: datetime) -> str:
    """A day and a time in Paris, to the second."""
    local = _in_paris(at)
    return f"{day(local.date())} {local:%H:%M:%S}"


def count(value: int | None) -> str:
    """A whole number with thin groups of three."""
    return UNKNOWN if value is None else f"{value:,}".replace(",", "\u202f")
