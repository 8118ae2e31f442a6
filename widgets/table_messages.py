"""What a live table tells: handled as `on_live_table_row_selected` and the like."""

from typing import TYPE_CHECKING, Any

from textual.message import Message

if TYPE_CHECKING:
    from widgets.live_table import LiveTable


class _FromTable(Message):
    def __init__(self, table: "LiveTable[Any]") -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> "LiveTable[Any]":
        """The table, for `@on(..., "#id")`."""
        return self.table


class _Latest(_FromTable):
    def can_replace(self, message: Message) -> bool:
        """Only the newest of its kind matters."""
        return type(message) is type(self) and message.table is self.table


class RowHighlighted(_Latest, namespace="live_table"):
    """The cursor is on another row; `key` is None when no row is left."""

    def __init__(self, table: "LiveTable[Any]", key: str | None) -> None:
        super().__init__(table)
        self.key = key


class RowSelected(_FromTable, namespace="live_table"):
    """The operator opened a row: Enter, or a click on it while the cursor was there."""

    def __init__(self, table: "LiveTable[Any]", key: str) -> None:
        super().__init__(table)
        self.key = key


class Shown(_Latest, namespace="live_table"):
    """Another number of rows is shown: `shown` of `total`."""

    def __init__(self, table: "LiveTable[Any]", shown: int, total: int) -> None:
        super().__init__(table)
        self.shown = shown
        self.total = total
