"""A tenant's month: its facts and its figures. Instants in microseconds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from noc_tui.contract.availability import Account, Commitment, Result, credited_base
from noc_tui.contract.credits import CreditClaimed, CreditDecision, MonthCredit
from noc_tui.contract.forecast import Tip, tips
from noc_tui.contract.terms import Terms
from storage.months import CreditRow, MonthFigure
from storage.outages import Exclusion, Outage, Unmeasured
from storage.register import Tenant, TenantAmount


@dataclass(frozen=True, slots=True)
class TenantMonth:
    """The facts of a tenant's month and the figures computed from them."""

    tenant: Tenant
    account: Account
    result: Result
    outages: Sequence[Outage]
    exclusions: Sequence[Exclusion]
    unmeasured: Sequence[Unmeasured]
    amount: Decimal | None
    credit: MonthCredit
    row: CreditRow | None
    watched_since: int | None
    outside: bool
    stamped: str
    terms: Terms
    commitment: Commitment

    @property
    def over(self) -> bool:
        """Whether the month has ended."""
        return self.account.now >= self.account.month.span.end

    @property
    def out(self) -> bool:
        """Whether the tenant is unavailable now; an outage that outlasts a month belongs to the
        next one.
        """
        return not self.over and any(row.end is None for row in self.outages)

    @property
    def unseen(self) -> bool:
        """Whether nobody measured any of the base that has passed: it has no rate (R9)."""
        return self.result.unmeasured_total >= self.account.past.length > 0

    @property
    def terms_version(self) -> str:
        """The version that the month is worked out by: the one in force, or stamped once over."""
        return (self.stamped if self.over else "") or self.terms.version

    def figure(self) -> MonthFigure:
        """The figures to store, so that screens need not compute them again."""
        return MonthFigure(
            tenant=self.tenant.id,
            month=str(self.account.month),
            base=self.result.base.length,
            past=self.account.past.length,
            down=self.result.raw.down,
            counted=self.result.contractual.down,
            unmeasured=self.result.unmeasured_total,
            worst=self.result.worst.down,
            outages=len(self.outages),
            open=any(row.end is None for row in self.outages),
            terms=self.terms_version,
            excluded=self.result.base.length - self.result.cut.base,
            negotiated=self.account.negotiated,
        )

    def tips(self) -> list[Tip]:
        """Return when the tenant would fall below each threshold, if it stayed down from now on."""
        return tips(self.account, self.commitment, self.amount)


def credited_base_of(figure: MonthFigure) -> int:
    """Return the base of the reading that is credited, of figures that were kept (R11)."""
    return credited_base(figure.base, figure.excluded or 0, negotiated=figure.negotiated)


@dataclass(frozen=True, slots=True)
class Outline:
    """What a line of the month's table needs besides the stored figures."""

    id: str
    name: str
    amount: Decimal | None
    row: CreditRow | None


def coverage_percent(month: TenantMonth) -> str | None:
    """The share of the elapsed base that was measured, truncated; None before it began (R9)."""
    coverage = month.result.coverage(month.account.past)
    if coverage is None:
        return None
    millionths = int(coverage * 1_000_000)
    return f"{millionths // 10_000}.{millionths % 10_000:04}"


def amount_in_force(amounts: Iterable[TenantAmount], day: date) -> Decimal | None:
    """The monthly amount in force on a day; None before the first (R12)."""
    begun = [row for row in amounts if row.valid_from <= day]
    return max(begun, key=lambda row: row.valid_from).amount if begun else None


def credit_of(
    tier: int, deadline: date, amount: Decimal | None, row: CreditRow | None
) -> MonthCredit:
    """The month's credit with its claim and decision as stored (R13)."""
    claim = decision = None
    if row is not None and row.sent is not None and row.received is not None:
        claim = CreditClaimed(row.sent, row.received, row.channel, row.reference)
    if row is not None and row.decided_at is not None:
        decision = CreditDecision(row.granted, row.refused)
    stands = row.granted if row is not None and decision is None else None
    return MonthCredit(tier, deadline, amount, claim=claim, decision=decision, stands=stands)
