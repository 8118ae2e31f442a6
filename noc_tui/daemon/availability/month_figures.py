"""The stored figures of each tenant's month, computed again whenever their rows change."""

from collections.abc import Iterable

from noc_tui.contract.calendar import Month
from noc_tui.contract.terms_book import TermsBook
from noc_tui.daemon.availability import claims
from noc_tui.daemon.core.identity import itself
from noc_tui.queries.month_facts import read_month_facts
from storage.change import Change
from storage.months import FIGURES, put_month_figures


async def refresh_month_figures(
    change: Change, month: Month, now: int, book: TermsBook, tenants: Iterable[str] | None
) -> None:
    """Work the month out for some tenants, or for all, and stamp it with their terms in force.

    Rows that stay the same are not written. A credit that was refused and is due by these figures
    is reopened.
    """
    wanted = None if tenants is None else set(tenants)
    only = next(iter(wanted)) if wanted is not None and len(wanted) == 1 else None
    found = await read_month_facts(change, month, now, book, only)
    months = [one for one in found if wanted is None or one.tenant.id in wanted]
    await put_month_figures(change, str(month), [one.figure() for one in months], itself())
    for one in months:
        await claims.reopen_refusal(change, one)


async def refresh_figures_since(
    change: Change, since: int, now: int, book: TermsBook, tenants: Iterable[str]
) -> None:
    """The same for every month from the one of `since` to the present, both in microseconds."""
    month, last, wanted = Month.of(min(since, now)), Month.of(now), list(tenants)
    while month <= last:
        await refresh_month_figures(change, month, now, book, wanted)
        month = month.next


async def unfinished_months(change: Change) -> set[Month]:
    """The months whose figures were kept before all of them had passed."""
    return {Month.parse(row.month) for row in await FIGURES.where(change, "past < base")}


async def refresh_kept_figures(
    change: Change, now: int, book: TermsBook, tenants: Iterable[str] | None
) -> None:
    """The same for the months of which figures are kept of these tenants, or of all (None)."""
    wanted = None if tenants is None else set(tenants)
    kept: dict[str, list[str]] = {}
    for row in await FIGURES.read(change):
        if wanted is None or row.tenant in wanted:
            kept.setdefault(row.month, []).append(row.tenant)
    for month, its in kept.items():
        await refresh_month_figures(change, Month.parse(month), now, book, its)
