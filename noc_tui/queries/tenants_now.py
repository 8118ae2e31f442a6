"""Reads what holds of tenants at this instant, in a fixed number of queries."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from noc_tui.contract.availability import Commitment
from noc_tui.contract.calendar import Month, instant
from noc_tui.contract.terms_book import TermsBook
from noc_tui.queries.month_facts import read_month_facts
from noc_tui.queries.sla_terms_history import commitment_of, read_commitments
from noc_tui.ref import Ref
from noc_tui.views.tenant_month import TenantMonth, credited_base_of
from noc_tui.views.tenant_now import SlaBudget, TenantNow
from storage import incidents, months, outages, suspension
from storage.connection import Readable
from storage.incidents import Incident
from storage.months import MonthFigure
from storage.outages import OUTAGES, Maintenance, Outage
from storage.suspension import Suspension
from storage.times import micros

AHEAD = timedelta(days=14)
"""Maintenance that comes within this time is told."""


async def read_tenants_now(db: Readable, now: datetime, terms: TermsBook) -> dict[str, TenantNow]:
    """By tenant what holds now; who has nothing of all this is not listed."""
    at = micros(now)
    lasting = await read_lasting_outages(db)
    live = await incidents.live(db)
    cases = await _cases_in_force(db)
    held = Counter(await suspension.held_by_tenant(db))
    windows = _windows_by_tenant(await outages.windows_between(db, at, micros(now + AHEAD)))
    unmeasured = set(await outages.list_unmeasured_tenants(db))
    budgets = await read_budgets(db, now, terms, set(lasting))
    names = {*lasting, *cases, *windows, *unmeasured, *budgets, *_subjects(live)}
    return {
        name: TenantNow(
            outage=lasting.get(name),
            incident=_incident_of(name, lasting.get(name), live),
            unmeasured=name in unmeasured,
            cases=tuple(cases.get(name, ())),
            held_guests=held[name],
            windows=tuple(windows.get(name, ())),
            budget=budgets.get(name),
        )
        for name in names
    }


async def read_lasting_outages(db: Readable) -> dict[str, Outage]:
    """The outage of each tenant that lasts, the earliest of several."""
    found: dict[str, Outage] = {}
    for row in await OUTAGES.where(db, '"end" IS NULL ORDER BY start'):
        found.setdefault(row.tenant, row)
    return found


async def _cases_in_force(db: Readable) -> Mapping[str, list[Suspension]]:
    found: defaultdict[str, list[Suspension]] = defaultdict(list)
    for case in await suspension.open_cases(db):
        if not case.rehearsal:
            found[case.tenant].append(case)
    return found


def _windows_by_tenant(windows: Iterable[Maintenance]) -> Mapping[str, list[Maintenance]]:
    found: defaultdict[str, list[Maintenance]] = defaultdict(list)
    for window in windows:
        for tenant in window.tenants:
            found[tenant].append(window)
    return found


def _subjects(live: Iterable[Incident]) -> set[str]:
    refs = [Ref.parse(one.subject) for one in live]
    return {ref.name for ref in refs if ref.kind == "tenant"}


def _incident_of(name: str, outage: Outage | None, live: Iterable[Incident]) -> Incident | None:
    """The incident of its outage, else the newest about it."""
    wanted = None if outage is None else outage.incident
    subject = f"tenant:{name}"
    if wanted is not None:
        return next((one for one in live if one.id == wanted), None)
    return next((one for one in live if one.subject == subject), None)


async def read_budgets(
    db: Readable, now: datetime, terms: TermsBook, out: set[str]
) -> dict[str, SlaBudget]:
    """By tenant what is left of the month's tolerated downtime.

    From the kept figures; of tenants that are `out` from the facts, since time runs.
    """
    at = micros(now)
    month, kept = Month.of(at), await read_commitments(db)
    found: dict[str, SlaBudget] = {}
    for figure in await months.figures(db, str(month)):
        present = Commitment.of(terms.for_month(figure.tenant, month, at).availability)
        found[figure.tenant] = _budget(
            figure, commitment_of(month, at, figure.terms, kept, present)
        )
    if out:
        for one in await read_month_facts(db, month, at, terms, out):
            found[one.tenant.id] = _running_budget(one)
    return found


def _budget(figure: MonthFigure, commitment: Commitment) -> SlaBudget:
    base = credited_base_of(figure)
    return SlaBudget(
        month=figure.month,
        tolerated=commitment.thresholds[0].tolerated(base),
        left=commitment.budget(base, figure.counted),
        tier=commitment.tier(base, figure.counted),
    )


def _running_budget(month: TenantMonth) -> SlaBudget:
    known = _budget(month.figure(), month.commitment)
    ahead = month.tips() if month.out else []
    if not ahead:
        return known
    tip = ahead[0]
    return replace(known, tip_at=instant(tip.at), tip_percent=tip.percent, tip_amount=tip.amount)
