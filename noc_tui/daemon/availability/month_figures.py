"""The stored figures of each tenant's month, computed again whenever their rows change."""

from collections.abc import Mapping, Set

from noc_tui.contract.calendar import Month
from noc_tui.contract.terms_book import TermsBook
from noc_tui.daemon.availability import claims
from noc_tui.daemon.availability.closed_months import require_figures_kept
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.queries.month_facts import read_month_facts
from storage.change import Change
from storage.months import FIGURES, put_month_figures
from storage.times import micros


async def refresh_month_figures(
    change: Change, month: Month, now: int, book: TermsBook, tenants: Set[str] | None
) -> None:
    """Work the month out for some tenants, or for all, and stamp it with their terms in force.

    Rows that stay the same are not written. A decision on a credit that these figures
    bear out no more is reopened. Raises `Conflict` where a person's decision changes a figure of a
    closed month.
    """
    months = await read_month_facts(change, month, now, book, tenants)
    await require_figures_kept(change, month, [one.figure() for one in months])
    await put_month_figures(change, str(month), [one.figure() for one in months], itself())
    for one in months:
        await claims.reopen_decision(change, one)


async def refresh_figures_since(change: Change, since: Mapping[str, int], context: Context) -> None:
    """The same for each tenant's months from its instant in `since` (microseconds) to the present.

    A month of several tenants is worked out, and stamped, at once.
    """
    now = micros(context.clock.now())
    first = {tenant: Month.of(min(at, now)) for tenant, at in since.items()}
    last = Month.of(now)
    month = min(first.values(), default=last.next)
    while month <= last:
        its = {tenant for tenant, begins in first.items() if begins <= month}
        await refresh_month_figures(change, month, now, context.terms, its)
        month = month.next


async def unfinished_months(change: Change) -> set[Month]:
    """The months whose figures were kept before all of them had passed, or without what is kept
    of a month today.
    """
    rows = await FIGURES.where(change, "past < base OR excluded IS NULL")
    return {Month.parse(row.month) for row in rows}


async def refresh_kept_figures(change: Change, tenants: Set[str] | None, context: Context) -> None:
    """The same for the months of which figures are kept of these tenants, or of all (None)."""
    now = micros(context.clock.now())
    kept: dict[str, set[str]] = {}
    for row in await FIGURES.read(change):
        if tenants is None or row.tenant in tenants:
            kept.setdefault(row.month, set()).add(row.tenant)
    for month, its in kept.items():
        await refresh_month_figures(change, Month.parse(month), now, context.terms, its)
