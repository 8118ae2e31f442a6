"""The stretches of a tenant's month: outages, exclusions, and what nobody measured."""

from collections.abc import Iterable, Mapping

import msgspec

from noc_tui.contract.attribution import ARTICLE, Party
from noc_tui.contract.availability import Account
from noc_tui.contract.instants import format_instant, format_seconds
from noc_tui.contract.spans import Span, cut_spans
from noc_tui.views.tenant_month import TenantMonth
from storage.outages import Attribution, Exclusion, Outage, Unmeasured


class Interval(msgspec.Struct, frozen=True):
    """A stretch of the month. `kind` is outage, exclusion, withdrawn or unmeasured.

    Outages that began or ended within an observation interval carry both bounds (R8). `end` is
    None while it lasts. `entries` are the evidence entries that it rests on. `link` is how its
    basis led to it, `approved_by` the second person, `grounds` what shows it.
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
    link: str = ""
    approved_by: str = ""
    grounds: tuple[str, ...] = ()


def intervals(month: TenantMonth, decided: Mapping[int, Attribution]) -> tuple[Interval, ...]:
    """Return what the month is made of, by its beginning; `decided` has the last attribution by
    outage, which says no cause where it was reopened.
    """
    account = month.account
    lines = [
        *(_outage(row, decided.get(row.id), account) for row in month.outages),
        *(_exclusion(row, account) for row in month.exclusions),
        *(_unmeasured(row, account) for row in month.unmeasured),
        *_before(month),
    ]
    told = [line for line in lines if line.seconds != "0" or line.kind == "withdrawn"]
    return tuple(sorted(told, key=lambda line: (line.start, line.kind, line.entries)))


def _outage(row: Outage, decision: Attribution | None, account: Account) -> Interval:
    entries = [row.evidence, row.ended_by]
    if decision is not None:
        entries += [decision.evidence, decision.reopened_by]
        decision = None if decision.reopened_by is not None else decision
    party = None if decision is None else Party(decision.party)
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
        entries=_numbers(entries),
        link="" if decision is None else decision.link or "",
        approved_by="" if decision is None else decision.approved or "",
        grounds=() if decision is None else decision.grounds,
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
        link="" if withdrawn else row.link or "",
        approved_by="" if withdrawn else row.approved or "",
        grounds=() if withdrawn else row.grounds or (),
    )


def _unmeasured(row: Unmeasured, account: Account) -> Interval:
    return _unseen(row.start, row.end, account, row.reason, (row.evidence, row.ended_by))


def _before(month: TenantMonth) -> Iterable[Interval]:
    """Return what was before the first observation."""
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
    """Return how much of it lies in the month's base, up to now for what happens by itself."""
    window = account.past if past else account.base
    pieces = cut_spans([Span(start, account.now if end is None else end)], window)
    return format_seconds(sum(piece.length for piece in pieces))


def _numbers(entries: Iterable[int | None]) -> tuple[int, ...]:
    return tuple(sorted({one for one in entries if one is not None}))
