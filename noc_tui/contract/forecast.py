"""Computes what a running outage will cost, and when a credit becomes due (art. 10)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from noc_tui.contract.availability import (
    Account,
    Commitment,
    Threshold,
    compute,
    credit,
    credited_base,
    excluded_time,
)
from noc_tui.contract.spans import Span, cut_spans, minus, sum_lengths


@dataclass(frozen=True, slots=True)
class Tip:
    """From the instant `at` (microseconds) on, `percent` is owed: `amount`, None when unknown."""

    at: int
    percent: int
    amount: Decimal | None


def tips(account: Account, commitment: Commitment, monthly_amount: Decimal | None) -> list[Tip]:
    """The thresholds still ahead if the tenant is down from `account.now` to the month's end.

    Exclusions that are already known, such as a planned maintenance window, do not count, and
    shorten the base where that is the reading that is credited (R11). Thresholds that are already
    missed, or that the month cannot reach any more, are left out.
    """
    now = min(max(account.now, account.base.start), account.base.end)
    found = []
    for threshold in commitment.thresholds:

        def missed(at: int, held: Threshold = threshold) -> bool:
            return held.is_missed(*_standing(account, now, at))

        if not missed(now) and missed(account.base.end):
            at = _first(now, account.base.end, missed)
            found.append(Tip(at, threshold.percent, credit(monthly_amount, threshold.percent)))
    return found


def _standing(account: Account, now: int, at: int) -> tuple[int, int]:
    """The credited base and the counted downtime at an instant, if it is down from now to then."""
    later = replace(account, now=at, outages=[*account.outages, Span(now, at)])
    down = minus(cut_spans(later.outages, later.past), account.exclusions)
    excluded = excluded_time(later)
    base = credited_base(account.base.length, excluded, negotiated=account.negotiated)
    return base, sum_lengths(down)


def _first(before: int, after: int, holds: Callable[[int], bool]) -> int:
    """The first instant at which what holds at `after`, and not at `before`, holds for good."""
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if holds(middle) else (middle, after)
    return after


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
            negotiated=account.negotiated,
        ),
        commitment,
    ).tier
