"""Are the rows what the entries hold of them? Every bound table, in the order of its keys.

Blocks. Memory stays bounded: rows are read one by one, those of one entry together at the most.
"""

import heapq
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec

from storage.connection import Value
from storage.outcomes import REBUILT, SETTLED
from storage.row_digests import ENDED_BY, ENDING, ENTRY, row_digest, rows_digest
from storage.row_index import RowBinding, RowIndex, digest_text
from storage.statements import quote_name
from storage.tables import Binding, Table
from storage.verdict import AlteredRow, altered_sum

NO_ROW, NO_ENTRY = "no row", "no entry"
NAMED = 3
"""So many rows of one entry are named; of more, how many they are."""

Step = Callable[[], None]
"""Called at each row."""


NumberedRow = tuple[int, bytes, Sequence[Value], int | None]
"""The number of an entry, a row's canonical form for it, the row's values and its revision; None
where a later entry wrote the row."""


class NumberedRows:
    """The rows of tables of which one entry brings many, for the entries whose numbers they bear.

    `step` is called at each; `count` is how many there were, each once.
    """

    def __init__(self, db: sqlite3.Connection, step: Step) -> None:
        self._db = db
        self._step = step
        self.count = 0

    def of(self, table: Table[Any]) -> Iterator[NumberedRow]:
        """Number, canonical form, values and revision of each row for the entry that began it, and
        for the one that ended it, in the order of the numbers.
        """
        began = self._bearing(table, ENTRY, "")
        if ENDED_BY not in table.fields:
            return began
        ended = self._bearing(table, ENDED_BY, f"WHERE {quote_name(ENDED_BY)} IS NOT NULL ")
        return heapq.merge(began, ended, key=itemgetter(0))

    def _bearing(self, table: Table[Any], column: str, where: str) -> Iterator[NumberedRow]:
        place = table.fields.index(column)
        blank = [table.fields.index(name) for name in ENDING if name in table.fields]
        for *values, revision in self._db.execute(_select(table, quote_name(column), where)):
            self._step()
            self.count += column == ENTRY
            number = values[place] or 0
            ended = column == ENTRY and bool(blank) and values[blank[-1]] is not None
            # One from before, which no entry ended, was adopted as it stood; of one with an entry
            # an end that no entry tells is part of the row, and of no digest.
            if ended:
                for index in blank:
                    values[index] = None
            yield number, table.canonical(values), values, None if ended else revision


class RowChecker:
    """Walks tables of one file; `step` is called at each row. `sums` are those that were signed,
    None before they begin.
    """

    def __init__(
        self, db: sqlite3.Connection, index: RowIndex, step: Step, sums: Mapping[str, int] | None
    ) -> None:
        self._db = db
        self._index = index
        self._sums = sums
        self._step = step
        self._numbered = NumberedRows(db, step)
        self._recorded_rows = 0
        ((self._last_change,),) = db.execute("SELECT value FROM revision")

    @property
    def rows(self) -> int:
        """How many rows were looked at."""
        return self._recorded_rows + self._numbered.count

    def check(self, table: Table[Any]) -> Iterator[AlteredRow]:
        """The rows of one table that are not as the record holds them."""
        if table.binding is Binding.GATHERED:
            yield from self._gathered(table)
        else:
            yield from self._recorded(table)

    def _recorded(self, table: Table[Any]) -> Iterator[AlteredRow]:
        standing = total = 0
        for *values, revision in self._db.execute(
            _select(table, ", ".join(_quote_names(table.key)))
        ):
            self._step()
            self._recorded_rows += 1
            total += table.term(values, revision) if table.is_summed else 0
            key = table.stored_key(values)
            bound = self._index.of(table, key)
            standing += bound is not None and bound.digest is not None
            found = row_digest(table.canonical(values))
            if bound is None or bound.digest != found:
                yield self._altered(table, key, values, bound, found)
            elif not self._fits(revision, bound, exact=not table.unbound):
                yield self._moved(table, key, values, bound, revision)
            elif table.name in SETTLED and (wrong := self._other_end(table, key, values)):
                yield self._altered(table, key, values, bound, wrong)
        if standing < self._index.standing(table):
            yield from self._missing(table)
        if table.is_summed:
            yield from altered_sum(table.name, total, self._sums)

    def _other_end(self, table: Table[Any], key: str, values: Sequence[Value]) -> str:
        """How the row says that it ended, where entries say something else; empty where not."""
        row = dict(zip(table.fields, values, strict=True))
        state, said = str(row["state"]), row["result" if table.name == "intent" else "answer"]
        if table.name == "message" and not row["raw"]:
            return ""  # erased, and its end with it
        if isinstance(said, str) and REBUILT in said:
            return ""  # the row was lost, and how it ended is not known: it says so
        told = self._index.outcome(table.name, key)
        settled = state in SETTLED[table.name]
        if told is None:
            erased = table.name in self._index.erased_outcomes
            return f"state {state}" if settled and not erased else ""
        wanted, words, at = told
        if settled != bool(wanted) or (settled and state != wanted):
            return f"state {state}, entries say {wanted or 'under way'}"
        if settled and "changed_at" in row and row["changed_at"] != at:
            return f"ended at {row['changed_at']!r}, entries say {at}"
        return f"{said!r}, entries say {words!r}" if settled and words not in (None, said) else ""

    def _missing(self, table: Table[Any]) -> Iterator[AlteredRow]:
        where = " AND ".join(f"{name} = ?" for name in _quote_names(table.key))
        sql = f"SELECT 1 FROM {quote_name(table.name)} WHERE {where}"  # noqa: S608 - names from code
        for key, bound in self._index.keys(table):
            self._step()
            if self._db.execute(sql, msgspec.json.decode(key)).fetchone() is None:
                yield self._altered(table, key, None, bound, NO_ROW)

    def _gathered(self, table: Table[Any]) -> Iterator[AlteredRow]:
        expected = self._index.gathered(table)
        bound = next(expected, None)
        for number, rows in groupby(self._numbered.of(table), itemgetter(0)):
            while bound is not None and bound.entry < number:
                yield self._altered(table, rows_of_entry(bound.entry), None, bound, NO_ROW)
                bound = next(expected, None)
            group = [row[1:] for row in rows]
            found = digest_text(rows_digest([canonical for canonical, _, _ in group]))
            mine = bound if bound is not None and bound.entry == number else None
            if mine is None or mine.digest != found:
                key = name_rows(
                    number, sorted({table.stored_key(values) for _, values, _ in group})
                )
                yield self._altered(table, key, None, mine, found, number)
            else:
                yield from self._group_moved(table, mine, group)
            if mine is not None:
                bound = next(expected, None)
        for left in [bound, *expected]:
            if left is not None:
                yield self._altered(table, rows_of_entry(left.entry), None, left, NO_ROW)

    def _group_moved(
        self,
        table: Table[Any],
        bound: RowBinding,
        group: Iterable[tuple[bytes, Sequence[Value], int | None]],
    ) -> Iterator[AlteredRow]:
        for _canonical, values, revision in group:
            if revision is not None and not self._fits(revision, bound, exact=True):
                yield self._moved(table, table.stored_key(values), None, bound, revision)

    def _fits(self, revision: int, bound: RowBinding, *, exact: bool) -> bool:
        if revision > self._last_change:
            return False
        if bound.revision is None:
            return True
        return revision == bound.revision if exact else revision >= bound.revision

    def _moved(
        self,
        table: Table[Any],
        key: str,
        values: Sequence[Value] | None,
        bound: RowBinding,
        revision: int,
    ) -> AlteredRow:
        return AlteredRow(
            table=table.name,
            key=key,
            entry=bound.entry,
            expected=f"revision {bound.revision}",
            found=f"revision {revision}",
            tenants=self._tenants(table, key, values, bound.entry),
        )

    def _altered(
        self,
        table: Table[Any],
        key: str,
        values: Sequence[Value] | None,
        bound: RowBinding | None,
        found: str,
        number: int | None = None,
    ) -> AlteredRow:
        entry = bound.entry if bound else number
        return AlteredRow(
            table=table.name,
            key=key,
            entry=entry,
            expected=NO_ENTRY if bound is None else bound.digest or NO_ROW,
            found=found,
            tenants=self._tenants(table, key, values, entry),
        )

    def _tenants(
        self, table: Table[Any], key: str, values: Sequence[Value] | None, entry: int | None
    ) -> tuple[str, ...]:
        """Whom a row concerns: the tenant in its key; else the one that it has now, and those that
        its entry names. One that stands and holds no tenant may have been made to concern anybody,
        as an attribution of another outage: nobody is named."""
        by_key = {"tenant": "id"}.get(table.name, "tenant")
        if by_key in table.key:
            return (str(msgspec.json.decode(key)[table.key.index(by_key)]),)
        found = set()
        if values is not None and "tenant" not in table.fields:
            return ()
        if values is not None:
            found.add(str(values[table.fields.index("tenant")]))
        if entry is not None:
            found |= {
                subject.removeprefix("tenant:")
                for (subject,) in self._db.execute(
                    "SELECT subject FROM evidence_subject"
                    " WHERE seq = ? AND subject LIKE 'tenant:%'",
                    (entry,),
                )
            }
        return tuple(sorted(found - {""}))


def _select(table: Table[Any], order: str, where: str = "") -> str:
    columns = ", ".join(_quote_names((*table.fields, "revision")))
    return f"SELECT {columns} FROM {quote_name(table.name)} {where}ORDER BY {order}"  # noqa: S608 - names from code


def _quote_names(names: Iterable[str]) -> list[str]:
    return [quote_name(name) for name in names]


def rows_of_entry(number: int) -> str:
    return f"rows of entry {number}"


def name_rows(number: int, keys: Sequence[str]) -> str:
    named = ", ".join(keys[:NAMED])
    more = f" and {len(keys) - NAMED} more" if len(keys) > NAMED else ""
    return f"{rows_of_entry(number)}: {named}{more}"
