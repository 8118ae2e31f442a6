"""The document that `sla compute` reads and the one that it answers, without any I/O."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

import msgspec

from noc_tui.contract import availability
from noc_tui.contract.availability import Account, Commitment, Figure
from noc_tui.contract.calendar import Month, day_start
from noc_tui.contract.instants import format_seconds, parse_instant
from noc_tui.contract.spans import Span

Basis = Literal[
    "maintenance",
    "suspension",
    "quota",
    "emergency",
    "attack",
    "force_majeure",
    "not_attributable",
]
"""The legal bases of an exclusion (R10)."""

_AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BadDocumentError(Exception):
    """What is wrong with a document, in one line that names the field.

    When the document could not be decoded at all, the decoder's own error is the cause.
    """


class SpanIn(msgspec.Struct, frozen=True):
    """An interval as given; an `end` of null means until now."""

    start: str
    end: str | None = None


class ExclusionIn(msgspec.Struct, frozen=True):
    """An interval that does not count, with its legal basis."""

    start: str
    basis: Basis
    end: str | None = None


class SlaDocument(msgspec.Struct, frozen=True):
    """One tenant's month as scripts write it; only `month` is required."""

    month: str
    contract_from: str | None = None
    contract_until: str | None = None
    monthly_amount: str | None = None
    outages: tuple[SpanIn, ...] | None = None
    exclusions: tuple[ExclusionIn, ...] | None = None
    unmeasured: tuple[SpanIn, ...] | None = None
    request_sent: str | None = None
    now: str | None = None


class FigureOut(msgspec.Struct, frozen=True):
    """A rate, raw or contractual."""

    down_seconds: str
    percent: str | None


class ReadingOut(msgspec.Struct, frozen=True):
    """What the month comes to by another reading: the rate, and the tier."""

    percent: str | None
    tier: int


class SlaAnswer(msgspec.Struct, frozen=True):
    """What the month comes to, in the interface's own keys and order.

    `tier` and `credit` leave excluded time in the base; `cut_from_base` takes it out (R11). In
    `worst_case` all unmeasured time was down; `proven` is false where that would change the tier,
    or where nobody measured any of the base (R9).
    """

    base_seconds: str
    unmeasured_seconds: str
    raw: FigureOut
    contractual: FigureOut
    tier: int
    credit: str | None
    budget_left_seconds: str
    claim_deadline: str
    credit_state: availability.ClaimState
    proven: bool
    worst_case: ReadingOut
    cut_from_base: ReadingOut


def read(raw: bytes) -> SlaDocument:
    """Decode a document; raises `BadDocumentError`."""
    try:
        return msgspec.json.decode(raw, type=SlaDocument)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadDocumentError(" ".join(str(error).split())) from error


def answer(document: SlaDocument, commitment: Commitment, now: int) -> SlaAnswer:
    """Work the month out; `now` serves when the document names none.

    Raises `BadDocumentError`.
    """
    now = now if document.now is None else _instant("now", document.now)
    amount = _amount(document.monthly_amount)
    account = _account(document, now)
    sent = document.request_sent
    request = None if sent is None else _instant("request_sent", sent)
    result = availability.compute(account, commitment)
    owed = availability.credit(amount, result.tier)
    return SlaAnswer(
        base_seconds=format_seconds(result.base.length),
        unmeasured_seconds=format_seconds(result.unmeasured_total),
        raw=_figure(result.raw),
        contractual=_figure(result.contractual),
        tier=result.tier,
        credit=None if owed is None else f"{owed:f}",
        budget_left_seconds=format_seconds(result.budget_left),
        claim_deadline=result.claim_deadline.isoformat(),
        credit_state=availability.claim_state(result.tier, result.claim_deadline, request, now),
        proven=result.worst_tier == result.tier and not _unseen(account, result),
        worst_case=ReadingOut(result.worst.percent, result.worst_tier),
        cut_from_base=ReadingOut(result.cut.percent, result.cut_tier),
    )


def _unseen(account: Account, result: availability.Result) -> bool:
    """Whether nobody measured any of the base that has passed."""
    return result.unmeasured_total >= account.past.length > 0


def _account(document: SlaDocument, now: int) -> Account:
    start = _bound("contract_from", document.contract_from, timedelta(0))
    # A contract that is given until a day runs to the end of that day.
    end = _bound("contract_until", document.contract_until, timedelta(days=1))
    if start is not None and end is not None and end < start:
        raise BadDocumentError("contract_until: an end before its start")
    return Account(
        month=_month(document.month),
        now=now,
        contract_from=start,
        contract_until=end,
        outages=_spans("outages", document.outages, now),
        exclusions=_spans("exclusions", document.exclusions, now),
        unmeasured=_spans("unmeasured", document.unmeasured, now),
        negotiated=True,  # the answer's own keys leave excluded time in the base
    )


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as error:
        raise BadDocumentError(f"month: {error}") from error


def _instant(field: str, text: str) -> int:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise BadDocumentError(f"{field}: {error}") from error


def _bound(field: str, text: str | None, later: timedelta) -> int | None:
    """A contract date: an instant, or a day in Paris (the register knows days)."""
    if text is None:
        return None
    if _DAY.fullmatch(text) is None:
        return _instant(field, text)
    try:
        return day_start(date.fromisoformat(text) + later)
    except (ValueError, OverflowError) as error:
        raise BadDocumentError(f"{field}: no such day: {text!r}") from error


def _amount(text: str | None) -> Decimal | None:
    if text is None:
        return None
    if _AMOUNT.fullmatch(text) is None:
        raise BadDocumentError(f"monthly_amount: not an amount in euros: {text!r}")
    return Decimal(text)


def _spans(field: str, given: Sequence[SpanIn | ExclusionIn] | None, now: int) -> list[Span]:
    spans = []
    for index, one in enumerate(given or ()):
        place = f"{field}[{index}]"
        start = _instant(f"{place}.start", one.start)
        end = now if one.end is None else _instant(f"{place}.end", one.end)
        if end < start:
            raise BadDocumentError(f"{place}.end: an end before its start")
        spans.append(Span(start, end))
    return spans


def _figure(figure: Figure) -> FigureOut:
    return FigureOut(format_seconds(figure.down), figure.percent)
