"""Keeps each tenant's month worked out, so that a screen of 500 tenants reads 500 rows."""

from collections.abc import Iterable

from noc_tui.contract.availability import Commitment
from noc_tui.contract.calendar import Month
from noc_tui.contract.terms import Terms
from noc_tui.queries.month_facts import gather
from storage.database import Transaction
from storage.months import FIGURES


async def refresh(
    tx: Transaction, month: Month, now: int, terms: Terms, tenants: Iterable[str] | None
) -> None:
    """Work the month out for some tenants, or for all, and stamp it with the terms in force.

    Rows that stay the same are not written.
    """
    wanted = None if tenants is None else set(tenants)
    only = next(iter(wanted)) if wanted is not None and len(wanted) == 1 else None
    found = await gather(tx, month, now, Commitment.of(terms.availability), only)
    rows = [one.figure(terms.version) for one in found if wanted is None or one.tenant.id in wanted]
    await FIGURES.put(tx, rows)
