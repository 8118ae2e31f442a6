"""Refuses what a person decides where it would change a figure of a month that is closed.

What is measured late is kept all the same: the month then shows that its figures are others than it
was closed with.
"""

from collections.abc import Iterable

from noc_tui.contract.calendar import Month
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.identity import itself
from noc_tui.i18n import _
from storage.change import Change
from storage.month_closes import closed_months
from storage.months import MonthFigure, figures

_COUNTED = (
    "base", "past", "down", "counted", "unmeasured", "worst", "outages", "excluded", "negotiated",
)  # fmt: skip
"""What a statement says of a month; `open` is of the present."""


async def require_figures_kept(
    change: Change, month: Month, worked_out: Iterable[MonthFigure]
) -> None:
    """Raise `Conflict` where the month is closed, a person decided, and a figure is another than
    the one that is kept.
    """
    if change.actor == itself() or str(month) not in await closed_months(change):
        return
    kept = {one.tenant: one for one in await figures(change, str(month))}
    for one in worked_out:
        before = kept.get(one.tenant)
        if before is None or any(getattr(one, name) != getattr(before, name) for name in _COUNTED):
            raise Conflict(word_closed(month, one.tenant))


def word_closed(month: Month, tenant: str) -> str:
    """Return why a decision waits for the month to be reopened, and how that is done."""
    return _(
        "{month} is closed, and this would change a figure of {tenant}: a lead reopens the month"
        " first (noc-tui month reopen {month} --reason …)"
    ).format(month=month, tenant=tenant)
