"""Nothing that costs money is decided on rows that are not what the record holds of them.

What `nocd` writes after reading a forged row would bind what it read: so the record is verified
first, as a statement verifies it, and the decision is refused where it is not intact.
"""

from collections.abc import Iterable

from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict
from noc_tui.i18n import _
from noc_tui.queries.kept_heads import read_kept_heads
from noc_tui.queries.record_check import RecordCheck, check_month_rows
from noc_tui.threads import in_thread
from storage.verdict import Verdict


async def require_true_rows(context: Context, tenants: Iterable[str]) -> None:
    """Raise `Conflict` where the rows that a month of these tenants rests on are not as recorded.

    Takes as long as a verification of the whole record.
    """
    kept = await in_thread(read_kept_heads, context.config)
    check = await in_thread(check_month_rows, context.config.database.path, kept)
    for tenant in tenants:
        for problem in _problems(check, tenant):
            context.logger.error("decision refused", tenant=tenant, problem=problem)
            text = _("nothing is decided on rows that are not as recorded: {problem}")
            raise Conflict(text.format(problem=problem))


def _problems(check: RecordCheck, tenant: str) -> Iterable[str]:
    """What forbids a decision. A key that was lost and replaced does not: the alert `chain` says
    so, and no later verification can say otherwise. Nor does a head that is due: `nocd` signs it.
    """
    if check.verdict in (Verdict.KEY_CHANGED, Verdict.UNSIGNED):
        return [row.line() for row in check.altered if row.concerns(tenant)]
    return check.problems(tenant)
