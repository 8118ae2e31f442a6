"""What a live table tells: handled as `on_live_table_row_selected` and the like."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.message import Message

if TYPE_CHECKING:
    from widgets.live_table import LiveTable


@dataclass
class _FromTable(Message):
    table: "LiveTable[Any]"

    @property
    def control(self) -> "LiveTable[Any]":
        """The table, for `@on(..., "#id")`."""
        return self.table


@dataclass
class _Latest(_FromTable):
    def can_replace(self, message: Message) -> bool:
        """Only the newest of its kind matters."""
        return type(message) is type(self) and message.table is self.table


@dataclass
class RowHighlighted(_Latest, namespace="live_table"):
    """The cursor is on another row; `key` is None when no row is left."""

    key: str | None


@dataclass
class RowSelected(_FromTable, namespace="live_table"):
    """The operator opened a row: Enter, or a click on it while the cursor was there."""

    key: str


@dataclass
class Shown(_Latest, namespace="live_table"):
    """Another number of rows is shown: `shown` of `total`."""

    shown: int
    total: int
