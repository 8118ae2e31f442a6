"""The month of all tenants, who is nearest to a credit first, and the claims to answer."""

from collections.abc import Callable, Iterable
from decimal import Decimal

import msgspec

from noc_tui.contract.availability import Figure, credit
from noc_tui.contract.calendar import Month
from noc_tui.contract.instants import format_instant, format_seconds
from noc_tui.views.tenant_month import TenantMonth, coverage_percent
from storage.months import CreditRow


class StatedFigure(msgspec.Struct, frozen=True):
    """Downtime, and the rate truncated to four decimals; None without a base, and for a month that
    nobody measured.
    """

    down_seconds: str
    percent: str | None


def stated_figure(month: TenantMonth, figure: Figure) -> StatedFigure:
    """Return a figure of a month; one that nobody measured has no rate (R9)."""
    percent = None if month.unseen else figure.percent
    return StatedFigure(format_seconds(figure.down), percent)


class CutReading(msgspec.Struct, frozen=True):
    """What the month comes to where excluded time is taken out of the base (R11): the rate, None as
    of a `StatedFigure`, and the tier. `contractual_tier` is that of the other reading, which leaves
    it in; `credited` says which is credited: `cut` of a contract of adhesion, `contractual` of a
    negotiated one.
    """

    percent: str | None
    tier: int
    contractual_tier: int
    credited: str

    @property
    def differs(self) -> bool:
        """Whether the readings lead to two tiers."""
        return self.tier != self.contractual_tier


def cut_reading(month: TenantMonth) -> CutReading:
    """Return both readings of a month's base."""
    result = month.result
    return CutReading(
        None if month.unseen else result.cut.percent,
        result.cut_tier,
        result.contractual_tier,
        "contractual" if month.account.negotiated else "cut",
    )


UNVERIFIED = "unverified"
"""The state of a credit that rests on rows which are not as the record holds them."""


class TipLine(msgspec.Struct, frozen=True):
    """From the instant `at` on, `percent` is owed if the outage goes on."""

    at: str
    percent: int
    amount: str | None


class TenantMonthLine(msgspec.Struct, frozen=True):
    """A tenant's month. Seconds and money are decimal strings, rates truncated percentages.

    Where `verified` is false the record does not bear out the rows that the month rests on, and
    `problems` says which: neither tier nor amount is told.
    `state` of the credit is as of now; `amount` is what the tier comes to, None without a sum on
    file; `deadline` is the last day for a claim (R13).
    """

    tenant: str
    name: str
    out: bool
    contractual: StatedFigure
    raw: StatedFigure
    coverage_percent: str | None
    budget_left_seconds: str
    tier: int | None
    worst_tier: int | None
    state: str
    amount: str | None
    deadline: str
    tips: tuple[TipLine, ...]
    verified: bool
    problems: tuple[str, ...]
    cut_from_base: CutReading | None = None


class ClaimLine(msgspec.Struct, frozen=True):
    """A claim of any month without an answer."""

    tenant: str
    month: str
    sent: str | None
    received: str | None
    channel: str
    reference: str


class MonthTable(msgspec.Struct, frozen=True):
    """Figures up to `until`, when somebody last observed or decided something."""

    month: str
    until: str
    tenants: tuple[TenantMonthLine, ...]
    claims: tuple[ClaimLine, ...]


def credit_order(*, out: bool, base: int, left: int, tenant: str) -> tuple[bool, bool, int, str]:
    """Return who is nearest to a credit first: the one order for lists, screens and handovers.

    Tenants that are out now, then those with the least downtime left before a credit is due, in
    microseconds, for an outage takes the same time from each; last those without any base (R11).
    """
    return not out, not base, left, tenant


def build_month_table(
    months: Iterable[TenantMonth],
    month: Month,
    now: int,
    claims: Iterable[CreditRow],
    problems: Callable[[str], tuple[str, ...]],
) -> MonthTable:
    """The table of a month, nearest to a credit first.

    `problems` tells what is wrong with the rows that a tenant's month rests on.
    """
    return MonthTable(
        month=str(month),
        until=format_instant(now),
        tenants=tuple(
            _line(one, now, problems(one.tenant.id)) for one in sorted(months, key=_order)
        ),
        claims=tuple(_claim(one) for one in claims),
    )


def _order(month: TenantMonth) -> tuple[bool, bool, int, str]:
    result = month.result
    return credit_order(
        out=month.out, base=result.base.length, left=result.budget_left, tenant=month.tenant.id
    )


def _line(month: TenantMonth, now: int, problems: tuple[str, ...]) -> TenantMonthLine:
    result = month.result
    return TenantMonthLine(
        tenant=month.tenant.id,
        name=month.tenant.name,
        out=month.out,
        contractual=stated_figure(month, result.contractual),
        raw=stated_figure(month, result.raw),
        coverage_percent=coverage_percent(month),
        budget_left_seconds=format_seconds(result.budget_left),
        tier=None if problems else result.tier,
        worst_tier=None if problems else result.worst_tier,
        state=UNVERIFIED if problems else month.credit.state(now).value,
        amount=None if problems else _money(credit(month.amount, result.tier)),
        deadline=result.claim_deadline.isoformat(),
        tips=tuple(
            TipLine(format_instant(tip.at), tip.percent, _money(tip.amount))
            for tip in (month.tips() if month.out and not problems else ())
        ),
        verified=not problems,
        problems=problems,
        cut_from_base=None if problems else cut_reading(month),
    )


def _claim(row: CreditRow) -> ClaimLine:
    sent, received = (None if at is None else format_instant(at) for at in (row.sent, row.received))
    return ClaimLine(
        tenant=row.tenant,
        month=row.month,
        sent=sent,
        received=received,
        channel=row.channel,
        reference=row.reference,
    )


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"
