"""After a restore: what is held, and a lead's leave for it to go on."""

from datetime import datetime

import msgspec

from noc_tui.api.endpoint import Body, get, post
from noc_tui.roles import Role


class HeldItem(msgspec.Struct, frozen=True):
    """Something that waits. `item` is `kind:name` (`mail:<…>`, `order:12`, `case:S-0001`, `page:…`,
    `alert:…`), `what` one line about it, `at` when it was queued or begun.
    """

    item: str
    what: str
    at: datetime | None = None


class Held(msgspec.Struct, frozen=True):
    """What is held since a restore. `held` is false when nothing is; `seen` names this very list,
    and is what a leave for it gives back.
    """

    held: bool
    since: datetime | None = None
    account: str = ""
    items: tuple[HeldItem, ...] = ()
    seen: str = ""


class Leave(Body, frozen=True):
    """`seen` is that of the list that was read; `drop` are the items that never leave.

    A case that is dropped keeps waiting as it is until it is released by another leave.
    """

    seen: str
    drop: tuple[str, ...] = ()


HELD = get("/v1/held", Role.VIEWER, Held)
RESUME = post("/v1/held/resume", Role.LEAD, Leave, Held)
"""The answer is what is still held."""
