"""Closes a month, and reopens it. Both are entries that decide over money."""

import msgspec

from noc_tui.contract.calendar import Month
from noc_tui.contract.terms_book import TermsBook
from noc_tui.daemon.availability.required_rows import need_reason
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.identity import actor
from noc_tui.i18n import _, ngettext
from noc_tui.labels.month_end import describe_item
from noc_tui.queries.month_end import read_month_end
from noc_tui.queries.month_facts import read_month_facts
from noc_tui.queries.record_check import RecordCheck
from noc_tui.roles import Caller
from noc_tui.views.month_end import MonthEnd, OpenItem, closed_figure
from storage.change import Change
from storage.month_closes import MONTH_CLOSES, MonthClose, closings_of
from storage.times import micros

CLOSED, REOPENED = "month.closed", "month.reopened"


async def close_month(
    change: Change,
    caller: Caller,
    month: Month,
    accepted: frozenset[str],
    reason: str,
    *,
    book: TermsBook,
    check: RecordCheck,
) -> MonthClose:
    """Close the month with the figures of now. Raises `Conflict` with all that is in the way.

    `accepted` are the ids of what may stay open; what was opened since they were read is in the
    way too.
    """
    now = micros(change.at)
    found = await read_month_end(change, month, now, book, check)
    require_closable(found, accepted, reason)
    facts = await read_month_facts(change, month, now, book)
    number = len(found.closings) + 1
    left = [one.id for one in found.closable]
    figures = [closed_figure(one) for one in facts]
    entry = await change.record(
        CLOSED,
        [f"month:{month}"],
        {
            "month": str(month),
            "number": number,
            "reason": reason,
            "left_open": left,
            "figures": {one.tenant: one for one in figures},
        },
        actor=actor(caller),
    )
    row = MonthClose(
        month=str(month),
        number=number,
        closed_at=now,
        account=caller.name,
        reason=reason,
        left_open=tuple(left),
        figures=tuple(msgspec.json.encode(one).decode() for one in figures),
        evidence=entry,
    )
    await change.put(MONTH_CLOSES, [row], by=entry)
    return row


def require_closable(month: MonthEnd, accepted: frozenset[str], reason: str) -> None:
    """Raise `Conflict` where the month is closed, where something blocks it, or where something is
    open that nobody accepted.
    """
    if month.state == "closed":
        raise Conflict(_("{month} is closed already").format(month=month.month))
    if month.blocking:
        text = ngettext(
            "{month} is not closed: {n} thing is in the way",
            "{month} is not closed: {n} things are in the way",
            len(month.blocking),
        )
        raise Conflict(
            _listed(text.format(month=month.month, n=len(month.blocking)), month.blocking)
        )
    unseen = tuple(one for one in month.closable if one.id not in accepted)
    if unseen:
        text = ngettext(
            "{month} is not closed: {n} thing is open that may stay so if a lead says why",
            "{month} is not closed: {n} things are open that may stay so if a lead says why",
            len(unseen),
        )
        raise Conflict(_listed(text.format(month=month.month, n=len(unseen)), unseen))
    if month.closable:
        need_reason(reason)


def _listed(head: str, items: tuple[OpenItem, ...]) -> str:
    return "\n".join([head, *(f"- {describe_item(one)}" for one in items)])


async def reopen_month(change: Change, caller: Caller, month: Month, reason: str) -> MonthClose:
    """Open a closed month again; its figures may then change, under the rules of R38."""
    need_reason(reason)
    rows = await closings_of(change, str(month))
    if not rows or not rows[-1].in_force:
        raise Conflict(_("{month} is not closed").format(month=month))
    last = rows[-1]
    entry = await change.record(
        REOPENED,
        [f"month:{month}"],
        {"month": str(month), "number": last.number, "closed": last.evidence, "reason": reason},
        actor=actor(caller),
    )
    row = msgspec.structs.replace(
        last,
        reopened_at=micros(change.at),
        reopened_account=caller.name,
        reopened_reason=reason,
        reopened_by=entry,
    )
    await change.put(MONTH_CLOSES, [row], by=entry)
    return row
