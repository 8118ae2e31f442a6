"""Reads the end of a month: what is open, the closings, the tenants' figures.

One reading for `nocd`, which closes the month, and for the command and the screen that show it.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence

import msgspec

from noc_tui.contract.calendar import Month
from noc_tui.contract.instants import format_instant
from noc_tui.contract.month_end import OpenKind
from noc_tui.contract.spans import Span, cut_spans, minus
from noc_tui.contract.terms_book import TermsBook
from noc_tui.labels.incidents import title_of
from noc_tui.queries.month_facts import read_month_facts
from noc_tui.queries.record_check import RecordCheck
from noc_tui.queries.sla_terms_history import read_commitments
from noc_tui.views.month_end import (
    MonthEnd,
    OpenItem,
    SentLine,
    closing_line,
    end_line,
    month_state,
)
from noc_tui.views.tenant_month import TenantMonth
from storage import evidence
from storage.connection import Readable
from storage.decisions import ProposedDecision, open_proposals
from storage.evidence import Entry, Query
from storage.incidents import INCIDENTS
from storage.month_closes import closings_of
from storage.outages import Attribution, Outage, last_attributions
from storage.outbox import MessageState, message_states

SHOWN = 20
"""So many of the newest proposed registers are looked at."""
REVIEWED = frozenset({"reviewed", "merged"})
"""The states of incidents of which nothing is left to do."""
STATEMENT_MAIL = "month-statement"
"""The purpose of mails with a statement."""
STATEMENT_ABOUT = "month:{month}/{tenant}"
"""What such a mail is about."""
CREDIT_ABOUT = "credit:{tenant}/{month}"
"""What the letters about a claim are about."""


async def read_month_end(
    db: Readable, month: Month, now: int, book: TermsBook, check: RecordCheck
) -> MonthEnd:
    """Return the month as it stands at `now` (microseconds); `check` is what the record was found
    to be.
    """
    found = await read_month_facts(db, month, now, book)
    closings = await closings_of(db, str(month))
    closed = closings[-1].tenants if closings and closings[-1].in_force else {}
    items = [one async for one in _open_items(db, month, found, now, book, check)]
    sent = await _sent(db, month, found)
    order = list(OpenKind)
    items.sort(key=lambda one: (not one.blocking, order.index(OpenKind(one.kind)), one.tenant))
    return MonthEnd(
        month=str(month),
        state=month_state(month, now, closings),
        open=tuple(items),
        closings=tuple(map(closing_line, closings)),
        tenants=tuple(
            end_line(
                one,
                now,
                check.problems(one.tenant.id),
                closed.get(one.tenant.id),
                sent.get(one.tenant.id, ()),
            )
            for one in found
        ),
    )


async def _open_items(
    db: Readable,
    month: Month,
    found: Sequence[TenantMonth],
    now: int,
    book: TermsBook,
    check: RecordCheck,
) -> AsyncIterator[OpenItem]:
    if now < month.span.end:
        yield OpenItem.of(OpenKind.RUNNING, month, "", detail=format_instant(month.span.end))
    known = {terms.version for terms in book.versions} | set(await read_commitments(db))
    names = {one.tenant.id: one.tenant.name for one in found}
    for one in found:
        for item in _of_tenant(one, known, check):
            yield item
    for proposal in await open_proposals(db):
        if _meets(proposal, month):
            yield OpenItem.of(
                OpenKind.PROPOSED,
                proposal.id,
                f"decision:{proposal.id}",
                tenant=proposal.tenant,
                name=names.get(proposal.tenant, proposal.tenant),
                detail=str(proposal.id),
            )
    for number in await _proposed_registers(db, month):
        yield OpenItem.of(OpenKind.REGISTER, number, "tenant:", detail=str(number))
    async for item in _of_outages(db, found):
        yield item


async def _of_outages(db: Readable, found: Sequence[TenantMonth]) -> AsyncIterator[OpenItem]:
    """What is open of the month's outages and of their incidents."""
    rows = [(one, row) for one in found for row in one.outages]
    held = await last_attributions(db, [row.id for _month, row in rows])
    for one, row in rows:
        kind = _undecided(held.get(row.id))
        if kind is OpenKind.UNATTRIBUTED and not _counts(one, row):
            continue  # work that was announced, a suspension: nothing is left to attribute
        if kind is not None:
            about = f"outage:{row.id}" if row.incident is None else f"incident:{row.incident}"
            yield _item(kind, row.id, about, one, str(row.id))
    for number in sorted({row.incident for _month, row in rows if row.incident is not None}):
        incident = await INCIDENTS.get(db, number)
        if incident is not None and incident.state not in REVIEWED:
            about, said = f"incident:{number}", f"{number} · {title_of(incident)}"
            yield OpenItem.of(OpenKind.INCIDENT, number, about, detail=said)


def _of_tenant(one: TenantMonth, known: Iterable[str], check: RecordCheck) -> Iterator[OpenItem]:
    """What is open of one tenant's month by itself."""
    tenant = one.tenant.id
    about = f"tenant:{tenant}"
    if problems := check.hindrances(tenant):
        yield _item(OpenKind.UNVERIFIED, tenant, about, one, problems[0])
    if one.stamped and one.stamped not in known:
        yield _item(OpenKind.TERMS, tenant, about, one, one.stamped)
    if one.amount is None and one.result.tier:
        yield _item(OpenKind.AMOUNT, tenant, about, one, "")
    for row in one.exclusions:
        # A suspension ends by its own restoration, after the month: its figure is settled.
        if row.end is None and row.in_force and row.suspension is None:
            yield _item(OpenKind.LASTING, row.id, f"exclusion:{row.id}", one, str(row.id))
    if unseen := one.result.unmeasured_total:
        detail = str(unseen // 1_000_000)
        yield _item(OpenKind.UNMEASURED, tenant, about, one, detail)
    if one.row is not None and one.row.sent is not None and one.row.decided_at is None:
        yield _item(OpenKind.CLAIM, tenant, f"credit:{tenant}", one, "")
    if one.tenant.contract_start is None:
        yield _item(OpenKind.CONTRACT, tenant, about, one, "")


def _item(kind: OpenKind, key: object, about: str, one: TenantMonth, detail: str) -> OpenItem:
    return OpenItem.of(kind, key, about, tenant=one.tenant.id, name=one.tenant.name, detail=detail)


def _undecided(held: Attribution | None) -> OpenKind | None:
    if held is None:
        return OpenKind.UNATTRIBUTED
    return None if held.reopened_by is None else OpenKind.REOPENED


def _counts(month: TenantMonth, row: Outage) -> bool:
    """Whether any of the outage counts in the month."""
    end = month.account.now if row.end is None else row.end
    inside = cut_spans([Span(row.start, max(row.start, end))], month.account.past)
    return bool(minus(inside, month.account.exclusions))


class _ProposedRegister(msgspec.Struct, frozen=True):
    months: tuple[str, ...] = ()


async def _proposed_registers(db: Readable, month: Month) -> list[int]:
    """The entries that proposed a register which changes the month, since the last import."""
    taken = await evidence.search(db, Query(kind="register.imported", limit=1))
    since = taken[0].seq if taken else 0
    return [
        entry.seq
        for entry in await evidence.search(db, Query(kind="register.proposed", limit=SHOWN))
        if entry.seq > since and str(month) in _months_of(entry)
    ]


def _months_of(entry: Entry) -> tuple[str, ...]:
    return msgspec.json.decode(entry.payload or "{}", type=_ProposedRegister).months


def _meets(row: ProposedDecision, month: Month) -> bool:
    return row.start < month.span.end and (row.end is None or row.end > month.span.start)


async def _sent(
    db: Readable, month: Month, found: Sequence[TenantMonth]
) -> Mapping[str, tuple[SentLine, ...]]:
    """The mails about the month and its credits, by tenant, the oldest first."""
    about = {
        name.format(tenant=one.tenant.id, month=month): one.tenant.id
        for one in found
        for name in (STATEMENT_ABOUT, CREDIT_ABOUT)
    }
    lines: dict[str, list[SentLine]] = defaultdict(list)
    for row in await message_states(db, about):
        lines[about[row.about]].append(_sent_line(row))
    return {tenant: tuple(rows) for tenant, rows in lines.items()}


def _sent_line(row: MessageState) -> SentLine:
    return SentLine(row.purpose, row.state, format_instant(row.queued_at))
