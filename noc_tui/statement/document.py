"""The statement of a tenant's month as one document, the same until an entry changes."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from noc_tui.contract.attribution import ARTICLE, Party
from noc_tui.contract.availability import Account, Commitment, credit
from noc_tui.contract.calendar import Month
from noc_tui.contract.forecast import straddles
from noc_tui.contract.instants import format_instant, format_seconds
from noc_tui.contract.spans import Span, cut
from noc_tui.contract.terms import Terms
from noc_tui.statement.gathering import TenantMonth, gather
from storage import evidence
from storage.connection import Readable
from storage.evidence import Entry
from storage.outages import Attribution, Exclusion, Outage, Unmeasured, attributions
from storage.times import micros


class Interval(msgspec.Struct, frozen=True):
    """A stretch of the month. `kind` is outage, exclusion, withdrawn or unmeasured.

    Outages that began or ended within an observation interval carry both bounds (R8). `end` is
    None while it lasts. `entries` are the evidence entries that it rests on.
    """

    kind: str
    start: str
    end: str | None
    seconds: str
    not_before: str | None
    not_over_before: str | None
    source: str
    cause: str
    basis: str | None
    article: str | None
    reason: str
    decided_by: str
    contestable: bool
    entries: tuple[int, ...]


class Figure(msgspec.Struct, frozen=True):
    """Downtime, and the rate truncated to four decimals; None without a base."""

    down_seconds: str
    percent: str | None


class EntryLine(msgspec.Struct, frozen=True):
    """An entry of the evidence log that the statement rests on."""

    seq: int
    at: str
    kind: str
    account: str
    hash: str


class CreditPart(msgspec.Struct, frozen=True):
    """The credit; `state` is that of R13, claimable meaning until the end of `deadline`.

    `lapsed` is said of a claim that was sent too late; that a day has passed changes no statement.
    """

    tier: int
    monthly_amount: str | None
    amount: str | None
    deadline: str
    state: str
    sent: str | None
    received: str | None
    channel: str
    reference: str
    granted: str | None
    refused: str
    terms: str


class Statement(msgspec.Struct, frozen=True):
    """The whole statement. `final` is false while the month runs; it then holds up to `until`."""

    tenant: str
    name: str
    month: str
    final: bool
    until: str
    hoster: str
    terms: str
    terms_from: str
    month_terms: str
    vantage: str
    base_from: str
    base_until: str
    base_seconds: str
    unmeasured_seconds: str
    coverage_percent: str | None
    raw: Figure
    contractual: Figure
    worst: Figure
    worst_tier: int
    straddles: bool
    budget_left_seconds: str
    credit: CreditPart
    intervals: tuple[Interval, ...]
    entries: tuple[EntryLine, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What a statement is made under."""

    hoster: str
    terms: Terms

    @property
    def commitment(self) -> Commitment:
        """The commitment that the terms state."""
        return Commitment.of(self.terms.availability)


async def statement(db: Readable, tenant: str, month: Month, frame: Frame) -> Statement | None:
    """The statement of a tenant's month; None when the register has no such tenant.

    While the month runs it holds up to the last entry of the evidence log, so that it stays the
    same until an entry is added.
    """
    last = await evidence.last_at(db)
    now = month.span.start if last is None else micros(last)
    found = await gather(db, month, now, frame.commitment, tenant)
    if not found:
        return None
    decided = await attributions(db, [row.id for row in found[0].outages])
    entries = await evidence.several(db, sorted(_entry_numbers(found[0], decided)))
    return _document(found[0], decided, entries, frame)


def _document(
    month: TenantMonth, decided: Mapping[int, Attribution], entries: Sequence[Entry], frame: Frame
) -> Statement:
    account, result = month.account, month.result
    coverage = result.coverage(account.past)
    return Statement(
        tenant=month.tenant.id,
        name=month.tenant.name,
        month=str(account.month),
        final=account.now >= account.month.span.end,
        until=format_instant(min(account.now, account.month.span.end)),
        hoster=frame.hoster,
        terms=frame.terms.version,
        terms_from=frame.terms.effective_from.isoformat(),
        month_terms=(month.stamped if month.over else "") or frame.terms.version,
        vantage="outside" if month.outside else "inside",
        base_from=format_instant(result.base.start),
        base_until=format_instant(result.base.end),
        base_seconds=format_seconds(result.base.length),
        unmeasured_seconds=format_seconds(result.unmeasured_total),
        coverage_percent=None if coverage is None else _percent(int(coverage * 1_000_000)),
        raw=Figure(format_seconds(result.raw.down), result.raw.percent),
        contractual=Figure(format_seconds(result.contractual.down), result.contractual.percent),
        worst=Figure(format_seconds(result.worst.down), result.worst.percent),
        worst_tier=result.worst_tier,
        straddles=_straddles(month),
        budget_left_seconds=format_seconds(result.budget_left),
        credit=_credit(month),
        intervals=tuple(_intervals(month, decided)),
        entries=tuple(
            EntryLine(one.seq, format_instant(micros(one.at)), one.kind, one.account, one.hash)
            for one in entries
        ),
        digest=digest(entries),
    )


def digest(entries: Iterable[Entry]) -> str:
    """SHA-256 over number and hash of each entry, a line each: what the statement rests on."""
    lines = "".join(f"{one.seq} {one.hash}\n" for one in entries)
    return hashlib.sha256(lines.encode()).hexdigest()


def _percent(millionths: int) -> str:
    return f"{millionths // 10_000}.{millionths % 10_000:04}"


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
    granted = None if decision is None else decision.amount
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


def _intervals(month: TenantMonth, decided: Mapping[int, Attribution]) -> Iterable[Interval]:
    account = month.account
    lines = [
        *(_outage(row, decided.get(row.id), account) for row in month.outages),
        *(_exclusion(row, account) for row in month.exclusions),
        *(_unmeasured(row, account) for row in month.unmeasured),
        *_before(month),
    ]
    return sorted(
        (line for line in lines if line.seconds != "0" or line.kind == "withdrawn"),
        key=lambda line: (line.start, line.kind, line.entries),
    )


def _outage(row: Outage, decision: Attribution | None, account: Account) -> Interval:
    party = None if decision is None else Party(decision.party)
    own = (row.evidence, row.ended_by, None if decision is None else decision.evidence)
    return Interval(
        kind="outage",
        start=format_instant(row.start),
        end=None if row.end is None else format_instant(row.end),
        seconds=_seconds(row.start, row.end, account),
        not_before=format_instant(row.not_before),
        not_over_before=(
            None if row.not_over_before is None else format_instant(row.not_over_before)
        ),
        source=", ".join(row.sources) or row.origin,
        cause=row.cause if party is None else party.value,
        basis=None,
        article=None if party is None else ARTICLE[party],
        reason="" if decision is None else decision.reason,
        decided_by="" if decision is None else decision.account,
        contestable=False,
        entries=_numbers(own),
    )


def _exclusion(row: Exclusion, account: Account) -> Interval:
    withdrawn = row.withdrawn_at is not None
    return Interval(
        kind="withdrawn" if withdrawn else "exclusion",
        start=format_instant(row.start),
        end=None if row.end is None else format_instant(row.end),
        seconds=_seconds(row.start, row.end, account, past=False),
        not_before=None,
        not_over_before=None,
        source="" if row.maintenance is None else f"maintenance:{row.maintenance}",
        cause="",
        basis=row.basis,
        article=None,
        reason=row.withdrawn_reason or row.reason,
        decided_by=row.withdrawn_account or row.account,
        contestable=row.contestable,
        entries=_numbers((row.evidence, row.ended_by, row.withdrawn_by)),
    )


def _unmeasured(row: Unmeasured, account: Account) -> Interval:
    return _unseen(row.start, row.end, account, row.reason, (row.evidence, row.ended_by))


def _before(month: TenantMonth) -> Iterable[Interval]:
    """What was before the first observation."""
    since, base = month.watched_since, month.account.past
    end = base.end if since is None else min(since, base.end)
    if end > base.start:
        yield _unseen(base.start, end, month.account, "not observed yet", ())


def _unseen(
    start: int, end: int | None, account: Account, reason: str, entries: Iterable[int | None]
) -> Interval:
    return Interval(
        kind="unmeasured",
        start=format_instant(start),
        end=None if end is None else format_instant(end),
        seconds=_seconds(start, end, account),
        not_before=None,
        not_over_before=None,
        source="",
        cause="",
        basis=None,
        article=None,
        reason=reason,
        decided_by="",
        contestable=False,
        entries=_numbers(entries),
    )


def _seconds(start: int, end: int | None, account: Account, *, past: bool = True) -> str:
    """How much of it lies in the month's base, up to now for what happens by itself."""
    window = account.past if past else account.base
    pieces = cut([Span(start, account.now if end is None else end)], window)
    return format_seconds(sum(piece.length for piece in pieces))


def _numbers(entries: Iterable[int | None]) -> tuple[int, ...]:
    return tuple(sorted({one for one in entries if one is not None}))


def _entry_numbers(month: TenantMonth, decided: Mapping[int, Attribution]) -> set[int]:
    numbers = {one for line in _intervals(month, decided) for one in line.entries}
    if month.row is not None:
        numbers |= set(_numbers((month.row.claimed_by, month.row.decided_by)))
    return numbers
