"""Reparations besides service credits, which count against the cap of art. 12."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from noc_tui.api.endpoint import Body, post
from noc_tui.roles import Role

Short = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class ReparationPaid(Body, frozen=True):
    """A sum in euros without tax, for what, and under which reference (judgment, agreement, credit
    note). `uncapped_because` names the gross or wilful fault that lifts the cap.
    """

    tenant: Short
    decided_on: date
    amount: Decimal
    kind: Literal["damages", "settlement", "goodwill"]
    subject: Text
    reference: Annotated[str, msgspec.Meta(max_length=200)] = ""
    uncapped_because: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class Withdrawal(Body, frozen=True):
    """Why a reparation was entered wrongly."""

    reason: Text


class ReparationNoted(msgspec.Struct, frozen=True):
    """The number of the reparation, and how the cap stands with it: null where it is not known."""

    number: int
    cap: Decimal | None
    left: Decimal | None
    exceeded: bool


RECORD_REPARATION = post("/v1/reparations", Role.LEAD, ReparationPaid, ReparationNoted, status=201)
WITHDRAW_REPARATION = post(
    "/v1/reparations/{number}/withdraw", Role.LEAD, Withdrawal, ReparationNoted
)
