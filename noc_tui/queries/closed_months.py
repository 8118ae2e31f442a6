"""Reads which figures of closed months are others than the month was closed with.

A person cannot change one (`daemon.availability.closed_months`); what is measured late, or read
from a register, still can.
"""

from collections.abc import Iterable

from storage.connection import Readable
from storage.month_closes import MONTH_CLOSES, ClosedFigure, MonthClose
from storage.months import MonthFigure, figures

_COMPARED = ("base", "down", "counted", "unmeasured", "worst", "terms")


class ClosedMonths:
    """The (tenant, month) that differ; a month is read again when a row of it changed."""

    def __init__(self) -> None:
        self._seen = 0
        self._differing: dict[str, tuple[str, ...]] = {}

    async def read(self, db: Readable) -> tuple[tuple[str, str], ...]:
        """Return them, the oldest month first. Give a snapshot."""
        ((last,),) = await db.rows("SELECT value FROM revision")
        changed = {
            str(month)
            for (month,) in await db.rows(
                "SELECT DISTINCT month FROM month_figure WHERE revision > ?"
                " UNION SELECT month FROM month_close WHERE revision > ?",
                (self._seen, self._seen),
            )
        }
        closed = {one.month: one for one in await MONTH_CLOSES.where(db, "reopened_by IS NULL")}
        for month in sorted(changed & closed.keys()):
            kept = await figures(db, month)
            self._differing[month] = tuple(find_differing(closed[month], kept))
        self._seen = int(last)
        return tuple(
            (tenant, month) for month in sorted(closed) for tenant in self._differing.get(month, ())
        )


def find_differing(closing: MonthClose, kept: Iterable[MonthFigure]) -> list[str]:
    """Return the tenants whose figures are others than the month was closed with."""
    closed = closing.tenants
    return [
        one.tenant
        for one in kept
        if (before := closed.get(one.tenant)) is not None and _differs(before, one)
    ]


def _differs(closed: ClosedFigure, kept: MonthFigure) -> bool:
    excluded = kept.excluded or 0
    return closed.excluded != excluded or any(
        getattr(closed, name) != getattr(kept, name) for name in _COMPARED
    )
