"""Requests about the daemon itself: health, identity, events, open consoles."""

from datetime import datetime
from typing import Annotated

import msgspec

from noc_tui.api.endpoint import Body, get, post
from noc_tui.roles import Role


class Health(msgspec.Struct, frozen=True):
    """The daemon's state. `now` is its own clock, `revision` that of its newest rows.

    `consoles` counts the listeners to its events; `clusters` says of each whether it was seen since
    the daemon's start. `database` says why nothing can be written now, "" where it can; `failing`
    are the services that failed lately, and why.
    """

    version: str
    pid: int
    now: datetime
    revision: int
    consoles: int
    clusters: dict[str, bool]
    database: str = ""
    failing: dict[str, str] = {}


class Identity(msgspec.Struct, frozen=True):
    """The caller as the daemon sees it: the uid comes from the kernel; `role` is null for an
    account without one; `confidential` is whether it sees secret orders of authorities.
    """

    uid: int
    name: str
    role: str | None
    confidential: bool = False


class Seen(Body, frozen=True):
    """Reports that a console is open: its own name among the account's consoles, and the case it
    shows, if any.
    """

    console: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    subject: Annotated[str, msgspec.Meta(max_length=200)] = ""


class Nothing(msgspec.Struct, frozen=True):
    """An empty answer (`{}`): the request was carried out."""


HEALTH = get("/v1/health", Role.VIEWER, Health)
WHOAMI = get("/v1/whoami", Role.VIEWER, Identity)
EVENTS = get("/v1/events", Role.VIEWER, bytes, query=("after",))
"""Server-sent events without an end: `data: REVISION`, the newest only; a comment as a heartbeat.
The query `after` is the revision that is known already. While nothing can be written the heartbeat
is `database: KIND`, the kind being one of `storage.errors.UnwritableError`."""
PRESENCE = post("/v1/presence", Role.VIEWER, Seen, Nothing)
