"""Big tables kept in step with what was read: only what differs is touched, and so redrawn."""

from collections.abc import Mapping
from typing import TypeVar

from widgets.live_table import LiveTable

Row = TypeVar("Row")


def sync(table: LiveTable[Row], rows: Mapping[str, Row]) -> None:
    """Make the table hold these rows and no others."""
    known = table.rows
    gone = known.keys() - rows.keys()
    if gone:
        table.drop(gone)
    changed = {key: row for key, row in rows.items() if known.get(key) != row}
    if changed:
        table.update(changed)
