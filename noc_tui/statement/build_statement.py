"""Builds the statement of a tenant's month; it stays the same until an entry is added."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import msgspec

from noc_tui.contract.availability import credit
from noc_tui.contract.calendar import SECOND, Month
from noc_tui.contract.forecast import straddles
from noc_tui.contract.instants import format_instant, format_seconds
from noc_tui.contract.spans import Span
from noc_tui.contract.terms_book import TermsBook
from noc_tui.queries.month_facts import read_month_facts
from noc_tui.queries.record_check import RecordCheck
from noc_tui.statement.document import (
    ContentErasure,
    CreditPart,
    StatedClosing,
    StatedThreshold,
    Statement,
    StatementEntry,
)
from noc_tui.views.month_intervals import Interval, intervals
from noc_tui.views.month_row import UNVERIFIED, StatedFigure, cut_reading, stated_figure
from noc_tui.views.tenant_month import TenantMonth, coverage_percent
from storage import evidence
from storage.connection import Readable
from storage.evidence import Entry
from storage.heads import Head, first_head_over
from storage.month_closes import MonthClose, closings_of
from storage.outages import Outage, last_attributions
from storage.times import micros


@dataclass(frozen=True, slots=True)
class StatementFrame:
    """The circumstances of a statement."""

    hoster: str
    terms: TermsBook


async def statement(
    db: Readable, tenant: str, month: Month, frame: StatementFrame, check: RecordCheck
) -> Statement | None:
    """The statement of a tenant's month; None when the register has no such tenant.

    `check` is what the record was found to be. Where it has problems with what is said of this
    tenant, the statement names them and states no credit.

    While the month runs it holds up to the last entry of the evidence log, so that it stays the
    same until an entry is added.
    """
    last = await evidence.last_at(db)
    now = month.span.start if last is None else micros(last)
    found = await read_month_facts(db, month, now, frame.terms, {tenant})
    if not found:
        return None
    lines = intervals(found[0], await last_attributions(db, [row.id for row in found[0].outages]))
    # Name, contract and amount are the register's: of which reading, an entry says.
    read = await evidence.newest(db, f"tenant:{tenant}", evidence.REGISTER_READ)
    closings = await closings_of(db, str(month))
    resting = _resting_on(found[0], lines, read) | _closing_entries(closings)
    entries = await evidence.several(db, sorted(resting))
    erased = await _erasures(db, entries)
    document = _document(found[0], lines, entries, erased, frame, check.problems(tenant))
    document = msgspec.structs.replace(document, closings=tuple(map(state_closing, closings)))
    return msgspec.structs.replace(document, digest=digest(document))


async def read_covering_head(db: Readable, document: Statement) -> Head | None:
    """Return the first signed head that covers every entry the statement rests on; None before
    there is one.
    """
    return await first_head_over(db, max((one.seq for one in document.entries), default=0))


def _resting_on(month: TenantMonth, lines: Iterable[Interval], read: int | None) -> set[int]:
    """The numbers of the evidence entries that prove the lines, the credit, the register's part."""
    numbers = {number for line in lines for number in line.entries}
    of_credit = () if month.row is None else (month.row.claimed_by, month.row.decided_by)
    return numbers | {number for number in (*of_credit, read) if number is not None}


def _closing_entries(closings: Iterable[MonthClose]) -> set[int]:
    """The entries that closed the month and reopened it."""
    numbers = {number for one in closings for number in (one.evidence, one.reopened_by)}
    return {number for number in numbers if number is not None}


def _whole_second(at: int) -> str:
    """When a person acted: to the second, which its entry has exactly."""
    return format_instant(at // SECOND * SECOND)


def state_closing(row: MonthClose) -> StatedClosing:
    """A closing as statements say it."""
    return StatedClosing(
        number=row.number,
        closed=_whole_second(row.closed_at),
        entry=row.evidence,
        reopened=None if row.reopened_at is None else _whole_second(row.reopened_at),
        reopened_by=row.reopened_by,
        reason=row.reopened_reason or "",
    )


class _StatedGrounds(msgspec.Struct, frozen=True):
    """What is read of an erasure's payload."""

    reason: str = ""
    under: str = ""


async def _erasures(db: Readable, entries: Sequence[Entry]) -> dict[int, ContentErasure]:
    """How the contents that are gone were erased, by the number of their entry."""
    gone = {one.seq: one.erased_by for one in entries if one.erased_by is not None}
    found = {one.seq: one for one in await evidence.several(db, sorted(set(gone.values())))}
    return {seq: _erased(found[by]) for seq, by in gone.items() if by in found}


def _erased(by: Entry) -> ContentErasure:
    said = msgspec.json.decode(by.payload or "{}", type=_StatedGrounds)
    under = "; ".join(filter(None, (said.under, said.reason)))
    return ContentErasure(by.seq, format_instant(micros(by.at)), by.account, under)


def _document(
    month: TenantMonth,
    lines: tuple[Interval, ...],
    entries: Sequence[Entry],
    erased: Mapping[int, ContentErasure],
    frame: StatementFrame,
    problems: tuple[str, ...],
) -> Statement:
    account, result = month.account, month.result
    return Statement(
        verified=not problems,
        problems=problems,
        tenant=month.tenant.id,
        name=month.tenant.name,
        month=str(account.month),
        final=account.now >= account.month.span.end,
        until=format_instant(min(account.now, account.month.span.end)),
        hoster=frame.hoster,
        terms=month.terms.version,
        terms_from=month.terms.effective_from.isoformat(),
        month_terms=month.terms_version,
        vantage="outside" if month.outside else "inside",
        base_from=format_instant(result.base.start),
        base_until=format_instant(result.base.end),
        base_seconds=format_seconds(result.base.length),
        unmeasured_seconds=format_seconds(result.unmeasured_total),
        coverage_percent=coverage_percent(month),
        raw=stated_figure(month, result.raw),
        contractual=stated_figure(month, result.contractual),
        worst=StatedFigure(format_seconds(result.worst.down), result.worst.percent),
        worst_tier=None if problems else result.worst_tier,
        straddles=_straddles(month),
        budget_left_seconds=format_seconds(result.budget_left),
        credit=_unverified(_credit(month)) if problems else _credit(month),
        intervals=lines,
        entries=tuple(
            StatementEntry(
                seq=one.seq,
                at=format_instant(micros(one.at)),
                kind=one.kind,
                account=one.account,
                hash=one.hash,
                erased=erased.get(one.seq),
            )
            for one in entries
        ),
        digest="",
        commitment=tuple(
            StatedThreshold(_percent_of(one.rate), one.percent)
            for one in month.commitment.thresholds
        ),
        cut_from_base=None if problems else cut_reading(month),
    )


def _percent_of(rate: Fraction) -> str:
    """A promised rate in per cent, as few decimals as it has: `99.9`, `99`."""
    percent = Decimal(rate.numerator * 100) / Decimal(rate.denominator)
    return f"{percent.normalize():f}"


def digest(document: Statement) -> str:
    """Return the SHA-256 of the statement's content: its figures, and its entries with their
    hashes.
    """
    fields = msgspec.structs.asdict(document)
    del fields["digest"]
    return hashlib.sha256(msgspec.json.encode(fields, order="sorted")).hexdigest()


def _unverified(credit: CreditPart) -> CreditPart:
    """The claim and its dates alone: on rows that are not as recorded no credit is stated."""
    return msgspec.structs.replace(
        credit, tier=None, monthly_amount=None, amount=None, granted=None, state=UNVERIFIED
    )


def _straddles(month: TenantMonth) -> bool:
    def end(row: Outage) -> int:
        return month.account.now if row.end is None else row.end

    longest = [Span(row.not_before, end(row)) for row in month.outages]
    shortest = [
        Span(row.start, end(row) if row.not_over_before is None else row.not_over_before)
        for row in month.outages
    ]
    return straddles(month.account, month.commitment, shortest, longest)


def _credit(month: TenantMonth) -> CreditPart:
    standing, claim, decision = month.credit, month.credit.claim, month.credit.decision
    # The state as of the first instant: what is claimable until a day is not restated after it.
    state = standing.state(month.account.month.span.start)
    owed = credit(month.amount, standing.tier)
    granted = standing.stands if decision is None else decision.amount
    return CreditPart(
        tier=standing.tier,
        monthly_amount=None if month.amount is None else f"{month.amount:.2f}",
        amount=None if owed is None else f"{owed:.2f}",
        deadline=standing.deadline.isoformat(),
        state=state.value,
        sent=None if claim is None else format_instant(claim.sent),
        received=None if claim is None else format_instant(claim.received),
        channel="" if claim is None else claim.channel,
        reference="" if claim is None else claim.reference,
        granted=None if granted is None else f"{granted:.2f}",
        refused="" if decision is None else decision.reason,
        terms="" if month.row is None else month.row.terms,
    )
