"""When a change of sub-processors is announced (GDPR art. 28(2), art. 14 of the contract).

Under a general authorisation clients are told of a change before it, so that they can object. How
long before, the text does not say; thirty days are our choice.
"""

from datetime import date, timedelta

ANNOUNCE_DAYS = 30


def needs_announcement(
    since: date, ended_on: date | None, announced_on: date | None, today: date
) -> bool:
    """Whether clients are to be told by now of one that serves, or will soon."""
    soon = since <= today + timedelta(days=ANNOUNCE_DAYS)
    over = ended_on is not None and ended_on <= today
    return announced_on is None and soon and not over
