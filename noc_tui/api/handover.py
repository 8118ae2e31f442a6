"""Requests of the shift handover: notes, opening, acceptance of items, signature."""

from datetime import datetime
from typing import Annotated

import msgspec

from noc_tui.api.endpoint import Body, post
from noc_tui.roles import Role


class Note(Body, frozen=True):
    """Something the next shift should know."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=10_000)]


class Noted(msgspec.Struct, frozen=True):
    """The note's number."""

    note: int


class Opening(Body, frozen=True):
    """Until when the handover looks ahead; a shift of twelve hours when null."""

    until: datetime | None = None


class Opened(msgspec.Struct, frozen=True):
    """The handover's number, and how many items it holds."""

    handover: int
    items: int


class Acceptance(Body, frozen=True):
    """The items that the incoming operator takes, by their position.

    `entry` is the evidence entry of the handover that was read: one that is built anew may have the
    same number, and other items in these positions. Null takes whichever is open.
    """

    items: Annotated[tuple[int, ...], msgspec.Meta(min_length=1, max_length=10_000)]
    entry: int | None = None


class Accepted(msgspec.Struct, frozen=True):
    """How many items were taken; those taken before are not counted."""

    accepted: int


class Signature(Body, frozen=True):
    """What is signed for; `entry` as of an acceptance."""

    entry: int | None = None


class Signed(msgspec.Struct, frozen=True):
    """The handover's number; the positions in `left` stay with the outgoing operator."""

    handover: int
    left: tuple[int, ...]


NOTE = post("/v1/handover/note", Role.OPERATOR, Note, Noted)
OPEN = post("/v1/handover/open", Role.OPERATOR, Opening, Opened)
ACCEPT = post("/v1/handover/accept", Role.OPERATOR, Acceptance, Accepted)
"""By another account than the outgoing one."""
SIGN = post("/v1/handover/sign", Role.OPERATOR, Signature, Signed)
