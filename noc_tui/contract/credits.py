"""A month's credit from claim to decision (rule R13).

    not due ─ claimable ─┬─ claimed ─┬─ granted ─ claimed, once more is due than was granted
                         └─ lapsed   └─ refused ─ claimed, once the reason has fallen away

What counts is when the claim was sent, if that is proven; when it was received is kept beside.
A claim for nothing, or one that came too late, is answered too: by a refusal. Such a refusal is
reopened when the credit turns out to be due, or more of it than was refused. A grant is reopened
when more turns out to be due; what was granted stands, also where less turns out to be due.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from noc_tui.contract.availability import claim_state
from noc_tui.contract.calendar import day_end


class CreditState(StrEnum):
    """Where a month's credit stands."""

    NOT_DUE = "not_due"
    CLAIMABLE = "claimable"
    CLAIMED = "claimed"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"


def N_(text: str) -> str:  # noqa: N802 -- gettext's own name; the catalogue check looks for it
    """Mark a text for later translation."""
    return text


CLAIMED_ALREADY = N_("a request is already on record for this month")
NO_CHANNEL = N_("the channel by which the request came is needed")
RECEIVED_FIRST = N_("a request cannot be received before it is sent")
NOT_GRANTED = N_("a credit that is {state} cannot be granted")
NOTHING_TO_GRANT = N_("a credit that is granted is above zero")
NOT_CLAIMED = N_("nobody has claimed this credit")
DECIDED_ALREADY = N_("this credit was decided already: {state}")
NO_REASON = N_("a refusal needs its reason")
FROM_THE_FUTURE = N_("a request cannot be sent or received in the future")
NO_CORRECTION_REASON = N_("a correction needs its reason")
GRANT_STANDS = N_("what was granted stands: this credit can only be granted in full")
SAME_CLAIM = N_("the request on record says the same already")
GRANTED_ALREADY = N_("the request cannot be corrected: this credit was granted")


class CreditRefusedError(ValueError):
    """The step is not open to this credit.

    `text` is a message id, with `{state}` for where the credit stands where `state` is given.
    """

    def __init__(self, text: str, state: CreditState | None = None) -> None:
        self.text = text
        self.state = state
        super().__init__(text if state is None else text.format(state=state.value))


@dataclass(frozen=True, slots=True)
class CreditClaimed:
    """The client's express request; both instants in microseconds since the epoch."""

    sent: int
    received: int
    channel: str
    reference: str


@dataclass(frozen=True, slots=True)
class CreditDecision:
    """The hoster's answer: an amount when granted, else None; the reason when refused."""

    amount: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class DecidedCredit:
    """What the month came to when its credit was granted or refused."""

    tier: int
    state: CreditState


@dataclass(frozen=True, slots=True)
class MonthCredit:
    """One tenant's month, as far as its credit goes. `amount` is None when no sum is on file;
    `stands` is what a grant gave that was reopened since.
    """

    tier: int
    deadline: date
    amount: Decimal | None
    claim: CreditClaimed | None = None
    decision: CreditDecision | None = None
    stands: Decimal | None = None

    def state(self, now: int) -> CreditState:
        """Return the state of the credit at `now` (microseconds). A decision holds until it is
        reopened.
        """
        if self.decision is not None:
            granted = self.decision.amount is not None
            return CreditState.GRANTED if granted else CreditState.REFUSED
        sent = None if self.claim is None else self.claim.sent
        return CreditState(claim_state(self.tier, self.deadline, sent, now))

    def claimed(self, claim: CreditClaimed, now: int) -> "MonthCredit":
        """With the client's request on record at `now`, also one too late or for nothing."""
        if self.claim is not None:
            raise CreditRefusedError(CLAIMED_ALREADY)
        return self._with_claim(claim, now)

    def corrected(self, claim: CreditClaimed, reason: str, now: int) -> "MonthCredit":
        """With what the client truly sent, in place of a request that was entered wrongly."""
        if self.claim is None:
            raise CreditRefusedError(NOT_CLAIMED)
        if self.state(now) is CreditState.GRANTED or self.stands is not None:
            raise CreditRefusedError(GRANTED_ALREADY)
        if not reason.strip():
            raise CreditRefusedError(NO_CORRECTION_REASON)
        if claim == self.claim:
            raise CreditRefusedError(SAME_CLAIM)
        return self._with_claim(claim, now)

    def _with_claim(self, claim: CreditClaimed, now: int) -> "MonthCredit":
        if not claim.channel.strip():
            raise CreditRefusedError(NO_CHANNEL)
        if claim.received < claim.sent:
            raise CreditRefusedError(RECEIVED_FIRST)
        if max(claim.sent, claim.received) > now:
            raise CreditRefusedError(FROM_THE_FUTURE)
        return replace(self, claim=claim)

    def in_time(self) -> bool:
        """Return whether the recorded request was sent in time, whatever the month's figures
        are.
        """
        if self.claim is None:
            return False
        return self.claim.sent < day_end(self.deadline)

    def undecided(self, now: int) -> CreditState:
        """Return the state that the credit would have at `now` without the decision."""
        return replace(self, decision=None).state(now)

    def outgrows_grant(self, granted: DecidedCredit, now: int) -> bool:
        """Return whether it is granted, and more is due by now than when it was."""
        if self.state(now) is not CreditState.GRANTED:
            return False
        return self.undecided(now) is CreditState.CLAIMED and self.tier > granted.tier

    def outlives_refusal(self, refused: DecidedCredit, now: int) -> bool:
        """Return whether it is refused and the reason has fallen away: it was not due or came too
        late, and is due now; or more is due than was refused.
        """
        if self.state(now) is not CreditState.REFUSED:
            return False
        if self.undecided(now) is not CreditState.CLAIMED:
            return False
        return refused.state is not CreditState.CLAIMED or self.tier > refused.tier

    def granted(self, amount: Decimal, now: int) -> "MonthCredit":
        """With the credit granted."""
        self._asked_for(now)
        if (state := self.state(now)) is not CreditState.CLAIMED:
            raise CreditRefusedError(NOT_GRANTED, state)
        if amount <= 0:
            raise CreditRefusedError(NOTHING_TO_GRANT)
        return replace(self, decision=CreditDecision(amount, ""))

    def refused(self, reason: str, now: int) -> "MonthCredit":
        """With the request refused, also one that came too late or for nothing."""
        self._asked_for(now)
        if not reason.strip():
            raise CreditRefusedError(NO_REASON)
        if self.stands is not None:
            raise CreditRefusedError(GRANT_STANDS)
        return replace(self, decision=CreditDecision(None, reason))

    def _asked_for(self, now: int) -> None:
        if self.decision is not None:
            raise CreditRefusedError(DECIDED_ALREADY, self.state(now))
        if self.claim is None:
            raise CreditRefusedError(NOT_CLAIMED)
