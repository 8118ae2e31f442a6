"""Nobody acts on a case whose rows are not what the record holds of them."""

from collections.abc import Mapping
from typing import Any

from noc_tui.daemon.core.errors import Conflict
from noc_tui.i18n import _
from storage.connection import Readable
from storage.exhibits import EXHIBITS
from storage.invoices import INVOICES
from storage.subject_rows import find_altered
from storage.suspension import STEPS, SUSPENDED_GUESTS, SUSPENSIONS
from storage.tables import Table
from storage.verdict import AlteredRow

_ROWS: Mapping[Table[Any], str] = {
    SUSPENSIONS: "id",
    SUSPENDED_GUESTS: "suspension",
    STEPS: "suspension",
    EXHIBITS: "suspension",
}


async def require_true_case(db: Readable, identifier: str) -> None:
    """Raise `Conflict`, which names table and row, where a row of the case is not as recorded.

    It reads the rows of the case and the entries about it alone.
    """
    _refuse_altered(await find_altered(db, f"suspension:{identifier}", identifier, _ROWS))


async def require_true_invoices(db: Readable, tenant: str) -> None:
    """As `require_true_case`, of the tenant's invoices as accounting exported them."""
    _refuse_altered(await find_altered_invoice(db, tenant))


async def find_altered_invoice(db: Readable, tenant: str) -> AlteredRow | None:
    """Return the first of the tenant's invoices that is not as it was imported; None where all
    are.
    """
    return await find_altered(db, f"tenant:{tenant}", tenant, {INVOICES: "tenant"})


def _refuse_altered(wrong: AlteredRow | None) -> None:
    if wrong is not None:
        text = _(
            "nothing is done on a case whose rows are not as recorded ({table} {key}): noc-tui"
            " evidence verify says more, nocd rebuild works them out of the log"
        )
        raise Conflict(text.format(table=wrong.table, key=wrong.key))
