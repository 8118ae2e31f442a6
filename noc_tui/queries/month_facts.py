"""Reads the facts of a month and applies the contract's rules. Instants in microseconds.

Read by `nocd` (figures), by the console and by `sla statement`: one way for all of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TypeVar

from noc_tui.contract.availability import Account, Commitment, compute
from noc_tui.contract.calendar import Month, day_end, day_start, paris_day
from noc_tui.contract.spans import ENDLESS, Span
from noc_tui.contract.terms_book import TermsBook
from noc_tui.queries.sla_terms_history import commitment_of, read_commitments
from noc_tui.views.contract import find_last_day
from noc_tui.views.tenant_month import Outline, TenantMonth, amount_in_force, credit_of
from storage import ledger, months, outages, register
from storage.connection import Readable
from storage.ledger import OBSERVERS, Observer
from storage.months import CreditRow
from storage.outages import Exclusion, Outage, Unmeasured
from storage.register import Tenant, TenantAmount, amounts, tenants_with_amount

R = TypeVar("R", Outage, Exclusion, Unmeasured, TenantAmount)

_BEGINNING = -(2**62)


async def read_month_facts(
    db: Readable, month: Month, now: int, book: TermsBook, tenants: Set[str] | None = None
) -> list[TenantMonth]:
    """Return the month of these tenants, or of all, in the order of their ids, in a fixed number of
    queries; who is not in the register is left out.

    Each by its tenant's terms; a month that is over by the version that it was stamped with.
    """
    span = month.span
    facts = _Facts(
        outages=_by_tenant(await outages.outages(db, span.start, span.end, tenants)),
        exclusions=_by_tenant(await outages.exclusions(db, span.start, span.end, tenants)),
        unmeasured=_by_tenant(await outages.read_unmeasured(db, span.start, span.end, tenants)),
        amounts=_by_tenant(await amounts(db, tenants)),
        credits={row.tenant: row for row in await months.credits_of(db, str(month))},
        observers={row.name: row for row in await OBSERVERS.read(db)},
        watchers=await ledger.watchers(db, tenants),
        stamps=await months.stamps(db, str(month), tenants),
        promised=await read_commitments(db),
    )
    return [_month(row, month, now, book, facts) for row in await register.tenants(db, tenants)]


async def read_watched_since(db: Readable, tenants: Iterable[Tenant]) -> dict[str, int | None]:
    """Return since when each tenant is watched, as its statement says; None for not yet."""
    observers = {row.name: row for row in await OBSERVERS.read(db)}
    names = await ledger.watchers(db)
    found = {one.id: _watchers(names.get(one.id, ()), observers) for one in tenants}
    return {name: _watched_since(seen, observers.values()) for name, seen in found.items()}


async def outlines(db: Readable, month: Month) -> list[Outline]:
    """Return every tenant's name, amount and claim: a few hundred rows, and no month of outages."""
    claimed = {row.tenant: row for row in await months.credits_of(db, str(month))}
    return [
        Outline(one.id, one.name, one.amount, claimed.get(one.id))
        for one in await tenants_with_amount(db, month.first_day)
    ]


@dataclass(frozen=True, slots=True)
class _Facts:
    outages: Mapping[str, Sequence[Outage]]
    exclusions: Mapping[str, Sequence[Exclusion]]
    unmeasured: Mapping[str, Sequence[Unmeasured]]
    amounts: Mapping[str, Sequence[TenantAmount]]
    credits: Mapping[str, CreditRow]
    observers: Mapping[str, Observer]
    watchers: Mapping[str, Sequence[str]]
    stamps: Mapping[str, str]
    promised: Mapping[str, Commitment]


def _month(tenant: Tenant, month: Month, now: int, book: TermsBook, facts: _Facts) -> TenantMonth:
    rows = facts.outages.get(tenant.id, ())
    exclusions = facts.exclusions.get(tenant.id, ())
    unmeasured = facts.unmeasured.get(tenant.id, ())
    watchers = _watchers(facts.watchers.get(tenant.id, ()), facts.observers)
    since = _watched_since(watchers, facts.observers.values())
    if not watchers and not tenant.pools:
        since = None  # no cluster has its pools: nobody can say what it has (R40)
    terms = book.for_month(tenant.id, month, now)
    last_day = find_last_day(tenant, paris_day(now), terms.life)
    account = Account(
        month=month,
        now=now,
        contract_from=None if tenant.contract_start is None else day_start(tenant.contract_start),
        contract_until=None if last_day is None else day_end(last_day),
        outages=[_span(row.start, row.end) for row in rows],
        exclusions=[_span(row.start, row.end) for row in exclusions if row.in_force],
        # What was before the first observation nobody measured.
        unmeasured=[
            Span(_BEGINNING, ENDLESS if since is None else since),
            *(_span(row.start, row.end) for row in unmeasured),
        ],
        negotiated=tenant.negotiated is True,
    )
    stamped = facts.stamps.get(tenant.id, "")
    present = Commitment.of(terms.availability)
    commitment = commitment_of(month, now, stamped, facts.promised, present)
    result = compute(account, commitment)
    amount = amount_in_force(facts.amounts.get(tenant.id, ()), paris_day(result.base.start))
    row = facts.credits.get(tenant.id)
    return TenantMonth(
        tenant=tenant,
        account=account,
        result=result,
        outages=rows,
        exclusions=exclusions,
        unmeasured=unmeasured,
        amount=amount,
        credit=credit_of(result.tier, result.claim_deadline, amount, row),
        row=row,
        watched_since=since,
        outside=any(one.outside for one in watchers),
        stamped=stamped,
        terms=terms,
        commitment=commitment,
    )


def _watchers(names: Iterable[str], observers: Mapping[str, Observer]) -> list[Observer]:
    """Those that have observed anything: a probe may have concluded nothing yet."""
    return [observers[name] for name in names if name in observers]


def _watched_since(watchers: Iterable[Observer], observers: Iterable[Observer]) -> int | None:
    """Return since when the first of a tenant's clusters is observed; of all, if it has no
    instance.

    Probes and clusters that are added later change nothing of the months before.
    """
    return min(_clusters(watchers) or _clusters(observers), default=None)


def _clusters(observers: Iterable[Observer]) -> list[int]:
    return [one.since for one in observers if one.name.startswith("cluster:")]


def _span(start: int, end: int | None) -> Span:
    return Span(start, ENDLESS if end is None else end)


def _by_tenant(rows: Iterable[R]) -> Mapping[str, Sequence[R]]:
    found: dict[str, list[R]] = defaultdict(list)
    for row in rows:
        found[row.tenant].append(row)
    return found
