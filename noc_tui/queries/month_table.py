"""Reads the month of all tenants, in the order of who is nearest to a credit."""

from noc_tui.contract.availability import Commitment
from noc_tui.contract.calendar import Month
from noc_tui.contract.terms_book import TermsBook
from noc_tui.queries.month_facts import read_month_facts
from noc_tui.queries.record_check import RecordCheck
from noc_tui.queries.sla_terms_history import commitment_of, read_commitments
from noc_tui.views.month_row import MonthTable, build_month_table, credit_order
from noc_tui.views.tenant_month import credited_base_of
from storage import evidence, months
from storage.connection import Readable
from storage.ledger import OBSERVERS
from storage.times import micros


async def last_observed(db: Readable) -> int:
    """Return when somebody last observed or decided something, in microseconds; 0 for an empty
    file.
    """
    last = await evidence.last_at(db)
    seen = [one.seen for one in await OBSERVERS.read(db)]
    return max([0 if last is None else micros(last), *seen])


async def read_month_table(
    db: Readable, month: Month | None, terms: TermsBook, check: RecordCheck
) -> MonthTable:
    """The table of a month, by default of the present one; `check` is what the record was found to
    be.
    """
    now = await last_observed(db)
    month = month or Month.of(now)
    found = await read_month_facts(db, month, now, terms)
    return build_month_table(found, month, now, await months.claims(db), check.problems)


async def read_credit_order(db: Readable, now: int, terms: TermsBook) -> dict[str, int]:
    """The place of each tenant, 0 for who is nearest to a credit, by the kept figures of the month.

    A tenant without figures has none.
    """
    month, kept = Month.of(now), await read_commitments(db)
    ranks = []
    for figure in await months.figures(db, str(month)):
        present = Commitment.of(terms.for_month(figure.tenant, month, now).availability)
        commitment = commitment_of(month, now, figure.terms, kept, present)
        left = commitment.budget(credited_base_of(figure), figure.counted)
        ranks.append(
            credit_order(out=figure.open, base=figure.base, left=left, tenant=figure.tenant)
        )
    return {rank[-1]: place for place, rank in enumerate(sorted(ranks))}
