"""A month's credit from claim to decision (rule R13).

    not due ─ claimable ─┬─ claimed ─┬─ granted
                         └─ lapsed   └─ refused

What counts is when the claim was sent, if that is proven; when it was received is kept beside.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from noc_tui.contract.availability import claim_state


class CreditState(StrEnum):
    """Where a month's credit stands."""

    NOT_DUE = "not_due"
    CLAIMABLE = "claimable"
    CLAIMED = "claimed"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"


class CreditRefusedError(ValueError):
    """The step is not open to this credit; the text says why."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The client's express request; both instants in microseconds since the epoch."""

    sent: int
    received: int
    channel: str
    reference: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The hoster's answer: an amount when granted, else None; the reason when refused."""

    amount: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class Credit:
    """One tenant's month, as far as its credit goes. `amount` is None when no sum is on file."""

    tier: int
    deadline: date
    amount: Decimal | None
    claim: Claim | None = None
    decision: Decision | None = None

    def state(self, now: int) -> CreditState:
        """Where it stands at `now` (microseconds). A decision outlives a change of the figures."""
        if self.decision is not None:
            granted = self.decision.amount is not None
            return CreditState.GRANTED if granted else CreditState.REFUSED
        sent = None if self.claim is None else self.claim.sent
        return CreditState(claim_state(self.tier, self.deadline, sent, now))

    def claimed(self, claim: Claim) -> "Credit":
        """With the client's request on record, also one that came too late or for nothing."""
        if self.claim is not None:
            raise CreditRefusedError("a request is already on record for this month")
        if not claim.channel.strip():
            raise CreditRefusedError("the channel by which the request came is needed")
        if claim.received < claim.sent:
            raise CreditRefusedError("a request cannot be received before it is sent")
        return replace(self, claim=claim)

    def granted(self, amount: Decimal, now: int) -> "Credit":
        """With the credit granted."""
        self._decidable(now)
        if amount <= 0:
            raise CreditRefusedError("a credit that is granted is above zero")
        return replace(self, decision=Decision(amount, ""))

    def refused(self, reason: str, now: int) -> "Credit":
        """With the credit refused; a reason is needed."""
        self._decidable(now)
        if not reason.strip():
            raise CreditRefusedError("a refusal needs its reason")
        return replace(self, decision=Decision(None, reason))

    def _decidable(self, now: int) -> None:
        state = self.state(now)
        if state is not CreditState.CLAIMED:
            raise CreditRefusedError(f"a credit that is {state.value} cannot be decided")
