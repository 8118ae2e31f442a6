"""The rows of a big table: kept by key, sorted by any column, filtered while one types.

It knows no screen. What costs time grows with what changed where it can: a filter that narrows
looks at what is shown only, and a change that moves nothing sorts nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic

from widgets.columns import Row
from widgets.filter_language import TableFilter
from widgets.folding import fold


class Rows(Generic[Row]):
    """Rows by key; `shown` are the keys in the order in which they are to be drawn.

    `words` gives the text of a row that a filter looks through.
    """

    def __init__(self, words: Callable[[Row], str]) -> None:
        self.by_key: dict[str, Row] = {}
        self.shown: list[str] = []
        self._all: list[str] = []
        self._words = words
        self._folded: dict[str, str] = {}
        self._filter: TableFilter[Row] = TableFilter()
        self._scope: Callable[[Row], bool] | None = None
        self._order: Callable[[Row], Any] | None = None
        self._descending = False
        self._values: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self.by_key)

    @property
    def narrowed(self) -> bool:
        """Whether a filter or a scope hides rows."""
        return not self._filter.is_open or self._scope is not None

    def put(self, changed: Mapping[str, Row]) -> bool:
        """Add or replace rows; true when `shown` is another list than before."""
        moved = self._store(changed)
        if moved:
            self._sort()
            self._narrow(self._all)
            return True
        return self.narrowed and self._narrow_changed(changed)

    def _store(self, changed: Mapping[str, Row]) -> bool:
        moved = False
        for key, row in changed.items():
            if key not in self.by_key:
                self._all.append(key)
                moved = True
            self.by_key[key] = row
            self._folded.pop(key, None)
            if self._order is not None:
                value = self._order(row)
                moved = moved or self._values.get(key) != value
                self._values[key] = value
        return moved

    def _narrow_changed(self, changed: Iterable[str]) -> bool:
        before = set(self.shown)
        flipped = {key for key in changed if self._matches(key) != (key in before)}
        if flipped:
            after = before ^ flipped
            self.shown = [key for key in self._all if key in after]
        return bool(flipped)

    def drop(self, keys: Iterable[str]) -> bool:
        """Forget rows; true when one of them was there."""
        gone = {key for key in keys if self.by_key.pop(key, None) is not None}
        if not gone:
            return False
        for key in gone:
            self._folded.pop(key, None)
            self._values.pop(key, None)
        self._all = [key for key in self._all if key not in gone]
        self.shown = [key for key in self.shown if key not in gone] if self.narrowed else self._all
        return True

    def clear(self) -> None:
        """Forget every row; order and filter stay."""
        self.by_key.clear()
        self._folded.clear()
        self._values.clear()
        self._all = []
        self.shown = self._all

    def sort(self, order: Callable[[Row], Any] | None, *, descending: bool = False) -> None:
        """Sort by what `order` gives for a row, `None` last; equal rows keep their order."""
        self._order, self._descending = order, descending
        self._values = {}
        if order is not None:
            self._values = {key: order(row) for key, row in self.by_key.items()}
        self._sort()
        self._narrow(self._all)

    def _sort(self) -> None:
        if self._order is None:
            return
        values = self._values
        known = [key for key in self._all if values[key] is not None]
        unknown = [key for key in self._all if values[key] is None]
        known.sort(key=values.__getitem__, reverse=self._descending)
        self._all = known + unknown

    def filter(self, wanted: TableFilter[Row]) -> None:
        """Show only rows that pass."""
        narrower = not self._filter.is_open and wanted.narrows(self._filter)
        self._filter = wanted
        if wanted.is_open:
            self._folded.clear()  # the words of ten thousand rows take as much room as the rows
        self._narrow(self.shown if narrower else self._all)

    def scope(self, predicate: Callable[[Row], bool] | None) -> None:
        """Show only rows for which `predicate` holds, besides the filter; `None` shows all."""
        self._scope = predicate
        self._narrow(self._all)

    def _narrow(self, candidates: list[str]) -> None:
        if self.narrowed:
            self.shown = [key for key in candidates if self._matches(key)]
        else:
            self.shown = self._all

    def _matches(self, key: str) -> bool:
        if self._scope is not None and not self._scope(self.by_key[key]):
            return False
        wanted = self._filter
        if wanted.words and not all(word in self._text(key) for word in wanted.words):
            return False
        return wanted.test is None or bool(wanted.test(self.by_key[key], lambda: self._text(key)))

    def _text(self, key: str) -> str:
        """All the words of a row, folded."""
        text = self._folded.get(key)
        if text is None:
            text = self._folded[key] = fold(self._words(self.by_key[key]))
        return text
