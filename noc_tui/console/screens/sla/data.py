"""Reads the month that the SLA screen shows, in one snapshot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from noc_tui.contract.availability import Commitment
from noc_tui.contract.calendar import Month
from noc_tui.contract.terms_book import TermsBook
from noc_tui.queries.month_facts import outlines, read_month_facts
from noc_tui.queries.sla_terms_history import commitment_of, read_commitments
from noc_tui.views.tenant_month import Outline, TenantMonth
from storage.connection import Readable
from storage.months import CreditRow, MonthFigure, claims, figures
from storage.outages import list_unmeasured_tenants


@dataclass(frozen=True, slots=True)
class MonthData:
    """What the screen reads: kept figures, the facts of what lasts, claims without answer."""

    month: Month
    figures: Sequence[MonthFigure]
    outlines: dict[str, Outline]
    lasting: dict[str, TenantMonth]
    waiting: Sequence[CreditRow]
    before: Sequence[tuple[Outline, MonthFigure]]
    promised: Mapping[str, Commitment]

    def commitment(self, figure: MonthFigure, now: int, terms: TermsBook) -> Commitment:
        """Return what the figure's month is held against: its tenant's terms."""
        month = Month.parse(figure.month)
        present = Commitment.of(terms.for_month(figure.tenant, month, now).availability)
        return commitment_of(month, now, figure.terms, self.promised, present)


async def read_month(db: Readable, month: Month, now: int, terms: TermsBook) -> MonthData:
    """The month's kept figures; only of tenants that are out or unseen, the facts as well."""
    kept = await figures(db, str(month))
    unseen = set(await list_unmeasured_tenants(db))
    outlined = {one.id: one for one in await outlines(db, month)}
    going_on = {one.tenant for one in kept if one.open or one.tenant in unseen}
    found = await read_month_facts(db, month, now, terms, going_on) if going_on else []
    lasting = {one.tenant.id: one for one in found}
    earlier = {one.id: one for one in await outlines(db, month.previous)}
    before = [
        (earlier[one.tenant], one)
        for one in await figures(db, str(month.previous))
        if one.tenant in earlier
    ]
    return MonthData(
        month=month,
        figures=kept,
        outlines=outlined,
        lasting=lasting,
        waiting=await claims(db),
        before=before,
        promised=await read_commitments(db),
    )
