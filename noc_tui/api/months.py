"""The end of a month: closed, reopened; `month` in the path is written YYYY-MM."""

from typing import Annotated

import msgspec

from noc_tui.api.endpoint import Body, post
from noc_tui.roles import Role

Reason = Annotated[str, msgspec.Meta(max_length=2000)]


class Closing(Body, frozen=True):
    """Closes a month. `left_open` are the ids of what may stay open and was accepted so: nothing
    else may be open. The reason is asked for where anything is.
    """

    left_open: tuple[str, ...] = ()
    reason: Reason = ""


class Reopening(Body, frozen=True):
    """Reopens a month, for a reason that its next statements give."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class Closed(msgspec.Struct, frozen=True):
    """The closing by its number, and the entry that closed or reopened it."""

    month: str
    number: int
    entry: int


CLOSE = post("/v1/months/{month}/close", Role.LEAD, Closing, Closed, status=201)
REOPEN = post("/v1/months/{month}/reopen", Role.LEAD, Reopening, Closed)
