"""What a register says of months that are over: for how much of them, for what amount. Pure.

A register that says otherwise than the one before changes figures and credits of months whose
statements were made: it needs a second person, as a decision does (R38).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import msgspec

from noc_tui.contract.calendar import Month, day_end, day_start, paris_day
from noc_tui.contract.terms_book import TermsBook
from noc_tui.views.contract import find_last_day
from noc_tui.views.tenant_month import amount_in_force
from storage.register import Tenant, TenantAmount

Rows = Mapping[str, Sequence[msgspec.Struct]]
"""All rows of a register about each tenant."""


@dataclass(frozen=True, slots=True)
class PastTerms:
    """What a tenant's month rests on: the days under contract, the amount, how doubts are read."""

    first: date
    last: date
    amount: Decimal | None
    negotiated: bool


@dataclass(frozen=True, slots=True)
class PastChange:
    """A month that is over and of which a register says otherwise."""

    tenant: str
    month: str
    before: PastTerms
    after: PastTerms


def list_past_changes(
    before: Rows, after: Rows, months: Iterable[Month], now: int, book: TermsBook
) -> list[PastChange]:
    """Return the changes of what was known before, of tenants that both registers have.

    An amount that was unknown and is given now changes nothing that was stated.
    """
    found = []
    for tenant in sorted(before.keys() & after.keys()):
        if before[tenant] == after[tenant]:
            continue
        for month in months:
            was = _terms(before[tenant], month, now, book)
            will = _terms(after[tenant], month, now, book)
            if was is None or will is None or _is_same(was, will):
                continue
            found.append(PastChange(tenant, str(month), was, will))
    return found


def _is_same(was: PastTerms, will: PastTerms) -> bool:
    known = was.amount is not None
    days = (was.first, was.last, was.negotiated) == (will.first, will.last, will.negotiated)
    return days and (not known or was.amount == will.amount)


def _terms(
    rows: Sequence[msgspec.Struct], month: Month, now: int, book: TermsBook
) -> PastTerms | None:
    tenant = next((row for row in rows if isinstance(row, Tenant)), None)
    if tenant is None:
        return None
    life = book.for_month(tenant.id, month, now).life
    last_day = find_last_day(tenant, paris_day(now), life)
    first = max(tenant.contract_start or month.first_day, month.first_day)
    last = min(last_day or month.last_day, month.last_day)
    if day_end(last) <= day_start(first):
        first = last = month.first_day  # not under contract in that month
        return PastTerms(first, last, None, negotiated=False)
    amounts = [row for row in rows if isinstance(row, TenantAmount)]
    return PastTerms(first, last, amount_in_force(amounts, first), tenant.negotiated is True)
