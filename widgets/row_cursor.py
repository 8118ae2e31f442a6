"""The cursor of a table: stays on its row's key through changes, sorts and filters."""

from collections.abc import Container, Sequence


class RowCursor:
    """`index` is the cursor's place among the shown keys, `key` the row that was reported last.

    Until somebody has put it on a row it stays at the top, whatever comes to stand there.
    """

    def __init__(self) -> None:
        self.index = 0
        self.key: str | None = None
        self._chosen: str | None = None

    @property
    def was_moved(self) -> bool:
        """Return whether the operator has moved the cursor."""
        return self._chosen is not None

    def hold(self) -> None:
        """Keep the cursor on its row, as if the operator had moved it there."""
        self._chosen = self.key

    def choose(self, shown: Sequence[str], index: int) -> bool:
        """Put the cursor on the row at `index`; return true if that changes its place."""
        self._chosen = shown[index]
        return index != self.index

    def settle(
        self, shown: Sequence[str], known: Container[str], elsewhere: int | None = None
    ) -> None:
        """After the list changed: to its row; where that is not shown `elsewhere`, by default to
        what took the row's place. `known` are the keys of all rows, hidden ones too."""
        if elsewhere is None:
            elsewhere = max(0, min(self.index, len(shown) - 1))
        self.index = self._find(shown, known, elsewhere)

    def _find(self, shown: Sequence[str], known: Container[str], elsewhere: int) -> int:
        if self._chosen is None or not shown:
            return 0
        for key in (self._chosen, self.key):
            if key is not None and key in known:
                try:
                    return shown.index(key)
                except ValueError:
                    pass
        return elsewhere

    def follow(self, shown: Sequence[str]) -> bool:
        """Return whether the cursor's row changed since the last call, and remember the new row."""
        before, self.key = self.key, shown[self.index] if shown else None
        return self.key != before
