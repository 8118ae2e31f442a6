"""Reads the rows that a handover is built from."""

from datetime import datetime, time

from noc_tui.alerts.lifecycle import triage_order
from noc_tui.contract.availability import Commitment
from noc_tui.contract.calendar import PARIS, Month, claim_deadline
from noc_tui.contract.terms_book import TermsBook
from noc_tui.handover.build import HandoverState, items
from noc_tui.queries.month_table import read_credit_order
from noc_tui.queries.sla_terms_history import commitment_of, read_commitments
from noc_tui.views.tenant_month import credited_base_of
from storage import incidents, intents, months, oncall, outages, outbox, suspension
from storage.connection import Readable
from storage.oncall import Alert, HandoverItem
from storage.times import micros


async def read_state(
    db: Readable, now: datetime, until: datetime, terms: TermsBook
) -> HandoverState:
    """Everything that is open now, and what comes until then."""
    at = micros(now)
    return HandoverState(
        now=now,
        until=until,
        incidents=await incidents.live(db),
        alerts=await _alerts(db, now, terms),
        notes=await oncall.notes_pending(db),
        suspensions=await suspension.open_cases(db),
        intents=await intents.open_intents(db),
        mails=await outbox.waiting_messages(db),
        maintenance=await outages.windows_between(db, at, micros(until)),
        lapsing=await _lapsing(db, now, terms),
    )


async def _alerts(db: Readable, now: datetime, terms: TermsBook) -> list[Alert]:
    """The open alerts in the order of triage; where that leaves it open, nearest to a credit."""
    places = await read_credit_order(db, micros(now), terms)

    def order(alert: Alert) -> tuple[tuple[bool, int, datetime], int, datetime]:
        waits, severity, deadline, since = triage_order(alert, now)
        return (waits, severity, deadline), places.get(alert.tenant, len(places)), since

    return sorted(await oncall.open_alerts(db), key=order)


async def _lapsing(
    db: Readable, now: datetime, terms: TermsBook
) -> list[tuple[str, str, datetime]]:
    """Credits of the last months that nobody has claimed, and the last instant to do so."""
    found = []
    month = Month.of(micros(now)).previous
    kept = await read_commitments(db)
    for _back in range(2):
        claimed = {row.tenant for row in await months.credits_of(db, str(month)) if row.sent}
        for figure in await months.figures(db, str(month)):
            mine = terms.for_month(figure.tenant, month, micros(now))
            present = Commitment.of(mine.availability)
            held = commitment_of(month, micros(now), figure.terms, kept, present)
            if held.tier(credited_base_of(figure), figure.counted) and figure.tenant not in claimed:
                day = claim_deadline(month, held.claim_days)
                end = datetime.combine(day, time(23, 59, 59), PARIS)
                found.append((figure.tenant, str(month), end))
        month = month.previous
    return found


async def build_handover(
    db: Readable,
    now: datetime,
    until: datetime,
    terms: TermsBook,
    *,
    number: int = 0,
    holder: str = "",
) -> list[HandoverItem]:
    """Return the items of a handover that looks ahead until then; items without a holder go to
    `holder`.
    """
    held = await _holders(db)
    found = items(await read_state(db, now, until, terms))
    return [
        HandoverItem(
            handover=number,
            position=position,
            kind=item.kind,
            subject=item.subject,
            words=item.words,
            due=item.due,
            holder=held.get((item.kind, item.subject), holder),
            accepted_at=None,
        )
        for position, item in enumerate(found, 1)
    ]


async def _holders(db: Readable) -> dict[tuple[str, str], str]:
    """Return who has what since the last handover: whoever accepted it, else the outgoing
    operator.
    """
    last = await oncall.last_handover(db)
    if last is None:
        return {}
    return {(row.kind, row.subject): row.holder for row in await oncall.items_of(db, last.id)}
