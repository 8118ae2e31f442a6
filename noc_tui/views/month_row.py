"""The month of all tenants, who is nearest to a threshold first, and the claims to answer."""

from decimal import Decimal

import msgspec

from noc_tui.contract.availability import credit
from noc_tui.contract.calendar import Month
from noc_tui.contract.instants import format_instant, format_seconds
from noc_tui.contract.terms_book import TermsBook
from noc_tui.queries.month_facts import TenantMonth, gather
from noc_tui.statement.build_statement import coverage_percent
from noc_tui.statement.document import Figure
from storage import evidence
from storage.connection import Readable
from storage.ledger import OBSERVERS
from storage.months import CreditRow, claims
from storage.times import micros


class TipLine(msgspec.Struct, frozen=True):
    """From the instant `at` on, `percent` is owed if the outage goes on."""

    at: str
    percent: int
    amount: str | None


class TenantLine(msgspec.Struct, frozen=True):
    """A tenant's month. Seconds and money are decimal strings, rates truncated percentages.

    `state` of the credit is as of now; `amount` is what the tier comes to, None without a sum on
    file; `deadline` is the last day for a claim (R13).
    """

    tenant: str
    name: str
    out: bool
    contractual: Figure
    raw: Figure
    coverage_percent: str | None
    budget_left_seconds: str
    tier: int
    worst_tier: int
    state: str
    amount: str | None
    deadline: str
    tips: tuple[TipLine, ...]


class ClaimLine(msgspec.Struct, frozen=True):
    """A claim of any month that nobody has answered."""

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
    tenants: tuple[TenantLine, ...]
    claims: tuple[ClaimLine, ...]


async def present(db: Readable) -> int:
    """When somebody last observed or decided something, in microseconds; 0 for an empty file."""
    last = await evidence.last_at(db)
    seen = [one.seen for one in await OBSERVERS.read(db)]
    return max([0 if last is None else micros(last), *seen])


async def month_table(db: Readable, month: Month | None, terms: TermsBook) -> MonthTable:
    """The table of a month, by default of the present one."""
    now = await present(db)
    month = month or Month.of(now)
    found = await gather(db, month, now, terms)
    return MonthTable(
        month=str(month),
        until=format_instant(now),
        tenants=tuple(_line(one, now) for one in sorted(found, key=_rank)),
        claims=tuple(_claim(one) for one in await claims(db)),
    )


def _rank(month: TenantMonth) -> tuple[bool, int, str]:
    return not _out(month), month.result.budget_left, month.tenant.id


def _out(month: TenantMonth) -> bool:
    return not month.over and any(row.end is None for row in month.outages)


def _line(month: TenantMonth, now: int) -> TenantLine:
    result = month.result
    return TenantLine(
        tenant=month.tenant.id,
        name=month.tenant.name,
        out=_out(month),
        contractual=Figure(format_seconds(result.contractual.down), result.contractual.percent),
        raw=Figure(format_seconds(result.raw.down), result.raw.percent),
        coverage_percent=coverage_percent(month),
        budget_left_seconds=format_seconds(result.budget_left),
        tier=result.tier,
        worst_tier=result.worst_tier,
        state=month.credit.state(now).value,
        amount=_money(credit(month.amount, result.tier)),
        deadline=result.claim_deadline.isoformat(),
        tips=tuple(
            TipLine(format_instant(tip.at), tip.percent, _money(tip.amount))
            for tip in (month.tips() if _out(month) else ())
        ),
    )


def _claim(row: CreditRow) -> ClaimLine:
    sent, received = (None if at is None else format_instant(at) for at in (row.sent, row.received))
    return ClaimLine(row.tenant, row.month, sent, received, row.channel, row.reference)


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"
