"""Excludes what a lifted suspension still costs its tenant: the time until services answer (R23).

The exclusion of the case ends at the remedy, and from then to the order to restore time counts. The
start of the guests after that order is the suspension's own again, up to `RESTART_LIMIT`.
"""

from noc_tui.contract.suspension.exclusion import restart_end
from noc_tui.contract.suspension.values import Case
from noc_tui.daemon.availability.decisions import DecisionSupport, exclude
from noc_tui.i18n import _
from noc_tui.queries.suspension_cases import CASE
from noc_tui.roles import Caller, Role
from storage.change import Change
from storage.outages import EXCLUSIONS, Exclusion, Outage
from storage.suspension import SUSPENSIONS
from storage.times import micros


async def exclude_restart(change: Change, outage: Outage) -> None:
    """Exclude the end of an outage that a suspension of the whole tenant caused, from the order to
    restore; nothing where a person withdrew the exclusion of the case.
    """
    if outage.end is None:
        return
    mine = "tenant = ? AND suspension IS NOT NULL AND withdrawn_at IS NULL ORDER BY start"
    last: dict[str, Exclusion] = {}
    for row in await EXCLUSIONS.where(change, mine, outage.tenant):
        if row.start < outage.end and (row.end is None or outage.start < row.end):
            last[row.suspension or ""] = row
    for identifier, row in last.items():
        found = await SUSPENSIONS.get(change, identifier)
        if found is not None:
            await _exclude_after(change, CASE.decode(found.document), outage, row)


async def _exclude_after(change: Change, case: Case, outage: Outage, last: Exclusion) -> None:
    ordered, until, remedy = case.lift_ordered_at, restart_end(case), case.remedy
    if ordered is None or until is None or remedy is None:
        return
    if last.end is None or outage.end is None or outage.start >= micros(ordered):
        return
    span = (max(micros(ordered), last.end), min(outage.end, micros(until)))
    if span[0] >= span[1]:
        return
    by = remedy.by
    await exclude(
        change,
        Caller(by.uid, by.name, Role[by.role.upper()]),
        case.tenant,
        span,
        last.basis,
        _("suspension {id}: its services started again").format(id=case.id),
        support=DecisionSupport(suspension=case.id),
    )
