"""Nobody acts on a case whose rows are not what the record holds of them."""

from collections.abc import Mapping
from typing import Any

from noc_tui.daemon.core.errors import Conflict
from noc_tui.i18n import _
from storage.connection import Readable
from storage.exhibits import EXHIBITS
from storage.subject_rows import find_altered
from storage.suspension import STEPS, SUSPENDED_GUESTS, SUSPENSIONS
from storage.tables import Table

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
    wrong = await find_altered(db, f"suspension:{identifier}", identifier, _ROWS)
    if wrong is not None:
        text = _(
            "nothing is done on a case whose rows are not as recorded ({table} {key}): noc-tui"
            " evidence verify says more, nocd rebuild works them out of the log"
        )
        raise Conflict(text.format(table=wrong.table, key=wrong.key))
