"""Reads what a decision about downtime must rest on, and what it may not contradict (R10, R38)."""

from collections.abc import AsyncIterator, Sequence, Set
from typing import cast

import msgspec

from noc_tui.contract.attribution import BASIS, Party
from noc_tui.contract.calendar import Month
from noc_tui.contract.exclusion_rules import (
    DowntimeDecision,
    OnRecord,
    Protection,
    StandingDecision,
    find_protections,
    find_relieved,
)
from noc_tui.contract.sla_document import Basis
from noc_tui.contract.spans import ENDLESS, Span
from noc_tui.contract.terms_book import TermsBook
from noc_tui.queries.attribution_proposals import (
    read_platform_failures,
    read_suspension_times,
)
from noc_tui.queries.month_facts import read_month_facts
from noc_tui.views.tenant_month import TenantMonth
from storage import evidence, incidents, outages
from storage.connection import Readable
from storage.ledger import OBSERVERS
from storage.outages import Exclusion, Maintenance, Outage
from storage.times import micros

QUOTA_RULE = "quota"
_SUSPENSION = "suspension:"


def span_of(start: int, end: int | None) -> Span:
    """A span whose end may be open."""
    return Span(start, ENDLESS if end is None else end)


async def read_on_record(
    db: Readable, tenant: str, decision: DowntimeDecision, case: str
) -> tuple[OnRecord, str, int | None]:
    """Return what is on record for a decision, the suspension and the window that it rests on.

    `case` names the suspension; empty, it is the tenant's that took effect in that time. Sealed
    cases stand in no file that is read here: to a decision they are not there.
    """
    name, time = "", None
    if decision.basis == "suspension":
        name, time = await _find_case(db, tenant, decision, case)
    windows = await _announced(db, tenant, decision.span)
    covering = [one.id for one in windows if one.start <= decision.span.start]
    known = OnRecord(
        windows=[Span(one.start, one.end) for one in windows],
        case=time,
        quota_entries=await _quota_entries(db, tenant, decision),
        failures=(
            await read_platform_failures(db, tenant, decision.span)
            if decision.basis == "emergency"
            else ()
        ),
    )
    window = covering[0] if decision.basis == "maintenance" and covering else None
    return known, name, window


async def _find_case(
    db: Readable, tenant: str, decision: DowntimeDecision, case: str
) -> tuple[str, Span | None]:
    named = [one.removeprefix(_SUSPENSION) for one in decision.grounds if _SUSPENSION in one]
    wanted = case or next(iter(named), "")
    for name, time in await read_suspension_times(db, tenant):
        meets = time.start < decision.span.end and decision.span.start < time.end
        if name == wanted or (not wanted and meets):
            return name, time
    return "", None


async def _announced(db: Readable, tenant: str, span: Span) -> list[Maintenance]:
    """The windows of a tenant that were announced before they began and not called off."""
    return [
        one
        for one in await outages.windows_between(db, span.start, min(span.end, ENDLESS))
        if tenant in one.tenants and one.announced_at is not None and one.announced_at < one.start
    ]


class _Alert(msgspec.Struct, frozen=True):
    """What an alert's entry says of its rule."""

    rule: str = ""


async def _quota_entries(db: Readable, tenant: str, decision: DowntimeDecision) -> list[str]:
    """Those of the grounds that are entries about this tenant's quota, before the time ends."""
    if decision.basis != "quota":
        return []
    found = []
    for ground in decision.grounds:
        number = ground.rpartition(":")[2]
        if not (number.isascii() and number.isdecimal() and len(number) < 19):
            continue
        entry = await evidence.get(db, int(number))
        if entry is None or not entry.kind.startswith("alert."):
            continue
        rule = msgspec.json.decode(entry.payload or "{}", type=_Alert).rule
        about = f"tenant:{tenant}" in entry.subjects
        if rule == QUOTA_RULE and about and micros(entry.at) < decision.span.end:
            found.append(ground)
    return found


async def read_attributions(db: Readable, tenant: str, span: Span) -> list[StandingDecision]:
    """The attributions in force of a tenant's outages that meet a span."""
    rows = {row.id: row for row in await outages.outages(db, span.start, span.end, {tenant})}
    held = await outages.attributions(db, list(rows))
    return [
        StandingDecision(
            number, span_of(rows[number].start, rows[number].end), BASIS[Party(one.party)]
        )
        for number, one in held.items()
    ]


async def read_exclusions(
    db: Readable, tenant: str, span: Span, without: int | None
) -> list[StandingDecision]:
    """The exclusions in force of a tenant that meet a span, but the one `without`."""
    rows = await outages.exclusions(db, span.start, span.end, {tenant})
    return [
        StandingDecision(
            row.id, span_of(row.start, row.end), cast(Basis, row.basis), settled=_is_settled(row)
        )
        for row in rows
        if row.in_force and row.id != without
    ]


def _is_settled(row: Exclusion) -> bool:
    return row.suspension is not None or (row.maintenance is not None and not row.contestable)


async def read_protections(
    db: Readable,
    tenant: str,
    span: Span | None,
    *,
    without: int | None = None,
    book: TermsBook,
    now: int,
) -> set[Protection]:
    """Return why leaving out `span` instead of exclusion `without` needs a second person."""
    found: set[Protection] = set()
    async for one in _months_of(db, tenant, span, book, now):
        found |= await _protections(db, one, span, without)
    return found


async def find_lowered_month(
    db: Readable,
    tenant: str,
    span: Span | None,
    months: Set[str],
    *,
    without: int | None = None,
    book: TermsBook,
    now: int,
) -> Month | None:
    """Return the first of these months of which leaving out `span` would lower a figure."""
    async for one in _months_of(db, tenant, span, book, now):
        month = one.account.month
        if str(month) in months and _relieved(one, span, without):
            return month
    return None


async def _months_of(
    db: Readable, tenant: str, span: Span | None, book: TermsBook, now: int
) -> AsyncIterator[TenantMonth]:
    """The months of a tenant that a span meets, from the first observation to the present."""
    if span is None:
        return
    seen = min((one.since for one in await OBSERVERS.read(db)), default=now)
    first, last = Month.of(min(max(span.start, min(seen, now)), now)), Month.of(min(span.end, now))
    month = first
    while month <= last:
        for one in await read_month_facts(db, month, now, book, {tenant}):
            yield one
        month = month.next


def _relieved(month: TenantMonth, span: Span | None, without: int | None) -> list[Span]:
    """What would no longer count of a month."""
    after = [
        span_of(row.start, row.end)
        for row in month.exclusions
        if row.in_force and row.id != without
    ]
    return find_relieved(month.account, [*after, *([] if span is None else [span])])


async def _protections(
    db: Readable, month: TenantMonth, span: Span | None, without: int | None
) -> set[Protection]:
    relieved = _relieved(month, span, without)
    if not relieved:
        return set()
    return find_protections(
        relieved,
        closed=month.over,
        claimed=month.row is not None and month.row.sent is not None,
        reviewed=await _reviewed(db, month.outages),
    )


async def _reviewed(db: Readable, rows: Sequence[Outage]) -> list[Span]:
    numbers = {row.incident for row in rows if row.incident is not None}
    reviewed = await incidents.reviewed_among(db, numbers)
    return [span_of(row.start, row.end) for row in rows if row.incident in reviewed]
