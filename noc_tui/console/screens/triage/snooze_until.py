"""Until when an alert is snoozed, as typed: minutes, a time of day, or an instant."""

import re
from datetime import datetime, timedelta

from noc_tui.console.typed_instants import exact, read_instant
from noc_tui.contract.calendar import instant
from noc_tui.contract.instants import parse_instant
from noc_tui.i18n import _
from noc_tui.labels.formats import PARIS

LONGEST_SNOOZE = timedelta(days=7)
_TIME = re.compile(r"(?P<hour>[0-9]{1,2}) ?[:hH] ?(?P<minute>[0-9]{2})?")


def read_snooze_end(text: str, now: datetime) -> datetime:
    """Return the instant that was typed: `90` minutes from now, `08:00` or `8h` next in Paris, or
    a date with its time. Raises ValueError, in the reader's language, for what is none of them, for
    what is over, and for more than seven days ahead.
    """
    until = _read(text.strip(), now)
    if until <= now:
        raise ValueError(_("this is over already"))
    if until - now > LONGEST_SNOOZE:
        raise ValueError(_("a snooze ends within seven days"))
    return until


def _read(text: str, now: datetime) -> datetime:
    if text.isdecimal():
        return now + min(timedelta(minutes=min(int(text), 10**6)), LONGEST_SNOOZE)
    match = _TIME.fullmatch(text)
    if match is None:
        return instant(parse_instant(read_instant(text)))
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if hour > 23 or minute > 59:
        raise ValueError(_("{text!r} is no time of day").format(text=text))
    return next_time(hour, minute, now)


def next_time(hour: int, minute: int, now: datetime) -> datetime:
    """Return when Paris' clock next shows this time. A time that the clock change skips comes as
    it would without the change; of one that comes twice it is the first.
    """
    local = now.astimezone(PARIS)
    day = local.date()
    while True:
        naive = datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001 - Paris' below
        found = instant(parse_instant(exact(naive.replace(tzinfo=PARIS))))
        if found > now:
            return found
        day += timedelta(days=1)
