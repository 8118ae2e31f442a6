"""What happened last and what falls due, as lines of the overview. Pure."""

from datetime import datetime, timedelta

import msgspec

from noc_tui.ref import Ref
from storage.oncall import Duty

WITHOUT_ROTA = timedelta(hours=12)
"""How far is looked ahead where nobody is on call."""
BEYOND_SHIFT = timedelta(hours=4)


class LastEvent(msgspec.Struct, frozen=True):
    """Something that happened; `subject` is what to open for it, `key` stays the same."""

    key: str
    at: datetime
    text: str
    subject: Ref


class DueLine(msgspec.Struct, frozen=True):
    """Something that is due at an instant; `subject` is what to open for it."""

    key: str
    at: datetime
    text: str
    subject: Ref


def look_until(now: datetime, duty: Duty) -> datetime:
    """Return how far to look: some hours beyond the end of the shift."""
    return now + WITHOUT_ROTA if duty.until is None else duty.until + BEYOND_SHIFT
