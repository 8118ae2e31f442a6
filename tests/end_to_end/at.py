"""`noc-tui` whose demo begins at another instant: `python -m tests.end_to_end.at INSTANT WORD…`.

What lay hours and days back, or in the month before, lies where a test expects it then, whatever
day it is.
"""

import sys
from datetime import datetime, timedelta, tzinfo

from noc_tui.cli import main
from noc_tui.commands import demo_estate
from noc_tui.contract.calendar import PARIS

MIDDLE = 15


def mid_month() -> datetime:
    """Noon in Paris of the next fifteenth: never behind the machine, which judges what is due."""
    today = datetime.now(PARIS)
    if today.day >= MIDDLE:
        today += timedelta(days=32 - MIDDLE)
    return today.replace(day=MIDDLE, hour=12, minute=0, second=0, microsecond=0)


def beginning(at: datetime, words: list[str]) -> int:
    """Call the command; the clock of its demo shows `at` now."""

    class Begun(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Begun":
            return cls.fromtimestamp(at.timestamp(), tz)

    demo_estate.datetime = Begun  # type: ignore[attr-defined]  # its own clock goes on from there
    return main(words)


if __name__ == "__main__":
    sys.exit(beginning(datetime.fromisoformat(sys.argv[1]), sys.argv[2:]))
