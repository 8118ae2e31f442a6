"""Nothing that costs money is decided on rows that are not what the record holds of them.

What `nocd` writes after reading a forged row would bind what it read: so the record is verified
first, as a statement verifies it, and the decision is refused where it is not intact.
"""

from collections.abc import Iterable

from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict
from noc_tui.i18n import _
from noc_tui.queries.kept_heads import read_kept_heads
from noc_tui.queries.record_check import check_month_end_rows
from noc_tui.threads import in_thread


async def require_true_rows(context: Context, tenants: Iterable[str]) -> None:
    """Raise `Conflict` where the rows that a month of these tenants rests on, or what waits to
    be decided about it, are not as recorded.

    Takes as long as a verification of the whole record.
    """
    kept = await in_thread(read_kept_heads, context.config)
    check = await in_thread(check_month_end_rows, context.config.database.path, kept)
    for tenant in tenants:
        for problem in check.hindrances(tenant):
            context.logger.error("decision refused", tenant=tenant, problem=problem)
            text = _("nothing is decided on rows that are not as recorded: {problem}")
            raise Conflict(text.format(problem=problem))
