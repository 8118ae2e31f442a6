"""The copy of a tenant's guests that article 16.2 owes: asked for, made, handed over, received."""

from datetime import datetime
from typing import Annotated

import msgspec

from noc_tui.api.endpoint import Body, post
from noc_tui.api.promises import GuestPlace
from noc_tui.roles import Role

Short = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""A SHA-256, in lower-case hexadecimal."""


class CopyRequest(Body, frozen=True):
    """The client asks for its copy: who, when, by which channel, under which reference."""

    tenant: Short
    requested_at: datetime
    requested_by: Short
    channel: Short
    reference: Annotated[str, msgspec.Meta(max_length=200)] = ""


class CopyMade(Body, frozen=True):
    """The copy was made of these guests. Without some of the tenant's, `left_out` says why."""

    made_at: datetime
    guests: Annotated[tuple[GuestPlace, ...], msgspec.Meta(min_length=1, max_length=10_000)]
    medium: Short
    digest: Digest
    left_out: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class CopyHandedOver(Body, frozen=True):
    """The copy left us: to whom, and what proves it (a tracking number, a slip, a log line)."""

    handed_at: datetime
    handed_to: Short
    proof: Text


class CopyReceived(Body, frozen=True):
    """The client has it, and what proves that: its mail, a signed receipt."""

    received_at: datetime
    proof: Text


class CopyReason(Body, frozen=True):
    """Why the client cannot use the copy, or how it gave it up in writing."""

    reason: Text


class CopyStanding(msgspec.Struct, frozen=True):
    """The number of the request and its state after the step."""

    number: int
    state: str


REQUEST_COPY = post("/v1/reversibility", Role.OPERATOR, CopyRequest, CopyStanding, status=201)
MAKE_COPY = post("/v1/reversibility/{number}/make", Role.OPERATOR, CopyMade, CopyStanding)
HAND_OVER_COPY = post(
    "/v1/reversibility/{number}/hand-over", Role.OPERATOR, CopyHandedOver, CopyStanding
)
RECEIVE_COPY = post("/v1/reversibility/{number}/receive", Role.OPERATOR, CopyReceived, CopyStanding)
REJECT_COPY = post("/v1/reversibility/{number}/reject", Role.OPERATOR, CopyReason, CopyStanding)
WAIVE_COPY = post("/v1/reversibility/{number}/waive", Role.LEAD, CopyReason, CopyStanding)
"""A lead's: what the client gives up in writing is owed no longer, and bars no deletion."""
