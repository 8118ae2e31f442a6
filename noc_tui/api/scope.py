"""Decisions on tickets under annexe 2 (R27)."""

from typing import Annotated, Literal

import msgspec

from noc_tui.api.endpoint import Body, post
from noc_tui.contract.annexe2.answer import ScopeVerdict
from noc_tui.roles import Role

LONGEST_TEXT = 64_000
Short = Annotated[str, msgspec.Meta(max_length=200)]
Long = Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)]


class Decision(msgspec.Struct, frozen=True):
    """An operator's decision. `row` is empty when no row fits; `answered` is the reply.

    The daemon works out again what was proposed: the record holds what the look-up said, and not
    what a client claims that it said.
    """

    text: Long
    kind: Literal["accepted", "overridden", "asked"]
    verdict: ScopeVerdict
    row: Short
    reference: Short = ""
    tenant: Short = ""
    subject: Short = ""
    reason: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    answered: Long = ""
    language: Literal["", "fr", "en"] = ""


class Decided(msgspec.Struct, frozen=True):
    """The decision's number."""

    id: int


class Judgement(Body, frozen=True):
    """Why an override becomes a case of the hoster's own, or why not: that needs its reason."""

    reason: Annotated[str, msgspec.Meta(max_length=2000)] = ""


DECIDE = post("/v1/scope/decisions", Role.OPERATOR, Decision, Decided)
LEARN = post("/v1/scope/decisions/{number}/approve", Role.LEAD, Judgement, Decided)
DECLINE = post("/v1/scope/decisions/{number}/decline", Role.LEAD, Judgement, Decided)
