"""Credits claimed, corrected, granted and refused; `month` in the path is written YYYY-MM."""

from typing import Literal

import msgspec

from noc_tui.api.endpoint import Body, post
from noc_tui.roles import Role


class Claim(Body, frozen=True):
    """The client's request: when it was sent and received (RFC 3339; now when null), by which
    channel, under which reference.
    """

    sent: str
    channel: str
    received: str | None = None
    reference: str = ""


class Correction(Body, frozen=True):
    """Replaces a request that was entered wrongly by what the client sent, with the reason. Without
    `received` the recorded date stays.
    """

    sent: str
    channel: str
    reason: str
    received: str | None = None
    reference: str = ""


class Decision(Body, frozen=True):
    """The hoster's answer; a refusal needs its reason. So does a credit that exceeds what the cap
    of art. 12 leaves: `beyond_cap` says whether it is granted in full or cut to that.
    """

    reason: str = ""
    beyond_cap: Literal["full", "cut"] | None = None


class Credit(msgspec.Struct, frozen=True):
    """Names a credit by tenant and month."""

    tenant: str
    month: str


CLAIM = post("/v1/credits/{tenant}/{month}/claim", Role.OPERATOR, Claim, Credit)
CORRECT = post("/v1/credits/{tenant}/{month}/correct", Role.OPERATOR, Correction, Credit)
"""A lead's, and another's than who entered the request, when it makes the request late."""
GRANT = post("/v1/credits/{tenant}/{month}/grant", Role.LEAD, Decision, Credit)
REFUSE = post("/v1/credits/{tenant}/{month}/refuse", Role.LEAD, Decision, Credit)
