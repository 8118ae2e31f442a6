"""The figures of months anew, for a database whose rows were worked out of the evidence log."""

from msgspec.structs import replace

from noc_tui.contract.calendar import Month
from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.queries.month_facts import read_month_facts
from storage import evidence
from storage.connection import Readable
from storage.months import FIGURES, MonthFigure
from storage.times import micros


async def work_out_figures(db: Readable) -> list[MonthFigure]:
    """Return the figures of every stamped month of the tenants in the register: as of the last
    entry for the latest month, as of their end for those before.
    """
    stamped: dict[str, dict[str, MonthFigure]] = {}
    for one in await FIGURES.read(db):
        stamped.setdefault(one.month, {})[one.tenant] = one
    last = await evidence.last_at(db)
    latest = max(stamped, default="")
    book = load_shipped_book()  # the stamp is the row's; the figures rest on no terms
    found: list[MonthFigure] = []
    for name, rows in stamped.items():
        end = Month.parse(name).span.end
        now = end if name < latest or last is None else min(end, micros(last))
        facts = await read_month_facts(db, Month.parse(name), now, book)
        found += [
            replace(one.figure(), terms=rows[one.tenant.id].terms)
            for one in facts
            if one.tenant.id in rows
        ]
    return found
