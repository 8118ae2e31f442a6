"""Where one is in a table: on a row's key, through changes, sorts and filters; knows no screen."""

from collections.abc import Container, Sequence


class RowCursor:
    """`index` is its place among the keys that are shown, `key` the row that was last told of.

    Until somebody has put it on a row it stays at the top, whatever comes to stand there.
    """

    def __init__(self) -> None:
        self.index = 0
        self.key: str | None = None
        self._chosen: str | None = None

    @property
    def was_moved(self) -> bool:
        """Whether somebody has put it on a row."""
        return self._chosen is not None

    def hold(self) -> None:
        """Keep to its row, as when it was moved there."""
        self._chosen = self.key

    def choose(self, shown: Sequence[str], index: int) -> bool:
        """Keep to the row at `index`; true when it has yet to go there."""
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
        """Whether the row under it is another one than was told of; from now on it is told of."""
        before, self.key = self.key, shown[self.index] if shown else None
        return self.key != before
