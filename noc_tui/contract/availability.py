"""The month's availability and the credit it leads to (art. 10; rules R9 to R13).

Everything is exact: durations are whole microseconds, rates are fractions, money is `Decimal`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Literal

from noc_tui.contract.calendar import Month, claim_deadline, day_end
from noc_tui.contract.spans import (
    ENDLESS,
    Span,
    common,
    cut_spans,
    merge_spans,
    minus,
    sum_lengths,
    total,
)
from noc_tui.contract.terms_shape import AvailabilityTerms

ClaimState = Literal["not_due", "claimable", "claimed", "lapsed"]
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Threshold:
    """A rate under which a credit is owed: strictly below `rate`, `percent` of the amount."""

    rate: Fraction
    percent: int

    def tolerated(self, base: int) -> int:
        """The most downtime, in whole microseconds, that keeps a base at or above the rate."""
        # base × (1 - rate), rounded down, in whole numbers.
        return base * (self.rate.denominator - self.rate.numerator) // self.rate.denominator

    def is_missed(self, base: int, down: int) -> bool:
        """Return whether that downtime puts the rate strictly below."""
        # (base - down) / base < rate, in whole numbers.
        return (base - down) * self.rate.denominator < self.rate.numerator * base


@dataclass(frozen=True, slots=True)
class Commitment:
    """What the hoster promised: thresholds from the mildest to the gravest, days to claim in."""

    thresholds: tuple[Threshold, ...]
    claim_days: int

    @classmethod
    def of(cls, terms: AvailabilityTerms) -> "Commitment":
        """The commitment that the terms file states."""
        return cls(
            (
                Threshold(terms.commitment, terms.credit_below_commitment),
                Threshold(terms.floor, terms.credit_below_floor),
            ),
            terms.claim_days,
        )

    def tier(self, base: int, down: int) -> int:
        """The percentage owed for that downtime: 0 while the commitment is kept (R12)."""
        missed = [one.percent for one in self.thresholds if one.is_missed(base, down)]
        return missed[-1] if missed else 0

    def budget(self, base: int, down: int) -> int:
        """Microseconds of downtime that the month can still bear without a credit."""
        return max(0, self.thresholds[0].tolerated(base) - down)


@dataclass(frozen=True, slots=True)
class Account:
    """One tenant's month as it is put to the engine. Spans may overlap and come in any order.

    `month` is the base before the contract's own dates cut it; `now` cuts downtime and unmeasured
    time, for nothing after it has happened. `negotiated` is how a doubt is read: of a contract of
    adhesion for the client, of a negotiated one for the hoster (C. civ. 1190). All instants in
    microseconds.
    """

    month: Month
    now: int
    contract_from: int | None = None
    contract_until: int | None = None
    outages: Sequence[Span] = ()
    exclusions: Sequence[Span] = ()
    unmeasured: Sequence[Span] = ()
    negotiated: bool = False

    @property
    def base(self) -> Span:
        """The part of the calendar month during which the tenant is under contract (R11)."""
        month = self.month.span
        start = month.start if self.contract_from is None else self.contract_from
        end = month.end if self.contract_until is None else self.contract_until
        start = min(max(start, month.start), month.end)
        return Span(start, max(start, min(end, month.end)))

    @property
    def past(self) -> Span:
        """The part of the base that has happened."""
        return _until(self.base, self.now)


@dataclass(frozen=True, slots=True)
class Figure:
    """Downtime against a base, in microseconds."""

    base: int
    down: int

    @property
    def rate(self) -> Fraction | None:
        """(base - down) / base, exactly; None when nothing was under contract."""
        return Fraction(self.base - self.down, self.base) if self.base else None

    @property
    def percent(self) -> str | None:
        """The rate in percent, truncated to four decimals, never rounded up (R3)."""
        if not self.base:
            return None
        shown = (self.base - self.down) * 1_000_000 // self.base
        return f"{shown // 10_000}.{shown % 10_000:04}"


@dataclass(frozen=True, slots=True)
class Result:
    """The figures of a month.

    `worst` counts all unmeasured time as downtime (R9). `raw` ignores exclusions. `contractual`
    leaves excluded time in the base, `cut` takes it out of it: the two readings of R11. `tier` is
    that of the reading which is credited, `contractual_tier` and `cut_tier` those of each;
    `worst_tier` and `budget_left` follow the reading that is credited.
    """

    base: Span
    unmeasured: tuple[Span, ...]
    counted: tuple[Span, ...]
    raw: Figure
    contractual: Figure
    cut: Figure
    worst: Figure
    tier: int
    contractual_tier: int
    cut_tier: int
    worst_tier: int
    budget_left: int
    claim_deadline: date

    @property
    def unmeasured_total(self) -> int:
        """Microseconds of the base that nobody measured."""
        return sum_lengths(self.unmeasured)

    def coverage(self, past: Span) -> Fraction | None:
        """The share of the elapsed base that was measured; None before it began."""
        if not past.length:
            return None
        return Fraction(past.length - self.unmeasured_total, past.length)


def compute(account: Account, commitment: Commitment) -> Result:
    """Compute the month's figures, by both readings of its base (R11)."""
    base = account.base
    past = _until(base, account.now)
    down = merge_spans(cut_spans(account.outages, past))
    unmeasured = merge_spans(cut_spans(account.unmeasured, past))
    counted = minus(down, account.exclusions)
    worst = minus([*down, *unmeasured], account.exclusions)
    contractual = Figure(base.length, sum_lengths(counted))
    gravest = Figure(base.length, sum_lengths(worst))
    excluded = excluded_time(account)
    cut = Figure(base.length - excluded, contractual.down)
    credited = credited_base(base.length, excluded, negotiated=account.negotiated)
    return Result(
        base=base,
        unmeasured=tuple(unmeasured),
        counted=tuple(counted),
        raw=Figure(base.length, sum_lengths(down)),
        contractual=contractual,
        cut=cut,
        worst=gravest,
        tier=commitment.tier(credited, contractual.down),
        contractual_tier=commitment.tier(base.length, contractual.down),
        cut_tier=commitment.tier(cut.base, cut.down),
        worst_tier=commitment.tier(credited, gravest.down),
        budget_left=commitment.budget(credited, contractual.down),
        claim_deadline=claim_deadline(account.month, commitment.claim_days),
    )


def excluded_time(account: Account) -> int:
    """Return the excluded microseconds of the base: of what lasts up to now, of a planned window
    all of it.
    """
    return total(
        cut_spans(
            [
                Span(one.start, account.now if one.end >= ENDLESS else one.end)
                for one in account.exclusions
            ],
            account.base,
        )
    )


def credited_base(base: int, excluded: int, *, negotiated: bool) -> int:
    """Return the base of the reading that is credited (R11).

    Of a contract of adhesion the client's: excluded time is taken out of the base, which never
    leads to a milder tier. Of a negotiated one the hoster's: it stays in.
    """
    return base if negotiated else base - excluded


def _until(base: Span, now: int) -> Span:
    return Span(base.start, max(base.start, min(base.end, now)))


def find_excluded_downtime(account: Account) -> list[Span]:
    """Return the downtime that exclusions remove from the count."""
    return common(cut_spans(account.outages, account.past), account.exclusions)


def credit(monthly_amount: Decimal | None, tier: int) -> Decimal | None:
    """Return `tier` percent of the monthly amount, rounded once, half up to the cent (R2, R12)."""
    if monthly_amount is None:
        return None
    with localcontext() as exact:
        exact.prec = max(28, len(monthly_amount.as_tuple().digits) + 10)
        return (monthly_amount * tier / 100).quantize(_CENT, ROUND_HALF_UP)


def claim_state(tier: int, deadline: date, sent: int | None, now: int) -> ClaimState:
    """Return the state of a claim (R13); the date of sending counts, up to the last instant of the
    deadline.

    `sent` and `now` are microseconds since the epoch.
    """
    if tier == 0:
        return "not_due"
    over = day_end(deadline)
    if sent is not None:
        return "claimed" if sent < over else "lapsed"
    return "claimable" if now < over else "lapsed"
