"""Computes what a running outage will cost, and when a credit becomes due (art. 10)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from noc_tui.contract.availability import Account, Commitment, compute, credit
from noc_tui.contract.spans import Span, minus


@dataclass(frozen=True, slots=True)
class Tip:
    """From the instant `at` (microseconds) on, `percent` is owed: `amount`, None when unknown."""

    at: int
    percent: int
    amount: Decimal | None


def tips(account: Account, commitment: Commitment, monthly_amount: Decimal | None) -> list[Tip]:
    """The thresholds still ahead if the tenant is down from `account.now` to the month's end.

    Exclusions that are already known, such as a planned maintenance window, do not count.
    Thresholds that are already missed, or that the month cannot reach any more, are left out.
    """
    down = compute(account, commitment).contractual.down
    ahead = minus(
        [Span(max(account.now, account.base.start), account.base.end)], account.exclusions
    )
    found = []
    for threshold in commitment.thresholds:
        short = threshold.tolerated(account.base.length) + 1 - down
        at = _reached(ahead, short) if short > 0 else None
        if at is not None:
            amount = credit(monthly_amount, threshold.percent)
            found.append(Tip(at, threshold.percent, amount))
    return found


def _reached(spans: Iterable[Span], duration: int) -> int | None:
    """The instant at which that much of the spans has passed; None when they end before."""
    for span in spans:
        if span.length >= duration:
            return span.start + duration
        duration -= span.length
    return None


def straddles(
    account: Account, commitment: Commitment, shortest: Sequence[Span], longest: Sequence[Span]
) -> bool:
    """Return whether the true bounds of the outages, known within an interval, could change the
    tier (R8).

    `shortest` and `longest` are the outages at their least and at their most.
    """
    return len({_tier(account, commitment, outages) for outages in (shortest, longest)}) > 1


def _tier(account: Account, commitment: Commitment, outages: Sequence[Span]) -> int:
    return compute(
        Account(
            month=account.month,
            now=account.now,
            contract_from=account.contract_from,
            contract_until=account.contract_until,
            outages=outages,
            exclusions=account.exclusions,
        ),
        commitment,
    ).tier
